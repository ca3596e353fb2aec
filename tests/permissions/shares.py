"""The walk, shared between as many processes as there are cores; each walks in a world of its own."""

import logging
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from walk import Lines, Row, Seen, Walker
from world import opened

# What everybody got, and what was logged meanwhile.
Walked = tuple[list[Seen], list[str]]
_open = ExitStack()


def walk_all(rows: list[Row], folder: Path) -> Walked:
    """Walk every row; gives what everybody got and every line that was logged."""
    seen: list[Seen] = []
    lines: list[str] = []
    cores = (os.cpu_count() or 1) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=max(1, cores), mp_context=fresh) as pool:
        for some, logged in pool.map(walk_one, rows, [folder] * len(rows)):
            seen += some
            lines += logged
    return seen, lines


def walk_one(row: Row, folder: Path) -> Walked:
    """Walk one row, in this process."""
    walker, logged = _own(folder)
    logged.lines = []
    return walker.walk(row), logged.lines


@cache
def _own(folder: Path) -> tuple[Walker, Lines]:
    place = folder / str(os.getpid())
    place.mkdir()
    walker = Walker(_open.enter_context(opened(place)))
    logged = Lines()
    logging.getLogger().addHandler(logged)
    return walker, logged
