"""Which own posts have the help card with them: what is high or crisis, and what a colleague takes care of."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis.escalations import CARE
from safespace.crisis.models import Escalation
from safespace.kernel.work import Work
from safespace.moderation.models import FollowUp, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostState

# What a member told about somebody never shows to that somebody by itself: a human has to find it high too.
WORRYING = sa.and_(
    Review.rank >= Severity.HIGH.rank,
    sa.or_(Review.needs_help, Review.human_rank >= Severity.HIGH.rank),
    sa.or_(Review.kind != ReviewKind.REPORT, Review.human_rank.is_not(None)),
)
# A clinician who takes up such a worry has found that the author needs help, whatever the level of the item.
CARED_FOR = sa.and_(Escalation.closed_at.is_(None), Escalation.level >= CARE)
NOT_PLACED = (PostState.CHANGES_REQUESTED, PostState.DECLINED, PostState.HELD, PostState.HIDDEN)


_HELP_WAITS = sa.select(
    sa.exists()
    .where(Post.thread_id == sa.bindparam("thread_id"), Post.membership_id.in_(sa.bindparam("mine", expanding=True)))
    .where(
        sa.or_(
            sa.exists().where(
                Review.post_id == Post.id,
                sa.or_(Review.state != ReviewState.CLOSED, Post.release_at.is_not(None)),
                WORRYING,
            ),
            sa.exists().where(Escalation.post_id == Post.id, CARED_FOR),
        )
    )
)


def brings_help(review: Review) -> bool:
    """Tell of an item of high or crisis whether its author has the help card: by what was found, or by a human."""
    return review.needs_help or (review.human_rank or 0) >= Severity.HIGH.rank


def help_waits(work: Work, actor: Actor, thread_id: UUID) -> bool:
    """Say whether an own post in this thread still has the help card with it."""
    mine = [member.membership_id for member in actor.members.values()]
    return bool(work.session.scalar(_HELP_WAITS, {"thread_id": thread_id, "mine": mine}))


def with_help(work: Work, ids: Sequence[UUID]) -> set[UUID]:
    """Give which of these posts, whatever became of them, have the help card with them."""
    return set(
        work.session.scalars(
            sa.select(Review.post_id)
            .where(
                Review.post_id.in_(ids),
                WORRYING,
                sa.or_(
                    Review.state != ReviewState.CLOSED,
                    Review.follow_up != FollowUp.NONE,
                    Post.release_at.is_not(None),  # an approval that may be undone is not felt by the author
                    Post.state.in_(NOT_PLACED),
                ),
                Post.id == Review.post_id,
            )
            .union(sa.select(Escalation.post_id).where(Escalation.post_id.in_(ids), CARED_FOR))
        )
    )
