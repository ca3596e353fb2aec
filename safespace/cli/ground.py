"""What every command stands on: settings, keys and a unit of work, or a plain sentence why not."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from safespace.host.database import LOCK, SERVICE, WRITES, engine_options, prepare_sqlite
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.settings import Settings, SettingsInvalidError, load

_CONNECTED = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
)
console = Console(highlight=False, soft_wrap=True)


def the_settings() -> Settings:
    """Give the settings of this installation, or stop with what is wrong with them."""
    try:
        return load()
    except SettingsInvalidError as error:
        raise click.ClickException(f"The settings are not right: {error}.") from error


def the_keys(settings: Settings) -> KeyRing:
    """Give the key ring of this installation, or stop and say how to make one."""
    try:
        return KeyRing.load(settings.key_file)
    except FileNotFoundError as error:
        raise click.ClickException(
            f"There is no key file at {settings.key_file}. Make one with: safespace keys create"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"The key file at {settings.key_file} cannot be read.") from error


def sqlite_path(settings: Settings) -> Path:
    """Give the file of an embedded database."""
    return Path(sa.make_url(settings.database_url).database or "")


@contextmanager
def database(settings: Settings) -> Iterator[sa.Engine]:
    """Give the database, or stop when it is not there, without tables, or does not answer."""
    if settings.is_sqlite and not sqlite_path(settings).exists():
        raise click.ClickException(f"There is no database at {sqlite_path(settings)}. Make it with: safespace migrate")
    engine = sa.create_engine(settings.database_url, **engine_options(settings))
    if settings.is_sqlite:
        prepare_sqlite(engine)
    try:
        yield engine
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {_reason(error)}") from error
    except ProgrammingError as error:
        raise click.ClickException("The database has no tables yet. Make them with: safespace migrate") from error
    finally:
        engine.dispose()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the folder of an embedded database, so that no service runs or starts meanwhile; stop when one runs.

    On a server nothing is held, only looked: a service that is connected stops the command, one may still be started.
    """
    if not settings.is_sqlite:
        with database(settings) as engine, engine.connect() as connection:
            if connection.scalar(_CONNECTED, {"name": SERVICE}):
                raise click.ClickException("The service is running on this database. Stop it first.")
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = os.open(settings.data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise click.ClickException("The service is running on this folder. Stop it first.") from error
    finally:
        os.close(file)


@contextmanager
def unit(settings: Settings, engine: sa.Engine, keys: KeyRing) -> Iterator[Work]:
    """Do one thing and commit it with its events and log entries, or leave no trace."""
    with engine.connect().execution_options(**WRITES) as connection, Session(connection) as session:
        work = Work(session=session, settings=settings, keys=keys)
        yield work
        work.complete()
        session.commit()


def _reason(error: OperationalError) -> str:
    words = str(error.orig).splitlines()[0] if error.orig else "unknown"
    return "it has no tables yet; make them with: safespace migrate" if "no such table" in words else words
