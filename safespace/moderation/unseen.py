"""What an author wrote in a safe talk and nobody of the team has seen: on every screen there, and rung when it is late.

A worry that nobody has is told too: heavy words in a talk that was closed open one, without a clinician, and a
clinician who works there no more leaves them. The norm is that of severity high. A crisis rings at once; what its
author wrote after somebody answered has the norm of a crisis, day and night.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis import escalations, ringing, talk
from safespace.crisis.bells import ring_escalation
from safespace.crisis.models import Alarm, AlarmKind, Escalation, TalkMessage
from safespace.groups.models import Location
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import norms
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor, Role

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """A worry that asks for somebody: words that nobody saw, or (`words` false) nobody who has it. `since` then."""

    escalation_id: UUID
    words: bool
    since: datetime


class Late(enum.StrEnum):
    """What waited too long, so that an alarm below a crisis rings: words that nobody saw, or the worry itself."""

    WORDS = "words"
    WORRY = "worry"


def waits_at(location_id: Any) -> sa.ColumnElement[bool]:
    """Say that something waits to be seen at this location, for a question that is asked anyway."""
    return sa.exists().where(Escalation.location_id == location_id, _asks(), ~_rings())


def waiting(work: Work, actor: Actor) -> list[Unseen]:
    """Give what waits to be seen at the locations of this clinician, the longest first; NotFoundError to anybody else.

    What rings is left out: the alarm stands on the same screens and leads to the same place.
    """
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        raise NotFoundError
    first = (
        sa.select(sa.func.min(TalkMessage.at)).where(*_unseen()).correlate(Escalation).scalar_subquery().label("first")
    )
    rows = work.session.execute(
        sa.select(Escalation.id, Escalation.opened_at, first)
        .where(Escalation.location_id.in_(mine), _asks(), ~_rings())
        .order_by(sa.func.coalesce(first, Escalation.opened_at), Escalation.id)
        .limit(MOST)
    )
    return [Unseen(escalation_id=row.id, words=row.first is not None, since=row.first or row.opened_at) for row in rows]


def ringing_now(work: Work, actor: Actor) -> list[tuple[Alarm, Late | None]]:
    """Give what rings now, as `ringing.ringing` does, and of each why it rings when that is not a crisis."""
    about = sa.and_(Alarm.kind == AlarmKind.ESCALATION, Escalation.id == Alarm.subject_id)
    asked = ringing.ringing_here(actor).outerjoin(Escalation, about).add_columns(_late())
    return [(alarm, Late(late) if late else None) for alarm, late in work.session.execute(asked)]


def late_by(work: Work, alarm: Alarm) -> Late | None:
    """Give why this alarm rings, when it is not for a crisis."""
    if alarm.kind is not AlarmKind.ESCALATION:
        return None
    late = work.session.scalar(sa.select(_late()).where(Escalation.id == alarm.subject_id))
    return Late(late) if late else None


def see(work: Work, actor: Actor, escalation_id: UUID, upto: int) -> None:
    """Note that this clinician saw what the author wrote, up to the last number on the screen. Twice is once."""
    talk.see(work, actor, escalations.obtain(work, actor, escalation_id), upto=upto)


def let_go(work: Work, actor: Actor, account_id: UUID, location_id: UUID | None = None) -> None:
    """Leave open worries to colleagues, since who had them works there no more, or nowhere; a crisis rings anew."""
    had = sa.select(Escalation).where(Escalation.owner_id == account_id, Escalation.closed_at.is_(None))
    if location_id is not None:
        had = had.where(Escalation.location_id == location_id)
    for worry in work.session.scalars(had.order_by(Escalation.id).with_for_update()).all():
        worry.owner_id = None
        on = ("escalation", worry.id)
        log.record(work, actor, "escalation_let_go", location_id=worry.location_id, on=on)
        ring_escalation(work, worry)
        if worry.level == escalations.CRISIS:
            escalations.open_alarm(work, worry)


def is_due(work: Work) -> bool:
    """Say whether something waited unseen beyond its norm and rings from now on; a read."""
    return any(_overdue(work))


def ring_late(work: Work) -> int:
    """Ring for what nobody saw within the norm, once for the same words. Gives for how many worries."""
    late = {escalation.id: escalation for escalation in _overdue(work)}
    for escalation in late.values():
        escalations.open_alarm(work, escalation)
    return len(late)


def _overdue(work: Work) -> Iterator[Escalation]:
    """Give worries with a moment whose norm has ended, unless an alarm rings or was answered after that.

    An answer that lies ahead, since the clock was set back, is none.
    """
    spoken = (
        sa.select(TalkMessage.escalation_id.label("id"), TalkMessage.at)
        .where(TalkMessage.staff_id.is_(None), TalkMessage.read_at.is_(None))
        .distinct()
    )
    alone = sa.select(Escalation.id, Escalation.opened_at.label("at")).where(_is_nobodys())
    moments = spoken.union(alone).subquery()
    rows = work.session.execute(
        sa.select(Escalation, Location, moments.c.at, Alarm.acknowledged_at)
        .join(moments, moments.c.id == Escalation.id)
        .join(Location, Location.id == Escalation.location_id)
        .outerjoin(Alarm, sa.and_(Alarm.kind == AlarmKind.ESCALATION, Alarm.subject_id == Escalation.id))
        .where(~_rings())
        .order_by(moments.c.at, Escalation.id)
    )
    for escalation, location, at, answered_at in rows:
        norm = Severity.CRISIS if escalation.level == escalations.CRISIS else Severity.HIGH
        due = norms.due_at(work, location, norm, at)
        if due <= work.now and (answered_at is None or answered_at < due or answered_at > work.now):
            yield escalation


def _late() -> sa.ColumnElement[str | None]:
    words = sa.exists().where(*_unseen()).correlate(Escalation)
    return sa.case(
        (Escalation.level >= escalations.CRISIS, None),
        (words, Late.WORDS.value),
        else_=sa.case((Escalation.id.is_not(None), Late.WORRY.value)),
    )


def _asks() -> sa.ColumnElement[bool]:
    return sa.or_(sa.exists().where(*_unseen()), _is_nobodys())


def _unseen() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        TalkMessage.escalation_id == Escalation.id,
        TalkMessage.staff_id.is_(None),
        TalkMessage.read_at.is_(None),
    )


def _is_nobodys() -> sa.ColumnElement[bool]:
    return sa.and_(Escalation.closed_at.is_(None), Escalation.owner_id.is_(None))


def _rings() -> sa.ColumnElement[bool]:
    about = (Alarm.kind == AlarmKind.ESCALATION, Alarm.subject_id == Escalation.id)
    return sa.exists().where(*about, Alarm.acknowledged_at.is_(None)).correlate(Escalation)
