"""A database that several threads write to at the same moment, set up as the service sets it up."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace import tables
from safespace.host.database import WRITES, engine_options, prepare_sqlite
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.settings import Settings

Begin = Callable[..., AbstractContextManager[Work]]


@contextmanager
def many_writers(engine: sa.Engine, folder: Path, settings: Settings, keys: KeyRing, at: datetime) -> Iterator[Begin]:
    """Give a way to open units of work from threads: on a SQLite file, or on the server that `engine` leads to."""
    own = engine.dialect.name == "sqlite"
    if own:
        engine = sa.create_engine(f"sqlite:///{folder / 'shared.db'}", **engine_options(settings))
        prepare_sqlite(engine)
        with engine.begin() as connection:
            tables.METADATA.create_all(connection)

    @contextmanager
    def unit(now: datetime = at) -> Iterator[Work]:
        with Session(engine, expire_on_commit=False) as session:
            session.connection(execution_options=WRITES)
            work = Work(session=session, settings=settings, keys=keys, now=now)
            yield work
            work.complete()
            session.commit()

    yield unit
    if own:
        engine.dispose()
