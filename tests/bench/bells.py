"""Many who listen at once: small Socket.IO clients over bare WebSockets, each with a line to fetch what is new."""

import base64
import json
import os
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from load import Line, get
from running import Visitor

PATH = "/socket.io/?EIO=4&transport=websocket"
LONG, LONGER = 126, 127


@dataclass
class Ear:
    """One page that listens, and fetches what is new when it is rung."""

    port: int
    origin: str
    visitor: Visitor
    changes: str
    cursor: int
    heard_at: float = 0.0
    fetched_at: float = 0.0
    news: int = 0
    told: Event = field(default_factory=Event)

    def open(self) -> None:
        """Connect as a page does."""
        self._line = Line(self.port)
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: {self.origin}\r\n"
            f"Cookie: {self.visitor.cookie}\r\n\r\n".encode()
        )
        self._data = b""
        while b"\r\n\r\n" not in self._data:
            self._data += self._socket.recv(65536)
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.split(b"\r\n", 1)[0])
        self._frame()
        self._send("40" + json.dumps({"csrf": self.visitor.csrf}))
        if not (answer := self._frame()).startswith("40"):
            raise ConnectionError(answer)
        self._socket.settimeout(None)
        self._reader = gevent.spawn(self._listen)

    def close(self) -> None:
        """Hang up."""
        self._reader.kill()
        self._socket.close()
        self._line.close()

    def _listen(self) -> None:
        while True:
            frame = self._frame()
            if frame == "2":
                self._send("3")
            elif frame.startswith('42["group"'):
                self.heard_at = time.time()
                gevent.spawn(self._fetch)

    def _fetch(self) -> None:
        make = get(f"{self.changes}&after={self.cursor}", self.visitor.cookie, "application/json")
        status, body = self._line.ask(make())
        if status != 200:
            raise ConnectionError(str(status))
        found: dict[str, Any] = json.loads(body)
        self.cursor, self.news = found["cursor"], len(found["posts"])
        self.fetched_at = time.time()
        self.told.set()

    def _frame(self) -> str:
        size = self._take(2)[1] & 0x7F
        if size == LONG:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == LONGER:
            size = struct.unpack(">Q", self._take(8))[0]
        return self._take(size).decode()

    def _take(self, size: int) -> bytes:
        while len(self._data) < size:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionError("the server hung up")
            self._data += more
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def _send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < LONG else bytes([0x80 | LONG]) + struct.pack(">H", len(data))
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._socket.sendall(b"\x81" + size + mask + masked)
