"""Sessions: server-side, rotated at sign-in, revocable, with an idle and an absolute end (ASVS 7.1-7.4)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.accounts.models import Account, AccountSession
from safespace.kernel.outbox import EVERYBODY, Audience, AudienceKind, Event
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind
from safespace.settings import Settings

ACCESS = Audience(AudienceKind.ACCESS, EVERYBODY)
_SEEN_STEP = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who a live session belongs to; no row, so that nothing can be changed through it."""

    session_id: UUID
    account_id: UUID
    kind: AccountKind
    proven: bool
    language: str
    theme: str
    calm: bool
    staff_name: bytes | None
    stale: bool


def open_session(work: Work, account: Account, *, proven: bool) -> str:
    """Start a session and give its token, which exists only in the cookie. `proven` says a second factor was shown."""
    token = secrets.token_urlsafe(32)
    limit = work.settings.youth_absolute if account.kind is AccountKind.YOUTH else work.settings.staff_absolute
    work.session.add(
        AccountSession(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=work.now,
            seen_at=work.now,
            ends_at=work.now + timedelta(seconds=limit),
            proven_at=work.now if proven else None,
        )
    )
    return token


_LIVE = (
    sa.select(
        AccountSession.id,
        AccountSession.seen_at,
        AccountSession.proven_at,
        Account.id.label("account_id"),
        Account.kind,
        Account.language,
        Account.theme,
        Account.calm,
        Account.staff_name,
    )
    .join(Account, Account.id == AccountSession.account_id)
    .where(
        AccountSession.token_hash == sa.bindparam("token_hash"),
        AccountSession.revoked_at.is_(None),
        AccountSession.ends_at > sa.bindparam("now"),
        Account.disabled_at.is_(None),
    )
)


def find_session(session: Session, settings: Settings, token: str, now: datetime) -> SignedIn | None:
    """Give who this token belongs to, or None when the session ended, was revoked or idled, or the account is off."""
    row = session.execute(_LIVE, {"token_hash": token_hash(token), "now": now}).one_or_none()
    if row is None:
        return None
    idle = settings.youth_idle if row.kind is AccountKind.YOUTH else settings.staff_idle
    if row.seen_at + timedelta(seconds=idle) <= now:
        return None
    return SignedIn(
        session_id=row.id,
        account_id=row.account_id,
        kind=row.kind,
        proven=row.kind is AccountKind.YOUTH or row.proven_at is not None,
        language=row.language,
        theme=row.theme,
        calm=row.calm,
        staff_name=row.staff_name,
        stale=row.seen_at + _SEEN_STEP <= now,
    )


def touch(work: Work, session_id: UUID) -> None:
    """Note that the session is in use; called at most once a minute, so that reading a page seldom writes."""
    work.session.execute(
        sa.update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.revoked_at.is_(None))
        .values(seen_at=work.now)
    )


def end_session(work: Work, session_id: UUID) -> None:
    """Revoke one session; its sockets are cut when the doorbell rings."""
    work.session.execute(
        sa.update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    access_changed(work)


def end_all_sessions(work: Work, account_id: UUID, *, keep: UUID | None = None) -> None:
    """Revoke every session of an account, but for one that may be kept."""
    work.session.execute(
        sa.update(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.id.is_distinct_from(keep),
        )
        .values(revoked_at=work.now)
    )
    access_changed(work)


def forget_old(work: Work) -> None:
    """Remove sessions that ended more than a day ago."""
    work.session.execute(sa.delete(AccountSession).where(AccountSession.ends_at < work.now - timedelta(days=1)))


def access_changed(work: Work) -> None:
    """Ring that somebody's access changed: every live socket is asked again who it belongs to."""
    work.announce(Event(audience=ACCESS, kind="access_changed"))


def token_hash(token: str) -> str:
    """Give the stored form of a token of 256 random bits (a plain hash suffices at that length; ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).hexdigest()
