"""Where a test keeps its rows: SQLite, or one schema on the server in SAFESPACE_TEST_DATABASE, emptied between tests.

Engines are lent from test to test, since they keep the statements they compiled; the rows never are.
"""

import atexit
import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from safespace import tables
from safespace.settings import Settings, load

SERVER = os.environ.get("SAFESPACE_TEST_DATABASE", "")
_idle: dict[Hashable, list[sa.Engine]] = {}


def settings_in(folder: Path) -> Settings:
    """Give the settings of a test that keeps its files here."""
    return load(
        "testing",
        env={},
        data_dir=folder,
        secret_key="only for tests, only for tests, only for tests",
        argon2_memory_kib=64,
        argon2_time=1,
    )


@contextmanager
def a_database(url: str) -> Iterator[sa.Engine]:
    """All tables, empty."""
    if url:
        place = emptied(url)
        with lent(place, lambda: sa.create_engine(place)) as engine:
            yield engine  # its connections stay: the server's side of one remembers tables and plans
        return
    with in_memory("empty", _empty()) as engine:
        yield engine


@contextmanager
def in_memory(name: Hashable, data: bytes) -> Iterator[sa.Engine]:
    """A SQLite database in memory that begins as a copy of `data`, under a name that stands for this data."""

    def copy() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(data)
        connection.execute("PRAGMA foreign_keys=ON")
        # No order asked: another one here than on PostgreSQL. So neither a test nor the service leans on one.
        connection.execute("PRAGMA reverse_unordered_selects=ON")
        return connection

    with lent(name, lambda: sa.create_engine("sqlite://", poolclass=sa.StaticPool, creator=copy)) as engine:
        yield engine
        engine.dispose()


@contextmanager
def lent(name: Hashable, make: Callable[[], sa.Engine]) -> Iterator[sa.Engine]:
    """An engine of this name that nobody else has at this time."""
    kept = _idle.setdefault(name, [])
    engine = kept.pop() if kept else make()
    yield engine
    kept.append(engine)


@contextmanager
def asked_of(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the statements the database gets inside a block, begin and commit left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split(maxsplit=1)[0] not in {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}:
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def serialized(engine: sa.Engine) -> bytes:
    """Give the whole of a SQLite database in memory."""
    with engine.connect() as connection:
        data: bytes = connection.connection.driver_connection.serialize()
        return data


@cache
def _empty() -> bytes:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    tables.METADATA.create_all(engine)
    data = serialized(engine)
    engine.dispose()
    return data


def emptied(url: str) -> str:
    """Give the address of a schema of this run with all tables, after emptying them."""
    place, broom = _own_schema(url)
    with broom.begin() as connection:
        connection.exec_driver_sql("SELECT empty_all()")
    return place


@cache
def _own_schema(url: str) -> tuple[str, sa.Engine]:
    place = a_schema(url)
    every = "; ".join(f"DELETE FROM {table.name}" for table in tables.METADATA.sorted_tables)  # noqa: S608  # our own names
    # One function with its plans kept, on one connection: asking for each table anew took as long as a short test.
    broom = sa.create_engine(f"{place}%20-csession_replication_role%3Dreplica")
    with broom.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE FUNCTION empty_all() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {every}; END $$"
        )
    return place, broom


def a_schema(url: str) -> str:
    """Make a schema with all tables, empty, that is gone when this process ends; gives its address."""
    place = a_bare_schema(url)
    engine = sa.create_engine(place, poolclass=sa.NullPool)
    tables.METADATA.create_all(engine)
    return place


def a_bare_schema(url: str) -> str:
    """Make a schema without tables that is gone when this process ends; gives its address."""
    schema = f"t{uuid4().hex}"
    server = sa.create_engine(url, poolclass=sa.NullPool)
    with server.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))

    def drop() -> None:
        with server.begin() as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))

    atexit.register(drop)
    # What a test wrote need not outlive a power cut.
    return f"{url}?options=-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
