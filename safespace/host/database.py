"""The database under Flask: one engine, reads in a plain transaction, writes that lock at once on SQLite."""

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from safespace.kernel.db import Base
from safespace.settings import Settings

# Not model_class=Base: that rebuilds the base and breaks with dataclass models on SQLAlchemy 2.1.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

SERVICE = "safespace service"  # the name of its connections on a server
LOCK = "serve.lock"  # in the data folder: held by the one process that serves an embedded database
WRITES = {"safespace_writes": True}


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database to the app and set up its connections."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings, serves=True)
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            prepare_sqlite(db.engine)


def engine_options(settings: Settings, *, serves: bool = False) -> dict[str, Any]:
    """Give the options of the engine: a pool sized for greenlets, checked before use on a server.

    `serves`: it belongs to a running service, which a server then knows by name.
    """
    if settings.is_sqlite:
        return {"pool_size": 32, "max_overflow": 32, "connect_args": {"timeout": 5, "check_same_thread": False}}
    name = {"application_name": SERVICE} if serves else {}
    return {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True, "connect_args": name}


def prepare_sqlite(engine: sa.Engine) -> None:
    """Make SQLite safe: write-ahead log, full synchronisation, foreign keys, and `BEGIN IMMEDIATE` for writes.

    A deferred transaction that read first cannot wait for a lock, whatever the time-out; an immediate one can.
    """

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        del record
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "busy_timeout=5000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("safespace_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
