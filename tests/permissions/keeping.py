"""Keeps the database of a world as it is: says whether anybody wrote since, and makes it whole again."""

import re
import sqlite3
from contextlib import closing
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from safespace import tables

WRITING = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)


class Kept(Protocol):
    """A database that can be made whole again."""

    def wrote(self) -> bool:
        """Say whether anything was written since the database was whole."""

    def restore(self) -> None:
        """Make the database what it was before."""

    def copy_to(self, engine: sa.Engine) -> None:
        """Make the database of this engine, which has the same tables, what this one was."""

    def close(self) -> None:
        """Let it go."""


def kept(engine: sa.Engine) -> Kept:
    """Keep the database of this engine as it is now."""
    return KeptFile(engine) if engine.dialect.name == "sqlite" else KeptSchema(engine)


class KeptFile:
    """A file of SQLite, copied as a whole."""

    def __init__(self, engine: sa.Engine) -> None:
        self._whole = sqlite3.connect(":memory:")
        self._live = sqlite3.connect(engine.url.database or "", isolation_level=None)
        self._live.backup(self._whole)
        self._version = self._latest()

    def wrote(self) -> bool:
        """See `Kept`."""
        return self._latest() != self._version

    def restore(self) -> None:
        """See `Kept`."""
        if self.wrote():
            self._whole.backup(self._live)
            self._version = self._latest()

    def copy_to(self, engine: sa.Engine) -> None:
        """See `Kept`."""
        engine.dispose()
        with closing(sqlite3.connect(engine.url.database or "")) as file:
            self._whole.backup(file)

    def close(self) -> None:
        """See `Kept`."""
        self._live.close()
        self._whole.close()

    def _latest(self) -> int:
        """Give a number that changes with every commit of anybody else (SQLite, PRAGMA data_version)."""
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])


class KeptSchema:
    """A schema on a PostgreSQL server, copied table by table; what was committed is seen at the engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._committed: set[str] = set()
        self._live = _beside(engine)
        self._whole = {table.name: self._rows(table) for table in tables.METADATA.sorted_tables}
        sa.event.listen(engine, "after_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._commit)
        sa.event.listen(engine, "rollback", lambda connection: connection.info.pop("touched", None))

    def wrote(self) -> bool:
        """See `Kept`."""
        return bool(self._committed)

    def restore(self) -> None:
        """See `Kept`. A row that was deleted took others along, so then every table is put back."""
        self._put_back(self._live, set(self._whole) if "" in self._committed else self._committed)
        self._committed.clear()

    def copy_to(self, engine: sa.Engine) -> None:
        """See `Kept`."""
        with _beside(engine) as there:
            self._put_back(there, set(self._whole))

    def close(self) -> None:
        """See `Kept`."""
        self._live.close()

    def _rows(self, table: sa.Table) -> bytes:
        with self._live.cursor().copy(f"COPY {_columns(table)} TO STDOUT (FORMAT binary)") as copy:
            return b"".join(bytes(part) for part in copy)

    def _put_back(self, where: psycopg.Connection, names: set[str]) -> None:
        for name in names:
            where.execute(f"DELETE FROM {name}")  # noqa: S608  # our own names
            with where.cursor().copy(
                f"COPY {_columns(tables.METADATA.tables[name])} FROM STDIN (FORMAT binary)"
            ) as copy:
                copy.write(self._whole[name])

    def _executed(self, connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
        found = WRITING.match(statement)
        if found and cursor.rowcount:
            touched = connection.info.setdefault("touched", set())
            touched.add(found[1].casefold())
            if statement.lstrip()[:6].upper() == "DELETE":
                touched.add("")

    def _commit(self, connection: sa.Connection) -> None:
        self._committed |= connection.info.pop("touched", set())


def _beside(engine: sa.Engine) -> psycopg.Connection:
    """Connect to the same place; rows come and go there without their triggers."""
    given, options = engine.dialect.create_connect_args(engine.url)
    where = psycopg.connect(*given, **options, autocommit=True)
    where.execute("SET session_replication_role = replica")
    where.execute("SET synchronous_commit = off")
    return where


def _columns(table: sa.Table) -> str:
    """Name a table with its columns: a migration may have made them in another order."""
    return f"{table.name} ({', '.join(column.name for column in table.columns)})"
