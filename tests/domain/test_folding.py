"""*Dit is me te veel*: a conversation is folded away for one member, who opens it again; nobody else knows."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_youth
from sqlalchemy import func, select

from safespace.audit.models import AuditEntry
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import NotFoundError
from safespace.moderation import intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads import folding
from safespace.threads.models import FoldedThread, PostType, Words
from safespace.threads.reading import obtain_thread_to_read


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)


@pytest.fixture
def thread_id(begin, group, people):
    with begin() as work:
        sent = intake.open_thread(work, people[0], group.id, PostType.TIP, Words(body="Zware dag.", title="Zwaar"))
        review = work.session.scalars(select(Review)).one()
        decide(work, people[2], review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    return sent.thread_id


TRACES = (AuditEntry, OutboxEvent, Review)


def traces(work) -> list[int]:
    return [work.session.scalar(select(func.count()).select_from(table)) for table in TRACES]


def test_it_is_folded_for_who_asked_and_nobody_is_told(begin, group, people, thread_id) -> None:
    noor, sem, esra = people
    with begin() as work:
        before = [
            work.session.scalar(select(func.count()).select_from(one)) for one in (AuditEntry, OutboxEvent, Review)
        ]
        folding.fold(work, sem, group.id, thread_id)
        folding.fold(work, sem, group.id, thread_id)
    with begin() as work:
        assert folding.folded_in(work, sem, group) == {thread_id}
        assert obtain_thread_to_read(work, sem, group.id, thread_id)[2] is True
        for other in (noor, esra):
            assert folding.folded_in(work, other, group) == frozenset()
            assert obtain_thread_to_read(work, other, group.id, thread_id)[2] is False
        after = [
            work.session.scalar(select(func.count()).select_from(one)) for one in (AuditEntry, OutboxEvent, Review)
        ]
        assert after == before
        assert work.session.scalar(select(func.count()).select_from(FoldedThread)) == 1


def test_it_opens_again_with_a_tap(begin, group, people, thread_id) -> None:
    with begin() as work:
        folding.fold(work, people[1], group.id, thread_id)
    with begin() as work:
        folding.unfold(work, people[1], group.id, thread_id)
        folding.unfold(work, people[1], group.id, thread_id)
    with begin() as work:
        assert folding.folded_in(work, people[1], group) == frozenset()


def test_only_members_fold_what_they_may_read(begin, group, people, thread_id) -> None:
    with begin() as work:
        elsewhere = a_group(work, group.location, "Adem")
        other = a_youth(work, elsewhere, "Gele Uil")
        hidden = intake.open_thread(work, people[0], group.id, PostType.TIP, Words(body="Wacht nog.", title="Wacht"))
    for actor, group_id, thread in (
        (people[2], group.id, thread_id),
        (other, group.id, thread_id),
        (other, elsewhere.id, thread_id),
        (people[1], group.id, hidden.thread_id),
    ):
        with pytest.raises(NotFoundError), begin() as work:
            folding.fold(work, actor, group_id, thread)
