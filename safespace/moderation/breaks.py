"""A break that a clinician gives a member: a decision about somebody, which asks for the practice of all decisions.

More than a week takes a second clinician. Where nobody else works, the location named for it is asked about this break
alone; without one, it stays at a week and the page of members says so.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.groups import members
from safespace.groups.models import Group, Location, Membership, StaffRole
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import second_look, training
from safespace.moderation.doorbells import ring_location
from safespace.moderation.rows import own_locations
from safespace.policy.roles import ANONYMOUS, Actor

MOST = 50


@dataclass(frozen=True, kw_only=True, repr=False)
class Asked:
    """A longer break that another location asks about: all that a clinician of the asked location sees of a member.

    It `ends` after a week, and would last `until` another day.
    """

    membership_id: UUID
    alias: str
    group: str
    location: str
    reason: str
    ends: datetime
    until: datetime
    must_train: bool


def pause_member(
    work: Work, actor: Actor, membership_id: UUID, until: datetime, *, reason: str, return_plan: str
) -> Membership:
    """Give a member a break, as in `groups/members.py`; NotAllowedError (`training_needed`) before practising."""
    _require_passed(work, actor, membership_id)
    made = members.pause_member(work, actor, membership_id, until, reason=reason, return_plan=return_plan)
    if made.longer_until is not None:
        _ask(work, actor, made)
    return made


def confirm_longer(work: Work, actor: Actor, membership_id: UUID) -> None:
    """Agree with a longer break, as in `groups/members.py`; raises NotAllowedError (`training_needed`) as well."""
    _require_passed(work, actor, membership_id)
    members.confirm_longer(work, actor, membership_id)


def answer_elsewhere(work: Work, actor: Actor, membership_id: UUID, seen: str, *, agrees: bool) -> None:
    """Answer another location, as in `groups/members.py`; NotAllowedError (`training_needed`) before practising."""
    membership, _group = members.obtain_asked(work, actor, membership_id)
    place = membership.longer_asked_location_id
    if place is None:
        raise NotFoundError
    training.require_passed(work, actor, place)
    members.answer_elsewhere(work, actor, membership_id, seen, agrees=agrees)
    ring_location(work, place, membership_id)


def asked_of(work: Work, actor: Actor) -> list[Asked]:
    """Give the longer breaks that other locations ask this clinician about, the first that ends first.

    NotFoundError to anybody who is no clinician.
    """
    own_locations(actor)
    rows = work.session.execute(
        sa.select(Membership, Group)
        .join(Group, Group.id == Membership.group_id)
        .where(*members.asked_of(work, actor))
        .order_by(Membership.paused_until, Membership.id)
        .limit(MOST)
    ).all()
    places = {row.Membership.longer_asked_location_id for row in rows}
    untrained = {place for place in places if training.is_needed(work, actor, place)}
    return [
        Asked(
            membership_id=row.Membership.id,
            alias=work.unseal(row.Membership, "alias"),
            group=row.Group.name,
            location=row.Group.location.name,
            reason=work.unseal(row.Membership, "pause_reason"),
            ends=row.Membership.paused_until,
            until=row.Membership.longer_until,
            must_train=row.Membership.longer_asked_location_id in untrained,
        )
        for row in rows
    ]


def how_many(work: Work, actor: Actor) -> int:
    """Give how many there are; NotFoundError to anybody who is no clinician."""
    own_locations(actor)
    asked = sa.select(sa.func.count()).select_from(Membership).where(*members.asked_of(work, actor))
    return work.session.scalar(asked) or 0


def blocked(work: Work, group: Group) -> set[UUID]:
    """Give the members of a group whose longer break waits for a second clinician who is nowhere to be found."""
    rows = work.session.scalars(
        sa.select(Membership.id)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.group_id == group.id, *_nobody_can(work))
    )
    return set(rows)


def _nobody_can(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    """Say that a longer break waits for a second clinician who is nowhere to be found; needs Group joined."""
    places = [Group.location_id, Membership.longer_asked_location_id]
    return (
        *members.waits_for_longer(work),
        Membership.longer_left_at.is_(None),
        ~second_look.works_at(work, places, Membership.longer_asked_by, StaffRole.location_id),
    )


def is_due(work: Work) -> bool:
    """Say whether a longer break might be asked elsewhere; a read."""
    return any(_another_place(work, one) is not None for one in work.session.scalars(_unasked(work)))


def find_seconds(work: Work) -> int:
    """Ask the second location about longer breaks that are blocked, as `second_look.find_seconds` does for items."""
    return sum(_ask(work, ANONYMOUS, one) for one in work.session.scalars(_unasked(work)).all())


def _ask(work: Work, actor: Actor, membership: Membership) -> bool:
    place = _another_place(work, membership)
    if place is None:
        return False
    members.ask_elsewhere(work, actor, membership, place)
    ring_location(work, place, membership.id)
    return True


def _another_place(work: Work, membership: Membership) -> UUID | None:
    if membership.longer_asked_by is None:
        return None
    group = work.session.get_one(Group, membership.group_id)
    return second_look.another_place(work, group.location, membership.longer_asked_by, by_own_rule=True)


def _unasked(work: Work) -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .join(Group, Group.id == Membership.group_id)
        .join(Location, Location.id == Group.location_id)
        .where(
            *_nobody_can(work),
            Location.second_location_id.is_not(None),
            Location.second_location_id.is_distinct_from(Membership.longer_asked_location_id),
        )
    )


def _require_passed(work: Work, actor: Actor, membership_id: UUID) -> None:
    _membership, group = members.obtain_member(work, actor, membership_id)
    training.require_passed(work, actor, group.location_id)
