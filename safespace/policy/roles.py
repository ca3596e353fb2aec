"""The facts that rules may see: who acts, and what the object is; never a database row, never a request."""

import enum
from dataclasses import dataclass, field
from uuid import UUID


class AccountKind(enum.StrEnum):
    """Whether somebody is a young person or works here."""

    YOUTH = "youth"
    STAFF = "staff"


class Role(enum.StrEnum):
    """What a staff member does at one location. Roles don't add up (design §3)."""

    CLINICIAN = "clinician"
    PEER_WORKER = "peer_worker"
    ADMINISTRATOR = "administrator"
    QUALITY = "quality"


class MembershipState(enum.StrEnum):
    """How a youth stands to a group."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A youth's place in one group."""

    membership_id: UUID
    group_id: UUID
    location_id: UUID
    state: MembershipState


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, as read from the database for this unit of work; an anonymous actor has no account."""

    account_id: UUID | None = None
    kind: AccountKind | None = None
    members: dict[UUID, Member] = field(default_factory=dict)
    roles: dict[UUID, Role] = field(default_factory=dict)
    proven: bool = False

    def member_of(self, group_id: UUID | None) -> Member | None:
        """Give the place in this group, whatever its state."""
        return self.members.get(group_id) if group_id else None

    def locations(self, role: Role) -> list[UUID]:
        """Give the locations where this role is held."""
        return [location for location, held in self.roles.items() if held is role]


ANONYMOUS = Actor()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where an object belongs and who made it. `visible`: the group may see it. `sent`: it left its author's hands.

    `asked_location_id`: another location whose clinicians were asked to look at this one thing.
    """

    location_id: UUID | None = None
    group_id: UUID | None = None
    membership_id: UUID | None = None
    account_id: UUID | None = None
    visible: bool = False
    open: bool = True
    sent: bool = True
    asked_location_id: UUID | None = None


NOWHERE = Scope()
