"""Alarms about one post go together: what rings about it already is the chain that a new reason joins.

One person in a crisis calls nobody twice for a step, however many reasons there are: the earliest one that still rings
sends the messages of all.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis.models import Alarm, AlarmKind
from safespace.kernel.work import Work

JOINED = (AlarmKind.CRISIS_ITEM, AlarmKind.ESCALATION)


def held(work: Work, kind: AlarmKind, subject_id: UUID, post_id: UUID | None) -> tuple[Alarm | None, Alarm | None]:
    """Give the alarm of this subject, if there ever was one, and the other one that leads about the post, both held.

    They are locked in one order everywhere: the oldest first.
    """
    own = sa.and_(Alarm.kind == kind, Alarm.subject_id == subject_id)
    wanted = sa.or_(own, sa.and_(*about(post_id))) if kind in JOINED and post_id is not None else own
    rows = sa.select(Alarm).where(wanted).order_by(Alarm.opened_at, Alarm.id).with_for_update()
    found = work.session.scalars(rows.execution_options(populate_existing=True)).all()
    alarm = next((one for one in found if (one.kind, one.subject_id) == (kind, subject_id)), None)
    return alarm, next((one for one in found if one is not alarm), None)


def about(post_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """What rings about a post and is not answered."""
    return (Alarm.post_id == post_id, Alarm.kind.in_(JOINED), Alarm.acknowledged_at.is_(None))


def leads(alarm: Alarm) -> tuple[sa.ColumnElement[bool], ...]:
    """What rang earlier about the same post, and still does: its messages are those of this alarm too."""
    earlier = sa.or_(
        Alarm.opened_at < alarm.opened_at, sa.and_(Alarm.opened_at == alarm.opened_at, Alarm.id < alarm.id)
    )
    return (*about(alarm.post_id), earlier)


def hurry(work: Work, chain: Alarm) -> None:
    """Do the next step of a chain now: its author is not safe, and was called for long before that was known."""
    if chain.next_at is not None and chain.next_at > work.now:
        chain.next_at = work.now
