"""Who somebody is right now: memberships and roles, read fresh for every unit of work, never from a cookie."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.groups.models import Group, Membership, StaffRole
from safespace.policy.roles import AccountKind, Actor, Member, MembershipState


def actor_for(session: Session, account_id: UUID, kind: AccountKind, now: datetime, *, proven: bool = False) -> Actor:
    """Give the actor for this account. A role counts from `works_from` on; a break that is over counts as active.

    Oldest first.
    """
    if kind is AccountKind.STAFF:
        rows = session.execute(
            sa.select(StaffRole.location_id, StaffRole.role)
            .where(StaffRole.account_id == account_id, StaffRole.revoked_at.is_(None), StaffRole.works_from <= now)
            .order_by(StaffRole.works_from)
        )
        roles = {row.location_id: row.role for row in rows}
        return Actor(account_id=account_id, kind=kind, roles=roles, proven=proven)
    places = session.execute(
        sa.select(Membership.id, Membership.group_id, Group.location_id, Membership.state, Membership.paused_until)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.account_id == account_id)
        .order_by(Membership.joined_at)
    )
    members = {
        place.group_id: Member(
            membership_id=place.id,
            group_id=place.group_id,
            location_id=place.location_id,
            state=_state(place.state, place.paused_until, now),
        )
        for place in places
    }
    return Actor(account_id=account_id, kind=kind, members=members, proven=True)


def _state(state: MembershipState, until: datetime | None, now: datetime) -> MembershipState:
    if state is MembershipState.PAUSED and until is not None and until <= now:
        return MembershipState.ACTIVE
    return state
