"""A gate in front of a server: while it is open it passes everything on, once shut nobody gets through."""

import socket
import threading
from contextlib import suppress


class Gate:
    """Passes connections on loopback to a server on loopback, until it is shut; it can be opened again."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._open: list[socket.socket] = []
        self._one_at_a_time = threading.Lock()
        with socket.create_server(("127.0.0.1", 0)) as chosen:
            self.port: int = chosen.getsockname()[1]
        self.open()

    def open(self) -> None:
        """Let everybody through."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Break every connection and refuse new ones, as a server that was stopped does."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._one_at_a_time:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def _let_in(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                with self._one_at_a_time:
                    if listening.fileno() < 0:  # shut while this one came in
                        near.close()
                        return
                    self._open.append(near)
                    self._open.append(far := socket.create_connection(("127.0.0.1", self._to)))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
