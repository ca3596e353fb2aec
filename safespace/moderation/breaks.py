"""A break that a clinician gives a member: a decision about somebody, which asks for the practice of all decisions."""

from datetime import datetime
from uuid import UUID

from safespace.groups import members
from safespace.groups.models import Membership
from safespace.kernel.work import Work
from safespace.moderation import training
from safespace.policy.roles import Actor


def pause_member(
    work: Work, actor: Actor, membership_id: UUID, until: datetime, *, reason: str, return_plan: str
) -> Membership:
    """Give a member a break, as in `groups/members.py`; NotAllowedError (`training_needed`) before practising."""
    _require_passed(work, actor, membership_id)
    return members.pause_member(work, actor, membership_id, until, reason=reason, return_plan=return_plan)


def confirm_longer(work: Work, actor: Actor, membership_id: UUID) -> None:
    """Agree with a longer break, as in `groups/members.py`; raises NotAllowedError (`training_needed`) as well."""
    _require_passed(work, actor, membership_id)
    members.confirm_longer(work, actor, membership_id)


def _require_passed(work: Work, actor: Actor, membership_id: UUID) -> None:
    _membership, group = members.obtain_member(work, actor, membership_id)
    training.require_passed(work, actor, group.location_id)
