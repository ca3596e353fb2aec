"""The code in somebody's hand: where it leads, and that it is spent once, however many try at the same moment."""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.codes import readings
from safespace.groups.models import Group, GroupState, Invitation
from safespace.kernel.refusals import InvalidError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work

SYMBOLS = 12  # 58.9 bits


class InvitationState(enum.StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class Invited:
    """The group that an open invitation leads to, as far as its holder may know before joining."""

    invitation_id: UUID
    group_id: UUID
    group_name: str
    location_id: UUID
    location_name: str


def find_invitation(work: Work, typed: str) -> Invited:
    """Give where a code leads; raises InvalidError(code=…).

    `code_wrong` for anything that is no code of ours, so that guessing teaches nothing; `code_used`, `code_revoked`,
    `code_expired` and `code_group_closed` only to who holds a real one.
    """
    indexes = [code_index(work.keys, code) for code in readings(typed, SYMBOLS)]
    found = work.session.scalars(sa.select(Invitation).where(Invitation.code_index.in_(indexes))).all()
    if len(found) != 1:
        raise InvalidError(code="code_wrong")
    return invited(work, found[0].id)


def invited(work: Work, invitation_id: UUID) -> Invited:
    """Give where an invitation leads as long as it is open; raises InvalidError(code=…) like find_invitation."""
    row = work.session.get(Invitation, invitation_id, populate_existing=True)
    if row is None:
        raise InvalidError(code="code_wrong")
    state = state_of(row, work.now)
    if state is not InvitationState.OPEN:
        raise InvalidError(code=f"code_{state.value}")
    group = work.session.get_one(Group, row.group_id)
    if group.state is GroupState.CLOSED:
        raise InvalidError(code="code_group_closed")
    return Invited(
        invitation_id=row.id,
        group_id=group.id,
        group_name=group.name,
        location_id=group.location_id,
        location_name=group.location.name,
    )


def claim(work: Work, invitation_id: UUID) -> str:
    """Spend an invitation and give its care reference ("" when none), which leaves the invitation.

    However many try at once, one succeeds; the others get InvalidError(code=…) with what became of it.
    """
    spent = work.session.scalar(
        sa.update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    row = work.session.get(Invitation, invitation_id, populate_existing=True)
    if row is None:
        raise InvalidError(code="code_wrong")
    if spent is None:
        raise InvalidError(code=f"code_{state_of(row, work.now).value}")
    reference = work.unseal(row, "care_reference")
    row.care_reference = None
    return reference


def state_of(row: Invitation, now: datetime) -> InvitationState:
    """Say what became of an invitation."""
    if row.used_at is not None:
        return InvitationState.USED
    if row.revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.EXPIRED if row.expires_at <= now else InvitationState.OPEN


def code_index(keys: KeyRing, code: str) -> str:
    """Give the stored form of a code without hyphens."""
    return keys.index("invitation", code)
