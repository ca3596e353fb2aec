"""What was asked and shown, as read later: by colleagues who are asked, on the list of what is due, by the youth."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.crisis.models import Escalation, Reveal
from safespace.crisis.reveals import ANSWER_WITHIN
from safespace.crisis.ringing import SLACK
from safespace.groups.models import Group, Membership
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, Role
from safespace.policy.rules import require


@dataclass(frozen=True, kw_only=True, repr=False)
class Told:
    """A reveal as the youth sees it: when, who looked, why, and whether one person looked alone."""

    at: datetime
    group: str
    by: tuple[str, ...]
    reason: str
    emergency: bool


def asked_of(work: Work, actor: Actor) -> list[Reveal]:
    """Give the requests of colleagues that wait for a second person at the locations of this clinician."""
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        return []
    return list(
        work.session.scalars(
            sa.select(Reveal)
            .where(
                Reveal.location_id.in_(mine),
                Reveal.decided_at.is_(None),
                Reveal.requested_by != actor.account_id,
                Reveal.requested_at.between(work.now - ANSWER_WITHIN, work.now + SLACK),
            )
            .order_by(Reveal.requested_at)
        )
    )


def of_escalation(work: Work, escalation: Escalation) -> list[Reveal]:
    """Give all requests about a worry that was obtained, newest first."""
    return list(
        work.session.scalars(
            sa.select(Reveal).where(Reveal.escalation_id == escalation.id).order_by(Reveal.requested_at.desc())
        )
    )


def untold(work: Work, actor: Actor) -> list[Reveal]:
    """Give what the youth was not told yet, at the locations of this clinician: it stays to be done."""
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        return []
    return list(
        work.session.scalars(
            sa.select(Reveal)
            .where(Reveal.location_id.in_(mine), Reveal.granted.is_(True), Reveal.told_at.is_(None))
            .order_by(Reveal.decided_at)
        )
    )


def told_to(work: Work, actor: Actor) -> list[Told]:
    """Give a youth who looked up their details, newest first; NotFoundError to staff."""
    require(actor, Permission.SEE_OWN_REVEALS, NOWHERE)
    mine = [member.membership_id for member in actor.members.values()]
    if not mine:
        return []
    rows = work.session.execute(
        sa.select(Reveal, Group.name)
        .join(Membership, Membership.id == Reveal.membership_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Reveal.membership_id.in_(mine), Reveal.granted.is_(True), Reveal.told_at.is_not(None))
        .order_by(Reveal.decided_at.desc())
    ).all()
    names = names_of(work, {one for row in rows for one in (row.Reveal.requested_by, row.Reveal.decided_by) if one})
    return [
        Told(
            at=row.Reveal.decided_at,
            group=row.name,
            by=tuple(
                names[one] for one in dict.fromkeys((row.Reveal.requested_by, row.Reveal.decided_by)) if one in names
            ),
            reason=work.unseal(row.Reveal, "reason"),
            emergency=row.Reveal.emergency,
        )
        for row in rows
    ]


def names_of(work: Work, account_ids: set[UUID]) -> dict[UUID, str]:
    """Give the names of staff, for whoever was given the thing they did."""
    if not account_ids:
        return {}
    rows = work.session.execute(sa.select(Account.id, Account.staff_name).where(Account.id.in_(account_ids)))
    return {row.id: work.open(Account, "staff_name", row.id, row.staff_name) for row in rows}
