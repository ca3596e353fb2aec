"""Who is at an item now: a lease of three minutes that guides colleagues. What guards is the version of the item."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Group, StaffRole
from safespace.kernel.work import Work
from safespace.moderation import desks, rows
from safespace.moderation.decisions import obtain_review
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.exposure import record_view
from safespace.moderation.models import Claim, PassedOn, Review, ReviewState, ReviewView
from safespace.moderation.offering import available
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role

LEASE = timedelta(minutes=3)
TRIED = 25
ROUNDS = 4
SEEN_LATELY = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, repr=False)
class Holder:
    """Who is at an item: oneself, a colleague by name, or nobody."""

    mine: bool = False
    name: str = ""


def claim(work: Work, actor: Actor, review_id: UUID, *, over: bool = False, opened: bool = True) -> Holder:
    """Be at an item, or stay there; `over` takes it from a colleague. Gives who is at it now.

    A claim that somebody else holds stays theirs, and who may not decide about an item holds none. `opened` says that
    the words were read, not only their summary.
    """
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    if opened:
        shown = () if post.revision_id is None else (post.revision_id,)  # it stands above the words that wait
        record_view(work, actor, review, review.revision_id, *shown)
    if not available(review, post, actor):
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
        sa.select(Claim.account_id, Account.staff_name)
        .join(Account, Account.id == Claim.account_id)
        .where(Claim.review_id == review_id, Claim.leased_until > work.now)
    ).one_or_none()
    if row is None:
        return Holder()
    if row.account_id == actor.account_id:
        return Holder(mine=True)
    return Holder(name=work.open(Account, "staff_name", row.account_id, row.staff_name))


def next_item(work: Work, actor: Actor, *, beyond: UUID | None = None) -> UUID | None:
    """Claim the first item that waits for this clinician and give it; None when there is none.

    Left out are what a colleague is at, what this clinician passed on (until everybody did) or may not decide, and the
    categories that were left to colleagues. What was opened or handed out lately comes after what was not, and `beyond`
    is where one comes from. Several clinicians at once get different items: a claim is one conditional insert.
    """
    own = desks.desk_of(work, actor)
    taken = sa.exists().where(
        Claim.review_id == Review.id, Claim.leased_until > work.now, Claim.account_id != actor.account_id
    )
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
    handed = sa.exists().where(
        Claim.review_id == Review.id,
        Claim.account_id == actor.account_id,
        Claim.leased_until > work.now - SEEN_LATELY,
    )
    waiting = (
        sa.select(Review.id)
        .join(Group, Group.id == Review.group_id)
        .where(
            rows.in_reach(actor),
            Review.state == ReviewState.OPEN,
            Review.not_by.is_distinct_from(actor.account_id),
            Review.id.is_distinct_from(beyond),
            ~taken,
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
    gone = _end(work, Claim.review_id == review_id, Claim.account_id == actor.account_id)
    if work.session.scalar(gone.returning(Claim.review_id)) is not None:
        ring_staff(work, "queue_changed", group.id, review_id)


def let_go_all(work: Work, account_id: UUID) -> None:
    """Leave everything: somebody signs out."""
    held = work.session.execute(
        sa.select(Claim.review_id, Review.group_id)
        .join(Review, Review.id == Claim.review_id)
        .where(Claim.account_id == account_id, Claim.leased_until > work.now)
        .order_by(Claim.review_id)
    ).all()
    if not held:
        return
    work.session.execute(_end(work, Claim.account_id == account_id))
    for review_id, group_id in held:
        ring_staff(work, "queue_changed", group_id, review_id)


def forget_old(work: Work, before: datetime) -> None:
    """Remove leases that ended before this moment."""
    work.session.execute(sa.delete(Claim).where(Claim.leased_until < before))


def _end(work: Work, *whose: sa.ColumnElement[bool]) -> sa.Update:
    return sa.update(Claim).where(*whose, Claim.leased_until > work.now).values(leased_until=work.now)


def _somebody_left(work: Work) -> sa.ColumnElement[bool]:
    """Say that a clinician who can decide about it has not passed a review on; with none left it comes round again."""
    theirs = aliased(PassedOn)
    return sa.exists().where(
        StaffRole.location_id.in_([Group.location_id, Review.asked_location_id]),
        StaffRole.role == Role.CLINICIAN,
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= work.now,
        StaffRole.account_id.is_distinct_from(Review.not_by),
        ~sa.exists().where(theirs.review_id == Review.id, theirs.account_id == StaffRole.account_id),
    )


def _take(work: Work, actor: Actor, review_id: UUID, *, over: bool) -> bool:
    free = None if over else sa.or_(Claim.account_id == actor.account_id, Claim.leased_until <= work.now)
    values = {"account_id": actor.account_id, "leased_until": work.now + LEASE}
    row = _insert(work)(Claim).values(review_id=review_id, **values)
    row = row.on_conflict_do_update(index_elements=[Claim.review_id], set_=values, where=free)
    return work.session.scalar(row.returning(Claim.review_id)) is not None


def _insert(work: Work) -> Any:
    return sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
