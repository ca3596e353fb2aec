"""Where a test keeps its rows: SQLite in memory, or one schema on the given server that is emptied between tests."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from uuid import uuid4

import sqlalchemy as sa

from safespace import tables


@contextmanager
def a_database(url: str) -> Iterator[sa.Engine]:
    """All tables, empty."""
    if url:
        engine = sa.create_engine(emptied(url))
        yield engine
        engine.dispose()
        return
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    tables.METADATA.create_all(engine)
    yield engine
    engine.dispose()


def emptied(url: str) -> str:
    """Give the address of a schema of this run with all tables, after emptying them."""
    place = _schema(url)
    engine = sa.create_engine(place, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")  # the log refuses to be emptied
        connection.exec_driver_sql("SET synchronous_commit = off")
        filled = connection.exec_driver_sql(
            " UNION ALL ".join(
                f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608  # our own names
                for table in tables.METADATA.sorted_tables
            )
        ).scalars()
        for name in filled.all():
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608  # our own names
    return place


@lru_cache
def _schema(url: str) -> str:
    schema = f"t{uuid4().hex}"
    server = sa.create_engine(url, poolclass=sa.NullPool)
    with server.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    place = f"{url}?options=-csearch_path%3D{schema}"
    engine = sa.create_engine(place, poolclass=sa.NullPool)
    tables.METADATA.create_all(engine)

    def drop() -> None:
        with server.begin() as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))

    atexit.register(drop)
    return place
