"""Where one is signed in, and ending it from elsewhere (ASVS 7.5.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import AccountSession
from safespace.accounts.sessions import end_session
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, AccountKind, Actor
from safespace.policy.rules import require


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """One browser in which the account is signed in; nothing is kept that would tell which device it is."""

    id: UUID
    created_at: datetime


def own_sessions(work: Work, actor: Actor) -> list[OwnSession]:
    """Give the live sessions of one's own account, newest first."""
    require(actor, Permission.BE_SIGNED_IN, NOWHERE)
    idle = work.settings.youth_idle if actor.kind is AccountKind.YOUTH else work.settings.staff_idle
    rows = work.session.execute(
        sa.select(AccountSession.id, AccountSession.created_at)
        .where(
            AccountSession.account_id == actor.account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.ends_at > work.now,
            AccountSession.seen_at > work.now - timedelta(seconds=idle),
        )
        .order_by(AccountSession.created_at.desc(), AccountSession.id)
    )
    return [OwnSession(id=row.id, created_at=row.created_at) for row in rows]


def end_own_session(work: Work, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions; raises NotFoundError for any other."""
    if session_id not in {one.id for one in own_sessions(work, actor)}:
        raise NotFoundError
    end_session(work, session_id)
