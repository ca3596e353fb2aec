"""Who works at a location, and which roles were granted lately, for administrators and clinicians."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.accounts.registration import account_of_name
from safespace.groups.models import Location, StaffRole
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind, Actor, Role, Scope
from safespace.policy.rules import allows, require

RECENT = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody's role at a location, as its colleagues see it."""

    role_id: UUID
    account_id: UUID
    staff_name: str
    role_title: str
    role: Role
    granted_at: datetime
    works_from: datetime
    works: bool
    confirmed: bool
    granted_by_me: bool
    enrolled: bool


def staff_of(work: Work, actor: Actor, location_id: UUID) -> list[Colleague]:
    """Give everybody with a live role at a location, to its administrators."""
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=location_id))
    return _colleagues(work, actor, location_id, since=None)


def recent_grants(work: Work, actor: Actor, location_id: UUID) -> list[Colleague]:
    """Give the roles granted at a location in the last 14 days, newest first, to its clinicians and administrators."""
    scope = Scope(location_id=location_id)
    if not allows(actor, Permission.READ_QUEUE, scope):
        require(actor, Permission.MANAGE_STAFF, scope)
    return _colleagues(work, actor, location_id, since=work.now - RECENT)


def own_start(work: Work, actor: Actor) -> tuple[str, datetime] | None:
    """Give where and from when the first role of this colleague works that does not work yet; None without one."""
    found = work.session.execute(
        sa.select(Location.name, StaffRole.works_from)
        .join(Location, Location.id == StaffRole.location_id)
        .where(
            StaffRole.account_id == actor.account_id,
            StaffRole.revoked_at.is_(None),
            StaffRole.works_from > work.now,
        )
        .order_by(StaffRole.works_from)
        .limit(1)
    ).one_or_none()
    return (found.name, found.works_from) if found else None


def find_staff(work: Work, actor: Actor, location_id: UUID, sign_in_name: str) -> UUID:
    """Give the staff account with this sign-in name, for granting a role to somebody who works elsewhere.

    Raises NotFoundError when there is none.
    """
    require(actor, Permission.MANAGE_STAFF, Scope(location_id=location_id))
    found = account_of_name(work, sign_in_name)
    account = work.session.get(Account, found) if found else None
    if account is None or account.kind is not AccountKind.STAFF or account.disabled_at is not None:
        raise NotFoundError
    return account.id


def _colleagues(work: Work, actor: Actor, location_id: UUID, *, since: datetime | None) -> list[Colleague]:
    query = (
        sa.select(StaffRole, Account)
        .join(Account, Account.id == StaffRole.account_id)
        .where(StaffRole.location_id == location_id, StaffRole.revoked_at.is_(None))
        .order_by(StaffRole.granted_at.desc(), StaffRole.id)
    )
    if since is not None:
        query = query.where(StaffRole.granted_at > since)
    return [
        Colleague(
            role_id=granted.id,
            account_id=account.id,
            staff_name=work.unseal(account, "staff_name"),
            role_title=work.unseal(account, "role_title"),
            role=granted.role,
            granted_at=granted.granted_at,
            works_from=granted.works_from,
            works=granted.works_from <= work.now,
            confirmed=granted.confirmed_by is not None,
            granted_by_me=granted.granted_by == actor.account_id,
            enrolled=bool(account.passphrase_hash),
        )
        for granted, account in work.session.execute(query)
    ]
