"""Stopping: a clinician leaves the queue with nothing half done, and without a word only when nothing is left open."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis.models import Alarm, AlarmKind, Escalation
from safespace.crisis.ringing import is_own_reveal
from safespace.groups.models import Group
from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work
from safespace.moderation import claims
from safespace.moderation.models import Review
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require
from safespace.roster import handovers, shifts
from safespace.roster.models import Handover

SAID = timedelta(hours=1)  # a note that is not older than this tells what is open now


@dataclass(frozen=True, kw_only=True)
class Open:
    """What is still open at a location: own claims, worries somebody took up, and alarms nobody answered.

    A claim on what another location asks counts where it is read from.
    An alarm about who looked alone counts for everybody but that person, who cannot answer it.
    """

    claims: int
    escalations: int
    alarms: int

    def __bool__(self) -> bool:
        return bool(self.claims or self.escalations or self.alarms)


def still_open(work: Work, actor: Actor, location_id: UUID) -> Open:
    """Give what is still open, which the next one must know about."""
    require(actor, Permission.HAND_OVER, Scope(location_id=location_id))
    counts = work.session.execute(
        sa.select(
            sa.select(sa.func.count())
            .select_from(Review)
            .join(Group, Group.id == Review.group_id)
            .where(*claims.is_held_by(work, actor.account_id), claims.is_read_from(location_id))
            .scalar_subquery()
            .label("claims"),
            sa.select(sa.func.count())
            .select_from(Escalation)
            .where(Escalation.location_id == location_id, Escalation.closed_at.is_(None))
            .scalar_subquery()
            .label("escalations"),
            sa.select(sa.func.count())
            .select_from(Alarm)
            .where(Alarm.location_id == location_id, Alarm.acknowledged_at.is_(None), Alarm.kind != AlarmKind.TEST)
            .where(~is_own_reveal(actor.account_id))
            .scalar_subquery()
            .label("alarms"),
        )
    ).one()
    return Open(claims=counts.claims, escalations=counts.escalations, alarms=counts.alarms)


def unsaid(work: Work, actor: Actor) -> list[UUID]:
    """Give the locations that this clinician would leave without a word about what is open; before signing out.

    Own claims always ask for it; what the team has open does not within an hour of the own note.
    """
    places = sorted(actor.locations(Role.CLINICIAN)) if actor.proven else []
    return [place for place in places if _is_unsaid(work, actor, place)]


def _is_unsaid(work: Work, actor: Actor, location_id: UUID) -> bool:
    left = still_open(work, actor, location_id)
    return bool(left.claims) or (bool(left) and not handovers.gave_since(work, actor, location_id, work.now - SAID))


def leave_unsaid(work: Work, actor: Actor) -> None:
    """Write down at which locations this clinician signs out without a note while something is open."""
    for place in unsaid(work, actor):
        log.record(work, actor, "left_unsaid", location_id=place, on=("account", actor.account_id))


def stop(work: Work, actor: Actor, location_id: UUID, note: str) -> Handover | None:
    """Stop reading at a location: own claims are released, the own shift ends, and the note waits for the next one.

    Raises InvalidError(note="handover_needed") without a note while something is open. Gives the handover, None when
    there was nothing to say.
    """
    left = still_open(work, actor, location_id)
    if left and not note.strip():
        raise InvalidError(note="handover_needed")
    handover = handovers.give(work, actor, location_id, note) if note.strip() else None
    claims.let_go_all(work, actor.account_id, location_id)
    shifts.end_own_shift(work, actor, location_id)
    return handover
