"""What an author reads of an own post is true now: at night nobody reads, an edit waits, and new words are kept."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.groups.models import AfterHours, Location
from safespace.moderation import appeals, intake, outcomes, release, reminding
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review, ReviewKind, ReviewState
from safespace.roster.models import AlertRoute, Channel
from safespace.threads.models import Post, PostState, PostType

DAY, EVENING, NEXT_DAY = (
    datetime(2026, 11, 23, hour=hour, tzinfo=UTC) + timedelta(days=days) for days, hour in ((0, 12), (0, 22), (1, 12))
)
READS = "leest je bericht"
NOTE = "Dank je dat je dit schreef. Schrijf je de naam van je school anders op?"
NEW = "Op mijn school hebben ze een stille ruimte."
KEPT = "je nieuwe tekst is bewaard, nog niet verstuurd"


@pytest.fixture
def at(app):
    """Let it be a moment for the whole service."""

    def moment(when: datetime) -> None:
        app.extensions["safespace"].clock = lambda: when

    return moment


@pytest.fixture
def clinic(begin, at):
    at(DAY)
    with begin() as work:
        group = a_group(work, a_location(work, hours=[[day, 540, 1020] for day in range(5)]))
        return {
            "group": group,
            "noor": a_youth(work, group),
            "sem": a_youth(work, group, "Rode Vos"),
            "esra": a_clinician(work, group.location),
        }


@pytest.fixture
def talk(begin, clinic, at):
    """A conversation of Sem that is in the group."""
    with begin() as work:
        words = intake.accept_words(work, "Wat doen jullie 's avonds?", title="Avonden")
        sent = intake.open_thread(work, clinic["sem"], clinic["group"].id, PostType.TIP, words)
    places(begin, at, clinic, sent.post_id)
    return f"/g/{clinic['group'].id}/t/{sent.thread_id}"


def decided(begin, clinic, post_id, **verdict) -> None:
    with begin() as work:
        review = work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        ).one()
        decide(work, clinic["esra"], review.id, review.version, Verdict(**verdict))


def places(begin, at, clinic, post_id) -> None:
    decided(begin, clinic, post_id, action=Action.APPROVE)
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)


def replies(begin, clinic, talk, body="Ik lees een boek."):
    with begin() as work:
        words = intake.accept_words(work, body)
        return intake.reply(
            work, clinic["noor"], clinic["group"].id, UUID(talk.rsplit("/", 1)[1]), PostType.TIP, words
        ).post_id


def rewrites(begin, clinic, post_id, body=NEW) -> None:
    with begin() as work:
        intake.rewrite(work, clinic["noor"], post_id, intake.accept_words(work, body))


def on_call(begin, clinic) -> None:
    with begin() as work:
        work.session.get_one(Location, clinic["group"].location_id).after_hours = AfterHours.QUEUE
        work.session.add(
            AlertRoute(
                location_id=clinic["group"].location_id,
                account_id=clinic["esra"].account_id,
                channel=Channel.EMAIL,
                proven_at=DAY - timedelta(days=1),
            )
        )


@pytest.mark.parametrize("queues", [False, True])
def test_after_closing_nobody_is_said_to_read_what_waits(begin, at, clinic, talk, signed_in, queues) -> None:
    post_id = replies(begin, clinic, talk)
    if queues:
        on_call(begin, clinic)
    browser = signed_in(clinic["noor"])
    places = [f"/mijn/{post_id}", talk, f"{talk}/eigen"]
    for place in places:
        assert READS in browser.get(place).get_data(as_text=True) or place.endswith("/eigen")
    at(EVENING)
    browser = signed_in(clinic["noor"])
    for place in places:
        page = browser.get(place).get_data(as_text=True).split("<template")[0]
        assert READS not in page
        assert "igt klaar voor het team" in page
        assert "nagekeken" not in page
    assert "ligt klaar voor het team" in browser.get("/mijn").text


@pytest.mark.parametrize("closed", [False, True])
def test_an_edit_that_waits_stands_with_the_own_post_in_the_conversation(
    begin, at, clinic, talk, signed_in, closed
) -> None:
    post_id = replies(begin, clinic, talk)
    places(begin, at, clinic, post_id)
    noor, sem = signed_in(clinic["noor"]), signed_in(clinic["sem"])
    words = "je aanpassing ligt klaar voor het team" if closed else "je aanpassing wordt nagekeken"
    assert "je aanpassing" not in noor.get(talk).text.split("<template")[0]
    rewrites(begin, clinic, post_id)
    if closed:
        at(EVENING)
        noor, sem = signed_in(clinic["noor"]), signed_in(clinic["sem"])
    page = noor.get(talk).text.split("<template")[0]
    assert words in page
    assert "Tot die tijd ziet de groep je eerdere tekst." in page
    assert "Ik lees een boek." in page
    assert words in noor.get(f"/mijn/{post_id}").text.lower()
    told = noor.get(f"{talk}/eigen").json["posts"]
    assert [(one["id"], one["state_title"], one["editing"]) for one in told] == [(str(post_id), words, True)]
    for place in (talk, f"{talk}/eigen"):
        assert "je aanpassing" not in sem.get(place).get_data(as_text=True).split("<template")[0]
    at(NEXT_DAY)
    noor = signed_in(clinic["noor"])
    decided(begin, clinic, post_id, action=Action.ASK_REWORD, reason="personal_data", note=NOTE)
    assert noor.get(f"{talk}/eigen").json["posts"] == []
    assert "je aanpassing" not in noor.get(talk).text.split("<template")[0]


def test_a_rewording_kept_at_night_says_so_and_is_sent_with_one_button(begin, at, clinic, talk, signed_in) -> None:
    post_id = replies(begin, clinic, talk, "Op het Kompas hebben ze een stille ruimte.")
    decided(begin, clinic, post_id, action=Action.ASK_REWORD, reason="personal_data", note=NOTE)
    browser = signed_in(clinic["noor"])
    send = f"/mijn/{post_id}/versturen"
    assert send not in browser.get(f"/mijn/{post_id}").text
    at(EVENING)
    browser = signed_in(clinic["noor"])
    answer = browser.post(
        f"/mijn/{post_id}/aanpassen", data={"body": NEW, "form_key": uuid4().hex}, follow_redirects=True
    ).text
    assert KEPT in answer.lower()
    assert NEW in answer
    assert NOTE in answer
    assert "Pas je tekst aan en stuur hem opnieuw" not in answer
    assert send not in answer
    assert "Je kunt je nieuwe tekst versturen als het team er weer is." in answer
    assert browser.post(send, data={"form_key": uuid4().hex}).status_code == 403
    assert KEPT in browser.get(talk).text.lower()
    at(NEXT_DAY)
    browser = signed_in(clinic["noor"])
    assert KEPT in browser.get("/mijn").text
    page = browser.get(f"/mijn/{post_id}").text
    assert KEPT in page.lower()
    assert send in page
    assert "Je nieuwe tekst staat klaar. Kies Verstuur, of pas hem nog aan." in page
    key = {"form_key": uuid4().hex}
    first, again = browser.post(send, data=key), browser.post(send, data=key)
    assert (first.status_code, again.status_code) == (303, 303)
    page = browser.get(f"/mijn/{post_id}").text
    assert "Wordt nagekeken" in page
    assert NEW in page
    with begin() as work:
        assert work.session.get_one(Post, post_id).state is PostState.PENDING
        review = work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        ).one()
        assert review.kind is ReviewKind.REWORDED
    assert browser.post(send, data={"form_key": uuid4().hex}).status_code == 403


def test_the_reminder_and_the_end_of_a_request_fit_words_that_are_kept(begin, at, clinic, talk, signed_in) -> None:
    post_id = replies(begin, clinic, talk, "Op het Kompas hebben ze een stille ruimte.")
    decided(begin, clinic, post_id, action=Action.ASK_REWORD, reason="personal_data", note=NOTE)
    at(EVENING)
    rewrites(begin, clinic, post_id)
    for days, said in (
        (3, "We vroegen je dit twee dagen geleden. Je nieuwe tekst staat klaar. Kies Verstuur, of haal hem terug."),
        (8, "Je nieuwe tekst staat nog klaar. Je kunt hem altijd nog versturen, als nieuw bericht."),
    ):
        at(DAY + timedelta(days=days))
        with begin() as work:
            assert reminding.tell_due(work) == 1
        browser = signed_in(clinic["noor"])
        page = browser.get(f"/mijn/{post_id}").text
        assert said in page
        assert KEPT in page.lower()
        assert NEW in page
        assert "Pas je tekst aan" not in page
    browser.post(f"/mijn/{post_id}/versturen", data={"form_key": uuid4().hex})
    with begin() as work:
        review = work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        ).one()
        assert review.kind is ReviewKind.NEW


def test_changing_at_night_what_lies_ready_is_said_to_be_sent_and_not_to_be_kept(
    begin, at, clinic, talk, signed_in
) -> None:
    post_id = replies(begin, clinic, talk)
    at(EVENING)
    browser = signed_in(clinic["noor"])
    page = browser.get(f"/mijn/{post_id}/aanpassen").text
    assert "concept" not in page
    assert "Stuur naar het team" in page
    assert "Nu leest er niemand mee." in page
    assert "Je bericht ligt klaar voor het team. Je nieuwe tekst komt ervoor in de plaats." in page
    refused = browser.post(f"/mijn/{post_id}/aanpassen", data={"body": "", "form_key": uuid4().hex}).text
    assert "Er is nog niets bewaard." in refused
    assert "concept" not in refused
    sent = browser.post(
        f"/mijn/{post_id}/aanpassen", data={"body": NEW, "form_key": uuid4().hex}, follow_redirects=True
    )
    assert "Je bericht is bij het team." in sent.text


def test_at_night_nothing_that_was_sent_is_said_to_be_a_draft(begin, at, clinic, talk, signed_in) -> None:
    post_id = replies(begin, clinic, talk)
    places(begin, at, clinic, post_id)
    at(EVENING)
    browser = signed_in(clinic["noor"])
    page = browser.get(f"/mijn/{post_id}").text
    assert "Nu leest er niemand mee." in page
    assert "concept" not in page
    browser.post(f"/mijn/{post_id}/terughalen", data={"form_key": uuid4().hex})
    page = browser.get(f"/mijn/{post_id}").text
    assert "Teruggehaald" in page
    assert "concept" not in page
    body = {"body": "Ik maak een wandeling.", "type": "tip", "form_key": uuid4().hex}
    draft = browser.post(f"{talk}/reactie", data=body, follow_redirects=True).text
    assert "Je tekst blijft bewaard als concept." in draft


def test_of_two_tabs_the_later_one_takes_nothing_away_unseen(begin, clinic, talk, signed_in) -> None:
    post_id = replies(begin, clinic, talk)
    browser = signed_in(clinic["noor"])
    address, first, second = f"/mijn/{post_id}/aanpassen", "Ik lees nu een dik boek.", "Ik lees nu een dun boek."

    def seen_in_a_tab() -> str:
        return re.search(r'name="seen" value="([^"]+)"', browser.get(address).text)[1]

    one, other = seen_in_a_tab(), seen_in_a_tab()
    sent = browser.post(address, data={"body": first, "seen": other, "form_key": uuid4().hex})
    assert sent.status_code == 303
    late = browser.post(address, data={"body": second, "seen": one, "form_key": uuid4().hex})
    assert late.status_code == 409
    assert "Dit bericht is intussen al veranderd" in late.text
    assert first in late.text.split('<form class="form"')[0]
    assert second in late.text.split('<form class="form"')[1]
    with begin() as work:
        assert outcomes.own_post(work, clinic["noor"], post_id).body == first
    again = re.search(r'name="seen" value="([^"]+)"', late.text)[1]
    assert browser.post(address, data={"body": second, "seen": again, "form_key": uuid4().hex}).status_code == 303
    with begin() as work:
        assert outcomes.own_post(work, clinic["noor"], post_id).body == second


def test_an_edit_while_a_placing_is_held_takes_the_place_of_what_its_author_saw(
    begin, at, clinic, talk, signed_in
) -> None:
    with begin() as work:
        jeroen = a_clinician(work, clinic["group"].location, "Jeroen")
    post_id = replies(begin, clinic, talk)
    places(begin, at, clinic, post_id)
    rewrites(begin, clinic, post_id, "Jij snapt niets.")
    decided(begin, clinic, post_id, action=Action.DECLINE, reason="bullying", note=NOTE)
    with begin() as work:
        review = appeals.appeal(work, clinic["noor"], post_id, "Het was een grapje.").review_id
        decide(work, jeroen, review, 1, Verdict(action=Action.APPROVE))
    browser, address = signed_in(clinic["noor"]), f"/mijn/{post_id}/aanpassen"
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(address).text)[1]
    answer = browser.post(address, data={"body": "Ik bedoel het aardig.", "seen": seen, "form_key": uuid4().hex})
    assert answer.status_code == 303


def test_what_stands_there_now_is_what_the_group_sees(begin, at, clinic, talk, signed_in) -> None:
    post_id = replies(begin, clinic, talk)
    places(begin, at, clinic, post_id)
    rewrites(begin, clinic, post_id, "Jij snapt niets.")
    browser, address = signed_in(clinic["noor"]), f"/mijn/{post_id}/aanpassen"
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(address).text)[1]
    decided(begin, clinic, post_id, action=Action.DECLINE, reason="bullying", note=NOTE)
    late = browser.post(address, data={"body": "Nog een versie.", "seen": seen, "form_key": uuid4().hex})
    assert late.status_code == 409
    there = re.search(r"Dit staat er nu:.*?</div>", late.text, re.DOTALL)[0]
    assert "Ik lees een boek." in there
    assert "Jij snapt niets." not in there
