"""Opening and changing locations and groups: what an administrator decides about a place, never what is said there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from safespace.audit import log
from safespace.groups.hours import Week, check_week
from safespace.groups.models import Group, GroupKind, GroupProfile, GroupState, Location, StaffRole
from safespace.kernel.outbox import EVERYBODY, Audience, AudienceKind, Event
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import accept, accept_line
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, NOWHERE, Actor, Role, Scope
from safespace.policy.rules import require

NAME = 80
ABOUT = 400
PHONE = 30
REGION = "NL"
Place = TypeVar("Place", Location, Group)
ACCESS = Audience(AudienceKind.ACCESS, EVERYBODY)
SHORTEST = 7  # digits without the leading 0, as in 0800-0432


@dataclass(frozen=True, kw_only=True)
class LocationDraft:
    """A location as somebody filled it in. `hours` as in `groups/hours.py`; `never_open` says that it has none."""

    name: str
    crisis_phone: str
    hours: Week
    never_open: bool = False


@dataclass(frozen=True, kw_only=True)
class GroupDraft:
    """A group as somebody filled it in; profile and kind count at the opening only, state only at a change."""

    name: str
    about: str = ""
    profile: str = GroupProfile.GENERAL
    kind: str = GroupKind.GROUP
    state: str = GroupState.OPEN


def open_location(work: Work, actor: Actor, draft: LocationDraft) -> Location:
    """Open a location and make its opener its administrator, which the log of the new location shows.

    The exception to "nobody grants a role to oneself": a location without an administrator could be managed by nobody.
    It gives no sight of anything that exists, for there is nothing there yet, and never of posts.
    Raises InvalidError for `name` (also `taken`), `crisis_phone` and `hours`; NotFoundError unless the actor is an
    administrator somewhere.
    """
    require(actor, Permission.OPEN_LOCATION, NOWHERE)
    fields = check_location(draft)
    location = Location(**fields, created_at=work.now)
    work.session.add(location)
    _flush_named(work)
    work.session.add(
        StaffRole(
            account_id=_account(actor),
            location_id=location.id,
            role=Role.ADMINISTRATOR,
            granted_by=actor.account_id,
            granted_at=work.now,
            works_from=work.now,
        )
    )
    log.record(work, actor, "open_location", location_id=location.id, on=("location", location.id))
    log.record(
        work,
        actor,
        "become_administrator",
        location_id=location.id,
        on=("location", location.id),
        role=Role.ADMINISTRATOR.value,
    )
    work.announce(Event(audience=ACCESS, kind="access_changed"))
    return location


def found_location(work: Work, draft: LocationDraft) -> Location:
    """Open the first location from the command line; the log names the system. Its first staff come by `appoint_first`.

    Raises InvalidError as open_location does.
    """
    location = Location(**check_location(draft), created_at=work.now)
    work.session.add(location)
    _flush_named(work)
    log.record(work, ANONYMOUS, "open_location", location_id=location.id, on=("location", location.id))
    return location


def change_location(work: Work, actor: Actor, location_id: UUID, version: int, draft: LocationDraft) -> Location:
    """Change name, crisis number and hours of a location as seen at `version`.

    Raises ConflictError("edited_meanwhile", name=…, crisis_phone=…, version=…) with what stands there now.
    """
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=location_id))
    fields = check_location(draft)
    before = work.session.get_one(Location, location_id)
    changed = [key for key, value in fields.items() if getattr(before, key) != value]
    location = update_as_seen(work, Location, location_id, version, fields)
    log.record(
        work, actor, "change_location", location_id=location_id, on=("location", location_id), changed=sorted(changed)
    )
    return location


def open_group(work: Work, actor: Actor, location_id: UUID, draft: GroupDraft) -> Group:
    """Open a group at a location. Raises InvalidError for `name` (also `taken` at this location), `profile`, `kind`."""
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=location_id))
    group = Group(
        location_id=location_id,
        name=accept_line("name", draft.name, cap=NAME),
        about=accept("about", draft.about, cap=ABOUT, required=False),
        profile=_choice(GroupProfile, "profile", draft.profile),
        kind=_choice(GroupKind, "kind", draft.kind),
        created_at=work.now,
    )
    work.session.add(group)
    _flush_named(work)
    log.record(
        work,
        actor,
        "open_group",
        location_id=location_id,
        on=("group", group.id),
        profile=group.profile.value,
        kind=group.kind.value,
    )
    return group


def change_group(work: Work, actor: Actor, group_id: UUID, version: int, draft: GroupDraft) -> Group:
    """Change name, description and state of a group as seen at `version`; members hear it live.

    The profile stays: people joined under it. Raises ConflictError("edited_meanwhile", …) as change_location does.
    """
    before = managed_group(work, actor, group_id)
    was = before.state
    fields = {
        "name": accept_line("name", draft.name, cap=NAME),
        "about": accept("about", draft.about, cap=ABOUT, required=False),
        "state": _choice(GroupState, "state", draft.state),
    }
    changed = [key for key, value in fields.items() if getattr(before, key) != value]
    group = update_as_seen(work, Group, group_id, version, fields)
    log.record(
        work,
        actor,
        "change_group",
        location_id=group.location_id,
        on=("group", group_id),
        changed=sorted(changed),
        state=group.state.value,
        was=was.value,
    )
    for audience in (AudienceKind.GROUP, AudienceKind.STAFF):
        work.announce(Event(audience=Audience(audience, group_id), kind="group_changed", group_id=group_id))
    return group


def managed_location(work: Work, actor: Actor, location_id: UUID) -> Location:
    """Give a location that the actor administers; NotFoundError otherwise."""
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=location_id))
    return work.session.get_one(Location, location_id)


def managed_group(work: Work, actor: Actor, group_id: UUID) -> Group:
    """Give a group of a location that the actor administers; NotFoundError otherwise."""
    group = work.session.get(Group, group_id)
    if group is None:
        raise NotFoundError
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=group.location_id, group_id=group_id))
    return group


def location_of_name(work: Work, name: str) -> Location | None:
    """Give the location with exactly this name, for the command line."""
    return work.session.scalar(sa.select(Location).where(Location.name == name))


def managed_locations(work: Work, actor: Actor) -> list[Location]:
    """Give the locations that the actor administers, by name; NotFoundError for whoever administers none."""
    require(actor, Permission.OPEN_LOCATION, NOWHERE)
    own = actor.locations(Role.ADMINISTRATOR)
    return list(work.session.scalars(sa.select(Location).where(Location.id.in_(own)).order_by(Location.name)))


def groups_of(work: Work, locations: Sequence[Location]) -> dict[UUID, list[Group]]:
    """Give the groups of these locations by name, in one query."""
    found: dict[UUID, list[Group]] = {location.id: [] for location in locations}
    rows = work.session.scalars(sa.select(Group).where(Group.location_id.in_(list(found))).order_by(Group.name))
    for group in rows:
        found[group.location_id].append(group)
    return found


def crisis_numbers(work: Work) -> list[tuple[UUID, str, str]]:
    """Give id, name and crisis number of every location; public, for the help page."""
    rows = work.session.execute(sa.select(Location.id, Location.name, Location.crisis_phone).order_by(Location.name))
    return [(row.id, row.name, row.crisis_phone) for row in rows]


def check_location(draft: LocationDraft) -> dict[str, Any]:
    """Give the columns of a location as they will be kept; raises InvalidError with everything that is wrong."""
    errors: dict[str, str] = {}
    fields: dict[str, Any] = {}
    for field, check in (
        ("name", lambda: accept_line("name", draft.name, cap=NAME)),
        ("crisis_phone", lambda: check_phone("crisis_phone", draft.crisis_phone)),
        ("hours", lambda: _checked_hours(draft)),
    ):
        try:
            fields[field] = check()
        except InvalidError as error:
            errors |= error.errors
    if errors:
        raise InvalidError(**errors)
    return fields


def _checked_hours(draft: LocationDraft) -> list[list[int]]:
    """Nobody forgets the hours: a week without any is one that somebody chose (`hours_needed`, `hours_or_never`)."""
    week = check_week(draft.hours)
    if bool(week) is draft.never_open:
        raise InvalidError(hours="hours_or_never" if week else "hours_needed")
    return week


def check_phone(field: str, text: str) -> str:
    """Give a number that can be called in the Netherlands, as written; raises InvalidError with `phone_wrong`.

    Numbers that are possible but not in use pass, so that fictional ones can be tried (phonenumbers, region NL).
    """
    phone = accept_line(field, text, cap=PHONE)
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        raise InvalidError(**{field: "phone_wrong"}) from None
    written = all(char.isdigit() or char in " -+()." for char in phone)
    short = len(str(number.national_number)) < SHORTEST
    if not written or short or not phonenumbers.is_possible_number(number):
        raise InvalidError(**{field: "phone_wrong"})
    return phone


def _choice(kind: Any, field: str, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise InvalidError(**{field: "unknown_choice"}) from None


def update_as_seen(work: Work, table: type[Place], row_id: UUID, version: int, fields: dict[str, Any]) -> Place:
    """Change a location or a group as it was seen at `version`; raises as change_location does."""
    change = (
        sa.update(table)
        .where(table.id == row_id, table.version == version)
        .values(**fields, version=version + 1)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    )
    try:
        changed = work.session.scalar(change)
    except IntegrityError:  # the refusal rolls the whole unit back, so the broken transaction ends here
        raise InvalidError(name="taken") from None
    now = work.session.get_one(table, row_id, populate_existing=True)
    if changed is None:
        raise ConflictError("edited_meanwhile", **{key: getattr(now, key) for key in (*fields, "version")})
    return now


def _flush_named(work: Work) -> None:
    try:
        work.session.flush()
    except IntegrityError:  # as in update_as_seen
        raise InvalidError(name="taken") from None


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise NotFoundError
    return actor.account_id
