"""Break-glass: who somebody is, shown for a quarter of an hour after two people agreed, and always told.

A clinician asks with a reason; a second, different one of the location, in that role for a week, agrees from an own
session within fifteen minutes; any colleague may say no. When nobody answered in five, one may look alone with a fresh
second factor: then all are rung, and a colleague reviews it within a day. Every step is in the log, never what was
shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.second_factor import accept_code
from safespace.audit import log
from safespace.crisis import escalations, reviewing, ringing
from safespace.crisis.bells import ring_escalation, ring_told
from safespace.crisis.models import Escalation, Reveal
from safespace.groups.models import Membership, StaffRole
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require

ANSWER_WITHIN = timedelta(minutes=15)
SHOWN_FOR = timedelta(minutes=15)
ALONE_AFTER = timedelta(minutes=5)
ALONE_UNTIL = timedelta(hours=1)
IN_ROLE_FOR = timedelta(days=7)
SHORTEST = 10


@dataclass(frozen=True, kw_only=True, repr=False)
class Details:
    """What is shown. Either may be "": a youth need not give a safety contact."""

    care_reference: str
    safety_contact: str
    until: datetime


def obtain(work: Work, actor: Actor, reveal_id: UUID) -> Reveal:
    """Give a request to clinicians of its location; NotFoundError to everybody else."""
    reveal = work.session.get(Reveal, reveal_id)
    if reveal is None:
        raise NotFoundError
    require(actor, Permission.REVEAL, Scope(location_id=reveal.location_id))
    return reveal


def request(work: Work, actor: Actor, escalation_id: UUID, reason: str, *, delay_reason: str | None = None) -> Reveal:
    """Ask to see who somebody is; only in a crisis (level 3) that is not closed. Asked already gives that request.

    With `delay_reason` the youth is told later, and that stays on the list; without it as soon as it is shown.
    Raises InvalidError (reason), NotAllowedError (`only_crisis`), ConflictError (`escalation_closed`).
    """
    escalation = askable(work, actor, escalation_id)
    work.session.refresh(escalation, with_for_update=True)
    text, delay = _reasons(reason, delay_reason)
    waiting = work.session.scalar(
        sa.select(Reveal).where(
            Reveal.escalation_id == escalation.id,
            Reveal.requested_by == actor.account_id,
            Reveal.decided_at.is_(None),
            Reveal.requested_at > work.now - ANSWER_WITHIN,
            Reveal.requested_at <= work.now + ringing.SLACK,  # else before the clock was set back
        )
    )
    if waiting is not None:
        return waiting
    reveal = Reveal(
        location_id=escalation.location_id,
        escalation_id=escalation.id,
        membership_id=escalation.membership_id,
        requested_by=escalations.who(actor),
        requested_at=work.now,
    )
    work.seal(reveal, "reason", text)
    if delay:
        work.seal(reveal, "delay_reason", delay)
    work.session.add(reveal)
    work.session.flush()
    _record(work, actor, "reveal_asked", reveal, later=bool(delay))
    ring_escalation(work, escalation)
    return reveal


def askable(work: Work, actor: Actor, escalation_id: UUID) -> Escalation:
    """Give a worry about which this clinician may ask who the author is: a crisis that is not closed."""
    escalation = escalations.obtain(work, actor, escalation_id, Permission.REVEAL)
    if escalation.closed_at is not None:
        raise ConflictError("escalation_closed")
    if escalation.level < escalations.CRISIS:
        raise NotAllowedError("only_crisis")
    return escalation


def may_refuse(work: Work, actor: Actor, reveal: Reveal) -> str:
    """Give "" when this clinician may say no now, else why not."""
    if reveal.decided_at is not None:
        return "reveal_answered"
    if reveal.requested_by == actor.account_id:
        return "own_reveal"
    return "" if -ringing.SLACK <= work.now - reveal.requested_at <= ANSWER_WITHIN else "reveal_too_late"


def may_approve(work: Work, actor: Actor, reveal: Reveal) -> str:
    """Give "" when this clinician may agree now, else why not. The screen asks both, and `answer` refuses by them."""
    if refused := may_refuse(work, actor, reveal):
        return refused
    since = work.session.scalar(
        sa.select(StaffRole.works_from).where(
            StaffRole.account_id == actor.account_id,
            StaffRole.location_id == reveal.location_id,
            StaffRole.role == Role.CLINICIAN,
            StaffRole.revoked_at.is_(None),
        )
    )
    return "" if since is not None and work.now - since >= IN_ROLE_FOR else "role_too_new"


def answer(work: Work, actor: Actor, reveal_id: UUID, *, agree: bool) -> Reveal:
    """Agree or not, as the second person, once. Raises NotAllowedError or ConflictError with why it cannot be."""
    reveal = _held(work, actor, reveal_id)
    refused = (may_approve if agree else may_refuse)(work, actor, reveal)
    if refused in {"own_reveal", "role_too_new"}:
        raise NotAllowedError(refused)
    if refused:
        raise ConflictError(refused)
    _require_open(work, reveal)
    _decide(work, reveal, actor, granted=agree)
    _record(work, actor, "reveal_agreed" if agree else "reveal_refused", reveal)
    if agree:
        _tell_unless_delayed(work, actor, reveal)
    ring_escalation(work, work.session.get_one(Escalation, reveal.escalation_id))
    return reveal


def may_alone(work: Work, actor: Actor, reveal: Reveal) -> str:
    """Give "" when the one who asked may look alone now, else why not."""
    if reveal.requested_by != actor.account_id:
        return "not_your_reveal"
    if reveal.decided_at is not None:
        return "reveal_answered"
    waited = work.now - reveal.requested_at
    if _was_refused(work, reveal.escalation_id):  # a colleague who said no is not outwaited
        return "refused_before"
    if -ringing.SLACK <= waited < ALONE_AFTER:
        return "wait_for_second"
    return "" if ALONE_AFTER <= waited <= ALONE_UNTIL else "reveal_too_late"


def look_alone(work: Work, actor: Actor, reveal_id: UUID, code: str) -> Reveal:
    """Look without a second person, when nobody answered in five minutes or ever refused, with a code not used before.

    All leads and clinicians are rung at once, and a colleague must review it within a day (`reviewing.py`).
    Raises InvalidError(totp), NotAllowedError or ConflictError.
    """
    reveal = _held(work, actor, reveal_id)
    refused = may_alone(work, actor, reveal)
    if refused in {"not_your_reveal", "refused_before", "wait_for_second"}:
        raise NotAllowedError(refused)
    if refused:
        raise ConflictError(refused)
    escalation = _require_open(work, reveal)
    accept_code(work, escalations.who(actor), code)
    _decide(work, reveal, actor, granted=True, alone=True)
    reviewing.ask(work, reveal, escalation)
    _record(work, actor, "reveal_alone", reveal)
    _tell_unless_delayed(work, actor, reveal)
    ring_escalation(work, escalation)
    return reveal


def is_shown_to(actor: Actor, reveal: Reveal, now: datetime) -> bool:
    """Say whether this person may see the details now: who asked and who agreed, for a quarter of an hour; pure."""
    return (
        reveal.granted
        and reveal.shown_until is not None
        and reveal.decided_at is not None
        and reveal.decided_at <= now < reveal.shown_until
        and actor.account_id in {reveal.requested_by, reveal.decided_by}
    )


def show(work: Work, actor: Actor, reveal_id: UUID) -> Details:
    """Give what was agreed on, and write down that it was shown; NotAllowedError (`reveal_over`) outside its time."""
    reveal = obtain(work, actor, reveal_id)
    if not is_shown_to(actor, reveal, work.now) or reveal.shown_until is None:
        raise NotAllowedError("reveal_over")
    membership = work.session.get_one(Membership, reveal.membership_id)
    _record(work, actor, "reveal_shown", reveal)
    return Details(
        care_reference=work.unseal(membership, "care_reference"),
        safety_contact=work.unseal(membership, "safety_contact"),
        until=reveal.shown_until,
    )


def tell(work: Work, actor: Actor, reveal_id: UUID) -> Reveal:
    """Tell the youth now what was put off; told already changes nothing."""
    reveal = _held(work, actor, reveal_id)
    if not reveal.granted:
        raise NotAllowedError
    if reveal.told_at is None:
        _tell(work, actor, reveal)
    return reveal


def _was_refused(work: Work, escalation_id: UUID) -> bool:
    no = (Reveal.escalation_id == escalation_id, Reveal.decided_at.is_not(None), Reveal.granted.is_(False))
    return bool(work.session.scalar(sa.select(sa.exists().where(*no))))


def _reasons(reason: str, delay_reason: str | None) -> tuple[str, str]:
    text = accept("reason", reason, cap=NOTE)
    if len(text) < SHORTEST:
        raise InvalidError(reason="reason_short")
    return text, "" if delay_reason is None else accept("delay_reason", delay_reason, cap=NOTE)


def _held(work: Work, actor: Actor, reveal_id: UUID) -> Reveal:
    """Give a request, held until the end, so that two who answer at once wait for each other."""
    reveal = obtain(work, actor, reveal_id)
    work.session.refresh(reveal, with_for_update=True)
    return reveal


def _require_open(work: Work, reveal: Reveal) -> Escalation:
    escalation = work.session.get_one(Escalation, reveal.escalation_id)
    if escalation.closed_at is not None:
        raise ConflictError("escalation_closed")
    return escalation


def _decide(work: Work, reveal: Reveal, actor: Actor, *, granted: bool, alone: bool = False) -> None:
    """Write the answer once, whatever else happens meanwhile; who looks alone was decided about by nobody."""
    shown_until = work.now + SHOWN_FOR if granted else None
    changed: Any = work.session.execute(
        sa.update(Reveal)
        .where(
            Reveal.id == reveal.id,
            Reveal.decided_at.is_(None),
            Reveal.requested_by == actor.account_id if alone else Reveal.requested_by != actor.account_id,
        )
        .values(
            decided_by=None if alone else actor.account_id,
            decided_at=work.now,
            granted=granted,
            emergency=alone,
            shown_until=shown_until,
        )
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError("reveal_answered")
    work.session.refresh(reveal)


def _tell_unless_delayed(work: Work, actor: Actor, reveal: Reveal) -> None:
    if not reveal.delay_reason:
        _tell(work, actor, reveal)


def _tell(work: Work, actor: Actor, reveal: Reveal) -> None:
    reveal.told_at = work.now
    _record(work, actor, "reveal_told", reveal)
    ring_told(work, work.session.get_one(Escalation, reveal.escalation_id))


def _record(work: Work, actor: Actor, action: str, reveal: Reveal, **facts: Any) -> None:
    log.record(work, actor, action, location_id=reveal.location_id, on=("reveal", reveal.id), **facts)
