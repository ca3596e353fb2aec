"""Accounts and sessions: no name of a youth, no e-mail, no address; what proves somebody is hashed or sealed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.policy.roles import AccountKind


class Account(Base):
    """Somebody who can sign in, by a private sign-in name that nobody else ever sees."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[AccountKind]
    sign_in_index: Mapped[str] = mapped_column(sa.String(64), unique=True)
    sign_in_name: Mapped[bytes] = mapped_column(default=b"")
    passphrase_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    recovery_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    staff_name: Mapped[bytes | None] = mapped_column(default=None)
    role_title: Mapped[bytes | None] = mapped_column(default=None)
    totp_secret: Mapped[bytes | None] = mapped_column(default=None)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(sa.String(5), default="nl")
    theme: Mapped[str] = mapped_column(sa.String(10), default="")
    calm: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class AccountSession(Base):
    """One signed-in browser. The cookie holds a random token; only its hash is here. Revocable, with two limits."""

    __tablename__ = "account_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    proven_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class EnrolmentLink(Base):
    """A one-time link by which a staff member chooses a passphrase; the administrator who made it can't use it."""

    __tablename__ = "enrolment_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_by: Mapped[UUID | None] = mapped_column(default=None)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
