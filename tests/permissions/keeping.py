"""Keeps the database of a world as it is: says whether anybody wrote since, and makes it whole again."""

import re
import sqlite3
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

    def close(self) -> None:
        """Let it go."""


def kept(engine: sa.Engine) -> Kept:
    """Keep the database of this engine as it is now."""
    return KeptFile(engine) if engine.dialect.name == "sqlite" else KeptSchema(engine)


class KeptFile:
    """A file of SQLite, copied as a whole."""

    def __init__(self, engine: sa.Engine) -> None:
        self.whole = sqlite3.connect(":memory:")
        self._live = sqlite3.connect(engine.url.database or "", isolation_level=None)
        self._live.backup(self.whole)
        self._version = self._latest()

    def wrote(self) -> bool:
        """See `Kept`."""
        return self._latest() != self._version

    def restore(self) -> None:
        """See `Kept`."""
        if self.wrote():
            self.whole.backup(self._live)
            self._version = self._latest()

    def close(self) -> None:
        """See `Kept`."""
        self._live.close()
        self.whole.close()

    def _latest(self) -> int:
        """Give a number that changes with every commit of anybody else (SQLite, PRAGMA data_version)."""
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])


class KeptSchema:
    """A schema on a PostgreSQL server, copied table by table; what was committed is seen at the engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._committed: set[str] = set()
        where = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._live = psycopg.connect(where, autocommit=True)
        self._live.execute("SET session_replication_role = replica")  # rows come back without their triggers
        self._live.execute("SET synchronous_commit = off")
        self._whole = {table.name: self._rows(table.name) for table in tables.METADATA.sorted_tables}
        sa.event.listen(engine, "after_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._commit)
        sa.event.listen(engine, "rollback", lambda connection: connection.info.pop("touched", None))

    def wrote(self) -> bool:
        """See `Kept`."""
        return bool(self._committed)

    def restore(self) -> None:
        """See `Kept`. A row that was deleted took others along, so then every table is put back."""
        touched = set(self._whole) if "" in self._committed else self._committed
        for name in touched:
            self._live.execute(f"DELETE FROM {name}")  # noqa: S608  # our own names
            with self._live.cursor().copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
                copy.write(self._whole[name])
        self._committed.clear()

    def close(self) -> None:
        """See `Kept`."""
        self._live.close()

    def _rows(self, name: str) -> bytes:
        with self._live.cursor().copy(f"COPY {name} TO STDOUT (FORMAT binary)") as copy:
            return b"".join(bytes(part) for part in copy)

    def _executed(self, connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:
        found = WRITING.match(statement)
        if found and cursor.rowcount:
            touched = connection.info.setdefault("touched", set())
            touched.add(found[1].casefold())
            if statement.lstrip()[:6].upper() == "DELETE":
                touched.add("")

    def _commit(self, connection: sa.Connection) -> None:
        self._committed |= connection.info.pop("touched", set())
