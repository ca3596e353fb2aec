"""Pinning psycho-education and posts to a group or a thread, now or at a moment that was planned.

At most three in one place, planned ones included, and seen while they are there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import obtain_group
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.library.models import Item, Pin
from safespace.library.reading import DUTCH, ENGLISH
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, Actor
from safespace.threads.models import PAGE, VISIBLE, Post, PostRevision, Thread
from safespace.threads.reading import obtain_post, obtain_thread

AT_MOST = 3
EXCERPT = 140
Place = aliased(Thread, name="Place")


@dataclass(frozen=True, kw_only=True, repr=False)
class PinView:
    """Something pinned: an item (`item_id`) or a post (`post_id`, `thread_id`, `page`, `excerpt`).

    `title` is the item's, or that of the post's thread; `lang` its language, "" for a post. A post with topics to be
    warned of has `content_notes` and no excerpt. `place_id` and `place` are the thread it is pinned to, None and "" for
    the group itself. `planned_for` is when the group is to see it, None once it does.
    """

    id: UUID
    group_id: UUID
    title: str
    lang: str
    item_id: UUID | None = None
    post_id: UUID | None = None
    thread_id: UUID | None = None
    page: int = 0
    excerpt: str = ""
    content_notes: tuple[str, ...] = ()
    place_id: UUID | None = None
    place: str = ""
    planned_for: datetime | None = None


def pin(
    work: Work,
    actor: Actor,
    group_id: UUID,
    *,
    thread_id: UUID | None = None,
    item_id: UUID | None = None,
    post_id: UUID | None = None,
    at: datetime | None = None,
) -> Pin:
    """Pin one item or one post to a group, or to a thread of it; the group sees it now, or from the moment `at`.

    Raises InvalidError(where="too_many_pins" or "already_pinned", starts="not_in_future"), ConflictError("not_offered")
    for a post that the group does not see (any more), and NotFoundError for things of elsewhere.
    """
    group = obtain_group(work, actor, group_id, Permission.PIN)
    _lock(work, group_id)
    if thread_id is not None:
        _, thread = obtain_thread(work, actor, group_id, thread_id)
        if thread.last_position == 0:  # the doorbell would tell the group that it exists
            raise NotFoundError
    if (item_id is None) == (post_id is None):
        raise NotFoundError
    if item_id is not None:
        _check_item(work, group, item_id)
    if post_id is not None:
        _check_post(work, actor, group_id, thread_id, post_id)
    if at is not None and at <= work.now:
        raise InvalidError(starts="not_in_future")
    pinned_at = _make_room(work, group_id, thread_id, item_id or post_id)
    row = Pin(
        group_id=group_id,
        thread_id=thread_id,
        item_id=item_id,
        post_id=post_id,
        pinned_by=_account(actor),
        pinned_at=pinned_at,
        planned_for=at,
        shown_at=work.now if at is None else None,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, actor, group, row, "pin" if at is None else "plan_pin")
    return row


def is_due(work: Work) -> bool:
    """Say whether a planned pin is to be shown."""
    return work.session.scalar(_DUE.with_only_columns(Pin.id).limit(1), {"now": work.now}) is not None


def show_due(work: Work) -> None:
    """Let each group see what was planned for it until now."""
    for row, group in work.session.execute(_DUE.with_for_update(of=Pin), {"now": work.now}):
        row.shown_at = work.now
        _tell(work, ANONYMOUS, group, row, "pin_shown")


def unpin(work: Work, actor: Actor, pin_id: UUID) -> Pin:
    """Take a pin away; when somebody else just did, nothing is left to do. NotFoundError for pins of elsewhere."""
    row = work.session.get(Pin, pin_id)
    if row is None:
        raise NotFoundError
    group = obtain_group(work, actor, row.group_id, Permission.PIN)
    if _unpinned(work, Pin.id == pin_id):
        work.session.refresh(row)
        _tell(work, actor, group, row, "unpin")
    return row


def pins_of(
    work: Work, actor: Actor, group_id: UUID, thread_id: UUID | None = None, *, language: str = DUTCH
) -> list[PinView]:
    """Give what is pinned to the group itself, or to one thread of it, oldest pin first; one query after the group's.

    What was retired, hidden or withdrawn after it was pinned is not there. Raises NotFoundError for other groups.
    """
    obtain_group(work, actor, group_id)
    here = _OF_GROUP if thread_id is None else _OF_THREAD
    asked = {"group_id": group_id} if thread_id is None else {"group_id": group_id, "thread_id": thread_id}
    return [_view(work, language, row) for row in work.session.execute(here, asked)]


def all_pins(work: Work, actor: Actor, group_id: UUID, *, language: str = DUTCH) -> list[PinView]:
    """Give everything pinned in a group and in its threads, for who may pin there."""
    obtain_group(work, actor, group_id, Permission.PIN)
    return [_view(work, language, row) for row in work.session.execute(_PINNED, {"group_id": group_id})]


def _lock(work: Work, group_id: UUID) -> None:
    """Let one hand at a time pin in a group; on SQLite the write lock does it."""
    work.session.execute(sa.select(Group.id).where(Group.id == group_id).with_for_update())


def _check_item(work: Work, group: Group, item_id: UUID) -> None:
    there = sa.select(Item.id).where(
        Item.id == item_id, Item.location_id == group.location_id, Item.retired_at.is_(None)
    )
    if work.session.scalar(there.with_for_update(read=True)) is None:  # retiring waits, then takes this pin away too
        raise NotFoundError


def _check_post(work: Work, actor: Actor, group_id: UUID, thread_id: UUID | None, post_id: UUID) -> None:
    post, _ = obtain_post(work, actor, post_id, Permission.READ_POST)
    if post.group_id != group_id or (thread_id is not None and post.thread_id != thread_id):
        raise NotFoundError
    if not post.visible or post.position is None:
        raise ConflictError("not_offered")


def _make_room(work: Work, group_id: UUID, thread_id: UUID | None, thing: UUID | None) -> datetime:
    """Let go of pins whose post is gone, see whether one more fits, and give the moment that puts it last."""
    here = sa.and_(Pin.group_id == group_id, _at(thread_id))
    gone = sa.select(Post.id).where(Post.group_id == group_id, Post.state.not_in(VISIBLE))
    _unpinned(work, here, Pin.post_id.in_(gone))
    pinned = sa.select(Pin.item_id, Pin.post_id, Pin.pinned_at).where(here, Pin.unpinned_at.is_(None))
    live = work.session.execute(pinned).all()
    if any(thing in (row.item_id, row.post_id) for row in live):
        raise InvalidError(where="already_pinned")
    if len(live) >= AT_MOST:
        raise InvalidError(where="too_many_pins")
    moments: list[datetime] = [row.pinned_at + timedelta(microseconds=1) for row in live]
    return max([work.now, *moments])


def _unpinned(work: Work, *where: sa.ColumnElement[bool]) -> bool:
    result: Any = work.session.execute(
        sa.update(Pin)
        .where(Pin.unpinned_at.is_(None), *where)
        .values(unpinned_at=work.now)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)


def _tell(work: Work, actor: Actor, group: Group, row: Pin, action: str) -> None:
    kind, thing = ("item", row.item_id) if row.item_id else ("post", row.post_id)
    place = {"thread": str(row.thread_id)} if row.thread_id else {}
    facts = {"group": str(group.id), kind: str(thing), **place}
    log.record(work, actor, action, location_id=group.location_id, on=("pin", row.id), **facts)
    if row.shown_at is None:  # the doorbell would tell the group that something is planned
        return
    audience = Audience(AudienceKind.GROUP, group.id)
    work.announce(Event(audience=audience, kind="pins_changed", group_id=group.id, subject_id=row.thread_id))


def _account(actor: Actor) -> UUID:
    if actor.account_id is None:
        raise NotFoundError
    return actor.account_id


def _at(thread_id: UUID | None) -> sa.ColumnElement[bool]:
    return Pin.thread_id.is_(None) if thread_id is None else Pin.thread_id == thread_id


# Built once: putting this together takes longer than the database needs to answer it.
_PINNED = (
    sa.select(
        Pin.id,
        Pin.group_id,
        Pin.item_id,
        Pin.post_id,
        Pin.thread_id.label("place_id"),
        sa.case((Pin.shown_at.is_(None), Pin.planned_for)).label("planned_for"),
        Place.title.label("place"),
        Item.title.label("item_title"),
        sa.case((Item.body_en.is_not(None), Item.title_en)).label("title_en"),
        Post.thread_id,
        Post.position,
        Post.content_notes,
        PostRevision.id.label("revision_id"),
        PostRevision.body,
        Thread.title,
    )
    .outerjoin(Item, Item.id == Pin.item_id)
    .outerjoin(Post, Post.id == Pin.post_id)
    .outerjoin(PostRevision, PostRevision.id == Post.revision_id)
    .outerjoin(Thread, Thread.id == Post.thread_id)
    .outerjoin(Place, Place.id == Pin.thread_id)
    .where(
        Pin.group_id == sa.bindparam("group_id"),
        Pin.unpinned_at.is_(None),
        sa.or_(sa.and_(Item.id.is_not(None), Item.retired_at.is_(None)), Post.state.in_(VISIBLE)),
    )
    .order_by(Pin.pinned_at, Pin.id)
)
_OF_GROUP = _PINNED.where(Pin.thread_id.is_(None), Pin.shown_at.is_not(None))
_OF_THREAD = _PINNED.where(Pin.thread_id == sa.bindparam("thread_id"), Pin.shown_at.is_not(None))
_DUE = (
    sa.select(Pin, Group)
    .join(Group, Group.id == Pin.group_id)
    .where(Pin.shown_at.is_(None), Pin.unpinned_at.is_(None), Pin.planned_for <= sa.bindparam("now"))
    .order_by(Pin.planned_for, Pin.id)
)


def _view(work: Work, language: str, row: Any) -> PinView:
    facts: dict[str, Any] = {
        "id": row.id,
        "group_id": row.group_id,
        "place_id": row.place_id,
        "place": work.open(Thread, "title", row.place_id, row.place),
        "planned_for": row.planned_for,
    }
    if row.item_id is not None:
        english = language == ENGLISH and row.title_en is not None
        name, blob = ("title_en", row.title_en) if english else ("title", row.item_title)
        title = work.open(Item, name, row.item_id, blob)
        return PinView(item_id=row.item_id, title=title, lang=ENGLISH if english else DUTCH, **facts)
    return PinView(
        post_id=row.post_id,
        thread_id=row.thread_id,
        title=work.open(Thread, "title", row.thread_id, row.title),
        lang="",
        page=(row.position - 1) // PAGE + 1,
        excerpt="" if row.content_notes else _excerpt(work.open(PostRevision, "body", row.revision_id, row.body)),
        content_notes=tuple(row.content_notes),
        **facts,
    )


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + "…"
