"""The only ways to obtain a group, a location or an alias for somebody."""

from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group, GroupState, Location, Membership
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, MembershipState, Role, Scope
from safespace.policy.rules import allows, require


def scope_of(group: Group) -> Scope:
    """Give the facts of a group for the permission table."""
    return Scope(location_id=group.location_id, group_id=group.id, open=group.state is GroupState.OPEN)


def obtain_group(work: Work, actor: Actor, group_id: UUID, permission: Permission = Permission.READ_GROUP) -> Group:
    """Give the group with its location; raises NotFoundError or NotAllowedError.

    A closed group is there for staff; its members are told that it is closed (`group_over`).
    """
    group = work.session.get(Group, group_id)
    if group is None:
        raise NotFoundError
    if _is_closed_to(actor, group):
        require(actor, Permission.READ_GROUP, scope_of(group))
        raise NotAllowedError("group_over")
    require(actor, permission, scope_of(group))
    return group


def may_open(actor: Actor, group: Group) -> bool:
    """Say whether the actor may read this group now; for links, and for what others wrote beside one's own words."""
    return not _is_closed_to(actor, group) and allows(actor, Permission.READ_GROUP, scope_of(group))


def _is_closed_to(actor: Actor, group: Group) -> bool:
    return group.state is GroupState.CLOSED and actor.member_of(group.id) is not None


def groups_of(work: Work, actor: Actor) -> list[Group]:
    """Give the groups this actor may open: a youth's own, a clinician's by location; closed ones left out."""
    locations = [*actor.locations(Role.CLINICIAN), *actor.locations(Role.PEER_WORKER)]
    mine = [one.group_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    if not locations and not mine:
        return []
    return list(
        work.session.scalars(
            sa.select(Group)
            .where(
                sa.or_(Group.id.in_(mine), Group.location_id.in_(locations)),
                Group.state != GroupState.CLOSED,
            )
            .join(Group.location)
            .order_by(Location.name, Group.name)
        )
    )


def closed_groups_of(work: Work, actor: Actor) -> list[str]:
    """Give the names of the groups of this youth that were closed; nothing in them can be opened."""
    mine = [one.group_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    closed = sa.select(Group.name).where(Group.id.in_(mine), Group.state == GroupState.CLOSED).order_by(Group.name)
    return list(work.session.scalars(closed)) if mine else []


def staffed_by(work: Work, actor: Actor) -> list[UUID]:
    """Give the groups at the locations of this clinician, closed ones too: an alarm about a youth there rings.

    Nobody reads such a group; its ids open nothing.
    """
    mine = actor.locations(Role.CLINICIAN)
    return list(work.session.scalars(sa.select(Group.id).where(Group.location_id.in_(mine)))) if mine else []


def back_after_break(work: Work, actor: Actor, group_id: UUID) -> tuple[str, str]:
    """Give the alias somebody has in this group, and the plan for coming back that was not read yet; "" for staff."""
    member = actor.member_of(group_id)
    if member is None:
        return "", ""
    row = work.session.execute(
        sa.select(Membership.alias, Membership.return_plan).where(Membership.id == member.membership_id)
    ).one()
    opened = (
        work.open(Membership, name, member.membership_id, getattr(row, name)) for name in ("alias", "return_plan")
    )
    alias, plan = opened
    return alias, plan
