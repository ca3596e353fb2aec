"""Asking as fast as answers come, over connections that stay open, and saying how long it took."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import gevent

Make = Callable[[], bytes]
TICKS = 100  # of the kernel's clock in a second


@dataclass
class Figures:
    """What was measured: seconds per answer, answers per second, the server's own seconds, bytes of the last answer."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0
    size: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """Give a percentile in milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(part / 100 * len(ordered)))] if ordered else 0.0


class Line:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and give the status and the body."""
        self._socket.sendall(request)
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        status = int(head[9:12])
        if b"content-length:" not in head:
            return status, b""
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(data) < end + 4 + length:
            data += self._more()
        self._rest = data[end + 4 + length :]
        return status, data[end + 4 : end + 4 + length]

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _more(self) -> bytes:
        data = self._socket.recv(262_144)
        if not data:
            raise ConnectionError("the server hung up")
        return data


def get(path: str, cookie: str = "", accept: str = "text/html") -> Make:
    """Give a way to ask for a page."""
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nCookie: {cookie}\r\n\r\n".encode()
    return lambda: text


def measure(
    port: int, makers: Sequence[Make], *, seconds: float, times: int = 1_000_000, pids: Sequence[int] = ()
) -> Figures:
    """Let as many askers as there are makers ask one after another, for some seconds or so many times each."""
    figures, until = Figures(), 0.0

    def run(make: Make, line: Line) -> None:
        for _ in range(times):
            request, began = make(), time.perf_counter()
            status, body = line.ask(request)
            ended = time.perf_counter()
            figures.times.append(ended - began)
            figures.statuses[status] += 1
            figures.size = len(body)
            if ended > until:
                return

    lines = [Line(port) for _ in makers]
    for make, line in zip(makers, lines, strict=True):
        if times > 1:
            with suppress(StopIteration):
                line.ask(make())  # the first one fills caches
    cpu, began = cpu_of(pids), time.perf_counter()
    until = began + seconds
    gevent.joinall(
        [gevent.spawn(_until_empty, run, *pair) for pair in zip(makers, lines, strict=True)], raise_error=True
    )
    figures.seconds, figures.cpu = time.perf_counter() - began, cpu_of(pids) - cpu
    for line in lines:
        line.close()
    return figures


def _until_empty(run: Callable[[Make, Line], None], make: Make, line: Line) -> None:
    with suppress(StopIteration):
        run(make, line)


def cpu_of(pids: Sequence[int]) -> float:
    """Give the seconds of processor time that these processes used."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def memory_of(pids: Sequence[int]) -> int:
    """Give the memory of these processes in KiB: the proportional share where the kernel tells, else all of it."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total
