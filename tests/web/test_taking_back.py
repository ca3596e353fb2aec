"""Taking an own post back: the words stay with their author, the help while a human looks; nothing is made up."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.groups.models import Location
from safespace.moderation import intake, outcomes, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import PostState, PostType

CALM, CRISIS = "Ik lees een boek voor het slapen.", "Ik wil dood en vanavond ga ik het doen. Vaarwel."
NOTE = "Dank je dat je dit schreef. Schrijf je de naam van je school anders op?"
MAY_ASK = "Het team kan nog wel contact met je zoeken."
SEEN = "De groep ziet het dan niet meer. Reacties van anderen blijven staan."


@pytest.fixture
def clinic(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return group, a_youth(work, group), a_clinician(work, group.location), a_youth(work, group, "Rode Vos")


@pytest.fixture
def talk(begin, clinic):
    """A conversation of somebody else that is in the group."""
    group, _, esra, sem = clinic
    with begin() as work:
        words = intake.accept_words(work, "Wat doen jullie 's avonds?", title="Avonden")
        sent = intake.open_thread(work, sem, group.id, PostType.TIP, words)
    places(begin, esra, sent.post_id)
    return sent.thread_id


def decided(begin, clinician, post_id, verdict: Verdict) -> None:
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
        decide(work, clinician, review.id, review.version, verdict)


def places(begin, clinician, post_id) -> None:
    decided(begin, clinician, post_id, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)


def replies(begin, clinic, talk, body: str):
    with begin() as work:
        return intake.reply(work, clinic[1], clinic[0].id, talk, PostType.TIP, intake.accept_words(work, body)).post_id


def at_night(app, begin, group) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).hours = [[day, 540, 1020] for day in range(5)]
    app.extensions["safespace"].clock = lambda: datetime(2026, 11, 23, 22, 40, tzinfo=UTC)


def takes_back(browser, post_id):
    return browser.post(f"/mijn/{post_id}/terughalen", data={"form_key": uuid4().hex}, follow_redirects=True)


def test_what_was_taken_back_while_it_waited_stays_with_its_author(begin, clinic, talk, signed_in) -> None:
    noor, sem = signed_in(clinic[1]), signed_in(clinic[3])
    post_id = replies(begin, clinic, talk, CALM)
    assert takes_back(noor, post_id).status_code == 200
    home, own = noor.get("/mijn"), noor.get(f"/mijn/{post_id}")
    assert f'href="/mijn/{post_id}"' in home.text
    assert "teruggehaald, de groep ziet dit niet" in home.text
    assert own.status_code == 200
    assert CALM in own.text
    assert f"/mijn/{post_id}/terughalen" not in own.text
    assert f"/mijn/{post_id}/aanpassen" not in own.text
    assert sem.get(f"/mijn/{post_id}").status_code == 404


def test_a_draft_that_was_reworded_and_taken_back_shows_its_last_words(app, begin, clinic, talk, signed_in) -> None:
    at_night(app, begin, clinic[0])
    post_id = replies(begin, clinic, talk, "Eerste woorden.")
    with begin() as work:
        intake.rewrite(work, clinic[1], post_id, intake.accept_words(work, CALM))
        intake.withdraw(work, clinic[1], post_id)
    with begin() as work:
        told = outcomes.own_post(work, clinic[1], post_id)
        assert (told.body, told.unplaced, told.state) == (CALM, "", PostState.WITHDRAWN)
        assert outcomes.own_page(work, clinic[1]).posts == [told]


def test_help_stays_while_the_team_still_looks_at_what_was_taken_back(begin, clinic, talk, signed_in) -> None:
    group, noor, esra, _ = clinic
    browser = signed_in(noor)
    post_id = replies(begin, clinic, talk, CRISIS)
    asked = browser.get(f"/mijn/{post_id}/terughalen").text
    assert 'href="tel:113"' in asked
    assert MAY_ASK in asked
    answer = takes_back(browser, post_id).text
    for page in (answer, browser.get("/mijn").text, browser.get(f"/mijn/{post_id}").text):
        assert 'href="tel:113"' in page
        assert f"tel:{group.location.crisis_phone.replace('-', '')}" in page
        assert MAY_ASK in page
        assert "leest je bericht" not in page
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.CLOSE, internal_note="Gebeld, is veilig."))
    for path in ("/mijn", f"/mijn/{post_id}"):
        page = browser.get(path).text
        assert 'href="tel:113"' not in page
        assert MAY_ASK not in page


def test_whoever_took_it_back_can_still_say_that_it_is_not_safe(begin, clinic, talk, signed_in) -> None:
    browser = signed_in(clinic[1])
    post_id = replies(begin, clinic, talk, CRISIS)
    takes_back(browser, post_id)
    answer = browser.post(f"/mijn/{post_id}/veilig", data={"safe": "no"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "We roepen nu iemand van het team." in answer.text


def test_at_night_nobody_is_promised_to_whoever_took_it_back(app, begin, clinic, talk, signed_in) -> None:
    browser = signed_in(clinic[1])
    post_id = replies(begin, clinic, talk, CRISIS)
    at_night(app, begin, clinic[0])
    takes_back(browser, post_id)
    page = browser.get(f"/mijn/{post_id}").text
    assert MAY_ASK in page
    assert "Er leest nu niemand mee. Wacht niet op ons en praat nu met iemand." in page
    for path in (f"/mijn/{post_id}", "/mijn"):
        page = browser.get(path).text
        assert "roepen we iemand" not in page
        assert "We kunnen nu niemand roepen. Wacht niet op ons: bel." in page


def test_of_a_worrying_draft_that_was_taken_back_no_contact_is_promised(app, begin, clinic, talk, signed_in) -> None:
    at_night(app, begin, clinic[0])
    browser = signed_in(clinic[1])
    post_id = replies(begin, clinic, talk, CRISIS)
    asked = browser.get(f"/mijn/{post_id}/terughalen").text
    answer = takes_back(browser, post_id).text
    for page in (asked, answer, browser.get(f"/mijn/{post_id}").text):
        assert 'href="tel:113"' in page
        assert MAY_ASK not in page
    assert 'href="tel:113"' not in browser.get("/mijn").text


def test_what_nobody_saw_is_not_said_to_have_been_in_the_group(app, begin, clinic, talk, signed_in) -> None:
    _, _, esra, _ = clinic
    browser = signed_in(clinic[1])
    shown = replies(begin, clinic, talk, "Ik ga wandelen.")
    places(begin, esra, shown)
    waits = replies(begin, clinic, talk, CALM)
    asked = replies(begin, clinic, talk, "Op mijn school doen ze dat ook.")
    decided(begin, esra, asked, Verdict(action=Action.ASK_REWORD, reason="personal_data", note=NOTE))
    at_night(app, begin, clinic[0])
    draft = replies(begin, clinic, talk, "Nog niet af.")
    pages = {one: browser.get(f"/mijn/{one}/terughalen").text for one in (shown, waits, asked, draft)}
    assert [SEEN in pages[one] for one in (shown, waits, asked, draft)] == [True, False, False, False]
    assert "De groep heeft je bericht nog niet gezien." in pages[waits]
    assert "De groep heeft je bericht nog niet gezien." in pages[asked]
    assert "Je tekst is nog niet verstuurd." in pages[draft]
    for page in pages.values():
        assert "Je leest je tekst daarna nog op Mijn plek." in page
