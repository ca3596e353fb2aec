"""The safe talk: staff and one author about one worry. Sealed, live by doorbell, never between youths, never deleted.

Readable for that author and for clinicians of the location. The author can write while having a break too; once the
worry is closed it can only be read. The log says that somebody wrote, never what.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.crisis import escalations, ringing
from safespace.crisis.bells import ring_seen, ring_talk
from safespace.crisis.models import AlarmKind, Escalation, Reveal, TalkMessage
from safespace.groups.models import Group
from safespace.kernel.refusals import ConflictError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, AccountKind, Actor, MembershipState
from safespace.policy.rules import require

SHOWN = 200


@dataclass(frozen=True, kw_only=True, repr=False)
class Line:
    """One message. `by` is the name and role of staff, "" when the author wrote it. `read`: staff has seen it."""

    number: int
    by: str
    own: bool
    words: str
    at: datetime
    read: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnTalk:
    """A safe talk in the list of its author. `answered`: staff wrote last, and the author did not since.

    `told`: how often the author was told that somebody looked up their details, on account of this worry.
    """

    escalation_id: UUID
    group: str
    open: bool
    answered: bool
    told: int


def obtain_talk(work: Work, actor: Actor, escalation_id: UUID) -> Escalation:
    """Give the worry whose talk this actor may read: clinicians of the location, and the author it is about."""
    permission = Permission.TALK_WITH_TEAM if actor.kind is AccountKind.YOUTH else Permission.ESCALATE
    escalation = escalations.obtain(work, actor, escalation_id, permission)
    if actor.kind is AccountKind.YOUTH and not _is_shared(work, escalation):
        raise NotFoundError
    return escalation


def lines(work: Work, actor: Actor, escalation_id: UUID, *, after: int = 0) -> list[Line]:
    """Give what was said after a number, oldest first, at most the last two hundred."""
    escalation = obtain_talk(work, actor, escalation_id)
    rows = work.session.execute(
        sa.select(TalkMessage, Account.staff_name, Account.role_title)
        .outerjoin(Account, Account.id == TalkMessage.staff_id)
        .where(TalkMessage.escalation_id == escalation.id, TalkMessage.number > after)
        .order_by(TalkMessage.number.desc())
        .limit(SHOWN)
    ).all()
    return [_line(work, actor, row.TalkMessage, row.staff_name, row.role_title) for row in reversed(rows)]


def say(work: Work, actor: Actor, escalation_id: UUID, words: str) -> TalkMessage:
    """Write a message; the other side is rung. Raises InvalidError(words) and ConflictError (`talk_closed`)."""
    escalation = obtain_talk(work, actor, escalation_id)
    text = accept("words", words, cap=NOTE)
    work.session.refresh(escalation, with_for_update=True)  # numbers follow each other, also when two write at once
    if escalation.closed_at is not None:
        raise ConflictError("talk_closed")
    return write(work, actor, escalation, text)


def write(work: Work, actor: Actor, escalation: Escalation, text: str) -> TalkMessage:
    """Put accepted words into a talk whose row is held. A clinician who answers has seen what the author wrote."""
    staff = actor.kind is AccountKind.STAFF
    last = work.session.scalar(
        sa.select(sa.func.max(TalkMessage.number)).where(TalkMessage.escalation_id == escalation.id)
    )
    message = TalkMessage(
        escalation_id=escalation.id,
        number=(last or 0) + 1,
        staff_id=actor.account_id if staff else None,
        at=work.now,
    )
    work.seal(message, "words", text)
    work.session.add(message)
    if staff:
        see(work, actor, escalation)
    elif _has_been_addressed(work, escalation):
        escalations.had_contact(work, actor, escalation)
    log.record(
        work,
        actor,
        "talk_written",
        location_id=escalation.location_id,
        on=("escalation", escalation.id),
        number=message.number,
    )
    ring_talk(work, escalation)
    return message


def see(work: Work, actor: Actor, escalation: Escalation, *, upto: int | None = None) -> None:
    """Note that staff has seen what the author wrote, up to a number. Of a youth nothing is noted: nobody is watched.

    Below a crisis that answers the alarm too: it rang since nobody had seen these words.
    """
    changed: Any = work.session.execute(
        sa.update(TalkMessage)
        .where(
            TalkMessage.escalation_id == escalation.id,
            TalkMessage.staff_id.is_(None),
            TalkMessage.read_at.is_(None),
            TalkMessage.number <= upto if upto is not None else sa.true(),
        )
        .values(read_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        return
    on = ("escalation", escalation.id)
    log.record(work, actor, "talk_seen", location_id=escalation.location_id, on=on, count=changed.rowcount)
    if escalation.level < escalations.CRISIS:
        ringing.answered(work, actor, AlarmKind.ESCALATION, escalation.id)
    ring_seen(work, escalation)


def has_unseen(work: Work, escalation: Escalation) -> bool:
    """Say whether the author wrote something that nobody of the team saw."""
    unread = (TalkMessage.staff_id.is_(None), TalkMessage.read_at.is_(None))
    found = sa.exists().where(TalkMessage.escalation_id == escalation.id, *unread)
    return bool(work.session.scalar(sa.select(found)))


def waits_to_be_seen(work: Work, escalation: Escalation, words: str) -> bool:
    """Say whether these are the last words the author wrote, and nobody of the team saw them yet."""
    last = work.session.scalar(
        sa.select(TalkMessage)
        .where(TalkMessage.escalation_id == escalation.id, TalkMessage.staff_id.is_(None))
        .order_by(TalkMessage.number.desc())
        .limit(1)
    )
    return last is not None and last.read_at is None and work.unseal(last, "words") == words


def own_talks(work: Work, actor: Actor, *, limit: int = 20) -> list[OwnTalk]:
    """Give the safe talks of this youth, open ones first; NotFoundError to staff."""
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    mine = [one.membership_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    if not mine:
        return []
    last = (
        sa.select(TalkMessage.staff_id.is_not(None))
        .where(TalkMessage.escalation_id == Escalation.id)
        .order_by(TalkMessage.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = (
        sa.select(sa.func.count())
        .where(Reveal.escalation_id == Escalation.id, Reveal.granted.is_(True), Reveal.told_at.is_not(None))
        .scalar_subquery()
    )
    rows = work.session.execute(
        sa.select(Escalation.id, Escalation.closed_at, Group.name, last.label("answered"), told.label("told"))
        .join(Group, Group.id == Escalation.group_id)
        .where(
            Escalation.membership_id.in_(mine),
            sa.or_(Escalation.level >= escalations.CARE, last.is_not(None)),
        )
        .order_by(Escalation.closed_at.is_not(None), Escalation.opened_at.desc(), Escalation.id)
        .limit(limit)
    )
    return [
        OwnTalk(
            escalation_id=row.id,
            group=row.name,
            open=row.closed_at is None,
            answered=bool(row.answered) and row.closed_at is None,
            told=row.told,
        )
        for row in rows
    ]


def _is_shared(work: Work, escalation: Escalation) -> bool:
    """Whether the author knows of it: from level 2 on, or once somebody wrote."""
    return escalation.level >= escalations.CARE or bool(
        work.session.scalar(sa.select(sa.exists().where(TalkMessage.escalation_id == escalation.id)))
    )


def _has_been_addressed(work: Work, escalation: Escalation) -> bool:
    return bool(
        work.session.scalar(
            sa.select(sa.exists().where(TalkMessage.escalation_id == escalation.id, TalkMessage.staff_id.is_not(None)))
        )
    )


def _line(work: Work, actor: Actor, message: TalkMessage, name: bytes | None, title: bytes | None) -> Line:
    by = ""
    if message.staff_id is not None:
        parts = (
            work.open(Account, "staff_name", message.staff_id, name),
            work.open(Account, "role_title", message.staff_id, title),
        )
        by = ", ".join(part for part in parts if part)
    mine = message.staff_id == actor.account_id if actor.kind is AccountKind.STAFF else message.staff_id is None
    return Line(
        number=message.number,
        by=by,
        own=mine,
        words=work.unseal(message, "words"),
        at=message.at,
        read=message.read_at is not None,
    )
