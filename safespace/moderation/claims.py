"""Who is at an item now: a lease of three minutes that guides colleagues. What guards is the version of the item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Group, StaffRole
from safespace.kernel.work import Work
from safespace.moderation import desks, rows, second_look, training
from safespace.moderation.decisions import obtain_review
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.exposure import record_view
from safespace.moderation.models import PassedOn, Review, ReviewState, ReviewView
from safespace.moderation.offering import available
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor

LEASE = timedelta(minutes=3)
TRIED = 25
ROUNDS = 4
SEEN_LATELY = timedelta(minutes=30)
_Theirs = aliased(PassedOn)


@dataclass(frozen=True, kw_only=True, repr=False)
class Holder:
    """Who is at an item: oneself, a colleague by name, or nobody."""

    mine: bool = False
    name: str = ""


def claim(work: Work, actor: Actor, review_id: UUID, *, over: bool = False, opened: bool = True) -> Holder:
    """Be at an item, or stay there; `over` takes it from a colleague. Gives who is at it now.

    A claim that somebody else holds stays theirs, and who may not decide about an item, or still has to practise for
    it, holds none. `opened` says that the words were read, not only their summary.
    """
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    if opened:
        shown = () if post.revision_id is None else (post.revision_id,)  # it stands above the words that wait
        record_view(work, actor, review, review.revision_id, *shown)
    if not available(review, post, actor) or training.is_needed(work, actor, group.location_id):
        return Holder() if review.state is ReviewState.CLOSED else holder(work, actor, review_id)
    before = holder(work, actor, review_id)
    if before.name and not over:
        return before
    if not _take(work, actor, review_id, over=over):
        return holder(work, actor, review_id)
    if not before.mine:
        ring_staff(work, "queue_changed", group.id, review_id)
    return Holder(mine=True)


def holder(work: Work, actor: Actor, review_id: UUID) -> Holder:
    """Give who is at an item now."""
    row = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(Review, Review.held_by == Account.id)
        .where(Review.id == review_id, *_is_held(work))
    ).one_or_none()
    if row is None:
        return Holder()
    if row.id == actor.account_id:
        return Holder(mine=True)
    return Holder(name=work.open(Account, "staff_name", row.id, row.staff_name))


def next_item(work: Work, actor: Actor, *, beyond: UUID | None = None) -> UUID | None:
    """Claim the first item that waits for this clinician and give it; None when there is none.

    Left out are what a colleague is at, what this clinician passed on (until everybody did) or may not decide, also
    for want of practice, and the categories that were left to colleagues. What was opened or handed out lately comes
    after what was not, and `beyond` is where one comes from. Several clinicians at once get different items: a claim is
    one conditional update.
    """
    own = desks.desk_of(work, actor)
    passed = sa.and_(
        sa.exists().where(PassedOn.review_id == Review.id, PassedOn.account_id == actor.account_id),
        _somebody_left(work),
    )
    seen = sa.exists().where(
        ReviewView.review_id == Review.id,
        ReviewView.account_id == actor.account_id,
        ReviewView.version == Review.version,
        ReviewView.revision_id == Review.revision_id,
        ReviewView.at > work.now - SEEN_LATELY,
    )
    handed = sa.and_(Review.held_by == actor.account_id, Review.held_until > work.now - SEEN_LATELY)
    waiting = (
        sa.select(Review.id)
        .join(Group, Group.id == Review.group_id)
        .where(
            *_open_to(actor),
            training.may_decide(work, actor.account_id, Group.location_id),
            Review.id.is_distinct_from(beyond),
            _is_free(work, actor),
            ~passed,
            *desks.conditions(work, actor, own.filters),
            *desks.left_to_colleagues(work, actor, own.left_out),
        )
        .order_by(sa.case((sa.or_(seen, handed), 1), else_=0), *rows.in_order(work))
        .limit(TRIED)
    )
    for _ in range(ROUNDS):
        found = work.session.scalars(waiting).all()
        for review_id in found:
            if _take(work, actor, review_id, over=False):
                review, _, group = obtain_review(work, actor, review_id, Permission.REVIEW)
                ring_staff(work, "queue_changed", group.id, review.id)
                return review_id
        if len(found) < TRIED:
            break
    return None


def waits_for_practice(work: Work, actor: Actor) -> bool:
    """Say whether something waits that this clinician may decide about only after practising."""
    untrained = ~training.may_decide(work, actor.account_id, Group.location_id)
    found = sa.select(Review.id).join(Group, Group.id == Review.group_id).where(*_open_to(actor), untrained).limit(1)
    return work.session.scalar(found) is not None


def _open_to(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    """Say of an item that it waits for somebody like this person."""
    return rows.in_reach(actor), Review.state == ReviewState.OPEN, Review.not_by.is_distinct_from(actor.account_id)


def pass_on(work: Work, actor: Actor, review_id: UUID) -> None:
    """Leave an item to a colleague; no reason is asked, and none is kept."""
    review, _, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    insert = _insert(work)
    row = insert(PassedOn).values(review_id=review.id, account_id=actor.account_id, at=work.now)
    work.session.execute(row.on_conflict_do_nothing())
    let_go(work, actor, review_id)
    ring_staff(work, "queue_changed", group.id, review.id)


def let_go(work: Work, actor: Actor, review_id: UUID) -> None:
    """Leave an item; a claim that is somebody else's by now stays. That it was handed out is remembered for a while."""
    _, _, group = obtain_review(work, actor, review_id)
    if _set(work, [review_id], *is_held_by(work, actor.account_id), held_until=work.now):
        ring_staff(work, "queue_changed", group.id, review_id)


def let_go_all(work: Work, account_id: UUID | None, location_id: UUID | None = None) -> None:
    """Leave everything, or all that is read from one location: somebody signs out, stops there, or works there no more.

    What another location asks is read from there too.
    """
    held = (
        sa.select(Review.id, Review.group_id)
        .join(Group, Group.id == Review.group_id)
        .where(*is_held_by(work, account_id))
        .order_by(Review.id)
        .with_for_update(of=Review)  # in one order, as others may decide about several of them now
    )
    if location_id is not None:
        held = held.where(is_read_from(location_id))
    groups = {row.id: row.group_id for row in work.session.execute(held)}
    _set(work, groups, *is_held_by(work, account_id), held_until=work.now)
    for review_id, group_id in groups.items():
        ring_staff(work, "queue_changed", group_id, review_id)


def is_read_from(location_id: UUID) -> sa.ColumnElement[bool]:
    """Say of an item that it is of this location, or that this one was asked about it; needs Group joined."""
    return sa.or_(Group.location_id == location_id, Review.asked_location_id == location_id)


def is_held_by(work: Work, account_id: UUID | None) -> tuple[sa.ColumnElement[bool], ...]:
    """Say of an item that this person is at it now."""
    return Review.held_by == account_id, *_is_held(work)


def _is_held(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    """Say that somebody is at an item; one that was closed meanwhile, by whatever, holds nobody."""
    return Review.held_until > work.now, Review.state != ReviewState.CLOSED


def _is_free(work: Work, actor: Actor) -> sa.ColumnElement[bool]:
    """Say of an item that no colleague is at it now."""
    return sa.or_(Review.held_by.is_(None), Review.held_by == actor.account_id, Review.held_until <= work.now)


def _somebody_left(work: Work) -> sa.ColumnElement[bool]:
    """Say that a clinician who can decide about it has not passed a review on; with none left it comes round again."""
    places = [Group.location_id, Review.asked_location_id]
    passed = sa.exists().where(_Theirs.review_id == Review.id, _Theirs.account_id == StaffRole.account_id)
    return second_look.works_at(work, places, Review.not_by, Group.location_id, ~passed)


def _take(work: Work, actor: Actor, review_id: UUID, *, over: bool) -> bool:
    free = () if over else (_is_free(work, actor),)
    # In this moment it may have been decided, or a colleague asked.
    may = Review.state != ReviewState.CLOSED, Review.not_by.is_distinct_from(actor.account_id)
    return _set(work, [review_id], *may, *free, held_by=actor.account_id, held_until=work.now + LEASE)


def _set(work: Work, reviews: Iterable[UUID], *where: sa.ColumnElement[bool], **values: Any) -> bool:
    """Change the lease of those of these items for which this holds; tell whether one is."""
    changed = (
        sa.update(Review)
        .where(Review.id.in_(reviews), *where)
        .values(values)
        .returning(Review.id)
        .execution_options(synchronize_session=False)
    )
    return bool(work.session.scalars(changed).all())


def _insert(work: Work) -> Any:
    return sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
