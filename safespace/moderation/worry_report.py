"""The report of a worry: what was done when and by whom, without any words of the post."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.crisis.chains import JOINED
from safespace.crisis.escalations import scope_of
from safespace.crisis.models import Alarm, Escalation, Outcome, Reveal, Ring
from safespace.crisis.revealed import names_of, of_escalation
from safespace.groups.models import Group
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.worries import steps_of
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the report: what happened by a code, when, who did it; `more` is a code or a number, never words."""

    what: str
    at: datetime
    by: str = ""
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a worry went: times, steps, outcome; no alias, no post, no note."""

    escalation_id: UUID
    level: int
    group: str
    location: str
    opened_at: datetime
    acknowledged_at: datetime | None
    contact_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    check_back_on: date | None
    moments: list[Moment]


def report(work: Work, actor: Actor, escalation_id: UUID) -> Report:
    """Give how a worry went, for the incident report; it can leave the house, so nobody's words are in it."""
    asked = sa.select(Escalation, Group).join(Group, Group.id == Escalation.group_id)
    escalation, group = work.session.execute(asked.where(Escalation.id == escalation_id)).one_or_none() or (None, None)
    if escalation is None or group is None:
        raise NotFoundError
    require(actor, Permission.ESCALATE, scope_of(escalation))
    reveals = of_escalation(work, escalation)
    people = {
        escalation.opened_by,
        escalation.closed_by,
        *(one for reveal in reveals for one in (reveal.requested_by, reveal.decided_by, reveal.reviewed_by)),
    }
    names = names_of(work, {one for one in people if one is not None})
    moments = [Moment(what="opened", at=escalation.opened_at, by=_name(names, escalation.opened_by))]
    moments += _rung(work, escalation)
    moments += [Moment(what="step", at=one.at, by=one.by, more=one.key) for one in steps_of(work, escalation)]
    for reveal in reveals:
        moments += _revealed(reveal, names)
    for what, at in (("contact", escalation.contact_at), ("acknowledged", escalation.acknowledged_at)):
        if at is not None:
            moments.append(Moment(what=what, at=at))
    if escalation.closed_at is not None:
        outcome = escalation.outcome.value if escalation.outcome else ""
        moments.append(
            Moment(what="closed", at=escalation.closed_at, by=_name(names, escalation.closed_by), more=outcome)
        )
    return Report(
        escalation_id=escalation.id,
        level=escalation.level,
        group=group.name,
        location=group.location.name,
        opened_at=escalation.opened_at,
        acknowledged_at=escalation.acknowledged_at,
        contact_at=escalation.contact_at,
        closed_at=escalation.closed_at,
        outcome=escalation.outcome,
        check_back_on=escalation.check_back_on,
        moments=sorted(moments, key=lambda moment: moment.at),
    )


def _rung(work: Work, escalation: Escalation) -> list[Moment]:
    """Give each step of what rang for it, with how many messages went out and how many got through.

    What rings about one post rings together (`crisis/chains.py`). What was answered before: of its own item only.
    """
    subjects = [escalation.id, *([escalation.review_id] if escalation.review_id else [])]
    still_rang = sa.or_(Alarm.acknowledged_at.is_(None), Alarm.acknowledged_at >= escalation.opened_at)
    along = sa.and_(
        Alarm.post_id == escalation.post_id, still_rang, Alarm.opened_at <= (escalation.closed_at or work.now)
    )
    belongs = (sa.or_(Alarm.subject_id.in_(subjects), along), Alarm.kind.in_(JOINED))
    answers = (Alarm.id, Alarm.acknowledged_at, Alarm.acknowledged_by, Account.staff_name)
    rows = work.session.execute(
        sa.select(
            *answers,
            Ring.step,
            sa.func.min(Ring.due_at).label("at"),
            sa.func.count(Ring.id).label("messages"),
            sa.func.count(Ring.sent_at).label("through"),
        )
        .outerjoin(Ring, Ring.alarm_id == Alarm.id)
        .outerjoin(Account, Account.id == Alarm.acknowledged_by)
        .where(*belongs)
        .group_by(*answers, Ring.step)
    ).all()
    found = [Moment(what="rung", at=row.at, more=f"{row.through}/{row.messages}") for row in rows if row.messages]
    for row in {row.id: row for row in rows if row.acknowledged_at is not None}.values():
        by = work.open(Account, "staff_name", row.acknowledged_by, row.staff_name) if row.acknowledged_by else ""
        found.append(Moment(what="answered", at=row.acknowledged_at, by=by))
    return found


def _revealed(reveal: Reveal, names: dict[UUID, str]) -> list[Moment]:
    found = [Moment(what="reveal_asked", at=reveal.requested_at, by=_name(names, reveal.requested_by))]
    if reveal.decided_at is not None:
        what = "reveal_alone" if reveal.emergency else ("reveal_agreed" if reveal.granted else "reveal_refused")
        found.append(Moment(what=what, at=reveal.decided_at, by=_name(names, reveal.decided_by or reveal.requested_by)))
    if reveal.told_at is not None:
        found.append(Moment(what="reveal_told", at=reveal.told_at))
    if reveal.reviewed_at is not None:
        found.append(Moment(what="reveal_reviewed", at=reveal.reviewed_at, by=_name(names, reveal.reviewed_by)))
    return found


def _name(names: dict[UUID, str], account_id: UUID | None) -> str:
    return names.get(account_id, "") if account_id else ""
