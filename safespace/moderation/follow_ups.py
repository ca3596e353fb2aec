"""What an author still needs after a decision: on a list until a human closes it, post placed or not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group, Membership
from safespace.kernel.refusals import ConflictError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation.decisions import obtain_review
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Action, Decision, FollowUp, Review
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.rows import own_locations
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostState

PAGE = 25


@dataclass(frozen=True, kw_only=True, repr=False)
class Open:
    """One author who still needs something, without the words that were written."""

    review_id: UUID
    alias: str
    group: str
    follow_up: FollowUp
    severity: Severity
    state: PostState
    since: datetime


def count_open(work: Work, actor: Actor) -> int:
    """Give how many there are on all pages of `open_follow_ups`."""
    count = sa.select(sa.func.count(Review.id)).join(Group, Group.id == Review.group_id).where(*_still_open(actor))
    return work.session.scalar(count) or 0


def open_follow_ups(work: Work, actor: Actor, page: int = 1) -> list[Open]:
    """Give a page of what is still to be done at the locations of this clinician, the worst first."""
    since = sa.select(sa.func.max(Decision.at)).where(
        Decision.review_id == Review.id, Decision.follow_up != FollowUp.NONE
    )
    rows = work.session.execute(
        sa.select(Review, Post.state, Membership, Group.name, since.scalar_subquery().label("since"))
        .join(Post, Post.id == Review.post_id)
        .join(Group, Group.id == Review.group_id)
        .join(Membership, Membership.id == Post.membership_id)
        .where(*_still_open(actor))
        .order_by(Review.rank.desc(), Review.opened_at, Review.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        Open(
            review_id=row.Review.id,
            alias=work.unseal(row.Membership, "alias"),
            group=row.name,
            follow_up=row.Review.follow_up,
            severity=row.Review.severity,
            state=row.state,
            since=row.since or row.Review.opened_at,
        )
        for row in rows
    ]


def close_follow_up(work: Work, actor: Actor, review_id: UUID, note: str) -> Decision:
    """Say what was done; raises InvalidError without a note, ConflictError when a colleague was first."""
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    text = accept("internal_note", note, cap=NOTE)
    changed: Any = work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id, Review.follow_up != FollowUp.NONE)
        .values(follow_up=FollowUp.NONE, version=Review.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount or actor.account_id is None:
        raise ConflictError("changed_meanwhile", review_id=review_id)
    work.session.refresh(review)
    decision = Decision(
        review_id=review.id,
        post_id=post.id,
        revision_id=review.revision_id,
        by=actor.account_id,
        action=Action.CLOSE,
        rank=review.rank,
        at=work.now,
    )
    work.seal(decision, "internal_note", text)
    work.session.add(decision)
    log.record(work, actor, "close_follow_up", location_id=group.location_id, on=("post", post.id))
    ring_staff(work, "queue_changed", group.id, review.id)
    ring_author(work, "help", post)
    return decision


def _still_open(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    return Review.follow_up != FollowUp.NONE, Group.location_id.in_(own_locations(actor))
