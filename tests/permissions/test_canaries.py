"""Every text has a word of its own; what anybody receives holds no word that is not for them (promise 2)."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Response
from objects import Object
from places import SERVER
from walk import Allowed, Case, Lines, Seen, Walker, table
from world import World

from safespace import tables
from safespace.host.database import db
from safespace.kernel import sealed

ALLOWED = Allowed.read()
# So that an empty page would not pass for a safe one.
REALLY_READ = [
    ("youth_own", "post published body"),
    ("youth_own", "post own reworded note"),
    ("youth_own", "post own draft body"),
    ("youth_own", "answer body"),
    ("youth_own", "item here English body"),
    ("youth_sibling", "item here body"),
    ("youth_elsewhere", "post elsewhere body"),
    ("youth_paused", "post paused body"),
    ("clinician_own", "post waiting body"),
    ("clinician_own", "post own declined internal note"),
    ("clinician_own", "review waiting reason"),
    ("clinician_own", "proposal here content"),
    ("clinician_own", "proposal dropped closing_note"),
    ("clinician_elsewhere", "proposal here why"),
    ("clinician_elsewhere", "break of youth_beside pause_reason"),
    ("administrator_own", "listed names here"),
    ("clinician_own", "review waiting English reason"),
    ("clinician_own", "post changed, the new words"),
    ("clinician_elsewhere", "post elsewhere declined internal note"),
    ("peer_worker_own", "post published body"),
    ("administrator_own", "clinician_own staff name"),
    ("administrator_own", "group sibling about"),
    ("anonymous", "location here name"),
]


def leaks(seen: list[Seen]) -> list[str]:
    """Give every case in which somebody received a word that is not for them."""
    return [f"{one.case}: {name}" for one in seen for name in one.words if one.case.actor not in ALLOWED.readers(name)]


def test_every_sealed_column_holds_words_of_this_world(world: World) -> None:
    known = set(world.words.values())
    with world.app.app_context():
        keys = world.app.extensions["safespace"].keys
        for table_name, column in tables.sealed_columns():
            rows = db.session.execute(sa.text(f"SELECT id, {column} FROM {table_name} WHERE {column} IS NOT NULL"))  # noqa: S608  # our own names
            texts = [keys.open(sealed.place(table_name, column, UUID(str(row[0]))), row[1]) for row in rows if row[1]]
            assert any(word in text for text in texts for word in known), f"{table_name}.{column} has no word"


def test_every_text_is_in_the_table(world: World) -> None:
    assert ALLOWED.unlisted(list(world.words)) == []
    assert ALLOWED.unlisted(["a text of tomorrow"]) == ["a text of tomorrow"]
    assert ALLOWED.readers("a text of tomorrow") == frozenset()


def test_nobody_receives_a_word_that_is_not_for_them(walked: list[Seen]) -> None:
    found = leaks(walked)
    assert found == []
    print(f"\n{len(walked)} answers, {sum(len(one.words) for one in walked)} words in them, {len(found)} foreign")  # noqa: T201  # shown with -rP


def test_what_is_for_somebody_is_really_read(walked: list[Seen]) -> None:
    got = {(one.case.actor, name) for one in walked for name in one.words}
    assert set(REALLY_READ) - got == set()


def test_a_leak_that_is_planted_is_seen(world: World, walker: Walker) -> None:
    def leak(response: Response) -> Response:
        response.headers["X-Trace"] = (
            f"id={world.words['post waiting body'][:12].lower()}"  # cut short, in small letters
        )
        return response

    case = Case(next(row for row in table() if row.endpoint == "groups.home"), "youth_own", "here")
    assert leaks([walker.attempt(case, Object())]) == []
    with after_every_request(world, leak):
        assert leaks([walker.attempt(case, Object())]) == [f"{case}: post waiting body"]
    assert leaks([walker.attempt(case, Object())]) == []


def test_a_fault_tells_no_words_to_anybody(world: World, walker: Walker) -> None:
    word = world.words["post waiting body"]

    def fail() -> Response:
        raise ValueError(word)

    case = Case(next(row for row in table() if row.endpoint == "groups.home"), "youth_own", "here")
    view = world.app.view_functions["groups.home"]
    logged = Lines()
    logging.getLogger().addHandler(logged)
    world.app.view_functions["groups.home"] = fail
    fail.permission = view.permission
    try:
        seen = walker.attempt(case, Object())
    finally:
        world.app.view_functions["groups.home"] = view
        logging.getLogger().removeHandler(logged)
    assert (seen.status, seen.words) == (500, frozenset())
    assert logged.lines
    assert walker.words_in("\n".join(logged.lines)) == frozenset()


def test_the_log_holds_nobodys_words(logged: list[str], walker: Walker, world: World) -> None:
    assert walker.words_in("\n".join(logged)) == frozenset()
    proof = Lines()
    proof.emit(logging.makeLogRecord({"msg": "kept", "extra": world.words["post waiting body"]}))
    assert walker.words_in(proof.lines[0]) == {"post waiting body"}


@pytest.mark.skipif(bool(SERVER), reason="reads the file of an embedded database")
def test_a_stolen_database_holds_no_sealed_word(
    world: World, walker: Walker, walked: list[Seen], clinics: Path
) -> None:
    """The files, their write-ahead logs, the help page's snapshots, and whatever else lies in the folders."""
    assert walked
    found: frozenset[str] = frozenset()
    for file in sorted(path for path in clinics.rglob("*") if path.is_file()):
        data = file.read_bytes()
        found |= walker.words_in(data.decode("latin-1")) | walker.words_in(data.decode("utf-16-le", "ignore"))
    assert found == {name for name in world.words if name.startswith(("group ", "location "))}  # clear, by design


@contextmanager
def after_every_request(world: World, change: Callable[[Response], Response]) -> Iterator[None]:
    """Change every answer inside the block."""
    planted = world.app.after_request_funcs.setdefault(None, [])
    planted.append(change)
    try:
        yield
    finally:
        planted.remove(change)
