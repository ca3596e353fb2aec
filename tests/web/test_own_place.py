"""Mijn plek: every own word can be reached from it, what waits on the author first, and each under its own words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis.escalations import Closing
from safespace.crisis.models import Escalation
from safespace.groups.models import Location
from safespace.moderation import intake, release, taking_up, talking
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review, ReviewState
from safespace.threads.models import Post, PostState, PostType

NOTE = "Dank je dat je dit schreef. Ik wil graag even met je praten."
CRISIS = "Ik wil dood en vanavond ga ik het doen. Vaarwel."


@pytest.fixture
def clinic(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return group, a_youth(work, group), a_clinician(work, group.location)


def writes(begin, group, youth, number: int, state: PostState = PostState.PENDING):
    with begin() as work:
        work.now = NOON + timedelta(minutes=number)
        words = intake.accept_words(work, f"Tekst {number}.", title=f"Kop {number}")
        sent = intake.open_thread(work, youth, group.id, PostType.TIP, words)
        work.session.get_one(Post, sent.post_id).state = state
        return sent


def places(begin, clinician, sent) -> None:
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        decide(work, clinician, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)


def replies(begin, group, youth, opened, text: str):
    with begin() as work:
        words = intake.accept_words(work, text)
        return intake.reply(work, youth, group.id, opened.thread_id, PostType.TIP, words)


def test_every_own_post_is_reached_and_what_waits_on_the_author_comes_first(begin, clinic, signed_in) -> None:
    group, noor, _ = clinic
    special = {0: PostState.DRAFT, 1: PostState.CHANGES_REQUESTED, 2: PostState.DECLINED}
    for number in range(43):
        writes(begin, group, noor, number, special.get(number, PostState.PENDING))
    browser = signed_in(noor)
    pages = [browser.get("/mijn").text]
    while older := re.search(r'rel="prev" href="([^"#]+)', pages[-1]):
        pages.append(browser.get(older[1]).text)
    seen = [int(number) for page in pages for number in re.findall(r">Kop (\d+)<", page)]
    assert len(pages) == 3
    assert seen[:3] == [1, 0, 42]
    assert sorted(seen) == list(range(43))
    assert 'rel="next"' in pages[1]
    for number in (4, 0, -1, 10**9):
        assert browser.get(f"/mijn?page={number}").status_code == 404


def test_an_edit_that_has_to_be_reworded_waits_on_the_author_too(begin, clinic, signed_in) -> None:
    group, noor, esra = clinic
    opened = writes(begin, group, noor, 7)
    places(begin, esra, opened)
    writes(begin, group, noor, 8)
    browser = signed_in(noor)

    def first():
        card = browser.get("/mijn").text.partition('id="own"')[2].partition("</li>")[0]
        return re.findall(r">(Kop \d+)<", card), "jij bent aan de beurt" in card

    def edits(text: str, minutes: int) -> None:
        with begin() as work:
            work.now += timedelta(minutes=minutes)
            intake.rewrite(work, noor, opened.post_id, intake.accept_words(work, text, title="Kop 7"))

    edits("Tekst 7, met getallen.", 1)
    assert first() == (["Kop 8"], False)
    with begin() as work:
        work.now += timedelta(minutes=2)
        edit = select(Review).where(Review.post_id == opened.post_id, Review.state == ReviewState.OPEN)
        review = work.session.scalars(edit).one()
        reword = Verdict(action=Action.ASK_REWORD, reason="numbers", note="Laat je de getallen weg? Dan past het.")
        decide(work, esra, review.id, review.version, reword)
    assert first() == (["Kop 7"], True)
    edits("Tekst 7, zonder.", 3)
    assert first() == (["Kop 8"], False)


def test_a_reply_is_found_by_its_own_words_and_not_by_the_title_of_another(begin, clinic, signed_in) -> None:
    group, noor, esra = clinic
    with begin() as work:
        sem = a_youth(work, group, "Rode Vos")
    opened = writes(begin, group, sem, 7)
    places(begin, esra, opened)
    replies(begin, group, noor, opened, "Eerst lees ik een boek.")
    replies(begin, group, noor, opened, "Daarna zet ik thee.")
    page = signed_in(noor).get("/mijn").text
    titles = re.findall(r'class="card__link" href="/mijn/[0-9a-f-]{36}">([^<]+)<', page)
    assert sorted(titles) == ["Daarna zet ik thee.", "Eerst lees ik een boek."]
    assert page.count(f"{group.name}, in: Kop 7") == 2


def test_in_a_crisis_nothing_is_promised_beside_the_help_card(begin, clinic, signed_in) -> None:
    group, noor, esra = clinic
    opened = writes(begin, group, noor, 7)
    places(begin, esra, opened)
    calm = replies(begin, group, noor, opened, "Ik lees een boek.")
    browser = signed_in(noor)
    conversation = f"/g/{group.id}/t/{opened.thread_id}"
    assert "Je bericht wordt meestal" in browser.get(f"/mijn/{calm.post_id}").text
    assert "Dat is nu meestal" in browser.get(conversation).text
    worrying = replies(begin, group, noor, opened, CRISIS)
    for path in (f"/mijn/{worrying.post_id}", f"/mijn/{worrying.post_id}/aanpassen", conversation):
        page = browser.get(path).text
        assert 'href="tel:112"' in page
        assert "meestal" not in page
    standing = browser.get(f"/g/{group.id}/changes?after=0").json["standing"]
    assert "meestal" in standing["line"]
    assert "meestal" not in standing["in_need"]


def test_after_contact_nobody_is_said_to_seek_it_still(begin, clinic, signed_in) -> None:
    group, noor, esra = clinic
    opened = writes(begin, group, noor, 7)
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == opened.post_id)).one()
        hold = Verdict(action=Action.HOLD, reason="needs_contact_first", note=NOTE)
        decide(work, esra, review.id, review.version, hold)
        taking_up.take_up(work, esra, review, 2, "Klinkt moe en alleen.")
    browser = signed_in(noor)
    standing = browser.get(f"/mijn/{opened.post_id}/stand").text
    assert "We willen eerst contact met je" in browser.get(f"/mijn/{opened.post_id}").text
    with begin() as work:
        worry = work.session.scalars(select(Escalation).where(Escalation.post_id == opened.post_id)).one()
        tomorrow = work.now.date() + timedelta(days=1)
        said = {"note": "Gebeld, er is een plan.", "note_to_author": "Fijn dat we spraken. Morgen bel ik je weer."}
        talking.close(work, esra, worry.id, Closing(outcome="contact_plan_made", check_back_on=tomorrow, **said))
    page = browser.get(f"/mijn/{opened.post_id}").text
    assert "We willen eerst contact met je" not in page
    assert "zoekt contact met je" not in page
    assert "Een behandelaar beslist nog of je bericht in de groep komt" in page
    assert NOTE in page
    assert browser.get(f"/mijn/{opened.post_id}/stand").text != standing
    with begin() as work:
        review = work.session.get_one(Review, review.id)
        decline = Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE)
        decide(work, esra, review.id, review.version, decline)
    page = browser.get(f"/mijn/{opened.post_id}").text
    assert "niet geplaatst" in page.lower()
    assert "Afspraak" in page


def test_at_night_the_help_card_promises_nobody(app, begin, clinic, signed_in) -> None:
    group, noor, esra = clinic
    opened = writes(begin, group, noor, 7)
    places(begin, esra, opened)
    worrying = replies(begin, group, noor, opened, CRISIS)
    with begin() as work:
        work.session.get_one(Location, group.location_id).hours = [[day, 540, 1020] for day in range(5)]
    app.extensions["safespace"].clock = lambda: datetime(2026, 11, 23, 22, 40, tzinfo=UTC)
    browser = signed_in(noor)
    for path in (f"/mijn/{worrying.post_id}", f"/g/{group.id}/t/{opened.thread_id}"):
        page = browser.get(path).text
        assert "Er leest nu niemand mee. Wacht niet op ons en praat nu met iemand." in page
        assert "zo snel mogelijk" not in page
        assert "meestal" not in page
