"""Shifts, alert routes, handovers and live hours."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id


class ShiftRole(enum.StrEnum):
    """What somebody does in a shift: reads along, or can be called."""

    MODERATOR = "moderator"
    ON_CALL = "on_call"


class Shift(Base):
    """A clinician's block of time at a location."""

    __tablename__ = "shifts"
    __table_args__ = (sa.Index("ix_shifts_location", "location_id", "ends_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), index=True)
    role: Mapped[ShiftRole]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class Channel(enum.StrEnum):
    """By what an alert travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class AlertRoute(Base):
    """How one clinician is reached for one location. `position` is the order in which people are called.

    `proven_at` is when a test over this route was last answered.
    """

    __tablename__ = "alert_routes"
    __table_args__ = (sa.Index("ix_alert_routes_location", "location_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), index=True)
    channel: Mapped[Channel]
    address: Mapped[bytes] = mapped_column(default=b"")
    position: Mapped[int] = mapped_column(default=0)
    proven_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Handover(Base):
    """What the next shift must know; signed by who gives it and by who takes it."""

    __tablename__ = "handovers"
    __table_args__ = (sa.Index("ix_handovers_location", "location_id", "given_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    given_by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    given_at: Mapped[datetime]
    note: Mapped[bytes | None] = mapped_column(default=None)
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)


class LiveHour(Base):
    """An hour in which a clinician is with a group: posts are read first and shown sooner."""

    __tablename__ = "live_hours"
    __table_args__ = (
        sa.Index(
            "ux_live_hours_open",
            "group_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    opened_by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
