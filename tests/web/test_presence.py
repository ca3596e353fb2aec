"""What the pages say about who reads along: on a holiday, at night, with somebody on call, in a live hour."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from builders import ALWAYS_OPEN, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.groups.models import AfterHours, Location
from safespace.moderation import going_live, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.roster import live_hours
from safespace.roster.models import AlertRoute, Channel
from safespace.threads.models import Post, PostState

HEAVY = "Soms wil ik dood en dan weet ik niets meer."
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.fixture
def at(app):
    """Let it be a moment for the whole service."""

    def moment(text: str) -> None:
        app.extensions["safespace"].clock = lambda: local(text)

    return moment


@pytest.fixture
def clinic(begin, at):
    at("2026-04-01 10:00")
    with begin() as work:
        location = a_location(work, hours=[[day, 540, 1020] for day in range(5)])
        group = a_group(work, location)
        return {
            "place": location.id,
            "group": group,
            "daan": a_youth(work, group),
            "esra": a_clinician(work, location),
        }


def takes_posts(begin, clinic, proven: str) -> None:
    with begin() as work:
        work.session.get_one(Location, clinic["place"]).after_hours = AfterHours.QUEUE
        work.session.add(
            AlertRoute(
                location_id=clinic["place"],
                account_id=clinic["esra"].account_id,
                channel=Channel.EMAIL,
                proven_at=local(proven),
            )
        )


def sends(browser, clinic, body="ik kan niet slapen"):
    form = {"form_key": str(uuid4()), "title": "Nacht", "body": body, "type": "experience"}
    return browser.post(f"/g/{clinic['group'].id}/nieuw", data=form, follow_redirects=True)


def test_a_group_that_is_always_open_promises_nobody_at_every_moment(begin, at, clinic, signed_in) -> None:
    at("2026-11-24 21:00")
    with begin() as work:
        place = work.session.get_one(Location, clinic["place"])
        place.hours, place.closed_on_holidays = ALWAYS_OPEN, False
    page = signed_in(clinic["daan"]).get(f"/g/{clinic['group'].id}").text
    assert "De groep is altijd open." in page
    assert "leest altijd iemand" not in page


def test_on_kings_day_the_group_says_why_nobody_reads(at, clinic, signed_in) -> None:
    at("2026-04-27 11:00")
    browser = signed_in(clinic["daan"])
    page = browser.get(f"/g/{clinic['group'].id}").text
    assert "Vandaag is het Koningsdag, dan zijn we dicht. Morgen vanaf 09.00 uur weer." in page


def test_at_night_a_text_is_kept_and_nobody_says_that_it_was_sent(at, clinic, signed_in) -> None:
    at("2026-11-23 23:40")
    browser = signed_in(clinic["daan"])
    page = browser.get(f"/g/{clinic['group'].id}/nieuw").text
    assert "Bewaar als concept" in page
    answer = sends(browser, clinic).text
    assert "Je tekst is bewaard." in answer
    assert "bij het team" not in answer


def test_a_reply_that_is_kept_at_night_is_told_to_be_kept_so_that_it_is_not_typed_twice(
    begin, at, clinic, signed_in
) -> None:
    sends(signed_in(clinic["daan"]), clinic)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, clinic["esra"], review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)
        post = work.session.scalars(select(Post)).one()
    at("2026-11-23 23:40")
    form = {"form_key": str(uuid4()), "body": "Dit helpt mij ook.", "type": "tip"}
    place = f"/g/{clinic['group'].id}/t/{post.thread_id}/reactie"
    answer = signed_in(clinic["daan"]).post(place, data=form, follow_redirects=True).text
    assert "Je tekst is bewaard." in answer
    assert "data-sent" in answer


def test_beside_a_draft_that_worries_stands_help_and_no_contact_that_nobody_seeks(at, clinic, signed_in) -> None:
    at("2026-11-23 23:40")
    answer = sends(signed_in(clinic["daan"]), clinic, HEAVY).text
    for words in ("niemand leest hem nu", "Je hoeft dit niet alleen te doen", "Ben je nu veilig?", 'href="tel:113"'):
        assert words in answer
    assert "We willen eerst even contact" not in answer


def test_with_somebody_on_call_contact_comes_first_and_nobody_is_said_to_read(begin, at, clinic, signed_in) -> None:
    at("2026-11-23 23:40")
    takes_posts(begin, clinic, "2026-11-20 10:00")
    answer = sends(signed_in(clinic["daan"]), clinic, HEAVY).text
    assert "We willen eerst even contact met je" in answer
    assert "Er leest nu niemand mee, behalve bij nood." in answer
    assert "Iemand van het team leest je bericht." not in answer


def test_with_somebody_on_call_it_is_sent_with_honest_words_and_help(begin, at, clinic, signed_in) -> None:
    at("2026-11-23 23:40")
    takes_posts(begin, clinic, "2026-11-20 10:00")
    browser = signed_in(clinic["daan"])
    page = browser.get(f"/g/{clinic['group'].id}/nieuw").text
    assert "behalve bij nood" in page
    assert "Stuur naar het team" in page
    answer = sends(browser, clinic).text
    assert "Er leest nu niemand mee, behalve bij nood" in answer
    assert "Je bericht wordt meestal vandaag vóór" not in answer
    assert "Je bericht wordt meestal morgen vóór 11.00 uur gelezen." in answer
    assert 'href="tel:113"' in answer
    with begin() as work:
        assert work.session.scalars(select(Post.state)).one() is PostState.PENDING


def test_when_the_proof_is_over_the_words_change_back(begin, at, clinic, signed_in) -> None:
    at("2026-11-23 23:40")
    takes_posts(begin, clinic, "2026-10-20 10:00")
    page = signed_in(clinic["daan"]).get(f"/g/{clinic['group'].id}/nieuw").text
    assert "Bewaar als concept" in page
    assert "behalve bij nood" not in page


def test_what_was_said_at_sending_stays_said(at, clinic, signed_in) -> None:
    at("2026-11-23 12:07")
    browser = signed_in(clinic["daan"])
    assert "Je bericht wordt meestal vóór 14.30 uur gelezen." in sends(browser, clinic).text
    at("2026-11-23 14:20")
    browser = signed_in(clinic["daan"])
    address = browser.get("/mijn").text.split('href="/mijn/')[1].split('"')[0]
    assert "vóór 14.30 uur" in browser.get(f"/mijn/{address}").text
    at("2026-11-23 14:40")
    assert "duurt langer dan normaal" in signed_in(clinic["daan"]).get(f"/mijn/{address}").text


def test_a_live_hour_is_on_the_page_and_in_what_a_script_fetches(begin, at, clinic, signed_in) -> None:
    at("2026-11-24 19:00")
    esra, daan = signed_in(clinic["esra"]), signed_in(clinic["daan"])
    address = f"/g/{clinic['group'].id}"
    assert daan.get(f"{address}/changes?after=0").json["standing"]["live"] is False
    answer = esra.post(f"{address}/live-uur", data={"form_key": str(uuid4()), "minutes": "60"}, follow_redirects=True)
    assert "Sluit het live-uur" in answer.text
    page = daan.get(address).text
    assert "een behandelaar is er nu, tot 20.00 uur." in page
    standing = daan.get(f"{address}/changes?after=0").json["standing"]
    assert standing["live"] is True
    assert standing["ended"] is False
    assert "paar minuten" in standing["line"]
    at("2026-11-24 20:00")
    daan = signed_in(clinic["daan"])
    standing = daan.get(f"{address}/changes?after=0").json["standing"]
    assert (standing["live"], standing["ended"]) == (False, True)
    assert "Kies nu iets offline" in daan.get(address).text


def test_a_length_that_cannot_be_is_told_on_the_form(at, clinic, signed_in) -> None:
    at("2026-11-24 19:00")
    esra = signed_in(clinic["esra"])
    form = {"form_key": str(uuid4()), "minutes": "600"}
    answer = esra.post(f"/g/{clinic['group'].id}/live-uur", data=form)
    assert answer.status_code == 422
    assert "10 minuten tot 2 uur" in answer.text


def test_what_waits_when_it_opens_is_due_within_its_norm(begin, at, clinic, signed_in) -> None:
    at("2026-11-24 12:00")
    sends(signed_in(clinic["daan"]), clinic)
    with begin() as work:
        going_live.go_live(work, clinic["esra"], clinic["group"].id, 30)
    with begin() as work:
        due = work.session.scalars(select(Review.due_at)).one()
        assert due == local("2026-11-24 12:00") + live_hours.NORM
        assert due < local("2026-11-24 12:00") + timedelta(hours=1)
