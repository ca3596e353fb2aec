"""Runs migrations on one connection, in one transaction, one at a time; also under `flask db`."""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from safespace import tables
from safespace.migrations.drawing import comparable, rendered

LOCK = 7_302_611_905  # any number of our own: two migrations at once wait for each other


def run(connection: sa.Connection) -> None:
    """Run what was asked for; a fault leaves the tables as they were."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # a table that is rebuilt would otherwise take its rows' children along
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
    context.configure(
        connection=connection,
        target_metadata=tables.METADATA,
        render_as_batch=sqlite,
        render_item=rendered,
        compare_type=True,
        include_object=comparable,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()
        if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a migration would leave rows without what they refer to")
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(safespace_writes=True) as opened:
        run(opened)
