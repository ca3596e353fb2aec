"""Writing, changing and retiring psycho-education of a location."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.text import TITLE, accept, accept_line
from safespace.kernel.work import Work
from safespace.library.markdown import CAP
from safespace.library.models import Item, Pin
from safespace.library.reading import obtain_item
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require

TOPICS = (
    "help",
    "safety",
    "rules",
    "support",
    "friends",
    "comparing",
    "risky_content",
    "mood",
    "sleep",
    "distraction",
    "overstimulation",
    "avoidance",
    "inspiration",
    "offline",
)
"""What items are about, in the order in which readers find them (reference domain §1 no. 12 and §7.3)."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Draft:
    """An item as somebody filled it in. English is optional: title and body together, or neither."""

    title: str
    body: str
    topic: str
    title_en: str = ""
    body_en: str = ""


def write_item(work: Work, actor: Actor, location_id: UUID, draft: Draft) -> Item:
    """Add an item for everybody of this location; raises InvalidError by field, NotFoundError for who may not write."""
    require(actor, Permission.WRITE_LIBRARY, Scope(location_id=location_id))
    item = add_item(work, location_id, accepted(draft), written_by=actor.account_id)
    log.record(work, actor, "write_item", location_id=location_id, on=("item", item.id))
    return item


def change_item(work: Work, actor: Actor, item_id: UUID, version: int, draft: Draft) -> Item:
    """Replace the words of the version that was seen; raises ConflictError when somebody changed it meanwhile."""
    item = obtain_item(work, actor, item_id, Permission.WRITE_LIBRARY)
    fine = accepted(draft)
    _change(work, item, version, topic=fine.topic, changed_at=work.now, written_by=actor.account_id)
    _seal(work, item, fine)
    work.session.flush()
    log.record(
        work,
        actor,
        "change_item",
        location_id=item.location_id,
        on=("item", item.id),
        before=version,
        after=version + 1,
    )
    return item


def retire_item(work: Work, actor: Actor, item_id: UUID, version: int) -> None:
    """Take an item out of the library and off every place it was pinned; the words stay in the database."""
    item = obtain_item(work, actor, item_id, Permission.WRITE_LIBRARY)
    _change(work, item, version, retired_at=work.now)
    live = sa.and_(Pin.item_id == item.id, Pin.unpinned_at.is_(None))
    seen = sa.select(Pin.group_id, Pin.thread_id).where(live, Pin.shown_at.is_not(None)).distinct()
    for group_id, thread_id in work.session.execute(seen):
        audience = Audience(AudienceKind.GROUP, group_id)
        work.announce(Event(audience=audience, kind="pins_changed", group_id=group_id, subject_id=thread_id))
    work.session.execute(sa.update(Pin).where(live).values(unpinned_at=work.now))
    log.record(work, actor, "retire_item", location_id=item.location_id, on=("item", item.id))


def draft_of(work: Work, item: Item) -> Draft:
    """Give the words of an item that was obtained, to be changed."""
    return Draft(
        topic=item.topic,
        title=work.unseal(item, "title"),
        body=work.unseal(item, "body"),
        title_en=work.unseal(item, "title_en"),
        body_en=work.unseal(item, "body_en"),
    )


def accepted(draft: Draft) -> Draft:
    """Give the draft as it can be kept, or raise InvalidError with a code for every field that needs another look."""
    errors: dict[str, str] = {}
    if draft.topic not in TOPICS:
        errors["topic"] = "unknown_choice"
    english = bool(draft.title_en.strip() or draft.body_en.strip())
    fields: dict[str, str] = {}
    for name, gate, cap, needed in (
        ("title", accept_line, TITLE, True),
        ("body", accept, CAP, True),
        ("title_en", accept_line, TITLE, english),
        ("body_en", accept, CAP, english),
    ):
        try:
            fields[name] = gate(name, getattr(draft, name), cap=cap, required=needed)
        except InvalidError as error:
            errors |= error.errors
    if errors:
        raise InvalidError(**errors)
    return Draft(topic=draft.topic, **fields)


def add_item(work: Work, location_id: UUID, draft: Draft, *, written_by: UUID | None = None, slug: str = "") -> Item:
    """Add a row for an accepted draft; asks nobody and logs nothing, so use cases only."""
    item = Item(
        location_id=location_id,
        slug=slug,
        topic=draft.topic,
        written_by=written_by,
        created_at=work.now,
        changed_at=work.now,
    )
    _seal(work, item, draft)
    work.session.add(item)
    work.session.flush()
    return item


def _seal(work: Work, item: Item, draft: Draft) -> None:
    work.seal(item, "title", draft.title)
    work.seal(item, "body", draft.body)
    if draft.body_en:
        work.seal(item, "title_en", draft.title_en)
        work.seal(item, "body_en", draft.body_en)
    else:
        item.title_en = item.body_en = None


def _change(work: Work, item: Item, version: int, **values: Any) -> None:
    result: Any = work.session.execute(
        sa.update(Item)
        .where(Item.id == item.id, Item.version == version, Item.retired_at.is_(None))
        .values(version=Item.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:
        raise ConflictError("conflict")
    work.session.refresh(item)
