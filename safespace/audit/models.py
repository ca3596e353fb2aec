"""The rows of the log: entries in one chain per location, the chain's head, and who an audit id stands for."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.audit import triggers
from safespace.kernel.db import Base, new_id

ORGANISATION = UUID(int=0)


class AuditPerson(Base):
    """Who an audit id stands for; removing this row removes the link and leaves the chain whole."""

    __tablename__ = "audit_people"

    audit_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    account_id: Mapped[UUID] = mapped_column(unique=True)


class AuditHead(Base):
    """The last entry of one chain; its row is the chain's lock."""

    __tablename__ = "audit_heads"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default="")


class AuditEntry(Base):
    """One thing that was done. Never changed, never removed, never holding anybody's words."""

    __tablename__ = "audit_entries"
    __table_args__ = (sa.UniqueConstraint("chain_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    chain_id: Mapped[UUID]
    number: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(sa.String(20))
    action: Mapped[str] = mapped_column(sa.String(60))
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


triggers.protect(AuditEntry.__table__)
