"""What a restored database must not bring back to life: sessions, and codes and links that were unused then.

Its tables may be of an older version, so only the columns named here are touched.
"""

from typing import Any

import sqlalchemy as sa

from safespace.accounts.models import AccountSession, EnrolmentLink
from safespace.groups.models import Invitation
from safespace.host.database import WRITES
from safespace.kernel.work import utc_now


def end_what_was_open(engine: sa.Engine) -> tuple[int, int]:
    """End every session and revoke every unused invitation and enrolment link; give how many of each."""
    now = utc_now()
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():

        def changed(statement: sa.Update) -> int:
            result: sa.CursorResult[Any] = connection.execute(statement)
            return result.rowcount

        sessions = changed(
            sa.update(AccountSession)
            .where(AccountSession.revoked_at.is_(None), AccountSession.ends_at > now)
            .values(revoked_at=now)
        )
        codes = changed(
            sa.update(Invitation)
            .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
            .values(revoked_at=now)
        )
        links = changed(
            sa.update(EnrolmentLink)
            .where(EnrolmentLink.used_at.is_(None), EnrolmentLink.expires_at > now)
            .values(expires_at=now)
        )
    return sessions, codes + links
