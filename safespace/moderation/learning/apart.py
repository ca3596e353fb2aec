"""Fitting in a process of its own: it computes for seconds, and neither a page nor the clock may wait for it.

A socket is its input and output, which cooperates with whatever runs beside it; and the process is spawned, not forked,
since a fork of a server takes its threads and locks along.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

# Named, not imported: the service itself never holds scikit-learn.
MODULE = "safespace.moderation.learning.fitting"
LONGEST = 600.0
# Neither keys nor settings go along: it needs none.
_PASSED_ON = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TMPDIR")
_ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_CHUNK = 65_536


def fit_apart(homework: dict[str, Any]) -> dict[str, Any]:
    """Give what `fitting.fit` gives. Texts are never on a disk; raises nothing, `failed` says what kind of fault."""
    try:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                pid = _start(theirs.fileno())
            try:
                found: dict[str, Any] = json.loads(_exchange(ours, json.dumps(homework).encode()))
            finally:
                _end(pid)
    except (OSError, ValueError) as error:
        return {"failed": type(error).__name__}
    return found


def _start(channel: int) -> int:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", MODULE],
        passed_on | _ONE_CORE,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, channel, 0),
            (os.POSIX_SPAWN_DUP2, channel, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )


def _exchange(ours: socket.socket, homework: bytes) -> bytes:
    ours.settimeout(LONGEST)
    ours.sendall(homework)
    ours.shutdown(socket.SHUT_WR)
    parts = []
    while part := ours.recv(_CHUNK):
        parts.append(part)
    return b"".join(parts)


def _end(pid: int) -> None:
    """Leave no process behind: one that answered is at its end, one that did not is ended here."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
