"""Fixtures of the fault tests: real processes over a database of their own, on each kind of database that is there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from running import Service
from services import OwnRedis, own_database, own_redis

MakeService = Callable[..., Service]


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with own_database() as url:
        yield url


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
