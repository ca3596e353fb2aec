"""Somebody who listens for doorbells, as the page does, and somebody who tries what a page never would."""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import socketio
import websocket
from running import Service, Visitor

PATH = "/socket.io/?EIO=4&transport=websocket"


@dataclass
class Listener:
    """A page of a signed-in visitor, with a socket of the real client library."""

    service: Service
    visitor: Visitor
    heard: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)
    cut_at: float = 0.0

    def __post_init__(self) -> None:
        self.cut = threading.Event()
        self.rung = threading.Event()

    def connect(self) -> "Listener":
        self.cut.clear()
        self.socket = socketio.Client(reconnection=False, handle_sigint=False)
        self.socket.on("*", self._hear)
        self.socket.on("disconnect", self._lose)
        if not self.visitor.csrf:
            self.visitor.get("/groepen")
        self.socket.connect(
            self.service.origin,
            headers={"Cookie": self.visitor.cookie},
            auth={"csrf": self.visitor.csrf},
            transports=["websocket"],
            wait_timeout=15,
        )
        return self

    def close(self) -> None:
        self.socket.disconnect()

    def _hear(self, name: str, bell: dict[str, Any]) -> None:
        self.heard.append((name, bell, time.time()))
        self.rung.set()

    def _lose(self, *_: object) -> None:
        self.cut_at = time.time()
        self.cut.set()


@dataclass
class Raw:
    """A bare WebSocket, for what no page of ours would send."""

    service: Service
    cookie: str = ""

    def knock(self, csrf: object = None, *, origin: str | None = "", headers: tuple[str, ...] = ()) -> str:
        """Try to connect as a page of `origin` ("" our own, None without the header); gives the first answer."""
        self.socket = websocket.create_connection(
            self.service.origin.replace("http", "ws") + PATH,
            origin=(self.service.origin if origin == "" else origin),
            suppress_origin=origin is None,
            cookie=self.cookie or None,
            header=list(headers),
            timeout=5,
        )
        self.socket.recv()
        self.socket.send("40" if csrf is None else "40" + json.dumps({"csrf": csrf}))
        answer: str = self.socket.recv()
        return answer

    def close(self) -> None:
        with suppress(OSError, websocket.WebSocketException):
            self.socket.close(timeout=1)
        self.socket.shutdown()
