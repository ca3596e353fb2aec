"""Invitations: codes on paper, each for one youth, once; the system keeps only their keyed fingerprints."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.accounts.codes import bare, new_code
from safespace.audit import log
from safespace.groups.care_references import accept_care_reference
from safespace.groups.claiming import SYMBOLS, InvitationState, code_index, state_of
from safespace.groups.models import Group, GroupState, Invitation, InvitationBatch
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import allows, require

MOST_CODES = 50
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True, kw_only=True)
class NewBatch:
    """A sheet that was just made; the codes exist only here and on the paper it is printed on."""

    id: UUID
    expires_at: datetime
    codes: tuple[str, ...] = field(repr=False)

    @property
    def mark(self) -> str:
        """Give the short mark of this sheet."""
        return mark_of(self.id)


@dataclass(frozen=True, kw_only=True)
class BatchSummary:
    """A sheet in a list."""

    id: UUID
    group_id: UUID
    group_name: str
    made_at: datetime
    expires_at: datetime
    codes: int
    open: int

    @property
    def mark(self) -> str:
        """Give the short mark of this sheet."""
        return mark_of(self.id)


@dataclass(frozen=True, kw_only=True)
class NumberedState:
    """One code of a sheet by its number; whether it has a care reference, never which."""

    id: UUID
    number: int
    state: InvitationState
    has_reference: bool


def mark_of(batch_id: UUID) -> str:
    """Give the short mark by which a sheet is told from others, like 4B89; one letter, so that it never is a word."""
    number, letter = divmod(batch_id.int, len(_CONSONANTS))
    digits = f"{number % 1000:03}"
    return digits[0] + _CONSONANTS[letter] + digits[1:]


def make_batch(work: Work, actor: Actor, group_id: UUID, count: int) -> NewBatch:
    """Make a sheet of 1 to 50 codes for a group; raises InvalidError(count=…), ConflictError(`group_closed`)."""
    group = _group(work.session, group_id)
    require(actor, Permission.MANAGE_INVITATIONS, _scope(group))
    if not 1 <= count <= MOST_CODES:
        raise InvalidError(count="count_out_of_range")
    if group.state is GroupState.CLOSED:
        raise ConflictError("group_closed")
    expires = work.now + timedelta(days=work.settings.invitation_days)
    batch = InvitationBatch(group_id=group.id, made_by=_who(actor), made_at=work.now, expires_at=expires)
    work.session.add(batch)
    work.session.flush()
    codes = tuple(new_code(SYMBOLS) for _ in range(count))
    for number, code in enumerate(codes, start=1):
        work.session.add(
            Invitation(
                batch_id=batch.id,
                group_id=group.id,
                number=number,
                code_index=code_index(work.keys, bare(code)),
                expires_at=expires,
            )
        )
    log.record(
        work, actor, "make_invitations", location_id=group.location_id, on=("invitation_batch", batch.id), count=count
    )
    return NewBatch(id=batch.id, expires_at=expires, codes=codes)


def batches(work: Work, actor: Actor, location_id: UUID) -> list[BatchSummary]:
    """Give the sheets of a location, newest first, to its administrators and to the clinicians who hand them out."""
    scope = Scope(location_id=location_id)
    if not allows(actor, Permission.HAND_OUT_CODE, scope):
        require(actor, Permission.MANAGE_INVITATIONS, scope)
    still = sa.and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > work.now)
    rows = work.session.execute(
        sa.select(
            InvitationBatch.id,
            InvitationBatch.group_id,
            Group.name,
            InvitationBatch.made_at,
            InvitationBatch.expires_at,
            sa.func.count(Invitation.id).label("codes"),
            sa.func.sum(sa.case((still, 1), else_=0)).label("open"),
        )
        .join(Group, Group.id == InvitationBatch.group_id)
        .join(Invitation, Invitation.batch_id == InvitationBatch.id)
        .where(Group.location_id == location_id)
        .group_by(
            InvitationBatch.id,
            InvitationBatch.group_id,
            Group.name,
            InvitationBatch.made_at,
            InvitationBatch.expires_at,
        )
        .order_by(InvitationBatch.made_at.desc(), InvitationBatch.id)
        .limit(200)
    )
    return [
        BatchSummary(
            id=row.id,
            group_id=row.group_id,
            group_name=row.name,
            made_at=row.made_at,
            expires_at=row.expires_at,
            codes=row.codes,
            open=row.open,
        )
        for row in rows
    ]


def states(work: Work, actor: Actor, batch_id: UUID) -> list[NumberedState]:
    """Give what became of every code of a sheet, by number; without times, so that nobody sees who joined when."""
    group_of_batch(work, actor, batch_id)
    rows = work.session.scalars(
        sa.select(Invitation).where(Invitation.batch_id == batch_id).order_by(Invitation.number)
    )
    return [
        NumberedState(
            id=row.id,
            number=row.number,
            state=state_of(row, work.now),
            # After use the reference is with the membership; that it was there stays visible to who hands out.
            has_reference=row.care_reference is not None or row.handed_out_by is not None,
        )
        for row in rows
    ]


def group_of_batch(work: Work, actor: Actor, batch_id: UUID) -> Group:
    """Give the group of a sheet to whoever may see the sheet; NotFoundError otherwise."""
    group = _group_of_batch(work.session, batch_id)
    if not allows(actor, Permission.HAND_OUT_CODE, _scope(group)):
        require(actor, Permission.MANAGE_INVITATIONS, _scope(group))
    return group


def revoke_one(work: Work, actor: Actor, batch_id: UUID, invitation_id: UUID) -> None:
    """Make one code of a sheet useless; a care reference that waited there goes. Nothing happens to a used one."""
    invitation = work.session.get(Invitation, invitation_id)
    if invitation is None or invitation.batch_id != batch_id:
        raise NotFoundError
    group = _group(work.session, invitation.group_id)
    require(actor, Permission.MANAGE_INVITATIONS, _scope(group))
    _revoke(work, Invitation.id == invitation_id)
    log.record(work, actor, "revoke_invitation", location_id=group.location_id, on=("invitation", invitation_id))


def revoke_rest(work: Work, actor: Actor, batch_id: UUID) -> int:
    """Make every code of a sheet that was not used useless; gives how many."""
    group = _group_of_batch(work.session, batch_id)
    require(actor, Permission.MANAGE_INVITATIONS, _scope(group))
    count = _revoke(work, Invitation.batch_id == batch_id)
    log.record(
        work,
        actor,
        "revoke_invitations",
        location_id=group.location_id,
        on=("invitation_batch", batch_id),
        count=count,
    )
    return count


def enter_care_reference(
    work: Work, actor: Actor, batch_id: UUID, number: int, reference: str, *, replace: bool = False
) -> None:
    """Seal the care reference of a code that this clinician hands out; nobody can read it back.

    Raises InvalidError(care_reference=…), also `number=…` for one that is not on the sheet, ConflictError with
    `invitation_over` when the code was used, revoked or expired, `handed_out` when a colleague handed it out, and
    `has_reference` when this clinician did, unless it is asked to `replace` what was written then.
    """
    group = _group_of_batch(work.session, batch_id)
    require(actor, Permission.HAND_OUT_CODE, _scope(group))
    text = accept_care_reference(work.settings.config_dir, reference)
    row = work.session.scalars(
        sa.select(Invitation)
        .where(Invitation.batch_id == batch_id, Invitation.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise InvalidError(number="unknown_choice")
    if state_of(row, work.now) is not InvitationState.OPEN:
        raise ConflictError("invitation_over")
    if row.handed_out_by not in (None, actor.account_id):
        raise ConflictError("handed_out")
    if row.care_reference is not None and not replace:
        raise ConflictError("has_reference")
    work.seal(row, "care_reference", text)
    row.handed_out_by = actor.account_id
    log.record(work, actor, "enter_care_reference", location_id=group.location_id, on=("invitation", row.id))


def _revoke(work: Work, which: sa.ColumnElement[bool]) -> int:
    revoked = work.session.scalars(
        sa.update(Invitation)
        .where(which, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=work.now, care_reference=None)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return len(revoked.all())


def _group(session: Session, group_id: UUID) -> Group:
    group = session.get(Group, group_id)
    if group is None:
        raise NotFoundError
    return group


def _group_of_batch(session: Session, batch_id: UUID) -> Group:
    batch = session.get(InvitationBatch, batch_id)
    if batch is None:
        raise NotFoundError
    return _group(session, batch.group_id)


def _scope(group: Group) -> Scope:
    return Scope(location_id=group.location_id, group_id=group.id)


def _who(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise NotFoundError
    return actor.account_id
