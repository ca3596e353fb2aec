"""The tables this version needs and those that are there: one revision, reached by migrations only."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from safespace.host.database import WRITES

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class SchemaMismatchError(Exception):
    """The tables are not those of this version; the service does not start on them."""


@cache
def head() -> str:
    """Give the revision this version needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def revision_of(connection: sa.Connection) -> str:
    """Give the revision of the tables that are there, "" for an empty database."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, in one transaction: after a crash they are the old or the new ones."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the tables back to an earlier revision; `base` removes them."""
    _run(engine, command.downgrade, revision)


def check(engine: sa.Engine) -> None:
    """Raise SchemaMismatchError unless the tables are those of this version."""
    with engine.connect() as connection:
        found = revision_of(connection)
    if found == head():
        return
    if not found:
        raise SchemaMismatchError("the database has no tables yet; make them with: safespace migrate")
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found in known:
        raise SchemaMismatchError("the tables are of an earlier version; bring them up to date with: safespace migrate")
    raise SchemaMismatchError(f"the tables are of a version this one does not know ({found}); use that version")


def _run(engine: sa.Engine, what: object, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(**WRITES) as connection:
        config.attributes["connection"] = connection
        what(config, revision)  # type: ignore[operator]  # one of Alembic's commands
