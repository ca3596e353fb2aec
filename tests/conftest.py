"""Fixtures of the whole suite: settings, keys, a database of its own for every test, and units of work."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from builders import NOON, a_clinician, a_group, a_location, a_youth
from places import SERVER, a_database, settings_in
from sqlalchemy.orm import Session

from safespace.groups.models import Group
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.policy.roles import Actor
from safespace.settings import Settings

Begin = Callable[..., AbstractContextManager[Work]]


WHOLE = ("journeys", "faults", "permissions")  # folders whose tests share what takes long to make, the longest first


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For a run in several processes: the longest begin first, each in a process of its own."""
    items.sort(key=lambda item: WHOLE.index(group) if (group := together(item.nodeid)) in WHOLE else len(WHOLE))


def pytest_collection_finish() -> None:
    """Search for garbage less often, and never among what is loaded by now: that took an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """For a run in several processes: whose tests stay together. The mark for it gets lost (xdist 3.8, pytest 9.2)."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  # there in such a run only

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return Together(config, log)


def together(nodeid: str) -> str:
    """Name the group of a test: its folder, or else its file.

    The screens are looked at in a browser of their own: the other journeys are the longest and mostly wait.
    """
    path = nodeid.split("::", 1)[0]
    folder = path.removeprefix("tests/").split("/", 1)[0]
    return folder if folder in WHOLE and not path.endswith("/test_every_screen.py") else path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.fresh()


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """A database with all tables: SQLite in memory, or the server named in SAFESPACE_TEST_DATABASE."""
    with a_database(SERVER) as made:
        yield made


@pytest.fixture
def begin(engine: sa.Engine, settings: Settings, keys: KeyRing) -> Begin:
    """Open a unit of work as the edge does: one commit at the end, rolled back when the use case refuses."""

    @contextmanager
    def unit(now: datetime = NOON) -> Iterator[Work]:
        with Session(engine, expire_on_commit=False) as session:
            work = Work(session=session, settings=settings, keys=keys, now=now)
            yield work
            work.complete()
            session.commit()

    return unit


@pytest.fixture
def group(begin: Begin) -> Group:
    """One open group at one location that is always open."""
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def noor(begin: Begin, group: Group) -> Actor:
    """A youth in that group."""
    with begin() as work:
        return a_youth(work, group, "Stille Otter")


@pytest.fixture
def esra(begin: Begin, group: Group) -> Actor:
    """A clinician of its location."""
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def jeroen(begin: Begin, group: Group) -> Actor:
    """Another one."""
    with begin() as work:
        return a_clinician(work, group.location, "Jeroen")


@pytest.fixture
def people(noor: Actor, esra: Actor, jeroen: Actor) -> tuple[Actor, Actor, Actor]:
    """A youth and the two clinicians who read there."""
    return noor, esra, jeroen
