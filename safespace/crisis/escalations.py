"""Worries that somebody takes up: opened, answered, worked through by a script, raised, taken over, closed.

Level 1 asks for attention, 2 for contact within the shift, 3 is a crisis, which rings (domain reference §2.8). Only
clinicians of the location know of them; the author sees the help card and the safe talk.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis import ringing, tasks
from safespace.crisis.bells import ring_escalation, ring_talk
from safespace.crisis.models import AlarmKind, Escalation, EscalationStep, Outcome
from safespace.crisis.scripts import LEVELS, scripts
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind, Actor, Scope
from safespace.policy.rules import require

CARE, CRISIS = 2, 3
LONGEST_WAIT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a worry is about: somebody's post in a group. A draft has no review: nobody but its author reads it."""

    location_id: UUID
    group_id: UUID
    membership_id: UUID
    post_id: UUID
    review_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Closing:
    """How a worry ended. A note for the team and a day to look back, always; from level 2 on also one to the author.

    `seen_version` and `seen_line` are what it was, and the last line of the talk, on the page where this was written.
    """

    outcome: str
    note: str
    note_to_author: str = ""
    check_back_on: date | None = None
    seen_version: int | None = None
    seen_line: int | None = None


def scope_of(escalation: Escalation) -> Scope:
    """Give the facts of a worry for the permission table."""
    return Scope(
        location_id=escalation.location_id, group_id=escalation.group_id, membership_id=escalation.membership_id
    )


def obtain(work: Work, actor: Actor, escalation_id: UUID, permission: Permission = Permission.ESCALATE) -> Escalation:
    """Give a worry to clinicians of its location (for TALK_WITH_TEAM: to its author); NotFoundError to all others."""
    escalation = work.session.get(Escalation, escalation_id)
    if escalation is None:
        raise NotFoundError
    require(actor, permission, scope_of(escalation))
    return escalation


def open_on(work: Work, post_id: UUID) -> Escalation | None:
    """Give the worry about this post that is not closed, held so that nobody closes it meanwhile; None without one."""
    found = sa.select(Escalation).where(Escalation.post_id == post_id, Escalation.closed_at.is_(None))
    return work.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def open_escalation(work: Work, actor: Actor, subject: Subject, level: int, summary: str = "") -> Escalation:
    """Take up a worry, or raise the one that is open. Level 3 rings at once. Whoever calls holds the post's lock.

    An author's answer opens it with nobody's name; a clinician has it from the start. Raises InvalidError.
    """
    if level not in LEVELS:
        raise InvalidError(level="unknown_choice")
    text = accept("summary", summary, cap=NOTE, required=False)
    by = actor.account_id if actor.kind is AccountKind.STAFF else None
    escalation = open_on(work, subject.post_id)
    if escalation is not None:
        if text:
            work.seal(escalation, "summary", "\n\n".join(filter(None, (work.unseal(escalation, "summary"), text))))
        _raise(work, actor, escalation, level)
        return escalation
    escalation = Escalation(
        **asdict(subject),
        level=level,
        opened_by=by,
        owner_id=by,
        opened_at=work.now,
        acknowledged_at=work.now if by and level < CRISIS else None,  # a crisis rings until it is answered
    )
    if text:
        work.seal(escalation, "summary", text)
    work.session.add(escalation)
    work.session.flush()
    _record(work, actor, "escalation_opened", escalation, level=level)
    _ring(work, escalation)
    return escalation


def raise_level(work: Work, actor: Actor, escalation_id: UUID, level: int) -> Escalation:
    """Make a worry more urgent; it is never made less. Raises ConflictError (`escalation_closed`)."""
    escalation = _open(work, actor, escalation_id)
    if level not in LEVELS or level < escalation.level:
        raise InvalidError(level="unknown_choice")
    _raise(work, actor, escalation, level)
    return escalation


def take_over(work: Work, actor: Actor, escalation_id: UUID) -> Escalation:
    """Become the one who has it; whoever had it sees that. Taking over answers what rings about the post too."""
    escalation = _open(work, actor, escalation_id)
    if escalation.owner_id != actor.account_id:
        escalation.owner_id = actor.account_id
        _record(work, actor, "escalation_taken", escalation)
    _go_to(work, actor, escalation)
    ring_escalation(work, escalation)
    return escalation


def do_step(work: Work, actor: Actor, escalation_id: UUID, key: str, note: str = "") -> EscalationStep:
    """Tick one step of the script, with a note for the team. Done already stays as it was done.

    Raises InvalidError (key=`unknown_choice`, note=`too_long`).
    """
    escalation = _open(work, actor, escalation_id)
    known = {step.key for step in scripts(work.settings.config_dir).levels[escalation.level].steps}
    if key not in known:
        raise InvalidError(key="unknown_choice")
    text = accept("note", note, cap=NOTE, required=False)
    found = work.session.scalar(
        sa.select(EscalationStep).where(EscalationStep.escalation_id == escalation.id, EscalationStep.key == key)
    )
    if found is not None:
        return found
    step = EscalationStep(escalation_id=escalation.id, key=key, done_by=who(actor), done_at=work.now)
    if text:
        work.seal(step, "note", text)
    work.session.add(step)
    _record(work, actor, "escalation_step", escalation, step=key)
    _go_to(work, actor, escalation)
    ring_escalation(work, escalation)
    return step


def had_contact(work: Work, actor: Actor, escalation: Escalation) -> None:
    """Note that the author was reached, the first time it happens."""
    if escalation.contact_at is None:
        escalation.contact_at = work.now
        _record(work, actor, "escalation_contact", escalation)


def reached(work: Work, actor: Actor, escalation_id: UUID) -> Escalation:
    """Say that there is contact with the author, by whatever way."""
    escalation = _open(work, actor, escalation_id)
    had_contact(work, actor, escalation)
    _go_to(work, actor, escalation)
    ring_escalation(work, escalation)
    return escalation


def close(work: Work, actor: Actor, escalation_id: UUID, closing: Closing) -> Escalation:
    """End a worry with its outcome, once; then come the debrief, the look at the group and the day to look back.

    Raises InvalidError by field and ConflictError (`escalation_closed`, `escalation_raised` since it was seen).
    """
    escalation = _open(work, actor, escalation_id)
    if closing.seen_version not in {None, escalation.version}:
        raise ConflictError("escalation_raised")
    texts = _checked(work, escalation, closing)
    changed: Any = work.session.execute(
        sa.update(Escalation)
        .where(Escalation.id == escalation.id, Escalation.closed_at.is_(None), Escalation.version == escalation.version)
        .values(
            closed_at=work.now,
            closed_by=actor.account_id,
            outcome=Outcome(closing.outcome),
            check_back_on=closing.check_back_on,
            version=Escalation.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(escalation)
    if not changed.rowcount:
        raise ConflictError("escalation_closed")
    for column, text in texts.items():
        if text:
            work.seal(escalation, column, text)
    _acknowledge(work, actor, escalation)
    _plan(work, escalation)
    _record(work, actor, "escalation_closed", escalation, outcome=closing.outcome)
    ring_escalation(work, escalation)
    ring_talk(work, escalation)
    return escalation


def _checked(work: Work, escalation: Escalation, closing: Closing) -> dict[str, str]:
    errors, texts = dict[str, str](), dict[str, str]()
    if closing.outcome not in {one.value for one in Outcome}:
        errors["outcome"] = "required"
    for field, text, required in (
        ("closing_note", closing.note, True),
        ("note_to_author", closing.note_to_author, escalation.level >= CARE),
    ):
        try:
            texts[field] = accept(field, text, cap=NOTE, required=required)
        except InvalidError as error:
            errors |= error.errors
    today = work.now.astimezone(ZoneInfo(work.settings.time_zone)).date()
    if closing.check_back_on is None:
        errors["check_back_on"] = "required"
    elif not today <= closing.check_back_on <= today + LONGEST_WAIT:
        errors["check_back_on"] = "check_back_range"
    if errors:
        raise InvalidError(**errors)
    return texts


def _plan(work: Work, escalation: Escalation) -> None:
    if escalation.level == CRISIS:
        tasks.plan_after_crisis(work, escalation)
    if escalation.check_back_on is not None:
        zone = ZoneInfo(work.settings.time_zone)
        tasks.plan_check_back(work, escalation, datetime.combine(escalation.check_back_on, time(17), zone))


def _open(work: Work, actor: Actor, escalation_id: UUID) -> Escalation:
    escalation = obtain(work, actor, escalation_id)
    work.session.refresh(escalation, with_for_update=True)
    if escalation.closed_at is not None:
        raise ConflictError("escalation_closed")
    return escalation


def _raise(work: Work, actor: Actor, escalation: Escalation, level: int) -> None:
    if level <= escalation.level:
        return
    escalation.level = level
    escalation.version += 1
    if level == CRISIS:  # it rings, and how long that takes is counted anew
        escalation.acknowledged_at = None
    _record(work, actor, "escalation_raised", escalation, level=level)
    _ring(work, escalation, worse=True)


def _ring(work: Work, escalation: Escalation, *, worse: bool = False) -> None:
    """Level 3 rings everybody, also when a clinician opened it: nobody stands alone in a crisis."""
    if escalation.level == CRISIS:
        open_alarm(work, escalation, worse=worse)
    ring_escalation(work, escalation)
    ring_talk(work, escalation)


def open_alarm(work: Work, escalation: Escalation, *, worse: bool = False) -> None:
    """Ring for a worry until somebody answers; `worse`: it rang for less before."""
    ringing.open_alarm(
        work,
        AlarmKind.ESCALATION,
        escalation.id,
        location_id=escalation.location_id,
        group_id=escalation.group_id,
        post_id=escalation.post_id,
        worse=worse,
    )


def _acknowledge(work: Work, actor: Actor, escalation: Escalation) -> None:
    """Somebody is at it: what rings for it stops."""
    if escalation.acknowledged_at is None:
        escalation.acknowledged_at = work.now
    if escalation.owner_id is None:
        escalation.owner_id = actor.account_id
    ringing.answered(work, actor, AlarmKind.ESCALATION, escalation.id)


def _go_to(work: Work, actor: Actor, escalation: Escalation) -> None:
    """Somebody goes to the author: what rings for the items of the post stops too."""
    _acknowledge(work, actor, escalation)
    ringing.go_to(work, actor, escalation.post_id)


def _record(work: Work, actor: Actor, action: str, escalation: Escalation, **facts: Any) -> None:
    log.record(work, actor, action, location_id=escalation.location_id, on=("escalation", escalation.id), **facts)


def who(actor: Actor) -> UUID:
    """Give the account of whoever acts; NotFoundError to a stranger."""
    if actor.account_id is None:
        raise NotFoundError
    return actor.account_id
