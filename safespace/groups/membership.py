"""Who somebody is right now: memberships and roles, read fresh for every unit of work, never from a cookie."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.groups.models import Group, Membership, StaffRole
from safespace.policy.roles import AccountKind, Actor, Member, MembershipState

# Built once, since every request asks: putting a statement together takes longer than the answer.
ROLES = (
    sa.select(StaffRole.location_id, StaffRole.role)
    .where(
        StaffRole.account_id == sa.bindparam("account_id"),
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= sa.bindparam("now"),
    )
    .order_by(StaffRole.works_from)
)
_PLACES = (
    sa.select(Membership.id, Membership.group_id, Group.location_id, Membership.state, Membership.paused_until)
    .join(Group, Group.id == Membership.group_id)
    .where(Membership.account_id == sa.bindparam("account_id"))
    .order_by(Membership.joined_at)
)


def actor_for(session: Session, account_id: UUID, kind: AccountKind, now: datetime, *, proven: bool = False) -> Actor:
    """Give the actor for this account. A role counts from `works_from` on; a break that is over counts as active.

    Oldest first.
    """
    if kind is AccountKind.STAFF:
        return staff_actor(account_id, session.execute(ROLES, {"account_id": account_id, "now": now}), proven=proven)
    places = session.execute(_PLACES, {"account_id": account_id})
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


def staff_actor(account_id: UUID, rows: Iterable[Any], *, proven: bool) -> Actor:
    """Give the actor of a staff account from rows of `ROLES`, whatever else was asked in the same question."""
    roles = {row.location_id: row.role for row in rows}
    return Actor(account_id=account_id, kind=AccountKind.STAFF, roles=roles, proven=proven)


def _state(state: MembershipState, until: datetime | None, now: datetime) -> MembershipState:
    if state is MembershipState.PAUSED and until is not None and until <= now:
        return MembershipState.ACTIVE
    return state
