"""What an administrator arranges about reading along: holidays, after hours, norms, and what the team needs for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.listed_names import accept_names, listed_names
from safespace.groups.locations import managed_location, update_as_seen
from safespace.groups.models import AfterHours, Location
from safespace.kernel.refusals import InvalidError
from safespace.kernel.sealed import place_of
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require
from safespace.roster.after_hours import proven_until
from safespace.roster.norms import LEVELS, MINUTES, USUAL

MOST_MINUTES = 4800  # ten working days
MOST_BLIND = 50


@dataclass(frozen=True, kw_only=True)
class Arrangements:
    """The form as somebody filled it in. `norms`: minutes by level and for `usual`; an empty text is the usual norm.

    `names`: what no post may hold, one a line; None leaves the list as it is.
    """

    closed_on_holidays: bool = True
    after_hours: str = AfterHours.DRAFTS_ONLY
    norms: Mapping[str, str] = field(default_factory=dict)
    second_location_id: str = ""
    training_required: bool = False
    blind_share: str = "5"
    names: str | None = None


def arrange(work: Work, actor: Actor, location_id: UUID, version: int, chosen: Arrangements) -> Location:
    """Change how a location reads along, as it was seen at `version`.

    Raises InvalidError by field: `after_hours` (`not_proven`: taking posts outside the hours needs a way to reach
    somebody that was tested within thirty days), `norm_<level>`, `second_location_id`, `blind_share`, `names`. Raises
    ConflictError("edited_meanwhile", …) when somebody changed the location meanwhile.
    """
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=location_id))
    before = managed_location(work, actor, location_id)
    fields = _checked(work, before, chosen)
    changed = sorted(key for key, value in fields.items() if getattr(before, key) != value)
    location = update_as_seen(work, Location, location_id, version, fields)
    work.session.expire(location, ["names"])  # it is read where it is asked for only, and may be an older one here
    log.record(work, actor, "change_location", location_id=location_id, on=("location", location_id), changed=changed)
    return location


def other_locations(work: Work, actor: Actor, location_id: UUID) -> list[tuple[UUID, str]]:
    """Give the locations that can lend a second clinician, by name."""
    require(actor, Permission.MANAGE_LOCATION, Scope(location_id=location_id))
    rows = work.session.execute(
        sa.select(Location.id, Location.name).where(Location.id != location_id).order_by(Location.name)
    )
    return [(row.id, row.name) for row in rows]


def _checked(work: Work, before: Location, chosen: Arrangements) -> dict[str, Any]:
    errors: dict[str, str] = {}
    fields: dict[str, Any] = {
        "closed_on_holidays": chosen.closed_on_holidays,
        "training_required": chosen.training_required,
        "after_hours": _after_hours(work, before, chosen.after_hours, errors),
        "norms": _norms(chosen.norms, errors),
        "second_location_id": _second(work, before, chosen.second_location_id, errors),
        "blind_share": _number(chosen.blind_share, 0, MOST_BLIND),
    }
    if fields["blind_share"] is None:
        errors["blind_share"] = "share_wrong"
    names = _names(chosen.names, errors)
    if errors:
        raise InvalidError(**errors)
    if names is not None and names != "\n".join(listed_names(work, before.id)):
        fields["names"] = work.keys.seal(place_of(before, "names"), names)
    return fields


def _names(text: str | None, errors: dict[str, str]) -> str | None:
    try:
        return None if text is None else "\n".join(accept_names("names", text))
    except InvalidError as error:
        errors.update(error.errors)
        return None


def _after_hours(work: Work, before: Location, text: str, errors: dict[str, str]) -> AfterHours | None:
    try:
        mode = AfterHours(text)
    except ValueError:
        errors["after_hours"] = "unknown_choice"
        return None
    newly = mode is AfterHours.QUEUE and before.after_hours is not AfterHours.QUEUE
    if newly and before.id not in proven_until(work, [before.id]):
        errors["after_hours"] = "not_proven"
    return mode


def _norms(typed: Mapping[str, str], errors: dict[str, str]) -> dict[str, int]:
    norms: dict[str, int] = {}
    for key in (USUAL, *LEVELS):
        text = typed.get(key, "").strip()
        minutes = _number(text, 1, MOST_MINUTES) if text else None
        if text and minutes is None:
            errors[f"norm_{key}"] = "minutes_wrong"
        elif minutes is not None and minutes != MINUTES[key]:
            norms[key] = minutes
    if not errors:
        known = MINUTES | norms
        for calmer, sooner in pairwise(LEVELS):
            if known[sooner] > known[calmer]:
                errors[f"norm_{sooner}"] = "norm_order"
        if known[USUAL] > known["none"]:
            errors[f"norm_{USUAL}"] = "norm_order"
    return norms


def _second(work: Work, before: Location, text: str, errors: dict[str, str]) -> UUID | None:
    if not text:
        return None
    try:
        found = work.session.get(Location, UUID(text))
    except ValueError:
        found = None
    if found is None:
        errors["second_location_id"] = "unknown_choice"
    elif found.id == before.id:
        errors["second_location_id"] = "own_location"
    else:
        return found.id
    return None


def _number(text: str, least: int, most: int) -> int | None:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(most)):
        return None
    return int(digits) if least <= int(digits) <= most else None
