"""The only ways to obtain a thread or a post for somebody, and the pages of a thread."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.models import Group, Membership
from safespace.groups.reading import obtain_group, scope_of
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role
from safespace.policy.rules import require
from safespace.threads.models import PAGE, Post, PostRevision, PostState, PostType, Thread


@dataclass(frozen=True, kw_only=True, repr=False)
class PostView:
    """One post as this actor may see it. `body` is plain text, empty for a tombstone of somebody else."""

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


def obtain_thread(
    work: Work, actor: Actor, group_id: UUID, thread_id: UUID, permission: Permission = Permission.READ_GROUP
) -> tuple[Group, Thread]:
    """Give a thread of this group; a thread without a released post exists for clinicians only."""
    group = obtain_group(work, actor, group_id)
    thread = work.session.scalar(sa.select(Thread).where(Thread.id == thread_id, Thread.group_id == group_id))
    if thread is None or (thread.last_position == 0 and actor.roles.get(group.location_id) is not Role.CLINICIAN):
        raise NotFoundError
    if permission is Permission.WRITE_POST and thread.locked_at is not None:
        raise NotAllowedError("thread_locked")
    try:
        require(actor, permission, scope_of(group))
    except NotAllowedError as error:
        raise NotAllowedError("group_closed") from error
    return group, thread


def obtain_post(work: Work, actor: Actor, post_id: UUID, permission: Permission) -> tuple[Post, Group]:
    """Give a post and its group; raises NotFoundError unless the actor may see it."""
    post = work.session.get(Post, post_id)
    if post is None:
        raise NotFoundError
    group = work.session.get_one(Group, post.group_id)
    require(actor, permission, post.scope(group.location_id))
    return post, group


def threads_of(work: Work, group: Group, *, before: UUID | None = None) -> list[ThreadView]:
    """Give a page of threads of a group that was obtained, last active first, after the thread `before`."""
    query = (
        sa.select(Thread)
        .where(Thread.group_id == group.id, Thread.last_released_at.is_not(None))
        .order_by(Thread.last_released_at.desc(), Thread.id)
        .limit(PAGE + 1)
    )
    if before is not None:
        last = work.session.get(Thread, before)
        if last is None or last.group_id != group.id or last.last_released_at is None:
            raise NotFoundError
        query = query.where(
            sa.or_(
                Thread.last_released_at < last.last_released_at,
                sa.and_(Thread.last_released_at == last.last_released_at, Thread.id > last.id),
            )
        )
    return [
        ThreadView(
            id=thread.id,
            type=thread.type,
            title=work.unseal(thread, "title"),
            posts=thread.last_position,
            last_released_at=thread.last_released_at,
            locked=thread.locked_at is not None,
        )
        for thread in work.session.scalars(query)
    ]


def page_of(work: Work, actor: Actor, thread: Thread, number: int) -> Page:
    """Give one page of a thread that was obtained; `number` counts from 1, 0 means the last one.

    The last page also holds the actor's own posts that still wait. One query, whatever the length of the thread.
    """
    last = max(1, -(-thread.last_position // PAGE))
    number = last if number == 0 else number
    if not 1 <= number <= last:
        raise NotFoundError
    first = (number - 1) * PAGE + 1
    here = sa.and_(Post.thread_id == thread.id, Post.position.between(first, first + PAGE - 1))
    mine = actor.member_of(thread.group_id)
    if number == last and mine is not None:
        views = _views(work, actor, sa.or_(here, _own_waiting(thread, mine.membership_id)))
        waiting = [view for view in views if view.position is None]
        return Page(number=number, last=last, posts=[one for one in views if one.position], waiting=waiting)
    return Page(number=number, last=last, posts=_views(work, actor, here))


def own_waiting(work: Work, actor: Actor, thread: Thread) -> list[PostView]:
    """Give the actor's own posts of this thread that the group does not see yet."""
    mine = actor.member_of(thread.group_id)
    return [] if mine is None else _views(work, actor, _own_waiting(thread, mine.membership_id))


def _own_waiting(thread: Thread, membership_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        Post.thread_id == thread.id,
        Post.position.is_(None),
        Post.membership_id == membership_id,
        Post.state.in_([PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.HELD]),
    )


def posts_by_id(work: Work, actor: Actor, group_id: UUID, ids: list[UUID]) -> list[PostView]:
    """Give released posts of one group by id, for the live page; what the group may not see is left out."""
    if not ids:
        return []
    return _views(work, actor, Post.group_id == group_id, Post.id.in_(ids), Post.position.is_not(None))


# Built once: putting a statement together takes longer than the database needs to answer it.
_SHOWN = (
    sa.select(
        Post.id,
        Post.thread_id,
        Post.group_id,
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
        Membership.alias,
        Account.staff_name,
        Account.role_title,
    )
    .join(PostRevision, PostRevision.id == sa.func.coalesce(Post.revision_id, Post.pending_id))
    .outerjoin(Membership, Membership.id == Post.membership_id)
    .outerjoin(Account, Account.id == Post.staff_id)
)


def _views(work: Work, actor: Actor, *where: sa.ColumnElement[bool]) -> list[PostView]:
    rows = work.session.execute(_SHOWN.where(*where).order_by(Post.position, Post.created_at))
    return [_view(work, actor, row) for row in rows]


def _view(work: Work, actor: Actor, row: Any) -> PostView:
    place = actor.member_of(row.group_id)
    own = place is not None and place.membership_id == row.membership_id
    gone = row.state not in {PostState.PUBLISHED, PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.HELD}
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
        body="" if gone else work.open(PostRevision, "body", row.revision_id, row.body),
        content_notes=() if gone else tuple(row.content_notes),
        released_at=row.released_at,
        waiting_edit=own and row.position is not None and row.pending_id is not None,
    )
