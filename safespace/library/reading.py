"""The only ways to obtain psycho-education for somebody, in Dutch or English."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Location
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.library.models import Item
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import allows, require

DUTCH, ENGLISH = "nl", "en"
WORDS_A_MINUTE = 160  # calm reading of B1 text


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemLine:
    """An item in a list. `lang` is the language of the title, which is Dutch where no English was written."""

    id: UUID
    slug: str
    topic: str
    title: str
    lang: str


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemView:
    """An item to be read. `body` is Markdown, `lang` its language, `minutes` how long reading takes."""

    id: UUID
    location_id: UUID
    topic: str
    title: str
    body: str
    lang: str
    minutes: int
    changed_at: datetime
    version: int


def may_read(actor: Actor, location_id: UUID, permission: Permission = Permission.READ_LIBRARY) -> bool:
    """Say whether the actor may read there: staff of the location, or an active member of any of its groups."""
    return any(allows(actor, permission, scope) for scope in _scopes(actor, location_id))


def locations_of(work: Work, actor: Actor, permission: Permission = Permission.READ_LIBRARY) -> list[Location]:
    """Give the locations whose library the actor may read, or write, by name."""
    known = {*actor.roles, *(member.location_id for member in actor.members.values())}
    open_to = [location_id for location_id in known if may_read(actor, location_id, permission)]
    if not open_to:
        return []
    return list(work.session.scalars(sa.select(Location).where(Location.id.in_(open_to)).order_by(Location.name)))


def items_of(work: Work, actor: Actor, location_id: UUID, language: str = DUTCH) -> list[ItemLine]:
    """Give the items of a location by title; raises NotFoundError unless the actor may read there."""
    if not may_read(actor, location_id):
        raise NotFoundError
    items = work.session.scalars(sa.select(Item).where(Item.location_id == location_id, Item.retired_at.is_(None)))
    lines = []
    for item in items:
        lang = _language(item, language)
        title = work.unseal(item, "title_en" if lang == ENGLISH else "title")
        lines.append(ItemLine(id=item.id, slug=item.slug, topic=item.topic, title=title, lang=lang))
    return sorted(lines, key=lambda line: (line.slug == "", line.slug, line.title.casefold(), line.id))


def starter_item(work: Work, actor: Actor, location_id: UUID, slug: str, language: str = DUTCH) -> ItemLine | None:
    """Give an item of the starter library by its name; None where it was retired, or for who may not read there."""
    item = work.session.scalar(
        sa.select(Item).where(Item.location_id == location_id, Item.slug == slug, Item.retired_at.is_(None))
    )
    if item is None or not may_read(actor, location_id):
        return None
    lang = _language(item, language)
    title = work.unseal(item, "title_en" if lang == ENGLISH else "title")
    return ItemLine(id=item.id, slug=item.slug, topic=item.topic, title=title, lang=lang)


def obtain_item(work: Work, actor: Actor, item_id: UUID, permission: Permission = Permission.READ_LIBRARY) -> Item:
    """Give an item that is still in the library; raises NotFoundError unless the actor may read (or write) it."""
    item = work.session.get(Item, item_id)
    if item is None or item.retired_at is not None:
        raise NotFoundError
    if not may_read(actor, item.location_id, permission):
        require(actor, permission, Scope(location_id=item.location_id))
    return item


def view_of(work: Work, item: Item, language: str = DUTCH) -> ItemView:
    """Give an item that was obtained in this language, or in Dutch where no English was written."""
    lang = _language(item, language)
    title, body = ("title_en", "body_en") if lang == ENGLISH else ("title", "body")
    text = work.unseal(item, body)
    return ItemView(
        id=item.id,
        location_id=item.location_id,
        topic=item.topic,
        title=work.unseal(item, title),
        body=text,
        lang=lang,
        minutes=minutes_to_read(text),
        changed_at=item.changed_at,
        version=item.version,
    )


def minutes_to_read(text: str) -> int:
    """Give how many minutes calm reading takes, at least one."""
    return max(1, round(len(text.split()) / WORDS_A_MINUTE))


def _scopes(actor: Actor, location_id: UUID) -> list[Scope]:
    groups = [member.group_id for member in actor.members.values() if member.location_id == location_id]
    return [Scope(location_id=location_id), *(Scope(location_id=location_id, group_id=group) for group in groups)]


def _language(item: Item, asked: str) -> str:
    return ENGLISH if asked == ENGLISH and item.body_en else DUTCH
