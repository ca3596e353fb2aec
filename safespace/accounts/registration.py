"""Making accounts: a private name that is free, proofs that were hashed before, and nothing else about a person."""

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.accounts.passphrases import new_name
from safespace.kernel.sealed import KeyRing
from safespace.kernel.text import accept_line, fold
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind

_SEPARATORS = str.maketrans("-_.", "   ")
_TRIES = 20
STAFF_NAME = 60
ROLE_TITLE = 60


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a new account signs in with; the secrets are hashed already, so that a unit of work stays short."""

    sign_in_name: str
    passphrase_hash: str = field(repr=False)
    recovery_hash: str = field(repr=False)


def sign_in_index(keys: KeyRing, name: str) -> str:
    """Give the fingerprint of a sign-in name; case, spaces, hyphens and dots make no difference."""
    return keys.index("sign-in", fold(name[:200].translate(_SEPARATORS)))


def free_name(work: Work) -> str:
    """Give a new private sign-in name that nobody has."""
    for _ in range(_TRIES):
        name = new_name(work.settings)
        if account_of_name(work, name) is None:
            return name
    raise RuntimeError("no sign-in name is free")


def account_of_name(work: Work, name: str) -> UUID | None:
    """Give the account with this sign-in name, or None. Never the answer to a stranger's guess."""
    return work.session.scalar(sa.select(Account.id).where(Account.sign_in_index == sign_in_index(work.keys, name)))


def create_youth(work: Work, credentials: Credentials, *, language: str = "nl") -> Account:
    """Make the account of a young person."""
    account = _account(work, AccountKind.YOUTH, credentials.sign_in_name)
    account.passphrase_hash = credentials.passphrase_hash
    account.recovery_hash = credentials.recovery_hash
    account.language = language
    return account


def prefer_language(work: Work, account_id: UUID, language: str) -> None:
    """Remember in which language somebody reads."""
    work.session.get_one(Account, account_id).language = language


def account_made_with(work: Work, credentials: Credentials) -> Account | None:
    """Give the account that was made with exactly these hashes and has kept them: proof of a form sent twice."""
    return work.session.scalar(
        sa.select(Account).where(
            Account.sign_in_index == sign_in_index(work.keys, credentials.sign_in_name),
            Account.passphrase_hash == credentials.passphrase_hash,
            Account.recovery_hash == credentials.recovery_hash,
            Account.disabled_at.is_(None),
        )
    )


def create_staff(work: Work, *, staff_name: str, role_title: str) -> tuple[Account, str]:
    """Make the account of a staff member, who enrols by a link; gives it with its sign-in name.

    Raises InvalidError with `empty` or `too_long` for `staff_name` and `role_title`.
    """
    shown = accept_line("staff_name", staff_name, cap=STAFF_NAME)
    title = accept_line("role_title", role_title, cap=ROLE_TITLE)
    name = free_name(work)
    account = _account(work, AccountKind.STAFF, name)
    work.seal(account, "staff_name", shown)
    work.seal(account, "role_title", title)
    return account, name


def _account(work: Work, kind: AccountKind, name: str) -> Account:
    account = Account(kind=kind, sign_in_index=sign_in_index(work.keys, name), created_at=work.now)
    work.seal(account, "sign_in_name", name)
    work.session.add(account)
    return account
