"""Good news for the team: posts that do one good to read, on a list of the own locations, never longer than shown."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.moderation import good_news, intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import PostType, Words


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_clinician(work, group.location)


@pytest.fixture
def post_id(begin, group, people):
    with begin() as work:
        words = Words(body="Vandaag sliep ik door.", title="Gelukt")
        sent = intake.open_thread(work, people[0], group.id, PostType.EXPERIENCE, words)
        review = work.session.scalars(select(Review)).one()
        decide(work, people[1], review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    return sent.post_id


def listed(begin, actor):
    with begin() as work:
        return [(one.author, one.body, one.by) for one in good_news.good_news(work, actor)]


def test_esra_keeps_good_news_for_the_team(begin, group, people, post_id) -> None:
    _, esra = people
    with begin() as work:
        good_news.mark(work, esra, post_id)
        good_news.mark(work, esra, post_id)
        jeroen = a_clinician(work, group.location, "Jeroen")
    assert listed(begin, jeroen) == [("Stille Otter", "Vandaag sliep ik door.", "Esra")]
    with begin() as work:
        good_news.unmark(work, jeroen, post_id)
        good_news.unmark(work, esra, post_id)
    assert listed(begin, esra) == []


def test_what_is_taken_back_is_no_longer_there(begin, people, post_id) -> None:
    noor, esra = people
    with begin() as work:
        good_news.mark(work, esra, post_id)
        intake.withdraw(work, noor, post_id)
    assert listed(begin, esra) == []
    with pytest.raises(ConflictError), begin() as work:
        good_news.mark(work, esra, post_id)


def test_the_list_ends_at_the_location_and_at_the_team(begin, group, people, post_id) -> None:
    noor, esra = people
    with begin() as work:
        good_news.mark(work, esra, post_id)
        south = a_location(work, "Zuidhaven")
        a_group(work, south, "Helder")
        fatima = a_clinician(work, south, "Fatima")
    assert listed(begin, fatima) == []
    with pytest.raises(NotFoundError), begin() as work:
        good_news.mark(work, fatima, post_id)
    with pytest.raises(NotFoundError):
        listed(begin, noor)
    with pytest.raises((NotFoundError, NotAllowedError)), begin() as work:
        good_news.mark(work, noor, post_id)


def test_what_waits_is_no_news_yet(begin, group, people) -> None:
    with begin() as work:
        sent = intake.open_thread(work, people[0], group.id, PostType.TIP, Words(body="Wacht nog.", title="Wacht"))
    with pytest.raises(ConflictError), begin() as work:
        good_news.mark(work, people[1], sent.post_id)
