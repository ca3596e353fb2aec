"""Who works where: staff accounts, roles that need a second administrator or a day, and their end, which is at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.enrolment import make_link
from safespace.accounts.models import Account
from safespace.accounts.registration import create_staff
from safespace.accounts.sessions import access_changed, end_all_sessions
from safespace.audit import log
from safespace.groups.models import Location, StaffRole
from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, AccountKind, Actor, Role, Scope
from safespace.policy.rules import require


@dataclass(frozen=True, kw_only=True)
class NewStaff:
    """A staff account that was just made. The token works once, until `expires_at`, and is shown only now."""

    account_id: UUID
    sign_in_name: str
    token: str = field(repr=False)
    expires_at: datetime


def create_staff_account(
    work: Work, actor: Actor, location_id: UUID, *, role: Role, staff_name: str, role_title: str
) -> NewStaff:
    """Make an account for somebody who comes to work at a location, grant the role, and make the enrolment link.

    Raises InvalidError with `empty` or `too_long` for `staff_name` and `role_title`.
    """
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=location_id))
    account, name = create_staff(work, staff_name=staff_name, role_title=role_title)
    work.session.flush()
    token, expires = make_link(work, account, made_by=actor.account_id)
    log.record(work, actor, "create_staff", location_id=location_id, on=("account", account.id))
    grant_role(work, actor, account.id, location_id, role)
    return NewStaff(account_id=account.id, sign_in_name=name, token=token, expires_at=expires)


def renew_link(work: Work, actor: Actor, location_id: UUID, account_id: UUID) -> NewStaff:
    """Make another enrolment link for somebody of this location who has not enrolled; the earlier one ends.

    Raises ConflictError(`enrolled`) otherwise: an administrator cannot reset a colleague's proofs and look through
    their eyes. Who lost everything gets a new account, with the delay of a new role.
    """
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=location_id))
    if live_role(work, account_id, location_id) is None:
        raise NotFoundError
    account = _staff_account(work, account_id)
    token, expires = make_link(work, account, made_by=actor.account_id)
    log.record(work, actor, "renew_link", location_id=location_id, on=("account", account_id))
    name = work.unseal(account, "sign_in_name")
    return NewStaff(account_id=account_id, sign_in_name=name, token=token, expires_at=expires)


def grant_role(work: Work, actor: Actor, account_id: UUID, location_id: UUID, role: Role) -> StaffRole:
    """Grant a role that works after `settings.role_delay`, or at once when a second administrator confirms it.

    Raises NotAllowedError(`own_role`) for a role of one's own, ConflictError(`has_role`) when the person holds one at
    this location already: roles don't add up.
    """
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=location_id))
    if account_id == actor.account_id:
        raise NotAllowedError("own_role")
    _staff_account(work, account_id)
    works_from = work.now + timedelta(seconds=work.settings.role_delay)
    return _grant(work, actor, account_id, location_id, role, works_from)


def confirm_role(work: Work, actor: Actor, role_id: UUID) -> None:
    """Let a granted role work from now on. Only an administrator who neither granted nor gets it can.

    Raises NotAllowedError(`second_person`), ConflictError(`role_over`) when it works already or was revoked.
    """
    granted = _role(work, role_id)
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=granted.location_id))
    if actor.account_id in (granted.granted_by, granted.account_id):
        raise NotAllowedError("second_person")
    confirmed = work.session.scalar(
        sa.update(StaffRole)
        .where(StaffRole.id == role_id, StaffRole.revoked_at.is_(None), StaffRole.works_from > work.now)
        .values(works_from=work.now, confirmed_by=actor.account_id)
        .returning(StaffRole.id)
    )
    if confirmed is None:
        raise ConflictError("role_over")
    _record(work, actor, "confirm_role", granted)
    access_changed(work)


def revoke_role(work: Work, actor: Actor, role_id: UUID) -> StaffRole:
    """End a role and give it; the person's pages and sockets lose it at once.

    Raises ConflictError(`last_administrator`) rather than leave a location that nobody can manage, `role_over` when it
    was revoked before.
    """
    granted = _role(work, role_id)
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=granted.location_id))
    _keep_an_administrator(work, granted)
    revoked = work.session.scalar(
        sa.update(StaffRole)
        .where(StaffRole.id == role_id, StaffRole.revoked_at.is_(None))
        .values(revoked_at=work.now)
        .returning(StaffRole.id)
    )
    if revoked is None:
        raise ConflictError("role_over")
    _record(work, actor, "revoke_role", granted)
    access_changed(work)
    return granted


def disable_account(work: Work, actor: Actor, account_id: UUID) -> None:
    """End somebody's access everywhere, at once, with all sessions and roles.

    The actor must be administrator of every location where the person holds a role (elsewhere, revoke the role); raises
    NotAllowedError(`own_role`) for oneself, ConflictError(`last_administrator`).
    """
    account = _staff_account(work, account_id)
    roles = work.session.scalars(
        sa.select(StaffRole).where(StaffRole.account_id == account_id, StaffRole.revoked_at.is_(None))
    ).all()
    if not roles:
        raise NotFoundError
    for granted in roles:
        require(actor, Permission.MANAGE_STAFF, Scope(location_id=granted.location_id))
    if account_id == actor.account_id:
        raise NotAllowedError("own_role")
    for granted in roles:
        _keep_an_administrator(work, granted)
        granted.revoked_at = work.now
        _record(work, actor, "disable_account", granted)
    account.disabled_at = work.now
    end_all_sessions(work, account_id)


def appoint_first(work: Work, location_id: UUID, *, role: Role, staff_name: str, role_title: str) -> NewStaff:
    """Appoint the first of a role at a location from the command line; it works at once and the log names the system.

    Raises ConflictError(`not_the_first`) when somebody holds the role there, NotFoundError for an unknown location.
    """
    if work.session.get(Location, location_id) is None:
        raise NotFoundError
    if work.session.scalar(_live(location_id).where(StaffRole.role == role).limit(1)):
        raise ConflictError("not_the_first")
    account, name = create_staff(work, staff_name=staff_name, role_title=role_title)
    work.session.flush()
    token, expires = make_link(work, account, made_by=None)
    _grant(work, ANONYMOUS, account.id, location_id, role, work.now)
    return NewStaff(account_id=account.id, sign_in_name=name, token=token, expires_at=expires)


def live_role(work: Work, account_id: UUID, location_id: UUID) -> StaffRole | None:
    """Give the role that was granted at this location and not revoked, whether it works yet or not."""
    return work.session.scalar(_live(location_id).where(StaffRole.account_id == account_id))


def _grant(
    work: Work, actor: Actor, account_id: UUID, location_id: UUID, role: Role, works_from: datetime
) -> StaffRole:
    if live_role(work, account_id, location_id) is not None:
        raise ConflictError("has_role")
    granted = StaffRole(
        account_id=account_id,
        location_id=location_id,
        role=role,
        granted_by=actor.account_id,
        granted_at=work.now,
        works_from=works_from,
    )
    work.session.add(granted)
    work.session.flush()
    _record(work, actor, "grant_role", granted)
    access_changed(work)
    return granted


def _keep_an_administrator(work: Work, granted: StaffRole) -> None:
    if granted.role is not Role.ADMINISTRATOR:
        return
    other = _live(granted.location_id).where(
        StaffRole.role == Role.ADMINISTRATOR, StaffRole.id != granted.id, StaffRole.works_from <= work.now
    )
    # The location's row is the lock: two administrators cannot revoke each other at once.
    work.session.execute(sa.select(Location.id).where(Location.id == granted.location_id).with_for_update())
    if work.session.scalar(other.limit(1)) is None:
        raise ConflictError("last_administrator")


def _live(location_id: UUID) -> sa.Select[StaffRole]:
    return sa.select(StaffRole).where(StaffRole.location_id == location_id, StaffRole.revoked_at.is_(None))


def _role(work: Work, role_id: UUID) -> StaffRole:
    granted = work.session.get(StaffRole, role_id)
    if granted is None:
        raise NotFoundError
    return granted


def _staff_account(work: Work, account_id: UUID) -> Account:
    account = work.session.get(Account, account_id)
    if account is None or account.kind is not AccountKind.STAFF or account.disabled_at is not None:
        raise NotFoundError
    return account


def _record(work: Work, actor: Actor, action: str, granted: StaffRole) -> None:
    log.record(
        work,
        actor,
        action,
        location_id=granted.location_id,
        on=("staff_role", granted.id),
        account=str(granted.account_id),
        role=granted.role.value,
    )
