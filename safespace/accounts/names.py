"""The names under which colleagues know each other; young people have none here."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind


def staff_names(work: Work, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the staff names of those accounts that are staff, in one query; the other ones are left out."""
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name).where(
            Account.id.in_(set(account_ids)), Account.kind == AccountKind.STAFF
        )
    )
    return {row.id: work.open(Account, "staff_name", row.id, row.staff_name) for row in rows}
