"""Hulp nu answers everybody, whatever is broken."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_member, a_youth, actor_of

from safespace.accounts.models import Account
from safespace.crisis import lines, snapshot
from safespace.crisis.help import BUNDLE, SNAPSHOT
from safespace.host.database import db
from safespace.web.help import PLACE


@pytest.fixture
def published(begin, group):
    with begin() as work:
        lines.seed_lines(work)
        a_location(work, "Zuidhaven")
    with begin() as work:
        snapshot.publish(work)
    return group.location


@pytest.fixture
def broken_later(app):
    """Inside the block every touch of the database fails, as if the server were gone."""

    @contextmanager
    def block():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
            engine = db.engine

        def gone(*_):
            raise AssertionError("the database was touched")

        sa.event.listen(engine, "do_connect", gone)
        yield
        sa.event.remove(engine, "do_connect", gone)

    return block


def test_anybody_sees_112_113_and_every_location(client, published) -> None:
    del published
    page = client.get("/help").text
    for link in ('href="tel:112"', 'href="tel:113"', 'href="tel:0200000000"', 'href="https://113.nl"'):
        assert link in page
    assert page.index("tel:112") < page.index("tel:113") < page.index("Noorderlicht") < page.index("Zuidhaven")


def test_the_own_location_comes_first_when_the_cookie_knows_it(client, published) -> None:
    with client.session_transaction() as cookie:
        cookie[PLACE] = str(published.id)
    page = client.get("/help").text
    assert "Jouw locatie, Noorderlicht" in page
    assert "Een andere locatie bellen" in page


def test_a_cookie_that_names_no_location_changes_nothing(client, published) -> None:
    del published
    with client.session_transaction() as cookie:
        cookie[PLACE] = "nowhere"
    page = client.get("/help").text
    assert "Jouw locatie" not in page
    assert "Locatie Noorderlicht" in page


def test_without_a_snapshot_there_are_the_delivered_lines(client) -> None:
    page = client.get("/help").text
    assert 'href="tel:112"' in page
    assert "Kindertelefoon" in page


@pytest.mark.parametrize("who", ["nobody", "youth", "clinician"])
def test_it_answers_with_the_database_gone(app, begin, group, published, signed_in, broken_later, who) -> None:
    del published
    if who == "nobody":
        browser = app.test_client()
    else:
        with begin() as work:
            actor = a_youth(work, group) if who == "youth" else a_clinician(work, group.location)
        browser = signed_in(actor)
    with broken_later():
        answer = browser.get("/help")
    assert answer.status_code == 200
    assert 'href="tel:113"' in answer.text
    assert "Noorderlicht" in answer.text


def test_it_answers_with_the_database_and_the_disk_gone(client, settings, broken_later, monkeypatch) -> None:
    (settings.data_dir / SNAPSHOT).write_text("{")
    monkeypatch.setattr("safespace.crisis.help.BUNDLE", f"no-{BUNDLE}")
    with broken_later():
        answer = client.get("/help")
    assert answer.status_code == 200
    assert 'href="tel:112"' in answer.text


def test_in_english_it_speaks_english(client, published) -> None:
    del published
    client.set_cookie("taal", "en")
    assert "Immediate danger" not in client.get("/help").text  # the button's words are ours, translated centrally
    assert "child helpline" in client.get("/help").text


def test_nothing_of_it_is_kept_and_nothing_comes_from_elsewhere(client, published) -> None:
    del published
    answer = client.get("/help")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers or "session" not in answer.headers["Set-Cookie"]
    assert 'src="http' not in answer.text
    assert "style=" not in answer.text


def test_the_location_of_the_group_seen_last_is_on_top_until_signing_out(begin, group, signed_in) -> None:
    with begin() as work:
        south = a_group(work, a_location(work, "Aan Zee"), "Slapen en piekeren")
        place = a_member(work, group, "Stille Otter")
        noor = actor_of(work, place.account_id)
    with begin() as work:
        snapshot.publish(work)
    browser = signed_in(noor)
    browser.get("/groepen")
    assert "Jouw locatie, Noorderlicht" in browser.get("/help").text
    with begin() as work:
        a_member(work, south, "Rustige Reiger", work.session.get_one(Account, noor.account_id))
    browser.get("/groepen")
    assert "Jouw locatie, Noorderlicht" in browser.get("/help").text
    browser.get(f"/g/{south.id}")
    assert "Jouw locatie, Aan Zee" in browser.get("/help").text
    browser.post("/uit")
    assert "Jouw locatie" not in browser.get("/help").text
