"""Fixtures for pages: an app on a database of its own, a browser without JavaScript, and signing in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask.testing import FlaskClient
from places import SERVER, asked_of, emptied, settings_in

from safespace import tables
from safespace.accounts.models import Account
from safespace.accounts.sessions import open_session
from safespace.app import create_app
from safespace.host import limits
from safespace.host.database import db
from safespace.host.login import sign_in
from safespace.host.work import Host, unit_of_work
from safespace.kernel.sealed import KeyRing
from safespace.policy.roles import Actor
from safespace.realtime import live
from safespace.settings import Settings

SignedIn = Callable[[Actor], FlaskClient]


@dataclass
class Built:
    """The service, built once: its routes, templates and compiled statements serve every test. `file` is whose turn."""

    app: Flask
    config: dict[str, object]
    tables: Path
    file: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Built:
    """The service on a file database, or on a schema of its own on the server in SAFESPACE_TEST_DATABASE."""
    folder = tmp_path_factory.mktemp("built")
    settings = settings_in(folder)
    made = create_app(replace(settings, database_url=emptied(SERVER)) if SERVER else settings, keys)
    made.config["WTF_CSRF_ENABLED"] = False  # its own tests, and the browser's, keep it on
    here = Built(app=made, config=dict(made.config), tables=folder / "tables.db", file=folder / "tables.db")
    with made.app_context():
        if not SERVER:
            sa.event.listen(db.engine, "do_connect", lambda *given: given[2].__setitem__(0, here.file))
            tables.METADATA.create_all(db.engine)
            db.engine.dispose()
    return here


@pytest.fixture
def app(built: Built, settings: Settings, keys: KeyRing) -> Iterator[Flask]:
    """The service as it starts, on empty tables: nothing that an earlier test did to it is left."""
    made = built.app
    if SERVER:
        settings = replace(settings, database_url=emptied(SERVER))
    else:
        built.file = settings.data_dir / "safespace.db"
        shutil.copy(built.tables, built.file)
    made.config.clear()
    made.config.update(built.config)
    made.extensions["safespace"] = Host(settings=settings, keys=keys)
    limits.init_app(made, settings)
    vars(made).pop("wsgi_app", None)  # or the sockets of every test would be wrapped around those of the last
    live.init_app(made, settings)
    yield made
    with made.app_context():
        db.session.remove()
        if not SERVER:
            db.engine.dispose()


@pytest.fixture
def begin(app: Flask):
    """A unit of work as the edge opens it."""

    @contextmanager
    def unit(now=None):
        with app.app_context(), unit_of_work() as work:
            if now is not None:
                work.now = now
            yield work

    return unit


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """Give a browser in which this actor is signed in, every factor proven."""

    def browser(actor: Actor) -> FlaskClient:
        client = app.test_client()
        with app.test_request_context(), unit_of_work() as work:
            token = open_session(work, work.session.get_one(Account, actor.account_id), proven=True)
            sign_in(work, token)
            cookie = dict(session)
        with client.session_transaction() as kept:
            kept.update(cookie)
        return client

    return browser


@pytest.fixture
def count_queries(app: Flask):
    """Count the statements the database gets inside a block, begin and commit left out."""

    def counting():
        with app.app_context():
            return asked_of(db.engine)

    return counting
