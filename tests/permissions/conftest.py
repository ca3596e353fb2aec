"""One world for all of it, and one walk through every door of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shares import Walked, walk_all
from walk import Seen, Walker, table
from world import World, opened


@pytest.fixture(scope="session")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which every world keeps its files."""
    return tmp_path_factory.mktemp("clinics")


@pytest.fixture(scope="session")
def world(clinics: Path) -> Iterator[World]:
    """The world that tests try things on."""
    place = clinics / "first"
    place.mkdir()
    with opened(place) as world:
        yield world


@pytest.fixture(scope="session")
def walker(world: World) -> Iterator[Walker]:
    made = Walker(world)
    yield made
    made.kept.close()


@pytest.fixture(scope="session")
def everything_walked(clinics: Path) -> Walked:
    return walk_all(table(), clinics)


@pytest.fixture(scope="session")
def walked(everything_walked: Walked) -> list[Seen]:
    """Everything that everybody got."""
    return everything_walked[0]


@pytest.fixture(scope="session")
def logged(everything_walked: Walked) -> list[str]:
    """Every line that was logged meanwhile."""
    return everything_walked[1]
