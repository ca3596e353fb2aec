"""One's own posts that wait stand at the end of a conversation: the newest ones, however many there are."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_youth
from sqlalchemy import select

from safespace.moderation import intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads import reading
from safespace.threads.models import PAGE, PostType, Thread


@pytest.fixture
def talk(begin, group):
    """A conversation that Sem opened and that is in the group, with Noor reading it."""
    with begin() as work:
        noor, sem = a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos")
        esra = a_clinician(work, group.location)
    with begin() as work:
        words = intake.accept_words(work, "Ik lees 's avonds een boek.", title="Avonden")
        sent = intake.open_thread(work, sem, group.id, PostType.TIP, words)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    return noor, sem, sent.thread_id


def write(begin, author, group, thread_id, count: int) -> None:
    for number in range(count):
        with begin(NOON + timedelta(minutes=2 + number)) as work:
            words = intake.accept_words(work, f"Reactie {number}")
            intake.reply(work, author, group.id, thread_id, PostType.TIP, words)


def test_the_newest_twenty_stand_there_in_the_order_of_writing(begin, group, talk) -> None:
    noor, sem, thread_id = talk
    write(begin, noor, group, thread_id, PAGE + 3)
    with begin() as work:
        thread = work.session.get_one(Thread, thread_id)
        page = reading.page_of(work, noor, thread, 0)
        assert [one.body for one in page.waiting] == [f"Reactie {number}" for number in range(3, PAGE + 3)]
        assert page.more_waiting
        assert [one.body for one in page.posts] == ["Ik lees 's avonds een boek."]
        assert [one.id for one in reading.own_waiting(work, noor, thread)] == [one.id for one in page.waiting]
        theirs = reading.page_of(work, sem, thread, 0)
        assert (theirs.waiting, theirs.more_waiting) == ([], False)


def test_with_twenty_there_are_no_others(begin, group, talk) -> None:
    noor, _, thread_id = talk
    write(begin, noor, group, thread_id, PAGE)
    with begin() as work:
        page = reading.page_of(work, noor, work.session.get_one(Thread, thread_id), 0)
        assert (len(page.waiting), page.more_waiting) == (PAGE, False)
