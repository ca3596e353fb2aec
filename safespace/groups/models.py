"""Locations, groups, memberships, staff roles and invitations."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from safespace.kernel.db import Base, new_id
from safespace.policy.roles import MembershipState, Role


class GroupProfile(enum.StrEnum):
    """How a group differs: what is read more strictly, how calm it is."""

    GENERAL = "general"
    EATING = "eating"
    AUTISM = "autism"


class GroupKind(enum.StrEnum):
    """Whether members are in treatment or still waiting for it."""

    GROUP = "group"
    WAITING_LIST = "waiting_list"


class GroupState(enum.StrEnum):
    """Whether a group takes posts, can only be read, or is closed."""

    OPEN = "open"
    READ_ONLY = "read_only"
    CLOSED = "closed"


class Location(Base):
    """A place of the clinic. `hours` holds [weekday 0-6, opens, closes] with minutes of the day, local time."""

    __tablename__ = "locations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    crisis_phone: Mapped[str] = mapped_column(sa.String(30))
    hours: Mapped[list[list[int]]] = mapped_column(sa.JSON, default_factory=list)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Group(Base):
    """A group of one location; what members write never leaves it."""

    __tablename__ = "groups"
    __table_args__ = (sa.UniqueConstraint("location_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    about: Mapped[str] = mapped_column(sa.String(400), default="")
    profile: Mapped[GroupProfile] = mapped_column(default=GroupProfile.GENERAL)
    kind: Mapped[GroupKind] = mapped_column(default=GroupKind.GROUP)
    state: Mapped[GroupState] = mapped_column(default=GroupState.OPEN)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    location: Mapped[Location] = relationship(lazy="joined", innerjoin=True, init=False)


class Membership(Base):
    """A youth's place in one group, under an alias of its own; nothing here shows a link to another group."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.UniqueConstraint("group_id", "account_id"),
        sa.UniqueConstraint("group_id", "alias_index"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), index=True)
    alias: Mapped[bytes] = mapped_column(default=b"")
    alias_index: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[MembershipState] = mapped_column(default=MembershipState.ACTIVE)
    paused_until: Mapped[datetime | None] = mapped_column(default=None)
    rules_version: Mapped[str] = mapped_column(sa.String(20))
    joined_at: Mapped[datetime]
    care_reference: Mapped[bytes | None] = mapped_column(default=None)
    safety_contact: Mapped[bytes | None] = mapped_column(default=None)


class StaffRole(Base):
    """A role at a location. It works once a second administrator confirmed it, or a day after it was granted."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        sa.Index(
            "ux_staff_roles_live",
            "account_id",
            "location_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    role: Mapped[Role]
    granted_by: Mapped[UUID | None] = mapped_column(default=None)
    granted_at: Mapped[datetime]
    works_from: Mapped[datetime]
    confirmed_by: Mapped[UUID | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class InvitationBatch(Base):
    """A sheet of invitations made at once."""

    __tablename__ = "invitation_batches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"), index=True)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Invitation(Base):
    """One code, for one youth, once. Only its keyed fingerprint is kept; a care reference waits here sealed."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    batch_id: Mapped[UUID] = mapped_column(sa.ForeignKey("invitation_batches.id", ondelete="RESTRICT"), index=True)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    code_index: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    care_reference: Mapped[bytes | None] = mapped_column(default=None)
    handed_out_by: Mapped[UUID | None] = mapped_column(default=None)
