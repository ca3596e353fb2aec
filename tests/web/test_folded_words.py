"""Heavy words stand behind one line until they are opened, on every page that a clinician reads about an item."""

import re
from datetime import timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.moderation import appeals, blind, exposure, intake, labels, release
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Review, ReviewKind, ReviewState, ReviewView
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood, vanavond ga ik het doen."
TITLE = "Over deze week"
CALM = "Vandaag gewandeld in de duinen."
NOTE = "Ik lees dat je boos bent, en dat snap ik. Zo komt het hard binnen."


@pytest.fixture
def place(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        esra, jeroen = (a_clinician(work, group.location, name) for name in ("Esra", "Jeroen"))
        return group, a_youth(work, group), esra, jeroen


def send(begin, place, body, title="Mijn dag"):
    with begin() as work:
        sent = intake.open_thread(work, place[1], place[0].id, PostType.EXPERIENCE, Words(body=body, title=title))
        return sent, work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id)).one()


def opened(page: str) -> str:
    """What stands on a page while nothing is unfolded."""
    bare = re.sub(r"<details(?![^>]* open).*?</summary>.*?</details>", " ", page, flags=re.DOTALL)
    return re.sub(r"<template.*?</template>", " ", bare, flags=re.DOTALL)


def test_the_title_of_a_heavy_post_is_folded_with_its_words(begin, place, signed_in) -> None:
    _, review = send(begin, place, CRISIS, TITLE)
    page = signed_in(place[2]).get(f"/wachtrij/{review}").text
    assert TITLE in page
    assert TITLE not in opened(page)
    assert "Naar het gesprek" in opened(page)
    _, calm = send(begin, place, CALM)
    assert "Mijn dag" in opened(signed_in(place[2]).get(f"/wachtrij/{calm}").text)


def test_a_heavy_post_stays_folded_once_it_was_decided(begin, place, signed_in) -> None:
    _, review = send(begin, place, CRISIS, TITLE)
    with begin() as work:
        item = work.session.get_one(Review, review)
        verdict = Verdict(action=Action.HOLD, reason="needs_contact_first", note=NOTE)
        decide(work, place[2], review, item.version, verdict)
        item.state = ReviewState.CLOSED
    assert "data-fold" in signed_in(place[2]).get(f"/wachtrij/{review}").text


def test_another_heavy_post_beside_a_calm_one_is_folded_and_counts_when_it_is_opened(begin, place, signed_in) -> None:
    _, heavy_review = send(begin, place, CRISIS, TITLE)
    _, calm = send(begin, place, CALM)
    browser = signed_in(place[2])
    page = browser.get(f"/wachtrij/{calm}").text
    assert CRISIS in page
    assert CRISIS not in opened(page)
    where, versions = re.search(r'data-read="([^"]*)" data-versions="([^"]*)"', page.split(CRISIS)[1]).groups()
    assert str(heavy_review) in where
    assert browser.post(where, data={"versie": versions}).status_code == 204
    with begin() as work:
        assert exposure.own_week(work, place[2]) == {Severity.CRISIS: 1}
        assert work.session.scalars(select(ReviewView.review_id)).one() == heavy_review


def test_what_came_before_in_the_conversation_is_folded_too(begin, place, signed_in) -> None:
    sent, review = send(begin, place, CRISIS, TITLE)
    group = place[0]
    with begin() as work:
        rune = a_youth(work, group, "Rode Vos")
        decide(work, place[2], review, 1, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        assert release.release_due(work) == 1
    with begin() as work:
        answer = intake.reply(work, rune, group.id, sent.thread_id, PostType.EXPERIENCE, Words(body=CALM))
    with begin() as work:
        calm = work.session.scalars(select(Review.id).where(Review.post_id == answer.post_id)).one()
    page = signed_in(place[2]).get(f"/wachtrij/{calm}").text
    assert CRISIS in page
    assert CRISIS not in opened(page)


def test_a_blind_post_beside_another_one_is_folded_as_every_blind_one_is(begin, place, signed_in) -> None:
    _, other = send(begin, place, "Ik slaap slecht de laatste tijd.")
    with begin() as work:
        work.session.get_one(Review, other).blind = True
        assert blind.hidden(work.session.get_one(Review, other))
    _, calm = send(begin, place, CALM)
    page = opened(signed_in(place[2]).get(f"/wachtrij/{calm}").text)
    assert "Ik slaap slecht" not in page
    assert "Steekproef" in page


@pytest.mark.parametrize("kind", [ReviewKind.APPEAL, ReviewKind.SECOND_LOOK])
def test_what_an_author_writes_with_a_fresh_look_stands_folded_on_each_item_about_it(
    begin, place, signed_in, kind
) -> None:
    sent, review = send(begin, place, "Jij snapt er ook nooit iets van.")
    with begin() as work:
        decide(work, place[2], review, 1, Verdict(action=Action.DECLINE, reason="bullying", note=NOTE))
    with begin() as work:
        appeals.appeal(work, place[1], sent.post_id, CRISIS)
    with begin() as work:
        shown = work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id, Review.kind == kind)).one()
    browser = signed_in(place[3])
    page = browser.get(f"/wachtrij/{shown}").text
    assert page.count(CRISIS) == 1
    assert CRISIS not in opened(page)
    if kind is ReviewKind.SECOND_LOOK:
        assert "De schrijver vraagt zelf ook om opnieuw te kijken." in page
        where, versions = re.search(r'data-read="([^"]*)" data-versions="([^"]*)"', page.split(CRISIS)[1]).groups()
        assert browser.post(where, data={"versie": versions}).status_code == 204
        with begin() as work:
            assert exposure.own_week(work, place[3]) == {Severity.CRISIS: 1}


def test_calm_words_with_a_fresh_look_are_there_at_once(begin, place, signed_in) -> None:
    sent, review = send(begin, place, "Dit is een grapje.")
    with begin() as work:
        decide(work, place[2], review, 1, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    with begin() as work:
        appeals.appeal(work, place[1], sent.post_id, "Het hoort er juist bij.")
    with begin() as work:
        shown = work.session.scalars(select(Review.id).where(Review.kind == ReviewKind.APPEAL)).one()
    assert "Het hoort er juist bij." in opened(signed_in(place[3]).get(f"/wachtrij/{shown}").text)


def place_it(begin, clinician, review) -> None:
    with begin() as work:
        item = work.session.get_one(Review, review)
        decide(work, clinician, review, item.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now += timedelta(minutes=1)
        assert release.release_due(work) == 1


def reads_folded(browser, page: str, words: str) -> str:
    """Open the fold with these words, as read.js does; gives the item at which that counts."""
    fold = next(one for one in re.findall(r'<details class="fold">.*?</details>', page, re.DOTALL) if words in one)
    where, versions = re.search(r'data-read="([^"]*)" data-versions="([^"]*)"', fold).groups()
    assert browser.post(where, data={"versie": versions.split()}).status_code == 204
    return where


def test_who_looks_back_at_a_crisis_opens_each_version_by_choice(begin, place, signed_in) -> None:
    sent, review = send(begin, place, CRISIS, TITLE)
    with begin() as work:
        intake.rewrite(work, place[1], sent.post_id, Words(body=CALM, title="Mijn dag"))
    browser = signed_in(place[2])
    page = browser.get(f"/wachtrij/{review}/verloop").text
    assert CRISIS in page
    for words in (CRISIS, TITLE, "duinen"):  # the second one shows what is gone from the first
        assert words not in opened(page)
    assert "data-read" not in opened(page)  # nothing was read yet
    reads_folded(browser, page, CRISIS)
    with begin() as work:
        assert exposure.own_week(work, place[2]) == {Severity.CRISIS: 1}


def test_looking_back_a_calm_version_stands_open_beside_a_heavy_one(begin, place, signed_in) -> None:
    sent, first = send(begin, place, CALM)
    place_it(begin, place[2], first)
    with begin() as work:
        intake.rewrite(work, place[1], sent.post_id, Words(body=CRISIS, title=TITLE))
    with begin() as work:
        edit = work.session.scalars(select(Review.id).where(Review.kind == ReviewKind.EDIT)).one()
    browser = signed_in(place[3])
    page = browser.get(f"/wachtrij/{edit}/verloop").text
    assert CALM in opened(page)
    assert "vanavond" not in opened(page)
    assert str(edit) in reads_folded(browser, page, "vanavond")


def test_looking_back_a_blind_post_stays_folded_and_tells_no_level(begin, place, signed_in) -> None:
    _, review = send(begin, place, "Ik slaap slecht de laatste tijd.")
    with begin() as work:
        work.session.get_one(Review, review).blind = True
    page = signed_in(place[2]).get(f"/wachtrij/{review}/verloop").text
    assert "Ik slaap slecht" not in opened(page)
    assert "Steekproef: lees dit bericht zonder signalen." in page
    assert "Gaat over" not in page


def test_who_is_asked_from_elsewhere_counts_what_was_read_at_the_item_that_was_asked_about(
    begin, place, signed_in
) -> None:
    sent, first = send(begin, place, CRISIS, TITLE)
    place_it(begin, place[2], first)
    with begin() as work:
        intake.rewrite(work, place[1], sent.post_id, Words(body=CALM, title="Mijn dag"))
    with begin() as work:
        tom = a_clinician(work, a_group(work, a_location(work, "Zuid"), "Zuid").location, "Tom")
        edit = work.session.scalars(select(Review).where(Review.kind == ReviewKind.EDIT)).one()
        edit.asked_location_id = next(iter(tom.roles))
    browser = signed_in(tom)
    page = browser.get(f"/wachtrij/{edit.id}/verloop").text
    assert "vanavond" not in opened(page)
    assert str(edit.id) in reads_folded(browser, page, CRISIS)


def test_who_hides_a_heavy_post_opens_it_by_choice(begin, place, signed_in) -> None:
    sent, review = send(begin, place, CRISIS, TITLE)
    place_it(begin, place[2], review)
    browser = signed_in(place[2])
    page = browser.get(f"/bericht/{sent.post_id}/verbergen").text
    assert CRISIS in page
    assert CRISIS not in opened(page)
    assert "data-read" not in opened(page)
    assert str(review) in reads_folded(browser, page, CRISIS)
    calm, other = send(begin, place, CALM)
    place_it(begin, place[2], other)
    page = browser.get(f"/bericht/{calm.post_id}/verbergen").text
    assert CALM in opened(page)
    assert "data-read" in opened(page)


def test_what_the_group_sees_stays_folded_when_its_follow_up_went_on_to_an_edit(begin, place, signed_in) -> None:
    sent, review = send(begin, place, CALM)
    place_it(begin, place[2], review)
    with begin() as work:
        item = work.session.get_one(Review, review)
        labels.set_severity(work, place[3], review, item.version, Severity.HIGH)
    with begin() as work:
        intake.rewrite(work, place[1], sent.post_id, Words(body="Nu gaat het beter.", title="Mijn dag"))
    page = signed_in(place[2]).get(f"/wachtrij/{review}").text
    assert "Dit ziet de groep nu" in page
    assert CALM not in opened(page)
