"""One-time links by which staff choose their passphrase; who made the link can't use it (design §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.codes import bare, new_code
from safespace.accounts.models import Account, EnrolmentLink
from safespace.accounts.sessions import token_hash
from safespace.audit import log
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind, Actor

TOKEN_SYMBOLS = 28  # 137 bits: above the 112 from which a plain hash suffices (ASVS 6.5.2)


@dataclass(frozen=True, kw_only=True)
class Enrollee:
    """Whose link this is, for the page on which the passphrase is chosen."""

    link_id: UUID
    account_id: UUID
    sign_in_name: str
    staff_name: str


def make_link(work: Work, account: Account, *, made_by: UUID | None) -> tuple[str, datetime]:
    """Make the link's token, shown once, and tell until when it works; an earlier link of the account ends.

    Raises ConflictError(`enrolled`) for an account that has a passphrase: nobody resets the proof of somebody else.
    """
    if account.passphrase_hash:
        raise ConflictError("enrolled")
    work.session.execute(
        sa.update(EnrolmentLink)
        .where(EnrolmentLink.account_id == account.id, EnrolmentLink.used_at.is_(None))
        .values(expires_at=work.now)
    )
    token = new_code(TOKEN_SYMBOLS)
    expires = work.now + timedelta(hours=work.settings.enrolment_hours)
    work.session.add(
        EnrolmentLink(
            token_hash=token_hash(bare(token)),
            account_id=account.id,
            made_by=made_by,
            made_at=work.now,
            expires_at=expires,
        )
    )
    return token, expires


def find_link(work: Work, token: str, *, by: UUID | None) -> Enrollee:
    """Give whose link this is; `by` is the account this browser is signed in with.

    Raises InvalidError(token=`link_wrong`) for a link that is unknown, used or expired, NotAllowedError(`own_link`)
    when who made it tries to use it.
    """
    row = work.session.execute(
        sa.select(EnrolmentLink, Account)
        .join(Account, Account.id == EnrolmentLink.account_id)
        .where(
            EnrolmentLink.token_hash == token_hash(bare(token)),
            EnrolmentLink.used_at.is_(None),
            EnrolmentLink.expires_at > work.now,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise InvalidError(token="link_wrong")  # noqa: S106  # a code, no secret
    link, account = row
    if link.made_by is not None and link.made_by in (by, account.id):
        raise NotAllowedError("own_link")
    return Enrollee(
        link_id=link.id,
        account_id=account.id,
        sign_in_name=work.unseal(account, "sign_in_name"),
        staff_name=work.unseal(account, "staff_name"),
    )


def enrol(work: Work, enrollee: Enrollee, *, passphrase_hash: str, recovery_hash: str) -> None:
    """Spend the link and store the proofs; raises InvalidError(token=`link_wrong`) when it was spent meanwhile."""
    spent = work.session.scalar(
        sa.update(EnrolmentLink)
        .where(
            EnrolmentLink.id == enrollee.link_id,
            EnrolmentLink.used_at.is_(None),
            EnrolmentLink.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(EnrolmentLink.id)
    )
    if spent is None:
        raise InvalidError(token="link_wrong")  # noqa: S106  # a code, no secret
    work.session.execute(
        sa.update(Account)
        .where(Account.id == enrollee.account_id)
        .values(passphrase_hash=passphrase_hash, recovery_hash=recovery_hash)
    )
    log.record(work, Actor(account_id=enrollee.account_id, kind=AccountKind.STAFF), "enrol", on=("account", None))
