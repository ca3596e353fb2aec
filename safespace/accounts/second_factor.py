"""The second factor of staff: time-based codes (RFC 6238), each accepted once, also when sent twice at once."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyotp
import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.accounts.sessions import end_session, open_session
from safespace.audit import log
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind, Actor

STEP = 30  # seconds
DIGITS = 6
WINDOW = (0, -1, 1)  # steps that a clock may be off


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """What an authenticator app needs, shown only until the first code was accepted."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def enrolment(work: Work, account_id: UUID) -> Enrolment | None:
    """Give what the app must scan, or None when a code was accepted before: a secret is never shown again."""
    account = _staff(work, account_id)
    if account.totp_confirmed_at is not None:
        return None
    secret = work.unseal(account, "totp_secret")
    address = pyotp.TOTP(secret).provisioning_uri(
        name=work.unseal(account, "sign_in_name"), issuer_name=work.settings.product_name
    )
    return Enrolment(secret=secret, address=address)


def prove(work: Work, account_id: UUID, session_id: UUID, code: str) -> str:
    """Accept a code once and give the token of a new, proven session; the unproven one ends.

    Raises InvalidError(totp=…) with `totp_wrong`, or `totp_used` for a code that was accepted before (ASVS 6.5.1).
    """
    account = accept_code(work, account_id, code)
    end_session(work, session_id)
    log.record(work, Actor(account_id=account_id, kind=AccountKind.STAFF), "sign_in", on=("account", None))
    return open_session(work, account, proven=True)


def accept_code(work: Work, account_id: UUID, code: str) -> Account:
    """Accept a code once, also for something that asks for a fresh one; raises InvalidError(totp=…) as `prove` does."""
    account = _staff(work, account_id)
    step = matching_step(work.unseal(account, "totp_secret"), code, work.now)
    if step is None:
        raise InvalidError(totp="totp_wrong")
    accepted = work.session.scalar(
        sa.update(Account)
        .where(Account.id == account_id, Account.totp_last_step < step)
        .values(totp_last_step=step, totp_confirmed_at=sa.func.coalesce(Account.totp_confirmed_at, work.now))
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    if accepted is None:
        raise InvalidError(totp="totp_used")
    return account


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Give the time step this code belongs to, at most one step from now, or None."""
    typed = "".join(code[:20].split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    current = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    found = [offset for offset in WINDOW if hmac.compare_digest(totp.at((current + offset) * STEP), typed)]
    return current + found[0] if found else None


def _staff(work: Work, account_id: UUID) -> Account:
    account = work.session.get(Account, account_id)
    if account is None or account.kind is not AccountKind.STAFF or account.disabled_at or not account.totp_secret:
        raise NotFoundError
    return account
