"""Looking back at what one person saw alone: by a colleague, else by the location named for second pairs of eyes.

Where nobody else works, the alarm about it rings at that location and its clinicians look back; without one nobody is
rung, which the screen says before somebody looks alone.
"""

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis import ringing, tasks
from safespace.crisis.models import AlarmKind, Escalation, Reveal, TaskKind
from safespace.groups.models import Group, Location
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require
from safespace.roster import routes


def obtain(work: Work, actor: Actor, reveal_id: UUID) -> Reveal:
    """Give a request to clinicians of its location, and to those who are asked to look back until somebody did."""
    reveal = work.session.get(Reveal, reveal_id)
    if reveal is None:
        raise NotFoundError
    scope = Scope(location_id=reveal.location_id)
    if reveal.reviewed_at is None:
        scope = replace(scope, asked_location_id=reveal.asked_location_id)
    require(actor, Permission.LOOK_BACK, scope)
    return reveal


def place_of(work: Work, reveal: Reveal) -> Location | None:
    """Give where somebody is rung and looks back when this request is looked at alone; None where nobody is."""
    own = work.session.get_one(Location, reveal.location_id)
    for place in (own, work.session.get(Location, own.second_location_id) if own.second_location_id else None):
        if place is not None and routes.somebody_else_works(work, place.id, reveal.requested_by):
            return place
    return None


def ask(work: Work, reveal: Reveal, escalation: Escalation) -> None:
    """Ring about who looked alone, and let a colleague look back within a day; elsewhere when nobody else is here."""
    place = place_of(work, reveal)
    there = reveal.location_id if place is None else place.id
    group_id: UUID | None = escalation.group_id
    if there != reveal.location_id:
        reveal.asked_location_id = there
        # The clinicians of a location hear the bell of any group there.
        group_id = work.session.scalar(
            sa.select(Group.id).where(Group.location_id == there).order_by(Group.id).limit(1)
        )
    tasks.plan(work, escalation, TaskKind.REVEAL_REVIEW, work.now + tasks.DAY, location_id=there)
    ringing.open_alarm(work, AlarmKind.EMERGENCY_REVEAL, reveal.id, location_id=there, group_id=group_id)


def review(work: Work, actor: Actor, reveal_id: UUID, note: str) -> Reveal:
    """Look back, as somebody else, at what one person saw alone. Raises NotAllowedError (`own_reveal`)."""
    reveal = obtain(work, actor, reveal_id)
    work.session.refresh(reveal, with_for_update=True)
    if not (reveal.emergency and reveal.granted):
        raise NotAllowedError
    if reveal.requested_by == actor.account_id:
        raise NotAllowedError("own_reveal")
    text = accept("review_note", note, cap=NOTE)
    if reveal.reviewed_at is not None:
        return reveal
    reveal.reviewed_by, reveal.reviewed_at = actor.account_id, work.now
    work.seal(reveal, "review_note", text)
    task = tasks.first_open(work, reveal.escalation_id, TaskKind.REVEAL_REVIEW)
    if task is not None:
        tasks.finish(work, actor, task, "")
    ringing.answered(work, actor, AlarmKind.EMERGENCY_REVEAL, reveal.id)
    log.record(work, actor, "reveal_reviewed", location_id=reveal.location_id, on=("reveal", reveal.id))
    return reveal


def unreviewed(work: Work, escalation_ids: set[UUID]) -> dict[UUID, UUID]:
    """Give, by worry, a reveal that somebody still looks back at; for who was given the task to do so."""
    if not escalation_ids:
        return {}
    waits = (Reveal.escalation_id.in_(escalation_ids), Reveal.emergency.is_(True), Reveal.reviewed_at.is_(None))
    rows = sa.select(Reveal.escalation_id, Reveal.id).where(*waits).order_by(Reveal.decided_at.desc())
    return {row.escalation_id: row.id for row in work.session.execute(rows)}
