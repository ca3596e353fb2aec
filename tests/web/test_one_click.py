"""One-click sign-in: in a demonstration, from this computer, and nowhere else."""

import json

import pytest
from builders import a_group, a_location, a_youth
from flask import Flask

from safespace import tables
from safespace.accounts.credentials import hash_secret
from safespace.accounts.models import Account
from safespace.accounts.registration import sign_in_index
from safespace.app import create_app
from safespace.host.database import db
from safespace.host.work import unit_of_work
from safespace.settings import Settings

WORDS = "fiets lamp rivier stoel maan"


@pytest.fixture
def demo(settings, keys, tmp_path) -> Flask:
    """A demonstration with one fictional youth."""
    settings = Settings(**(vars(settings) | {"environment": "demo"}))
    person = {
        "role": "youth",
        "sign_in_name": "noor demo 42",
        "passphrase": WORDS,
        "totp_secret": "",
        "location": "Noorderlicht",
        "groups": ["Online en offline"],
        "display": "Stille Otter",
    }
    (tmp_path / "accounts.json").write_text(json.dumps({"accounts": [person]}))
    app = create_app(settings, keys)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        tables.METADATA.create_all(db.engine)
        with unit_of_work() as work:
            noor = a_youth(work, a_group(work, a_location(work)))
            account = work.session.get(Account, noor.account_id)
            account.sign_in_index = sign_in_index(work.keys, "noor demo 42")
            account.passphrase_hash = hash_secret(settings, WORDS)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_click_signs_in(demo) -> None:
    client = demo.test_client()
    page = client.get("/demo").text
    assert "Stille Otter" in page
    assert WORDS not in page
    assert client.post("/demo/in", data={"sign_in_name": "noor demo 42"}).location == "/"
    assert client.get("/").location == "/groepen"


@pytest.mark.parametrize(("address", "name"), [("203.0.113.77", "localhost"), ("127.0.0.1", "plek.example")])
def test_from_elsewhere_it_is_not_there(demo, address, name) -> None:
    client = demo.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    assert client.get("/demo", base_url=f"http://{name}").status_code == 404
    asked = client.post("/demo/in", data={"sign_in_name": "noor demo 42"}, base_url=f"http://{name}")
    assert asked.status_code == 404
    assert demo.test_client().post("/demo/in", data={"sign_in_name": "somebody else"}).status_code == 404
