"""What whoever watches the service asks: is it up, can it serve; answered without a word about people."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from safespace.app import create_app
from safespace.host import schema
from safespace.host.database import db
from safespace.kernel.sealed import KeyRing
from safespace.settings import Settings


def on(settings: Settings, keys: KeyRing, path: Path) -> Flask:
    """The service on a SQLite file, which may not even be one."""
    return create_app(Settings(**(vars(settings) | {"database_url": f"sqlite:///{path}"})), keys)


def closed(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_it_is_up_whatever_the_database_does(settings: Settings, keys: KeyRing, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    app = on(settings, keys, tmp_path / "broken.db")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "database": "unreachable"})
    closed(app)


def test_it_can_serve_on_the_tables_of_this_version_only(settings: Settings, keys: KeyRing, tmp_path: Path) -> None:
    app = on(settings, keys, tmp_path / "plek.db")
    assert app.test_client().get("/readyz").status_code == 503
    with app.app_context():
        schema.upgrade(db.engine)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True})
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'later'"))
    assert app.test_client().get("/readyz").json == {"ready": False, "database": "other revision"}
    closed(app)


def test_nobody_learns_more_by_being_signed_in(client: FlaskClient) -> None:
    assert set(client.get("/readyz").json or {}) <= {"ready", "database"}
