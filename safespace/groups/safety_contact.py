"""Whom the team may call when things go wrong: given by the youth, per group, sealed, shown to nobody alone."""

import re
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group, Membership
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.text import accept_line
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, MembershipState, Scope
from safespace.policy.rules import require

LONGEST = 120
FEWEST_DIGITS = 6  # of a number within one town


@dataclass(frozen=True, kw_only=True)
class OwnPlace:
    """A group of one's own, and whether a safety contact was given there; what it is, no page shows."""

    group_id: UUID
    group_name: str
    given: bool


def own_places(work: Work, actor: Actor) -> list[OwnPlace]:
    """Give the groups in which this youth can keep a safety contact; NotFoundError to staff, who have none."""
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    rows = work.session.execute(
        sa.select(Membership.group_id, Group.name, Membership.safety_contact.is_not(None).label("given"))
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.account_id == actor.account_id, Membership.state != MembershipState.LEFT)
        .order_by(Group.name)
    )
    return [OwnPlace(group_id=row.group_id, group_name=row.name, given=row.given) for row in rows]


def keep_safety_contact(work: Work, actor: Actor, group_id: UUID, contact: str) -> None:
    """Seal whom to call and on which number, for this group, instead of what was there.

    Raises InvalidError(safety_contact=…): `contact_empty`, `too_long`, or `contact_number` without a telephone number.
    """
    membership = _own_place(work, actor, group_id)
    text = accept_line("safety_contact", contact, cap=LONGEST, required=False)
    if not text:
        raise InvalidError(safety_contact="contact_empty")
    if len(re.findall(r"\d", text)) < FEWEST_DIGITS:
        raise InvalidError(safety_contact="contact_number")
    work.seal(membership, "safety_contact", text)


def remove_safety_contact(work: Work, actor: Actor, group_id: UUID) -> None:
    """Take back whom to call, for this group."""
    _own_place(work, actor, group_id).safety_contact = None


def _own_place(work: Work, actor: Actor, group_id: UUID) -> Membership:
    require(actor, Permission.KEEP_SAFETY_CONTACT, Scope(group_id=group_id))
    place = actor.member_of(group_id)
    membership = work.session.get(Membership, place.membership_id) if place else None
    if membership is None:
        raise NotFoundError
    return membership
