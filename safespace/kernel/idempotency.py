"""Idempotency keys: the same form sent twice is done once; nothing is doubled, nothing is lost.

A key is spent in the same transaction as the change, so a refusal leaves it unspent. Kept per account for 24 hours,
as keyed fingerprints only.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work

KEPT = timedelta(hours=24)


class SpentKey(Base):
    """A form key that did its work, with what was answered (an address on this site, never words)."""

    __tablename__ = "spent_keys"
    __table_args__ = (sa.UniqueConstraint("account_id", "key_index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    account_id: Mapped[UUID]
    key_index: Mapped[str] = mapped_column(sa.String(64))
    body_index: Mapped[str] = mapped_column(sa.String(64))
    answer: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime] = mapped_column(index=True)


def earlier_answer(work: Work, account_id: UUID, key: str, body: str) -> str | None:
    """Give what was answered to this key before, or None; raises InvalidError when the body was another one."""
    found = work.session.scalar(
        sa.select(SpentKey).where(
            SpentKey.account_id == account_id, SpentKey.key_index == work.keys.index("form key", key)
        )
    )
    if found is None:
        return None
    if found.body_index != work.keys.index("form body", body):
        raise InvalidError(form="key_reused")
    return found.answer


def spend(work: Work, account_id: UUID, key: str, body: str, answer: str) -> None:
    """Spend a key for this body. Two at once: the unique constraint lets one through, the other one rolls back."""
    work.session.add(
        SpentKey(
            account_id=account_id,
            key_index=work.keys.index("form key", key),
            body_index=work.keys.index("form body", body),
            answer=answer,
            at=work.now,
        )
    )


def forget_old(work: Work) -> None:
    """Remove keys older than a day."""
    work.session.execute(sa.delete(SpentKey).where(SpentKey.at < work.now - KEPT))
