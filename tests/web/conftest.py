"""Fixtures for pages: an app on a database of its own, a browser without JavaScript, and signing in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask.testing import FlaskClient
from places import emptied

from safespace import tables
from safespace.accounts.models import Account
from safespace.accounts.sessions import open_session
from safespace.app import create_app
from safespace.host.database import db
from safespace.host.login import sign_in
from safespace.host.work import unit_of_work
from safespace.kernel.sealed import KeyRing
from safespace.policy.roles import Actor
from safespace.settings import Settings

SignedIn = Callable[[Actor], FlaskClient]


@pytest.fixture
def app(settings: Settings, keys: KeyRing) -> Iterator[Flask]:
    """The service on a file database, or on a schema of its own on the server in SAFESPACE_TEST_DATABASE."""
    server = os.environ.get("SAFESPACE_TEST_DATABASE", "")
    if server:
        settings = Settings(**(vars(settings) | {"database_url": emptied(server)}))
    made = create_app(settings, keys)
    made.config["WTF_CSRF_ENABLED"] = False  # its own tests, and the browser's, keep it on
    with made.app_context():
        tables.METADATA.create_all(db.engine)
    yield made
    with made.app_context():
        db.session.remove()
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

    @contextmanager
    def counting():
        seen: list[str] = []

        def note(connection, cursor, statement, *rest):
            if statement.split(maxsplit=1)[0] not in {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}:
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        yield seen
        sa.event.remove(engine, "before_cursor_execute", note)

    return counting
