"""Folding a conversation away when it is too much: for oneself only, no report, and nobody else knows."""

from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import FoldedThread
from safespace.threads.reading import obtain_thread


def fold(work: Work, actor: Actor, group_id: UUID, thread_id: UUID) -> None:
    """Fold a conversation away for this member; twice changes nothing."""
    if _folded(work, actor, group_id, thread_id) is None:
        member = actor.members[group_id]
        work.session.add(FoldedThread(membership_id=member.membership_id, thread_id=thread_id, at=work.now))
        work.session.flush()


def unfold(work: Work, actor: Actor, group_id: UUID, thread_id: UUID) -> None:
    """Open a conversation again for this member; one that is open stays so."""
    found = _folded(work, actor, group_id, thread_id)
    if found is not None:
        work.session.delete(found)


def folded_in(work: Work, actor: Actor, group: Group) -> frozenset[UUID]:
    """Give which conversations of a group that was obtained this actor folded away; staff never do."""
    member = actor.member_of(group.id)
    if member is None:
        return frozenset()
    return frozenset(
        work.session.scalars(
            sa.select(FoldedThread.thread_id).where(FoldedThread.membership_id == member.membership_id)
        )
    )


def _folded(work: Work, actor: Actor, group_id: UUID, thread_id: UUID) -> FoldedThread | None:
    obtain_thread(work, actor, group_id, thread_id, Permission.FOLD_THREAD)
    member = actor.member_of(group_id)
    if member is None:
        raise NotFoundError
    return work.session.get(FoldedThread, (member.membership_id, thread_id))
