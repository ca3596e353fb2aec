"""Locations, groups, memberships, staff roles and invitations."""

import enum
from datetime import datetime
from typing import Any
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


class AfterHours(enum.StrEnum):
    """What becomes of a post outside the opening hours: kept as a draft, or read by whoever is on call."""

    DRAFTS_ONLY = "drafts_only"
    QUEUE = "queue"


class Location(Base):
    """A place of the clinic. `hours` holds [weekday 0-6, opens, closes] with minutes of the day, local time.

    `norms` holds minutes by severity where they differ from the usual; `second_location_id` names where a second
    clinician is found when there is none here; `blind_share` is how many of a hundred items hide their signals.
    `names` is the list of `groups/listed_names.py`, one a line; read only where it is asked for.
    """

    __tablename__ = "locations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    crisis_phone: Mapped[str] = mapped_column(sa.String(30))
    hours: Mapped[list[list[int]]] = mapped_column(sa.JSON, default_factory=list)
    closed_on_holidays: Mapped[bool] = mapped_column(default=True)
    after_hours: Mapped[AfterHours] = mapped_column(default=AfterHours.DRAFTS_ONLY)
    norms: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    second_location_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("locations.id", ondelete="RESTRICT"), default=None
    )
    training_required: Mapped[bool] = mapped_column(default=False)
    blind_share: Mapped[int] = mapped_column(sa.SmallInteger, default=5)
    names: Mapped[bytes | None] = mapped_column(default=None, deferred=True)
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
    """A youth's place in one group, under an alias of its own; nothing here shows a link to another group.

    `longer_until` is how long a clinician (`longer_asked_by`) wants a break to be, until a second one agrees;
    `longer_asked_location_id` is where that is asked when nobody else works here, `longer_left_at` when
    it was left at a week there.
    """

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
    pause_reason: Mapped[bytes | None] = mapped_column(default=None)
    return_plan: Mapped[bytes | None] = mapped_column(default=None)
    longer_until: Mapped[datetime | None] = mapped_column(default=None)
    longer_asked_by: Mapped[UUID | None] = mapped_column(default=None)
    longer_asked_location_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("locations.id", ondelete="RESTRICT"), default=None
    )
    longer_left_at: Mapped[datetime | None] = mapped_column(default=None)
    rules_version: Mapped[str] = mapped_column(sa.String(20))
    joined_at: Mapped[datetime]
    care_reference: Mapped[bytes | None] = mapped_column(default=None)
    safety_contact: Mapped[bytes | None] = mapped_column(default=None)


class StaffRole(Base):
    """A role at a location. It works once a second administrator confirmed it, or a day after it was granted.

    `lead` marks a clinician who supervises: is rung last, reviews emergency reveals, sees totals of the team.
    """

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
    lead: Mapped[bool] = mapped_column(default=False)
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
