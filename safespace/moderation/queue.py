"""What a clinician sees first and why: the worst first, then a member's first post, then the oldest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.models import Group, Location, Membership
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing
from safespace.moderation.decisions import available, obtain_review
from safespace.moderation.models import Action, Decision, Flag, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Assessment, Severity
from safespace.policy.roles import Actor, Role
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread

PAGE = 25
EXCERPT = 90
CONTEXT = 3
HISTORY = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class Row:
    """One item of the queue."""

    id: UUID
    group: str
    location: str
    alias: str
    excerpt: str
    kind: ReviewKind
    state: ReviewState
    severity: Severity
    first_post: bool
    type: PostType
    opened_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Waiting:
    """One page of the queue, with how many wait in all by severity."""

    rows: list[Row]
    counts: dict[Severity, int]
    page: int
    more: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Said:
    """Something that was written or decided before, in words a clinician may read."""

    alias: str
    body: str
    state: PostState | None = None
    action: Action | None = None
    reason: str = ""
    note: str = ""
    internal_note: str = ""
    by: str = ""
    at: datetime | None = None
    own: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Item:
    """Everything a human needs to decide about one post, and nothing about who the author is elsewhere."""

    review: Review
    post: Post
    group: Group
    thread: Thread
    title: str
    body: str
    text: str
    proposed_notes: tuple[str, ...]
    alias: str
    assessment: Assessment
    actions: tuple[Action, ...]
    context: list[Said]
    history: list[Said]
    decisions: list[Said]
    flags: list[str]


def waiting(work: Work, actor: Actor, *, group_id: UUID | None = None, page: int = 1) -> Waiting:
    """Give a page of what waits in the groups of this clinician; NotFoundError to anybody else."""
    locations = actor.locations(Role.CLINICIAN)
    if not locations or not actor.proven or page < 1:
        raise NotFoundError
    mine = [Review.state != ReviewState.CLOSED, Group.location_id.in_(locations)]
    if group_id is not None:
        mine.append(Review.group_id == group_id)
    counts = work.session.execute(
        sa.select(Review.rank, sa.func.count())
        .join(Group, Group.id == Review.group_id)
        .where(*mine)
        .group_by(Review.rank)
    )
    rows = work.session.execute(
        sa.select(
            Review.id,
            Review.kind,
            Review.state,
            Review.rank,
            Review.first_post,
            Review.opened_at,
            Group.name.label("group"),
            Location.name.label("location"),
            Post.type,
            Post.membership_id,
            Membership.alias,
            PostRevision.id.label("revision_id"),
            PostRevision.title,
            PostRevision.body,
        )
        .join(Group, Group.id == Review.group_id)
        .join(Location, Location.id == Group.location_id)
        .join(Post, Post.id == Review.post_id)
        .join(PostRevision, PostRevision.id == Review.revision_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .where(*mine)
        .order_by(Review.rank.desc(), Review.first_post.desc(), Review.opened_at, Review.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
    return Waiting(
        rows=[_row(work, row) for row in rows[:PAGE]],
        counts={Severity.of_rank(rank): count for rank, count in counts},
        page=page,
        more=len(rows) > PAGE,
    )


def item(work: Work, actor: Actor, review_id: UUID) -> Item:
    """Give one item with its context; NotFoundError unless the actor is a clinician of its location."""
    review, post, group = obtain_review(work, actor, review_id)
    revision = work.session.get_one(PostRevision, review.revision_id)
    thread = work.session.get_one(Thread, post.thread_id)
    title, body = work.unseal(revision, "title"), work.unseal(revision, "body")
    decided = _decisions(work, post.id)
    return Item(
        review=review,
        post=post,
        group=group,
        thread=thread,
        title=title or work.unseal(thread, "title"),
        body=body,
        text=f"{title}\n\n{body}" if title else body,
        proposed_notes=tuple(revision.content_notes),
        alias=author_name(work, post),
        assessment=assessing.stored(work, review),
        actions=available(review),
        context=_context(work, post),
        history=_history(work, post),
        decisions=decided,
        flags=list(work.session.scalars(sa.select(Flag.category).where(Flag.post_id == post.id))),
    )


def author_name(work: Work, post: Post) -> str:
    """Give the alias of the author in this group, or the name a staff member writes under."""
    if post.membership_id is not None:
        return work.unseal(work.session.get_one(Membership, post.membership_id), "alias")
    return work.unseal(work.session.get_one(Account, post.staff_id), "staff_name")


def staff_name(work: Work, account_id: UUID) -> str:
    """Give the name a colleague works under."""
    return work.unseal(work.session.get_one(Account, account_id), "staff_name")


def _row(work: Work, row: Any) -> Row:
    title = work.open(PostRevision, "title", row.revision_id, row.title)
    body = work.open(PostRevision, "body", row.revision_id, row.body)
    text = " ".join(f"{title}. {body}".split()) if title else " ".join(body.split())
    return Row(
        id=row.id,
        group=row.group,
        location=row.location,
        alias=work.open(Membership, "alias", row.membership_id, row.alias) if row.membership_id else "",
        excerpt=text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…",
        kind=row.kind,
        state=row.state,
        severity=Severity.of_rank(row.rank),
        first_post=row.first_post,
        type=row.type,
        opened_at=row.opened_at,
    )


def _context(work: Work, post: Post) -> list[Said]:
    """The last few released posts of the thread before this one."""
    before = [Post.thread_id == post.thread_id, Post.id != post.id, Post.state == PostState.PUBLISHED]
    if post.position is not None:
        before.append(Post.position < post.position)
    return _posts(work, Post.revision_id, *before, order=Post.position.desc(), limit=CONTEXT)[::-1]


def _history(work: Work, post: Post) -> list[Said]:
    """Earlier posts of this alias in this group, whatever became of them."""
    if post.membership_id is None:
        return []
    return _posts(
        work,
        sa.func.coalesce(Post.revision_id, Post.pending_id),
        Post.membership_id == post.membership_id,
        Post.id != post.id,
        Post.state != PostState.DRAFT,
        order=Post.created_at.desc(),
        limit=HISTORY,
    )


def _posts(work: Work, revision: Any, *where: Any, order: Any, limit: int) -> list[Said]:
    rows = work.session.execute(
        sa.select(
            Post.state,
            Post.created_at,
            Post.membership_id,
            Post.staff_id,
            PostRevision.id,
            PostRevision.body,
            Membership.alias,
            Account.staff_name,
        )
        .join(PostRevision, PostRevision.id == revision)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(Account, Account.id == Post.staff_id)
        .where(*where)
        .order_by(order)
        .limit(limit)
    )
    return [
        Said(
            alias=work.open(Membership, "alias", row.membership_id, row.alias)
            if row.staff_id is None
            else work.open(Account, "staff_name", row.staff_id, row.staff_name),
            body=work.open(PostRevision, "body", row.id, row.body),
            state=row.state,
            at=row.created_at,
        )
        for row in rows
    ]


def _decisions(work: Work, post_id: UUID) -> list[Said]:
    """What was decided about this post before, oldest first."""
    rows = work.session.execute(
        sa.select(Decision, Account)
        .join(Account, Account.id == Decision.by)
        .where(Decision.post_id == post_id)
        .order_by(Decision.at)
    )
    return [
        Said(
            alias="",
            body="",
            action=decision.action,
            reason=decision.reason,
            note=work.unseal(decision, "note"),
            internal_note=work.unseal(decision, "internal_note"),
            by=work.unseal(account, "staff_name"),
            at=decision.at,
            own=decision.undone_at is not None,
        )
        for decision, account in rows
    ]
