"""Signing in and recovering: the same answer and the same work, whoever the name belongs to (ASVS 6.3.8)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

import pyotp
import sqlalchemy as sa

from safespace.accounts.codes import ALPHABET, bare
from safespace.accounts.credentials import hash_secret, holds, outdated
from safespace.accounts.models import Account
from safespace.accounts.registration import sign_in_index
from safespace.accounts.sessions import end_all_sessions, end_session, open_session
from safespace.audit import log
from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind, Actor
from safespace.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a secret is held against. For an unknown or disabled account it looks the same and never holds."""

    account_id: UUID | None
    stored: str = field(repr=False)
    fresh: str = field(default="", repr=False)

    def shown_by(self, settings: Settings, secret: str) -> Self | None:
        """Give the proof when the secret holds, with a fresh hash if the costs changed; slow, so outside a unit."""
        if not holds(settings, self.stored, secret) or self.account_id is None:
            return None
        return replace(self, fresh=hash_secret(settings, secret)) if outdated(settings, self.stored) else self


Finder = Callable[[Work, str], Proof]


def find_passphrase(work: Work, sign_in_name: str) -> Proof:
    """Give what the passphrase of this name is held against."""
    return _find(work, sign_in_name, Account.passphrase_hash)


def find_recovery(work: Work, sign_in_name: str) -> Proof:
    """Give what the recovery code of this name is held against."""
    return _find(work, sign_in_name, Account.recovery_hash)


def passphrase_of(work: Work, account_id: UUID) -> Proof:
    """Give what the passphrase of a signed-in account is held against."""
    row = work.session.execute(
        sa.select(Account.id, Account.passphrase_hash).where(Account.id == account_id, Account.disabled_at.is_(None))
    ).one_or_none()
    return Proof(account_id=None, stored="") if row is None else Proof(account_id=row.id, stored=row.passphrase_hash)


def recovery_secret(typed: str) -> str:
    """Give a typed recovery code as it was hashed: hyphens, spaces, case and U for V make no difference."""
    code = bare(typed).replace("U", "V")
    return code if all(char in ALPHABET for char in code) else ""


def sign_in(work: Work, proof: Proof, *, replacing: UUID | None = None) -> str | None:
    """Open a session for who showed the proof, ending the one this browser had; None when access ended meanwhile.

    A staff member's session is not proven before the second factor, see accounts.second_factor.
    """
    account = work.session.scalars(
        sa.select(Account).where(
            Account.id == proof.account_id,
            Account.passphrase_hash == proof.stored,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if account is None:
        return None
    if proof.fresh:
        account.passphrase_hash = proof.fresh
    if account.kind is AccountKind.STAFF and account.totp_secret is None:
        work.seal(account, "totp_secret", pyotp.random_base32())
    if replacing is not None:
        end_session(work, replacing)
    return open_session(work, account, proven=False)


def recover(work: Work, proof: Proof, *, passphrase_hash: str, recovery_hash: str) -> None:
    """Give the account another passphrase and recovery code, and end all its sessions; the shown code is spent.

    The second factor of staff stays as it was (ASVS 6.4.3). Raises InvalidError(recovery_code=…) when the code was
    spent meanwhile.
    """
    done = work.session.execute(
        sa.update(Account)
        .where(Account.id == proof.account_id, Account.recovery_hash == proof.stored, Account.disabled_at.is_(None))
        .values(passphrase_hash=passphrase_hash, recovery_hash=recovery_hash)
        .returning(Account.id, Account.kind)
    ).one_or_none()
    if done is None:
        raise InvalidError(recovery_code="recovery_wrong")
    end_all_sessions(work, done.id)
    log.record(work, Actor(account_id=done.id, kind=done.kind), "recover_account", on=("account", None))


def change_passphrase(work: Work, proof: Proof, *, passphrase_hash: str, keep: UUID) -> None:
    """Give the account another passphrase and end its other sessions; `keep` is the session that asked.

    Raises InvalidError(current=…) when the passphrase was changed meanwhile.
    """
    done = work.session.scalar(
        sa.update(Account)
        .where(Account.id == proof.account_id, Account.passphrase_hash == proof.stored, Account.disabled_at.is_(None))
        .values(passphrase_hash=passphrase_hash)
        .returning(Account.id)
    )
    if done is None:
        raise InvalidError(current="current_wrong")
    end_all_sessions(work, done, keep=keep)


def _find(work: Work, sign_in_name: str, stored: sa.orm.InstrumentedAttribute[str]) -> Proof:
    row = work.session.execute(
        sa.select(Account.id, stored.label("stored"), Account.disabled_at).where(
            Account.sign_in_index == sign_in_index(work.keys, sign_in_name)
        )
    ).one_or_none()
    if row is None:
        return Proof(account_id=None, stored="")
    return Proof(account_id=row.id if row.disabled_at is None else None, stored=row.stored)
