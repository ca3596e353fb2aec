"""Fixtures of the fault tests: real processes over a database of their own, on each kind of database that is there."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from running import Service, free_port

MakeService = Callable[..., Service]
SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def missing(what: str) -> None:
    """Leave a test out, or fail it where nothing may be left out."""
    if os.environ.get("SAFESPACE_REQUIRE_SERVICES"):
        pytest.fail(f"{what} is missing, and this run must not do without it")
    pytest.skip(f"{what} is not there")


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database on the server in SAFESPACE_TEST_DATABASE, or on the one of this machine."""
    server = sa.create_engine(
        os.environ.get("SAFESPACE_TEST_DATABASE") or SERVER,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 2},
    )
    name = f"faults_{uuid4().hex}"
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except sa.exc.DBAPIError:
        missing("PostgreSQL")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with own_database() as url:
        yield url


class OwnRedis:
    """A Redis that a test may stop."""

    def __init__(self, path: str, folder: Path) -> None:
        self._path, self._folder, self.port = path, folder, free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
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
        self._process.kill()
        self._process.wait()


@contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """Start a Redis for this test alone."""
    path = shutil.which("redis-server")
    if path is None:
        missing("redis-server")
    own = OwnRedis(str(path), folder)
    yield own
    own.stop()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    with own_redis(tmp_path) as own:
        yield own


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[MakeService]:
    """Make services that are stopped at the end, whatever happened."""
    made: list[Service] = []

    def make(**how: object) -> Service:
        made.append(Service(tmp_path / f"service{len(made)}", **how))
        return made[-1]

    yield make
    for service in made:
        service.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, make_service: MakeService) -> Service:
    """One web process on SQLite; a web process, a worker and Redis on PostgreSQL. Not started yet."""
    if request.param == "sqlite":
        return make_service()
    url = request.getfixturevalue("postgresql_url")
    return make_service(database_url=url, redis_url=request.getfixturevalue("redis").url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The same, running, for all tests of a file."""
    folder = tmp_path_factory.mktemp("lasting")
    with ExitStack() as stack:
        how: dict[str, Any] = {"options": {"SAFESPACE_HOLD_SECONDS": "0"}}
        if request.param == "postgresql":
            how["database_url"] = stack.enter_context(own_database())
            how["redis_url"] = stack.enter_context(own_redis(folder)).url
        service = Service(folder / "service", **how)
        stack.callback(service.stop)
        yield service.start()
