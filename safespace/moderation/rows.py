"""The rows of the queue and their order: crisis, live hours, severity, what is late, a first post, waiting time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Group, Location, Membership
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, blind, second_look, training
from safespace.moderation.models import PassedOn, Review, ReviewKind, ReviewState, ReviewView
from safespace.moderation.risk.assessment import Category, Severity
from safespace.policy.roles import Actor, Role
from safespace.roster.models import LiveHour
from safespace.threads.models import Post, PostRevision, PostType

EXCERPT = 90
_Held = aliased(Post)
_Holder = aliased(Account)
BULK_LEVEL = Severity.LOW
PLAIN = frozenset({ReviewKind.NEW, ReviewKind.EDIT, ReviewKind.REWORDED})


@dataclass(frozen=True, kw_only=True, repr=False)
class Row:
    """One item of the queue.

    `late`: its norm has ended. `blind`: level, signals and norm are hidden. `folded`: the words stand behind a summary,
    of which `about` holds the categories. `claimed_by` is the colleague who is at it. `together`: it can be approved
    with others at once, since it is calm and this clinician has opened it, and need not practise first. `blocked`: it
    waits for a second clinician who is nowhere; `asked`: one of another location was asked.
    """

    id: UUID
    version: int
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
    due_at: datetime | None
    late: bool
    live: bool
    blind: bool
    folded: bool
    about: tuple[Category, ...]
    claimed_by: str
    mine: bool
    passed_on: bool
    together: bool
    blocked: bool
    asked: bool

    @property
    def urgent(self) -> bool:
        """Whether it asks for somebody now: high or crisis, and nobody took it up yet. A blind one does not say."""
        return self.severity >= Severity.HIGH and self.state is ReviewState.OPEN and not self.blind


def own_locations(actor: Actor) -> list[UUID]:
    """Give the locations whose queue this actor may read; NotFoundError when there is none."""
    locations = actor.locations(Role.CLINICIAN)
    if not locations or not actor.proven:
        raise NotFoundError
    return locations


def in_reach(actor: Actor) -> sa.ColumnElement[bool]:
    """Say that a review is of one's own locations, or that one's own is asked (`asked_place`); needs Group joined."""
    locations = own_locations(actor)
    held = sa.exists().where(
        _Held.id == Review.post_id, _Held.release_at.is_not(None), _Held.pending_id == Review.revision_id
    )
    asked = sa.and_(
        Review.asked_location_id.in_(locations), sa.or_(Review.state != ReviewState.CLOSED, held.correlate(Review))
    )
    return sa.or_(Group.location_id.in_(locations), asked)


def is_late(work: Work) -> sa.ColumnElement[bool]:
    """Say that the norm of a review has ended while nobody looked."""
    return sa.and_(Review.state == ReviewState.OPEN, sa.func.coalesce(Review.due_at > work.now, sa.true()).is_(False))


def is_said_late(work: Work) -> sa.ColumnElement[bool]:
    """Say the same of what may be told: when a blind item is late would tell its level."""
    return sa.and_(is_late(work), ~blind.is_hidden())


def in_order(work: Work) -> list[Any]:
    """Give the order in which items are to be read: nothing of a level waits behind what is fresher and not late.

    First posts and what was learned go before only among what is not late: once its norm has ended, age alone counts.
    """
    return [
        sa.case((Review.rank == Severity.CRISIS.rank, 0), else_=1),
        sa.case((sa.and_(Review.rank == Severity.CRISIS.rank, is_late(work)), 0), else_=1),
        sa.case((_is_live(work), 0), else_=1),
        Review.rank.desc(),
        sa.case((is_late(work), 0), else_=1),
        sa.case((is_late(work), 0), (Review.first_post, 1), else_=0).desc(),
        sa.case((is_late(work), 0), else_=Review.likely).desc(),
        Review.opened_at,
        Review.id,
    ]


def rows_where(
    work: Work, actor: Actor, *where: Any, limit: int, offset: int = 0, order: list[Any] | None = None
) -> list[Row]:
    """Give rows of the queue of this actor, in the order in which they are to be read unless another is asked."""
    seen = sa.exists().where(
        ReviewView.review_id == Review.id,
        ReviewView.account_id == actor.account_id,
        ReviewView.version == Review.version,
        ReviewView.revision_id == Review.revision_id,
    )
    rows = work.session.execute(
        sa.select(
            Review.id,
            Review.version,
            Review.group_id,
            Review.kind,
            Review.state,
            Review.rank,
            Review.engine_rank,
            Review.first_post,
            Review.opened_at,
            Review.due_at,
            Review.blind,
            Review.shown,
            Review.assessment,
            Review.asked_location_id,
            second_look.nobody_can(work).label("blocked"),
            Group.name.label("group"),
            Location.name.label("location"),
            Post.type,
            Post.membership_id,
            Membership.alias,
            PostRevision.id.label("revision_id"),
            PostRevision.title,
            PostRevision.body,
            _Holder.id.label("holder_id"),
            _Holder.staff_name.label("holder"),
            is_late(work).label("late"),
            _is_live(work).label("live"),
            seen.label("seen"),
            training.may_decide(work, actor.account_id, Group.location_id).label("may"),
            sa.exists().where(PassedOn.review_id == Review.id).label("passed_on"),
        )
        .join(Group, Group.id == Review.group_id)
        .join(Location, Location.id == Group.location_id)
        .join(Post, Post.id == Review.post_id)
        .join(PostRevision, PostRevision.id == Review.revision_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(_Holder, sa.and_(_Holder.id == Review.held_by, Review.held_until > work.now))
        .where(in_reach(actor), *where)
        .order_by(*(order or in_order(work)))
        .limit(limit)
        .offset(offset)
    )
    return [_row(work, actor, row) for row in rows]


def _is_live(work: Work) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        LiveHour.group_id == Review.group_id, LiveHour.closed_at.is_(None), LiveHour.ends_at > work.now
    )


def _row(work: Work, actor: Actor, row: Any) -> Row:
    severity = Severity.of_rank(row.rank)
    hidden = blind.hidden(row)
    folded = severity >= Severity.HIGH or hidden
    about: tuple[Category, ...] = ()
    excerpt = ""
    if not folded:
        excerpt = _excerpt(work, row)
    elif not hidden:
        about = assessing.opened(work, row.id, row.assessment).categories
    mine = row.holder_id is not None and row.holder_id == actor.account_id
    calm = max(row.rank, row.engine_rank) <= BULK_LEVEL.rank and not hidden
    return Row(
        id=row.id,
        version=row.version,
        group_id=row.group_id,
        group=row.group,
        location=row.location,
        alias=work.open(Membership, "alias", row.membership_id, row.alias) if row.membership_id else "",
        excerpt=excerpt,
        kind=row.kind,
        state=row.state,
        severity=severity,
        first_post=row.first_post,
        type=row.type,
        opened_at=row.opened_at,
        due_at=row.due_at,
        late=bool(row.late) and not hidden,
        live=bool(row.live),
        blind=hidden,
        folded=folded,
        about=about,
        claimed_by="" if mine or not row.holder_id else work.open(Account, "staff_name", row.holder_id, row.holder),
        mine=mine,
        passed_on=bool(row.passed_on),
        together=calm and bool(row.seen and row.may) and row.state is ReviewState.OPEN and row.kind in PLAIN,
        blocked=bool(row.blocked),
        asked=row.asked_location_id is not None,
    )


def _excerpt(work: Work, row: Any) -> str:
    title = work.open(PostRevision, "title", row.revision_id, row.title)
    body = work.open(PostRevision, "body", row.revision_id, row.body)
    text = " ".join(f"{title}. {body}".split()) if title else " ".join(body.split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1].rstrip() + "…"
