"""Alarms: opened, ringing step by step until a human answers. Deadlines are rows; `tick` may run as often as it likes.

Step 0 goes to whoever is on shift, step 1 to the next person in the order of routes, step 2 to the leads, every later
one to all of these, ten minutes apart (domain reference §2.7). A restart, a killed worker or a clock that is changed
loses no step and does none twice: a step is a conditional update of its alarm, in one commit with its messages.
Alarms about one post go together (`chains.py`).

When somebody looked alone at who a youth is, an answer does not end it for the others: the messages to all are written
with the alarm and sent whatever happens, and it stays on the screen of each lead until that lead has seen it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis import chains
from safespace.crisis.bells import ring_alarm
from safespace.crisis.models import Alarm, AlarmKind, AlarmToSee, Escalation, Reveal, Ring
from safespace.crisis.steps import EVERYBODY, INTERVAL, next_at, recipients
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require
from safespace.roster.models import AlertRoute
from safespace.roster.routes import leads_at, reachable

SLACK = timedelta(seconds=30)  # clocks of two machines may differ this much before it counts as a clock set back


def open_alarm(
    work: Work,
    kind: AlarmKind,
    subject_id: UUID,
    *,
    location_id: UUID,
    group_id: UUID | None,
    post_id: UUID | None = None,
    first: bool = False,
    worse: bool = False,
) -> Alarm:
    """Ring for this from now on. What rings already goes on; what was answered before rings anew, to everybody.

    Where something rings about the same post this joins it, as one more reason on the screen: nobody is called twice
    for one step. When the other is answered by itself, this one goes on from there. A worry that joins makes the next
    step come now. `first`: whoever calls has just found that nothing ever rang for this, and nothing does for its post.
    `worse`: what rings for it already rang for less, so its next step comes now too.
    """
    alarm, chain = (None, None) if first else chains.held(work, kind, subject_id, post_id)
    rings = alarm is not None and alarm.acknowledged_at is None
    if chain is not None and kind is AlarmKind.ESCALATION and (worse or not rings):
        chains.hurry(work, chain)
    if alarm is not None and rings:
        if worse:
            chains.hurry(work, alarm)
        return alarm
    if alarm is None:
        alarm = Alarm(
            kind=kind,
            subject_id=subject_id,
            location_id=location_id,
            group_id=group_id,
            post_id=post_id,
            opened_at=work.now,
            step=chain.step if chain else 0,
            next_at=chain.next_at if chain else work.now,
        )
        work.session.add(alarm)
        work.session.flush()
    else:
        alarm.acknowledged_at = alarm.acknowledged_by = None
        alarm.opened_at, alarm.next_at = work.now, chain.next_at if chain else work.now
        alarm.step = max(alarm.step, EVERYBODY)
        unsent = (Ring.alarm_id == alarm.id, Ring.sent_at.is_(None))  # everybody is called anew, nobody twice
        work.session.execute(sa.delete(Ring).where(*unsent).execution_options(synchronize_session=False))
    log.record(work, Actor(), "alarm_rings", location_id=location_id, on=("alarm", alarm.id), kind=kind.value)
    if group_id is not None:
        ring_alarm(work, group_id, alarm.id)
    if kind is AlarmKind.EMERGENCY_REVEAL:
        _reach_all(work, alarm)
    return alarm


def _reach_all(work: Work, alarm: Alarm) -> None:
    """Write the messages with the alarm, before anybody can answer it, and whose screen it stays on until seen."""
    alone = _looked_alone(work, alarm)
    work.session.add_all(
        AlarmToSee(alarm_id=alarm.id, account_id=lead) for lead in leads_at(work, alarm.location_id) if lead != alone
    )
    _step(work, alarm)


def obtain_alarm(work: Work, actor: Actor, alarm_id: UUID) -> Alarm:
    """Give an alarm to a clinician of its location; NotFoundError to everybody else."""
    alarm = work.session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFoundError
    require(actor, Permission.ESCALATE, Scope(location_id=alarm.location_id))
    return alarm


def ringing(work: Work, actor: Actor) -> list[Alarm]:
    """Give what rings now at the locations of this clinician, the oldest first; NotFoundError to anybody else.

    Also what a colleague answered and this lead must see. A test rings on no screen: whoever answers it must have got
    the message. Nor does it ring for whoever looked alone.
    """
    return list(work.session.scalars(ringing_here(actor)))


def ringing_here(actor: Actor) -> sa.Select[Alarm]:
    """Give the same as a query, for a question that wants to know more of each; NotFoundError to anybody else."""
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        raise NotFoundError
    return (
        sa.select(Alarm)
        .where(Alarm.location_id.in_(mine), Alarm.kind != AlarmKind.TEST)
        .where(sa.or_(Alarm.acknowledged_at.is_(None), sa.exists().where(*_to_see(actor.account_id))))
        .where(~is_own_reveal(actor.account_id))
        .order_by(Alarm.opened_at, Alarm.id)
    )


def rings_for(account_id: Any, location_id: Any) -> sa.ColumnElement[bool]:
    """Say that something rings for this person at this location, for a question that is asked anyway."""
    unanswered = (Alarm.location_id == location_id, Alarm.acknowledged_at.is_(None), Alarm.kind != AlarmKind.TEST)
    return sa.or_(
        sa.exists().where(*unanswered, ~is_own_reveal(account_id)),
        sa.exists().where(Alarm.location_id == location_id, *_to_see(account_id)),
    )


def is_own_reveal(account_id: Any) -> sa.ColumnElement[bool]:
    """Say of an alarm that it is about this person, who looked alone: it rings for colleagues, never for them."""
    return sa.exists().where(Reveal.id == Alarm.subject_id, Reveal.requested_by == account_id).correlate_except(Reveal)


def is_to_see(work: Work, actor: Actor, alarm: Alarm) -> bool:
    """Say whether this person must still see this alarm, answered or not."""
    return bool(work.session.scalar(sa.select(sa.exists().where(Alarm.id == alarm.id, *_to_see(actor.account_id)))))


def _to_see(account_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (AlarmToSee.alarm_id == Alarm.id, AlarmToSee.account_id == account_id, AlarmToSee.seen_at.is_(None))


def acknowledge(work: Work, actor: Actor, alarm_id: UUID) -> Alarm:
    """Answer an alarm: it stops ringing for everybody, with all that rings about the same post.

    Answered already changes nothing, but that a lead has seen it. A test is answered by the person whose route it is,
    which proves the route (NotFoundError to a colleague); one about who looked alone by anybody but that person
    (NotAllowedError `own_reveal`).
    """
    alarm = obtain_alarm(work, actor, alarm_id)
    if alarm.kind is AlarmKind.TEST:
        return _answer_test(work, actor, alarm)
    if actor.account_id is not None and actor.account_id == _looked_alone(work, alarm):
        raise NotAllowedError("own_reveal")
    _see(work, actor, alarm)
    if alarm.post_id is not None:
        go_to(work, actor, alarm.post_id)
    _stop(work, actor, alarm)
    return alarm


def go_to(work: Work, actor: Actor, post_id: UUID) -> None:
    """Stop all that rings about a post, its items and the worry, since this clinician goes to its author."""
    _take_up(work, actor, post_id)  # locks go worry first, alarms second, as for who does a step of it
    rings = sa.select(Alarm).where(Alarm.post_id == post_id, Alarm.acknowledged_at.is_(None))
    for alarm in work.session.scalars(rings.order_by(Alarm.opened_at, Alarm.id)).all():
        _stop(work, actor, alarm)


def answered(work: Work, actor: Actor, kind: AlarmKind, subject_id: UUID) -> None:
    """Stop what rings for this, since this clinician is at it."""
    alarm = work.session.scalar(sa.select(Alarm).where(Alarm.kind == kind, Alarm.subject_id == subject_id))
    if alarm is not None:
        _see(work, actor, alarm)
        _stop(work, actor, alarm)


def due(work: Work) -> list[UUID]:
    """Give the alarms that have a step to do, the oldest first; a read, so that a quiet clock never locks anything."""
    return list(work.session.scalars(sa.select(Alarm.id).where(*_due(work.now)).order_by(Alarm.opened_at, Alarm.id)))


def tick(work: Work, alarm_id: UUID) -> int:
    """Do every step of an alarm that is due, and write its messages to be sent. Gives how many steps were done."""
    done = 0
    asked = sa.select(Alarm).where(Alarm.id == alarm_id, *_due(work.now))
    while alarm := work.session.scalar(asked):
        done += _step(work, alarm)
    return done


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What is due; also what lies further ahead than can be, since then the clock was set back: early beats late."""
    too_far = Alarm.next_at > now + INTERVAL + SLACK
    return (Alarm.acknowledged_at.is_(None), sa.or_(Alarm.next_at <= now, too_far))


def _step(work: Work, alarm: Alarm) -> bool:
    step, planned = alarm.step, alarm.next_at or work.now
    changed: Any = work.session.execute(
        sa.update(Alarm)
        .where(Alarm.id == alarm.id, Alarm.step == step, Alarm.acknowledged_at.is_(None))
        .values(step=step + 1, next_at=next_at(step + 1, min(planned, work.now), work.now))
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(alarm)
    if not changed.rowcount:
        return False
    if alarm.kind not in chains.JOINED or not work.session.scalar(sa.select(sa.exists().where(*chains.leads(alarm)))):
        alone = _looked_alone(work, alarm)
        routes = [one for one in reachable(work, alarm.location_id) if one.account_id != alone]
        for route in recipients(alarm.kind, step, routes):
            work.session.add(Ring(alarm_id=alarm.id, step=step, route_id=route.id, due_at=min(planned, work.now)))
        work.session.flush()
    if alarm.group_id is not None:
        ring_alarm(work, alarm.group_id, alarm.id)
    return True


def _looked_alone(work: Work, alarm: Alarm) -> UUID | None:
    """Give who looked alone, for the alarm about that: it is for colleagues, and that person cannot answer it."""
    if alarm.kind is not AlarmKind.EMERGENCY_REVEAL:
        return None
    return work.session.scalar(sa.select(Reveal.requested_by).where(Reveal.id == alarm.subject_id))


def _stop(work: Work, actor: Actor, alarm: Alarm) -> None:
    changed: Any = work.session.execute(
        sa.update(Alarm)
        .where(Alarm.id == alarm.id, Alarm.acknowledged_at.is_(None))
        .values(acknowledged_at=work.now, acknowledged_by=actor.account_id, next_at=None)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(alarm)
    if not changed.rowcount:
        return
    log.record(
        work,
        actor,
        "alarm_answered",
        location_id=alarm.location_id,
        on=("alarm", alarm.id),
        kind=alarm.kind.value,
        steps=alarm.step,
    )
    if alarm.group_id is not None:
        ring_alarm(work, alarm.group_id, alarm.id)


def _see(work: Work, actor: Actor, alarm: Alarm) -> None:
    """Take an alarm off the screen of a lead who has seen it."""
    changed: Any = work.session.execute(
        sa.update(AlarmToSee)
        .where(
            AlarmToSee.alarm_id == alarm.id,
            AlarmToSee.account_id == actor.account_id,
            AlarmToSee.seen_at.is_(None),
        )
        .values(seen_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount:
        log.record(work, actor, "alarm_seen", location_id=alarm.location_id, on=("alarm", alarm.id))
        if alarm.group_id is not None:
            ring_alarm(work, alarm.group_id, alarm.id)


def _take_up(work: Work, actor: Actor, post_id: UUID) -> None:
    """Whoever answers first is who has it, until somebody takes over."""
    work.session.execute(
        sa.update(Escalation)
        .where(Escalation.post_id == post_id, Escalation.acknowledged_at.is_(None), Escalation.closed_at.is_(None))
        .values(acknowledged_at=work.now, owner_id=sa.func.coalesce(Escalation.owner_id, actor.account_id))
    )


def _answer_test(work: Work, actor: Actor, alarm: Alarm) -> Alarm:
    route = work.session.scalar(
        sa.select(AlertRoute)
        .join(Ring, Ring.route_id == AlertRoute.id)
        .where(Ring.alarm_id == alarm.id, AlertRoute.account_id == actor.account_id, AlertRoute.removed_at.is_(None))
    )
    if route is None:
        raise NotFoundError
    if alarm.acknowledged_at is None:
        route.proven_at = work.now
        _stop(work, actor, alarm)
    return alarm
