"""What ends with a post: taking it away from the group, and what becomes of the items about it."""

from uuid import UUID

import sqlalchemy as sa

from safespace.kernel.work import Work
from safespace.moderation.doorbells import ring_group
from safespace.moderation.models import Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostState

# What is about words that wait; these end with the post, the others get their own answer.
OF_WORDS = (ReviewKind.NEW, ReviewKind.EDIT, ReviewKind.REWORDED, ReviewKind.FOLLOW_UP)


def about_words() -> sa.ColumnElement[bool]:
    """Select the items that are about words of an author, a question to a colleague about them among these."""
    asked = sa.and_(Review.kind == ReviewKind.SECOND_LOOK, Review.about_id.is_(None))
    return sa.or_(Review.kind.in_(OF_WORDS), asked)


def take_away(work: Work, post: Post, by: UUID | None = None) -> None:
    """Hide a post that is shown: a tombstone stays in its place and replies stay.

    An edit that waits goes with it; a worry that was high or crisis stays open. `by` is the item that was decided.
    """
    lifecycle.move(work, post, PostState.HIDDEN, drop_pending=True)
    if post.opens_thread:
        lifecycle.take_title_back(work, post.thread_id)
    for review in work.session.scalars(
        sa.select(Review).where(Review.post_id == post.id, Review.state != ReviewState.CLOSED, about_words())
    ):
        if review.id != by:
            end_with_post(work, review)
    ring_group(work, "post_withdrawn", post)


def end_with_post(work: Work, review: Review) -> None:
    """Close an item whose words are gone, or keep it as a follow-up when it was high or crisis.

    What a member told stays as it is: whoever told the team still gets an answer.
    """
    if review.kind is ReviewKind.REPORT:
        pass
    elif review.severity >= Severity.HIGH:
        review.kind = ReviewKind.FOLLOW_UP
    else:
        review.state = ReviewState.CLOSED
        review.closed_at = work.now
    review.version += 1


def close_others(work: Work, decided: Review) -> None:
    """Close other items about the same decision: it was overturned, so nothing is left to look at again."""
    others = sa.select(Review).where(
        Review.about_id == decided.about_id, Review.id != decided.id, Review.state != ReviewState.CLOSED
    )
    for review in work.session.scalars(others):
        review.state, review.closed_at = ReviewState.CLOSED, work.now
        review.version += 1
