"""Telling the team about a post, and folding a conversation away, in a browser without JavaScript."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import func, select

from safespace.accounts.models import Account
from safespace.library.starter import seed_items
from safespace.moderation import intake, labels, pins, release, reports
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Report, ReportKind, Review, ReviewKind
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import PostType, Words

BODY = "Ik lag de hele nacht wakker van dat gedoe."


@pytest.fixture
def group(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)


@pytest.fixture
def post(begin, group, people):
    """A post of Noor that the group sees."""
    with begin() as work:
        words = Words(body=BODY, title="Nachten")
        sent = intake.open_thread(work, people[0], group.id, PostType.EXPERIENCE, words)
        review = work.session.scalars(select(Review)).one()
        decide(work, people[2], review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)
    return sent


@pytest.fixture
def noor(signed_in, people):
    return signed_in(people[0])


@pytest.fixture
def sem(signed_in, people):
    return signed_in(people[1])


def form(**fields):
    return {"choice": "not_well", "words": "Ze klinkt zo alleen.", "form_key": uuid4().hex, **fields}


def count(begin, table) -> int:
    with begin() as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_a_post_of_another_offers_both_and_one_s_own_neither(noor, sem, group, post) -> None:
    place = f"/g/{group.id}/t/{post.thread_id}"
    for way in ("zorgen", "klopt-niet"):
        assert f"/bericht/{post.post_id}/{way}" in sem.get(place).text
        assert f'href="/bericht/{post.post_id}/{way}"' not in noor.get(place).text
        assert noor.get(f"/bericht/{post.post_id}/{way}").status_code == 403


def test_sem_worries_and_reads_the_answer(begin, sem, noor, group, people, post) -> None:
    asked = unescape(sem.get(f"/bericht/{post.post_id}/zorgen").text)
    assert "Jij hoeft dit niet alleen te dragen" in asked
    assert "Bel 112" in asked
    assert "tel:113" in asked
    sent = sem.post(f"/bericht/{post.post_id}/zorgen", data=form(), follow_redirects=True)
    page = unescape(sent.text)
    assert "Je woorden zijn bij het team" in page
    assert "Ze klinkt zo alleen." in page
    assert "tel:113" in page
    assert "Ze klinkt" not in noor.get("/mijn/verteld").text
    before = sem.get("/mijn/verteld/stand").json
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        verdict = Verdict(action=Action.KEEP, answer="Dank je, we zoeken haar op.")
        decide(work, people[2], review.id, review.version, verdict)
    assert sem.get("/mijn/verteld/stand").json != before
    assert "Dank je, we zoeken haar op." in sem.get("/mijn/verteld").text
    assert sem.get("/mijn").text.count("/mijn/verteld") == 1


def test_everything_that_was_told_is_read_back_page_by_page(begin, sem, noor, people, post, count_queries) -> None:
    for number in range(reports.MINE + 1):
        with begin() as work:
            work.now += timedelta(minutes=number)
            told = {"choice": "not_well", "words": f"Woord {number}."}
            reports.report(work, people[1], post.post_id, ReportKind.WORRIED, **told)
    newest = sem.get("/mijn/verteld").text
    older = re.search(r'rel="prev" href="([^"]+)', newest)
    assert older is not None
    with count_queries() as asked:
        oldest = sem.get(older[1]).text
    assert len(asked) <= 8
    said = [int(number) for page in (newest, oldest) for number in re.findall(r"Woord (\d+)\.", page)]
    assert said == list(range(reports.MINE, -1, -1))
    assert "Wat je eerder vertelde" not in oldest
    assert re.search(r'rel="next" href="/mijn/verteld"', oldest)
    for number in (3, 10**9):
        assert sem.get(f"/mijn/verteld?page={number}").status_code == 404
    assert noor.get("/mijn/verteld").status_code == 200


def test_a_second_press_tells_once_and_a_refusal_keeps_the_words(begin, sem, post) -> None:
    place = f"/bericht/{post.post_id}/klopt-niet"
    refused = sem.post(place, data=form(choice="", words="Dit kwetst mij."))
    assert refused.status_code == 422
    assert "Dit kwetst mij." in refused.text
    once = form(choice="unkind", words="Dit kwetst mij.")
    assert [sem.post(place, data=once).status_code for _ in range(2)] == [303, 303]
    assert count(begin, Report) == 1


def test_somebody_who_keeps_pressing_is_slowed_down_and_keeps_the_words(sem, post, app) -> None:
    place = f"/bericht/{post.post_id}/klopt-niet"
    allowed = int(app.extensions["safespace"].settings.reports.split()[0])
    answers = [sem.post(place, data=form(choice="other")).status_code for _ in range(allowed)]
    assert set(answers) == {303}
    refused = sem.post(place, data=form(choice="other", words="Nog een keer."))
    assert refused.status_code == 429
    assert "Nog een keer." in refused.text


def test_a_folded_conversation_is_not_in_any_page_until_it_is_opened(begin, sem, noor, group, people, post) -> None:
    with begin() as work:
        items = seed_items(work, group.location_id)
        pins.pin(work, people[2], group.id, post_id=post.post_id)
    place = f"/g/{group.id}/t/{post.thread_id}"
    assert BODY in sem.get(f"/g/{group.id}").text  # what is pinned begins with it
    folded = sem.post(f"{place}/te-veel", follow_redirects=True).text
    assert f"/lezen/{items['04-seen-something-heavy']}" in folded
    assert "tel:113" in folded
    for page in (folded, sem.get(f"{place}?page=1").text, sem.get(f"/g/{group.id}").text):
        assert BODY not in page
        assert "Nachten" not in page
    assert "Dichtgevouwen gesprek" in sem.get(f"/g/{group.id}").text
    assert BODY in noor.get(place).text
    assert count(begin, Report) == 0
    assert BODY in sem.post(f"{place}/weer-open", follow_redirects=True).text


def test_words_typed_before_folding_come_back(sem, group, post) -> None:
    place = f"/g/{group.id}/t/{post.thread_id}"
    sem.post(f"{place}/te-veel")
    typed = {"body": "Dit wilde ik zeggen.", "type": "nonsense", "form_key": uuid4().hex}
    refused = sem.post(f"{place}/reactie", data=typed)
    assert refused.status_code == 422
    assert "Dit wilde ik zeggen." in refused.text


def test_esra_reads_what_was_told_decides_and_answers_in_one_step(begin, sem, signed_in, people, post) -> None:
    esra = signed_in(people[2])
    sem.post(f"/bericht/{post.post_id}/zorgen", data=form())
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
    place = f"/wachtrij/{review.id}"
    assert "verteld door een lid" in esra.get("/wachtrij").text
    page = unescape(esra.get(place).text)
    assert "Ze klinkt zo alleen." in page
    assert "Rode Vos" in page
    assert "We hebben het gelezen en iemand van ons gaat ermee verder." in page  # words to start an answer with
    decision = {"action": "keep", "panel": "keep", "seen_version": "1", "form_key": uuid4().hex}
    refused = esra.post(f"{place}/besluit", data={**decision, "internal_note": "Moeder gebeld."})
    assert refused.status_code == 422
    assert "Moeder gebeld." in refused.text
    assert esra.post(f"{place}/besluit", data={**decision, "answer": "Dank je, Sem."}).status_code == 303
    assert "Dank je, Sem." in sem.get("/mijn/verteld").text
    assert "Dank je, Sem." in esra.get(place).text


def test_a_high_worry_does_not_pretend_that_the_author_sees_help(begin, sem, noor, signed_in, people, post) -> None:
    sem.post(f"/bericht/{post.post_id}/zorgen", data=form(choice="hurt"))
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
    page = unescape(signed_in(people[2]).get(f"/wachtrij/{review.id}").text)
    assert "ziet nog geen hulpkaart" in page
    assert "De schrijver ziet de hulpkaart al." not in page
    assert "Je hoeft dit niet alleen te doen" not in noor.get(f"/mijn/{post.post_id}").text


def test_what_the_group_sees_already_is_not_to_be_held_once_a_human_finds_it_urgent(
    begin, sem, signed_in, people, post
) -> None:
    sem.post(f"/bericht/{post.post_id}/zorgen", data=form(choice="hurt"))
    esra = signed_in(people[2])
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        labels.set_severity(work, people[2], review.id, review.version, Severity.CRISIS)
    page = esra.get(f"/wachtrij/{review.id}").text
    assert "Houd het bericht vast" not in page
    assert "De schrijver ziet de hulpkaart al. Zoek contact; het bericht staat nog in de groep." in page
    with begin() as work:
        intake.withdraw(work, people[0], post.post_id)
    page = esra.get(f"/wachtrij/{review.id}").text
    assert "Houd het bericht vast" not in page
    assert "De schrijver ziet de hulpkaart al. Zoek contact. Telefoon" in page
    assert "het bericht staat nog in de groep" not in page


def test_holding_what_was_reported_says_that_the_group_still_sees_it(begin, sem, signed_in, people, post) -> None:
    sem.post(f"/bericht/{post.post_id}/zorgen", data=form())
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
        review_id, version = review.id, review.version
    esra = signed_in(people[2])
    page = esra.get(f"/wachtrij/{review_id}").text
    assert "Het bericht blijft in de groep staan. De schrijver leest dat je contact zoekt" in page
    assert "Het bericht komt niet in de groep." not in page
    with begin() as work:
        verdict = Verdict(
            action=Action.HOLD,
            reason="needs_contact_first",
            note="Ik wil graag even horen hoe het met je gaat.",
            answer="Dank je, we kijken ernaar.",
        )
        decide(work, people[2], review_id, version, verdict)
    page = esra.get(f"/wachtrij/{review_id}").text
    assert "Een collega zoekt contact met de schrijver. Het bericht staat nog in de groep." in page
    assert "Dit bericht is vastgehouden." not in page


def test_the_words_to_start_an_answer_with_are_in_the_language_of_who_told(begin, sem, signed_in, people, post) -> None:
    sem.post(f"/bericht/{post.post_id}/zorgen", data=form())
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.kind == ReviewKind.REPORT)).one()
    esra = signed_in(people[2])
    esra.post("/taal", data={"lang": "en"})
    starts = "We hebben het gelezen en iemand van ons gaat ermee verder."
    assert starts in unescape(esra.get(f"/wachtrij/{review.id}").text)
    with begin() as work:
        work.session.get_one(Account, people[1].account_id).language = "en"
    esra.post("/taal", data={"lang": "nl"})
    assert starts not in unescape(esra.get(f"/wachtrij/{review.id}").text)
