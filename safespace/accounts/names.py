"""The names under which colleagues know each other; young people have none here."""

from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit.models import AuditEntry, AuditPerson
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind, Actor, Scope
from safespace.policy.rules import require


def staff_in_log(work: Work, actor: Actor, location_id: UUID) -> dict[UUID, str]:
    """Give the names of staff in the log of a location, by their id in it, in one query. Erased links are left out.

    Raises NotFoundError unless the actor may read that log.
    """
    require(actor, Permission.READ_AUDIT, Scope(location_id=location_id))
    seen = sa.select(AuditEntry.actor_id).where(AuditEntry.chain_id == location_id)
    rows = work.session.execute(
        sa.select(AuditPerson.audit_id, Account.id, Account.staff_name)
        .join(Account, Account.id == AuditPerson.account_id)
        .where(Account.kind == AccountKind.STAFF, AuditPerson.audit_id.in_(seen))
    )
    return {row.audit_id: work.open(Account, "staff_name", row.id, row.staff_name) for row in rows}
