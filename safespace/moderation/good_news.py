"""Good news: posts that did a clinician good to read, together for the team, as long as the group sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.groups.models import Group, Membership
from safespace.kernel.refusals import ConflictError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.models import GoodNews
from safespace.moderation.rows import own_locations
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.threads.models import Post, PostRevision, PostState
from safespace.threads.reading import obtain_post

PAGE = 30
_Author = aliased(Account)


@dataclass(frozen=True, kw_only=True, repr=False)
class Good:
    """A post on the list, with who put it there. `author` is an alias, or the name of a colleague."""

    post_id: UUID
    group_id: UUID
    thread_id: UUID
    position: int
    group: str
    author: str
    body: str
    by: str
    at: datetime


def obtain(work: Work, actor: Actor, post_id: UUID) -> tuple[Post, Group]:
    """Give a post to a clinician of its location; ConflictError (`not_offered`) when the group does not see it."""
    post, group = obtain_post(work, actor, post_id, Permission.READ_POST)
    require(actor, Permission.REVIEW, post.scope(group.location_id))
    if not post.visible:
        raise ConflictError("not_offered")
    return post, group


def mark(work: Work, actor: Actor, post_id: UUID) -> GoodNews:
    """Put a post on the list; twice changes nothing."""
    post, group = obtain(work, actor, post_id)
    found = work.session.get(GoodNews, post.id)
    if found is not None:
        return found
    if actor.account_id is None:
        raise NotFoundError
    made = GoodNews(post_id=post.id, by=actor.account_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    log.record(work, actor, "good_news", location_id=group.location_id, on=("post", post.id))
    return made


def unmark(work: Work, actor: Actor, post_id: UUID) -> None:
    """Take a post off the list; when somebody just did, nothing is left to do."""
    post, group = obtain(work, actor, post_id)
    found = work.session.get(GoodNews, post.id)
    if found is not None:
        work.session.delete(found)
        log.record(work, actor, "good_news_off", location_id=group.location_id, on=("post", post.id))


def is_marked(work: Work, post_id: UUID) -> bool:
    """Say whether a post that was obtained is on the list."""
    return work.session.get(GoodNews, post_id) is not None


def good_news(work: Work, actor: Actor) -> list[Good]:
    """Give the list of this clinician's locations, newest first; NotFoundError to everybody else. One query."""
    rows = work.session.execute(
        sa.select(
            GoodNews.at,
            Post.id,
            Post.thread_id,
            Post.position,
            Post.membership_id,
            Post.staff_id,
            Group.id.label("group_id"),
            Group.name.label("group"),
            PostRevision.id.label("revision_id"),
            PostRevision.body,
            Membership.alias,
            Account.id.label("by_id"),
            Account.staff_name,
            sa.select(_Author.staff_name).where(_Author.id == Post.staff_id).scalar_subquery().label("written_by"),
        )
        .join(Post, Post.id == GoodNews.post_id)
        .join(Group, Group.id == Post.group_id)
        .join(PostRevision, PostRevision.id == Post.revision_id)
        .join(Account, Account.id == GoodNews.by)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .where(Group.location_id.in_(own_locations(actor)), Post.state == PostState.PUBLISHED)
        .order_by(GoodNews.at.desc(), Post.id)
        .limit(PAGE)
    )
    return [
        Good(
            post_id=row.id,
            group_id=row.group_id,
            thread_id=row.thread_id,
            position=row.position,
            group=row.group,
            author=work.open(Membership, "alias", row.membership_id, row.alias)
            if row.membership_id
            else work.open(Account, "staff_name", row.staff_id, row.written_by),
            body=work.open(PostRevision, "body", row.revision_id, row.body),
            by=work.open(Account, "staff_name", row.by_id, row.staff_name),
            at=row.at,
        )
        for row in rows
    ]
