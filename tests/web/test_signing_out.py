"""Esra signs out: what she leaves open gets a word first; in an emergency she goes at once, and the log says so."""

from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.moderation import claims, intake, taking_up
from safespace.moderation.models import Review
from safespace.roster.models import Handover
from safespace.threads.models import PostType, Words

NOTE = "Stille Otter wacht op antwoord."


@pytest.fixture
def clinic(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return {
            "group": group,
            "place": group.location_id,
            "esra": a_clinician(work, group.location, "Esra"),
            "karin": an_administrator(work, group.location),
            "noor": a_youth(work, group),
        }


@pytest.fixture
def item(begin, clinic):
    """An item that Esra is reading now."""
    with begin() as work:
        words = Words(body="Vandaag buiten gelopen.", title="Buiten")
        intake.open_thread(work, clinic["noor"], clinic["group"].id, PostType.EXPERIENCE, words)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        assert claims.claim(work, clinic["esra"], review.id)
        return review


def is_signed_in(browser) -> bool:
    return browser.get("/wachtrij").status_code == 200


def logged(begin):
    with begin() as work:
        return [one.chain_id for one in work.session.scalars(select(AuditEntry)) if one.action == "left_unsaid"]


def test_with_nothing_open_signing_out_signs_out(clinic, signed_in) -> None:
    for who in ("esra", "karin", "noor"):
        assert signed_in(clinic[who]).post("/uit").location == "/"


def test_what_is_open_gets_a_word_and_then_one_is_signed_out(begin, clinic, item, signed_in) -> None:
    browser = signed_in(clinic["esra"])
    stop = f"/rooster/{clinic['place']}/stoppen"
    answer = browser.post("/uit")
    assert (answer.status_code, answer.location) == (303, f"{stop}?out=1")
    assert is_signed_in(browser)
    page = browser.get(answer.location).text
    assert "Voor je uitlogt" in page
    assert "Ik stop en log uit" in page
    form = {"form_key": str(uuid4()), "out": "1"}
    refused = browser.post(stop, data=form | {"note": " "})
    assert refused.status_code == 422
    assert "Log uit zonder overdracht" in refused.text  # also when the note was forgotten
    done = browser.post(stop, data=form | {"note": NOTE})
    assert (done.status_code, done.location) == (307, "/uit")  # the browser sends the form on
    assert browser.post(done.location, data=form).location == "/"
    assert not is_signed_in(browser)
    with begin() as work:
        assert len(work.session.scalars(select(Handover)).all()) == 1
    assert logged(begin) == []


def test_in_an_emergency_one_goes_at_once_and_the_log_says_so(begin, clinic, item, signed_in) -> None:
    browser = signed_in(clinic["esra"])
    assert browser.post("/uit", data={"anyway": "1"}).location == "/"
    assert not is_signed_in(browser)
    assert logged(begin) == [clinic["place"]]
    with begin() as work:
        assert work.session.scalars(select(Review).where(Review.held_until > work.now)).all() == []


def test_a_worry_of_the_team_asks_for_a_word_too_and_stopping_before_is_one(begin, clinic, item, signed_in) -> None:
    with begin() as work:
        claims.let_go_all(work, clinic["esra"].account_id)
        taking_up.take_up(work, clinic["esra"], work.session.get_one(Review, item.id), 2, "")
    browser = signed_in(clinic["esra"])
    assert "stoppen" in browser.post("/uit").location
    form = {"form_key": str(uuid4()), "note": NOTE}
    assert browser.post(f"/rooster/{clinic['place']}/stoppen", data=form).location == f"/rooster/{clinic['place']}"
    assert browser.post("/uit").location == "/"


def test_quick_exit_never_waits_for_a_word_and_lets_go_of_the_item(begin, clinic, item, signed_in) -> None:
    browser = signed_in(clinic["esra"])
    assert browser.post("/weg").status_code == 204
    assert not is_signed_in(browser)
    with begin() as work:
        assert work.session.scalars(select(Review).where(Review.held_until > work.now)).all() == []
