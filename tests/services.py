"""What some tests need beside them: PostgreSQL, Redis, Chromium (skipped on a laptop, demanded in the check), mail."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from places import SERVER
from running import free_port

THIS_MACHINE = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def lacking(what: str) -> None:
    """Leave a test out, or fail it where nothing may be left out."""
    if os.environ.get("SAFESPACE_REQUIRE_SERVICES"):
        pytest.fail(f"{what} is missing, and this run must not do without it")
    pytest.skip(f"{what} is missing")


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database on the server in SAFESPACE_TEST_DATABASE, or on the one of this machine."""
    server = sa.create_engine(SERVER or THIS_MACHINE, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"own_{uuid4().hex}"
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except sa.exc.DBAPIError:
        lacking("PostgreSQL")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


class OwnRedis:
    """A Redis that a test may stop."""

    def __init__(self, path: str, folder: Path) -> None:
        self._path, self._folder, self.port = path, folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            [self._path, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("Redis does not start")

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


@contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """Start a Redis for one user alone."""
    path = shutil.which("redis-server")
    if path is None:
        lacking("redis-server")
    own = OwnRedis(str(path), folder)
    yield own
    own.stop()


class Mailbox:
    """What a mail server took, as (to whom, message); it can be told to take nothing."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], Any]] = []
        self.closed, self.port = False, free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # the name aiosmtpd asks for
        if self.closed:
            return "451 try again later"
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@contextmanager
def own_mailbox() -> Iterator[Mailbox]:
    """Run a mail server on this machine for one user alone."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()
