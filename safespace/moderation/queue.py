"""What a clinician sees first and why: the worst first, then a member's first post, then the oldest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.hours import open_time
from safespace.groups.models import Group, Location, Membership
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing
from safespace.moderation.before import Decided, Said, Version, around, decisions_on, versions_of
from safespace.moderation.decisions import PLACING, available
from safespace.moderation.models import Action, Decision, Flag, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Assessment, Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role
from safespace.policy.rules import require
from safespace.threads.models import Post, PostRevision, PostType, Thread

PAGE = 25
EXCERPT = 90
# How long an item may wait before somebody looked (domain reference §2.7); counted in opening hours, except for crisis.
NORMS = {
    Severity.NONE: timedelta(hours=8),
    Severity.LOW: timedelta(hours=8),
    Severity.MEDIUM: timedelta(hours=4),
    Severity.HIGH: timedelta(hours=1),
    Severity.CRISIS: timedelta(minutes=10),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Row:
    """One item of the queue. `late` says that it waits longer than the norm for its level."""

    id: UUID
    group_id: UUID
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
    late: bool

    @property
    def urgent(self) -> bool:
        """Whether it asks for somebody now: high or crisis, and nobody took it up yet."""
        return self.severity >= Severity.HIGH and self.state is ReviewState.OPEN


@dataclass(frozen=True, kw_only=True, repr=False)
class Waiting:
    """One page of the queue, with how many wait in all by severity, and how many are urgent in all own groups."""

    rows: list[Row]
    counts: dict[Severity, int]
    urgent: int
    page: int
    more: bool

    @property
    def total(self) -> int:
        """How many wait, on all pages."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, repr=False)
class HeldApproval:
    """An own approval or answer that is not released yet, so that it can still be undone."""

    decision_id: UUID
    action: Action
    alias: str
    release_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Item:
    """Everything a human needs to decide about one post, and nothing about who the author is elsewhere.

    `decisions` are those on this post; `history` are earlier posts of this alias in this group, `earlier` what was
    decided about them.
    """

    review: Review
    post: Post
    group: Group
    thread: Thread
    title: str
    text: str
    proposed_notes: tuple[str, ...]
    alias: str
    assessment: Assessment
    actions: tuple[Action, ...]
    versions: list[Version]
    context: list[Said]
    history: list[Said]
    decisions: list[Decided]
    earlier: dict[UUID, list[Decided]]
    flags: list[str]


def waiting(work: Work, actor: Actor, *, group_id: UUID | None = None, page: int = 1) -> Waiting:
    """Give a page of what waits in the groups of this clinician; NotFoundError to anybody else."""
    if page < 1:
        raise NotFoundError
    mine = [Review.state != ReviewState.CLOSED, Group.location_id.in_(own_locations(actor))]
    counts: dict[Severity, int] = {}
    urgent = 0
    for group, rank, state, count in work.session.execute(
        sa.select(Review.group_id, Review.rank, Review.state, sa.func.count())
        .join(Group, Group.id == Review.group_id)
        .where(*mine)
        .group_by(Review.group_id, Review.rank, Review.state)
    ):
        level = Severity.of_rank(rank)
        if group_id in {None, group}:
            counts[level] = counts.get(level, 0) + count
        if level >= Severity.HIGH and state is ReviewState.OPEN:
            urgent += count
    if group_id is not None:
        mine.append(Review.group_id == group_id)
    rows = rows_where(work, *mine, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return Waiting(rows=rows[:PAGE], counts=counts, urgent=urgent, page=page, more=len(rows) > PAGE)


def next_up(work: Work, actor: Actor, *, limit: int) -> list[Row]:
    """Give the top of the queue, for the list beside an item."""
    mine = Group.location_id.in_(own_locations(actor))
    return rows_where(work, Review.state != ReviewState.CLOSED, mine, limit=limit)


def held(work: Work, actor: Actor) -> list[HeldApproval]:
    """Give this clinician's own approvals and answers that can still be undone, newest first."""
    rows = work.session.execute(
        sa.select(Decision.id, Decision.action, Post.membership_id, Post.release_at, Membership.alias)
        .join(Post, Post.id == Decision.post_id)
        .join(Group, Group.id == Post.group_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .where(
            Post.release_at.is_not(None),
            Post.pending_id == Decision.revision_id,
            Decision.by == actor.account_id,
            Decision.undone_at.is_(None),
            Decision.action.in_([*PLACING, Action.ANSWER]),
            Group.location_id.in_(own_locations(actor)),
        )
        .order_by(Decision.at.desc(), Decision.id)
    )
    return [
        HeldApproval(
            decision_id=row.id,
            action=row.action,
            alias=work.open(Membership, "alias", row.membership_id, row.alias) if row.membership_id else "",
            release_at=row.release_at,
        )
        for row in rows
    ]


def item(work: Work, actor: Actor, review_id: UUID) -> Item:
    """Give one item with its context; NotFoundError unless the actor is a clinician of its location."""
    flags = sa.select(sa.func.aggregate_strings(Flag.category, ",")).where(Flag.post_id == Post.id).scalar_subquery()
    row = work.session.execute(
        sa.select(Review, Post, Group, Thread, Membership.alias, Account.staff_name, flags.label("flags"))
        .join(Post, Post.id == Review.post_id)
        .join(Group, Group.id == Review.group_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(Account, Account.id == Post.staff_id)
        .where(Review.id == review_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    review, post, group, thread = row.Review, row.Post, row.Group, row.Thread
    require(actor, Permission.READ_QUEUE, scope_of(group))
    versions = versions_of(work, post, review)
    current = next(version for version in versions if version.current)
    context, history = around(work, post)
    decisions = decisions_on(work, [post.id, *(said.post_id for said in history)])
    return Item(
        review=review,
        post=post,
        group=group,
        thread=thread,
        title=current.title or work.unseal(thread, "title"),
        text=current.text,
        proposed_notes=current.content_notes,
        alias=work.open(Membership, "alias", post.membership_id, row.alias)
        if post.membership_id
        else work.open(Account, "staff_name", post.staff_id, row.staff_name),
        assessment=assessing.stored(work, review),
        actions=available(review),
        versions=versions,
        context=context,
        history=history,
        decisions=decisions.pop(post.id, []),
        earlier=decisions,
        flags=sorted(row.flags.split(",")) if row.flags else [],
    )


def own_locations(actor: Actor) -> list[UUID]:
    """Give the locations whose queue this actor may read; NotFoundError when there is none."""
    locations = actor.locations(Role.CLINICIAN)
    if not locations or not actor.proven:
        raise NotFoundError
    return locations


def rows_where(work: Work, *where: Any, limit: int, offset: int = 0) -> list[Row]:
    """Give rows in the order in which they are to be read; the caller says whose."""
    rows = work.session.execute(
        sa.select(
            Review.id,
            Review.group_id,
            Review.kind,
            Review.state,
            Review.rank,
            Review.first_post,
            Review.opened_at,
            Group.name.label("group"),
            Location.name.label("location"),
            Location.hours,
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
        .where(*where)
        .order_by(Review.rank.desc(), Review.first_post.desc(), Review.opened_at, Review.id)
        .limit(limit)
        .offset(offset)
    )
    return [_row(work, row) for row in rows]


def _row(work: Work, row: Any) -> Row:
    title = work.open(PostRevision, "title", row.revision_id, row.title)
    body = work.open(PostRevision, "body", row.revision_id, row.body)
    text = " ".join(f"{title}. {body}".split()) if title else " ".join(body.split())
    severity = Severity.of_rank(row.rank)
    return Row(
        id=row.id,
        group_id=row.group_id,
        group=row.group,
        location=row.location,
        alias=work.open(Membership, "alias", row.membership_id, row.alias) if row.membership_id else "",
        excerpt=text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…",
        kind=row.kind,
        state=row.state,
        severity=severity,
        first_post=row.first_post,
        type=row.type,
        opened_at=row.opened_at,
        late=row.state is ReviewState.OPEN and _is_late(work, severity, row.hours, row.opened_at),
    )


def _is_late(work: Work, severity: Severity, week: list[list[int]], since: datetime) -> bool:
    norm = NORMS[severity]
    if work.now - since <= norm:
        return False
    return severity is Severity.CRISIS or open_time(week, since, work.now, work.settings.time_zone) > norm
