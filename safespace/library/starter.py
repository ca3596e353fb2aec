"""The starter library of `config/library`: reads the clinic's files and gives a location its first items."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Location
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.library.items import Draft, accepted, add_item
from safespace.library.models import Item
from safespace.policy.roles import ANONYMOUS

FENCE = "+++\n"
SLUG = 60


class StarterInvalidError(Exception):
    """A file of the starter library cannot be used; names the file."""


@dataclass(frozen=True, kw_only=True)
class Starter:
    """One item of the starter library; `slug` is its file's name without language and extension."""

    slug: str
    day: date
    draft: Draft


def load_starter(folder: Path) -> list[Starter]:
    """Read and check every `NAME.nl.md` of the folder with its English, by name; raises StarterInvalidError."""
    return [_starter(path) for path in sorted(folder.glob("*.nl.md"))]


def seed_items(work: Work, location_id: UUID) -> dict[str, UUID]:
    """Give the location the starter items it never had, and the id of every starter item by slug.

    Can be done again at any time: what was changed or retired stays so. Raises NotFoundError for an unknown location.
    """
    locked = sa.select(Location.id).where(Location.id == location_id).with_for_update()
    if work.session.scalar(locked) is None:
        raise NotFoundError
    rows = work.session.execute(sa.select(Item.slug, Item.id).where(Item.location_id == location_id, Item.slug != ""))
    known = {row.slug: row.id for row in rows}
    fresh = [starter for starter in load_starter(work.settings.config_dir / "library") if starter.slug not in known]
    for starter in fresh:
        item = add_item(work, location_id, starter.draft, slug=starter.slug)
        item.changed_at = datetime.combine(starter.day, time(12), UTC)
        known[starter.slug] = item.id
    if fresh:
        log.record(
            work, ANONYMOUS, "seed_library", location_id=location_id, on=("location", location_id), items=len(fresh)
        )
    return known


def _starter(path: Path) -> Starter:
    slug = path.name.removesuffix(".nl.md")
    english = path.with_name(f"{slug}.en.md")
    try:
        facts, body = _parts(path)
        facts_en, body_en = _parts(english) if english.exists() else ({"title": ""}, "")
        draft = Draft(
            title=facts["title"],
            body=body,
            topic=facts["topic"],
            title_en=facts_en["title"],
            body_en=body_en,
        )
        day = facts["date"]
        if type(day) is not date or len(slug) > SLUG:
            raise StarterInvalidError(path.name)
        return Starter(slug=slug, day=day, draft=accepted(draft))
    except InvalidError as error:
        raise StarterInvalidError(f"{path.name}: {error.errors}") from error
    except (KeyError, TypeError, ValueError) as error:  # also TOML that does not parse, and text that is no UTF-8
        raise StarterInvalidError(path.name) from error


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    before, front, body = path.read_text(encoding="utf-8").split(FENCE, 2)
    if before:
        raise StarterInvalidError(path.name)
    return tomllib.loads(front), body
