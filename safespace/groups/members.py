"""A break, the end of a membership, and leaving: access changes at once, words stay where they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.sessions import access_changed
from safespace.audit import log
from safespace.groups.models import Group, Membership
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, MembershipState, Scope
from safespace.policy.rules import require


def pause_member(work: Work, actor: Actor, membership_id: UUID, until: datetime) -> None:
    """Give a member a break until a moment; reading and writing stop now, own posts and help stay.

    Raises InvalidError when the moment is not in the future, ConflictError when the member is not active.
    """
    if until <= work.now:
        raise InvalidError(until="not_in_future")
    _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.PAUSED, until)


def end_pause(work: Work, actor: Actor, membership_id: UUID) -> None:
    """Let a member come back before the break was over."""
    _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.ACTIVE)


def remove_member(work: Work, actor: Actor, membership_id: UUID) -> None:
    """End somebody's membership; the posts stay under their alias."""
    _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.LEFT)


def leave_group(work: Work, actor: Actor, membership_id: UUID) -> None:
    """End one's own membership."""
    _change(work, actor, membership_id, Permission.LEAVE_GROUP, MembershipState.LEFT)


_BEFORE = {
    MembershipState.PAUSED: (MembershipState.ACTIVE,),
    MembershipState.ACTIVE: (MembershipState.PAUSED,),
    MembershipState.LEFT: (MembershipState.ACTIVE, MembershipState.PAUSED),
}


def _change(
    work: Work,
    actor: Actor,
    membership_id: UUID,
    permission: Permission,
    state: MembershipState,
    until: datetime | None = None,
) -> None:
    membership = work.session.get(Membership, membership_id)
    if membership is None:
        raise NotFoundError
    group = work.session.get_one(Group, membership.group_id)
    scope = Scope(location_id=group.location_id, group_id=group.id, membership_id=membership_id)
    require(actor, permission, scope)
    changed: Any = work.session.execute(
        sa.update(Membership)
        .where(Membership.id == membership_id, Membership.state.in_(_BEFORE[state]))
        .values(state=state, paused_until=until)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError
    work.session.refresh(membership)
    log.record(
        work,
        actor,
        f"member_{state.value}",
        location_id=group.location_id,
        on=("membership", membership_id),
        until=until.isoformat() if until else None,
    )
    access_changed(work)
