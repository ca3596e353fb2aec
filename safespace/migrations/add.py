"""Adds a revision after the last one, from what changed in the models; a human reads it before it is used."""

import sys
import tempfile

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from safespace.host.database import WRITES, prepare_sqlite
from safespace.host.schema import MIGRATIONS, upgrade


def add(message: str) -> None:
    """Write a revision into `versions/` that brings the tables of the last one to what the models say."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    number = len(list((MIGRATIONS / "versions").glob("*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/last.db")
        prepare_sqlite(engine)
        upgrade(engine)
        with engine.connect().execution_options(**WRITES) as connection:
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()


if __name__ == "__main__":
    add(" ".join(sys.argv[1:]))
