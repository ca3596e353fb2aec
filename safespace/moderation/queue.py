"""What a clinician sees first and why: the worst first, then a member's first post, then the oldest."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.crisis.models import Escalation
from safespace.groups.models import Group, Membership
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, blind, training
from safespace.moderation.before import Decided, Said, Version, before
from safespace.moderation.desks import Filters, conditions
from safespace.moderation.held import HeldApproval, held_beside
from safespace.moderation.models import Action, Flag, Review, ReviewState
from safespace.moderation.offering import asked_place, available
from safespace.moderation.risk.assessment import Assessment, Severity
from safespace.moderation.rows import Row, in_order, in_reach, is_said_late, rows_where
from safespace.moderation.second_look import nobody_can
from safespace.moderation.strikes import strikes_of
from safespace.moderation.verdicts import DUTCH, own_language
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import allows, require
from safespace.threads.models import Post, Thread

PAGE = 25
LATE_SHOWN = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class Waiting:
    """One page of the queue through some filters.

    `counts` are by severity and `late` is how many passed their norm, on all pages; `outside` is how much the filters
    leave out, `outside_heavy` how many of these are high or crisis, `urgent` how many ask for somebody now in all own
    groups, filters or not. A blind item counts as none.
    """

    rows: list[Row]
    counts: dict[Severity, int]
    late: int
    late_rows: list[Row]
    outside: int
    outside_heavy: int
    urgent: int
    page: int
    more: bool

    @property
    def total(self) -> int:
        """How many wait, on all pages."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True, repr=False)
class Item:
    """Everything a human needs to decide about one post, and nothing about who the author is elsewhere.

    `decisions` are those on this post; `history` are earlier posts of this alias in this group, `earlier` what was
    decided about them. `hidden`: it is blind, so that the assessment says nothing yet. `here`: the reader works at its
    location, and was not only asked to look at this one item. `author_reads` is the language of the author. `blocked`:
    it waits for a second clinician who is nowhere to be found. `must_train`: the reader has to practise first. `worry`
    is the open one about its author. `held` is what the reader placed lately, of any item, and can still take back.
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
    hidden: bool
    strikes: int
    here: bool
    author_reads: str
    blocked: bool
    must_train: bool
    worry: Escalation | None
    held: list[HeldApproval]


def waiting(
    work: Work, actor: Actor, *, group_id: UUID | None = None, filters: Filters | None = None, page: int = 1
) -> Waiting:
    """Give a page of what waits in the groups of this clinician; NotFoundError to anybody else."""
    if page < 1:
        raise NotFoundError
    chosen = conditions(work, actor, filters or Filters(group_id=group_id))
    all_ = (
        sa.select(
            Review.rank,
            Review.state,
            sa.and_(sa.true(), *chosen).label("inside"),
            is_said_late(work).label("overdue"),
            blind.is_hidden().label("unsaid"),
        )
        .join(Group, Group.id == Review.group_id)
        .where(Review.state != ReviewState.CLOSED, in_reach(actor))
        .subquery()
    )
    counts: dict[Severity, int] = {}
    late = outside = heavy = urgent = 0
    for rank, state, inside, overdue, unsaid, count in work.session.execute(
        sa.select(all_.c.rank, all_.c.state, all_.c.inside, all_.c.overdue, all_.c.unsaid, sa.func.count()).group_by(
            *all_.c
        )
    ):
        level = Severity.NONE if unsaid else Severity.of_rank(rank)
        if inside:
            counts[level] = counts.get(level, 0) + count
            late += count if overdue else 0
        else:
            outside += count
            heavy += count if level >= Severity.HIGH else 0
        if level >= Severity.HIGH and state is ReviewState.OPEN:
            urgent += count
    if page == 1:  # the late ones come along in the same question
        found = rows_where(work, actor, _on_top(work, actor, chosen), limit=PAGE + 1 + LATE_SHOWN)
        late_rows = sorted((row for row in found if row.late), key=_longest)[:LATE_SHOWN]
        found = found[: PAGE + 1]
    else:
        shown = Review.state != ReviewState.CLOSED
        found = rows_where(work, actor, shown, *chosen, limit=PAGE + 1, offset=(page - 1) * PAGE)
        order = [Review.due_at, Review.id]
        late_rows = rows_where(work, actor, is_said_late(work), *chosen, limit=LATE_SHOWN, order=order) if late else []
    return Waiting(
        rows=found[:PAGE],
        counts=counts,
        late=late,
        late_rows=late_rows,
        outside=outside,
        outside_heavy=heavy,
        urgent=urgent,
        page=page,
        more=len(found) > PAGE,
    )


def _on_top(work: Work, actor: Actor, chosen: list[Any]) -> sa.ColumnElement[bool]:
    """Select the items of the first page and those that are late the longest; in order, the page comes first."""
    here = sa.select(Review.id).join(Group, Group.id == Review.group_id).where(in_reach(actor), *chosen)
    first = here.where(Review.state != ReviewState.CLOSED).order_by(*in_order(work)).limit(PAGE + 1).subquery()
    late = here.where(is_said_late(work)).order_by(Review.due_at, Review.id).limit(LATE_SHOWN).subquery()
    return Review.id.in_(sa.union_all(sa.select(first.c.id), sa.select(late.c.id)))


def _longest(row: Row) -> tuple[Any, UUID]:
    return row.due_at, row.id


def next_up(work: Work, actor: Actor, *, limit: int) -> list[Row]:
    """Give the top of the queue, for the list beside an item."""
    return rows_where(work, actor, Review.state != ReviewState.CLOSED, limit=limit)


def item(work: Work, actor: Actor, review_id: UUID) -> Item:
    """Give one item with its context; NotFoundError unless the actor may read it.

    A clinician of another location, who was asked about this one item, reads what belongs to it and nothing around it.
    """
    flags = sa.select(sa.func.aggregate_strings(Flag.category, ",")).where(Flag.post_id == Post.id).scalar_subquery()
    row = work.session.execute(
        sa.select(
            Review,
            Post,
            Group,
            Thread,
            Membership.alias,
            Account.staff_name,
            flags.label("flags"),
            strikes_of(work, Post.membership_id).label("strikes"),
            own_language(Post.membership_id).label("author_reads"),
            nobody_can(work).label("blocked"),
            training.has_passed(work, actor.account_id).label("practised"),
            Escalation,
        )
        .join(Post, Post.id == Review.post_id)
        .join(Group, Group.id == Review.group_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(Account, Account.id == Post.staff_id)
        .outerjoin(Escalation, sa.and_(Escalation.post_id == Post.id, Escalation.closed_at.is_(None)))
        .where(Review.id == review_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    review, post, group, thread = row.Review, row.Post, row.Group, row.Thread
    require(actor, Permission.READ_QUEUE, replace(scope_of(group), asked_location_id=asked_place(review, post)))
    here = allows(actor, Permission.READ_QUEUE, scope_of(group))
    found = before(work, post, review, here=here)
    current = next(version for version in found.versions if version.current)
    decisions, held = held_beside(work, actor, [post.id, *(said.post_id for said in found.history)])
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
        assessment=assessing.stored(work, review) if not blind.hidden(review) else assessing.NOTHING_SAID,
        actions=available(review, post, actor),
        versions=found.versions,
        context=found.context,
        history=found.history,
        decisions=decisions.pop(post.id, []),
        earlier=decisions,
        flags=sorted(row.flags.split(",")) if row.flags else [],
        hidden=blind.hidden(review),
        strikes=row.strikes if here else 0,
        here=here,
        author_reads=row.author_reads or DUTCH,
        blocked=row.blocked,
        must_train=group.location.training_required and not row.practised,
        worry=row.Escalation if here else None,
        held=held,
    )
