"""The only ways to obtain a thread or a post for somebody, and the pages of a thread."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Group, Membership
from safespace.groups.reading import obtain_group, scope_of
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Member, Role
from safespace.policy.rules import require
from safespace.threads.models import PAGE, WAITING, FoldedThread, Post, PostRevision, PostState, PostType, Thread


@dataclass(frozen=True, kw_only=True, repr=False)
class PostView:
    """One post as this actor may see it. `body` is plain text, empty for a tombstone of somebody else.

    For its author: `waiting_edit`, newer words wait for a human; `unsent`, these words are kept and were never sent.
    """

    id: UUID
    thread_id: UUID
    position: int | None
    alias: str
    badge: str
    type: PostType
    state: PostState
    own: bool
    body: str
    content_notes: tuple[str, ...]
    released_at: datetime | None
    waiting_edit: bool = False
    unsent: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class ThreadView:
    """One thread in the list of a group."""

    id: UUID
    type: PostType
    title: str
    posts: int
    last_released_at: datetime | None
    locked: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Page:
    """Twenty positions of a thread: page = (position - 1) // 20 + 1, whatever the thread's length."""

    number: int
    last: int
    posts: list[PostView]
    waiting: list[PostView] = field(default_factory=list)
    more_waiting: bool = False


# Statements of pages that are read all the time are built once: that takes longer than the database needs to answer.
_THREAD = (
    sa.select(
        Group,
        Thread,
        sa.exists().where(
            FoldedThread.thread_id == Thread.id,
            FoldedThread.membership_id == sa.bindparam("membership_id", type_=sa.Uuid()),
        ),
    )
    .outerjoin(Thread, sa.and_(Thread.group_id == Group.id, Thread.id == sa.bindparam("thread_id")))
    .where(Group.id == sa.bindparam("group_id"))
)


def obtain_thread(
    work: Work, actor: Actor, group_id: UUID, thread_id: UUID, permission: Permission = Permission.READ_GROUP
) -> tuple[Group, Thread]:
    """Give a thread of this group; a thread without a released post exists for clinicians only."""
    group, thread, _ = obtain_thread_to_read(work, actor, group_id, thread_id, permission)
    return group, thread


def obtain_thread_to_read(
    work: Work, actor: Actor, group_id: UUID, thread_id: UUID, permission: Permission = Permission.READ_GROUP
) -> tuple[Group, Thread, bool]:
    """Give the same, and whether this actor folded it away."""
    mine = actor.member_of(group_id)
    asked = {"thread_id": thread_id, "group_id": group_id, "membership_id": mine.membership_id if mine else None}
    _, thread, folded = work.session.execute(_THREAD, asked).one_or_none() or (None, None, False)
    group = obtain_group(work, actor, group_id)  # it came along with the thread
    if thread is None or (thread.last_position == 0 and actor.roles.get(group.location_id) is not Role.CLINICIAN):
        raise NotFoundError
    if permission is Permission.WRITE_POST and thread.locked_at is not None:
        raise NotAllowedError("thread_locked")
    try:
        require(actor, permission, scope_of(group))
    except NotAllowedError as error:
        raise NotAllowedError("group_closed") from error
    return group, thread, folded


def obtain_post(work: Work, actor: Actor, post_id: UUID, permission: Permission) -> tuple[Post, Group]:
    """Give a post and its group; raises NotFoundError unless the actor may see it."""
    row = work.session.execute(
        sa.select(Post, Group).join(Group, Group.id == Post.group_id).where(Post.id == post_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    post, group = row
    require(actor, permission, post.scope(group.location_id))
    return post, group


def threads_of(work: Work, group: Group, *, before: UUID | None = None) -> list[ThreadView]:
    """Give a page of threads of a group that was obtained, last active first, after the thread `before`."""
    query = (
        sa.select(Thread)
        .where(Thread.group_id == group.id, Thread.last_released_at.is_not(None))
        .order_by(Thread.last_released_at.desc(), Thread.id)
    )
    if before is None:
        found = list(work.session.scalars(query.limit(PAGE + 1)))
    else:  # that thread comes along in the same question, in front; where it does not, there is no such place
        last = aliased(Thread)
        onwards = sa.or_(
            Thread.last_released_at < last.last_released_at,
            sa.and_(Thread.last_released_at == last.last_released_at, Thread.id >= last.id),
        )
        found = list(work.session.scalars(query.join(last, last.id == before).where(onwards).limit(PAGE + 2)))
        if not found or found.pop(0).id != before:
            raise NotFoundError
    return [
        ThreadView(
            id=thread.id,
            type=thread.type,
            title=work.unseal(thread, "title"),
            posts=thread.last_position,
            last_released_at=thread.last_released_at,
            locked=thread.locked_at is not None,
        )
        for thread in found
    ]


def page_of(work: Work, actor: Actor, thread: Thread, number: int) -> Page:
    """Give one page of a thread that was obtained; `number` counts from 1, 0 means the last one.

    The last page also holds the newest of the actor's own posts that still wait, at most twenty; `more_waiting` says
    that there are others. One query, whatever the length of the thread.
    """
    last = max(1, -(-thread.last_position // PAGE))
    number = last if number == 0 else number
    if not 1 <= number <= last:
        raise NotFoundError
    first = (number - 1) * PAGE + 1
    here = {"thread_id": thread.id, "first": first, "end": first + PAGE - 1}
    mine = actor.member_of(thread.group_id)
    if number < last or mine is None:
        return Page(number=number, last=last, posts=_views(work, actor, thread.group_id, _HERE, here))
    views = _views(work, actor, thread.group_id, _HERE_AND_OWN, here | {"membership_id": mine.membership_id})
    waiting = [view for view in views if view.position is None]
    return Page(
        number=number,
        last=last,
        posts=[view for view in views if view.position is not None],
        waiting=waiting[-PAGE:],
        more_waiting=len(waiting) > PAGE,
    )


def own_waiting(work: Work, actor: Actor, thread: Thread) -> list[PostView]:
    """Give the newest of the actor's own posts of this thread that the group does not see yet, at most twenty.

    Before them come those that the group sees, and of which newer words wait.
    """
    mine = actor.member_of(thread.group_id)
    if mine is None:
        return []
    asked = {"thread_id": thread.id, "membership_id": mine.membership_id}
    views = _views(work, actor, thread.group_id, _OWN, asked)
    waiting = [view for view in views if view.position is None]
    return [view for view in views if view.waiting_edit] + waiting[-PAGE:]


def posts_by_id(work: Work, actor: Actor, group_id: UUID, ids: list[UUID]) -> list[PostView]:
    """Give released posts of one group by id, for the live page; what the group may not see is left out."""
    if not ids:
        return []
    return _views(work, actor, group_id, _BY_ID, {"group_id": group_id, "ids": ids})


_SHOWN = (
    sa.select(
        Post.id,
        Post.thread_id,
        Post.position,
        Post.type,
        Post.state,
        Post.content_notes,
        Post.released_at,
        Post.membership_id,
        Post.staff_id,
        Post.pending_id,
        PostRevision.id.label("revision_id"),
        PostRevision.body,
        PostRevision.sent_at,
        Membership.alias,
        Account.staff_name,
        Account.role_title,
    )
    .join(PostRevision, PostRevision.id == sa.func.coalesce(Post.revision_id, Post.pending_id))
    .outerjoin(Membership, Membership.id == Post.membership_id)
    .outerjoin(Account, Account.id == Post.staff_id)
    .order_by(Post.position, Post.created_at, Post.id)
)
_ON_PAGE = sa.and_(
    Post.thread_id == sa.bindparam("thread_id"), Post.position.between(sa.bindparam("first"), sa.bindparam("end"))
)
_OWN_WAITING = (  # one more than is shown, so that one knows whether there are more
    sa.select(Post.id)
    .where(
        Post.thread_id == sa.bindparam("thread_id"),
        Post.position.is_(None),
        Post.membership_id == sa.bindparam("membership_id"),
        Post.state.in_(WAITING),
    )
    .order_by(Post.created_at.desc(), Post.id.desc())
    .limit(PAGE + 1)
    .subquery()
)
_OWN_IDS = sa.select(_OWN_WAITING.c.id)
_HERE = _SHOWN.where(_ON_PAGE)
_OWN_EDITS = sa.select(Post.id).where(
    Post.thread_id == sa.bindparam("thread_id"),
    Post.membership_id == sa.bindparam("membership_id"),
    Post.state == PostState.PUBLISHED,
    Post.pending_id.is_not(None),
)
_OWN = _SHOWN.where(Post.id.in_(sa.union_all(_OWN_IDS, _OWN_EDITS)))
_HERE_AND_OWN = _SHOWN.where(Post.id.in_(sa.union_all(sa.select(Post.id).where(_ON_PAGE), _OWN_IDS)))
_BY_ID = _SHOWN.where(
    Post.group_id == sa.bindparam("group_id"),
    Post.id.in_(sa.bindparam("ids", expanding=True)),
    Post.position.is_not(None),
)


def _views(work: Work, actor: Actor, group_id: UUID, statement: sa.Executable, asked: dict[str, Any]) -> list[PostView]:
    place = actor.member_of(group_id)
    return [_view(work, place, row) for row in work.session.execute(statement, asked)]


def _view(work: Work, place: Member | None, row: Any) -> PostView:
    own = place is not None and place.membership_id == row.membership_id
    readable = row.state is PostState.PUBLISHED or (own and row.state in WAITING)
    if row.staff_id is None:
        alias, badge = work.open(Membership, "alias", row.membership_id, row.alias), ""
    else:
        alias = work.open(Account, "staff_name", row.staff_id, row.staff_name)
        badge = work.open(Account, "role_title", row.staff_id, row.role_title)
    return PostView(
        id=row.id,
        thread_id=row.thread_id,
        position=row.position,
        alias=alias,
        badge=badge,
        type=row.type,
        state=row.state,
        own=own,
        body=work.open(PostRevision, "body", row.revision_id, row.body) if readable else "",
        content_notes=tuple(row.content_notes) if readable else (),
        released_at=row.released_at,
        waiting_edit=own and row.state is PostState.PUBLISHED and row.pending_id is not None,
        unsent=own and row.sent_at is None,
    )
