"""What ends with a post: taking it away from the group, and what becomes of the items about it."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import escalating
from safespace.moderation.doorbells import ring_group
from safespace.moderation.models import Action, Appeal, Decision, FollowUp, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import PLACING, Verdict
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostState

# What is about words that wait; these end with the post, the others get their own answer.
OF_WORDS = (ReviewKind.NEW, ReviewKind.EDIT, ReviewKind.REWORDED, ReviewKind.FOLLOW_UP)

STAYS = {Action.HOLD: ReviewState.CONTACT, Action.SECOND_LOOK: ReviewState.OPEN}  # all other decisions close the item


def leaves_nothing(work: Work, review: Review, verdict: Verdict) -> bool:
    """Whether it would end an item that a human calls high or crisis while nobody turns, or turned, to its author.

    A worry that is still open is no answer yet: whoever decides meanwhile says what the author needs.
    """
    ends = verdict.action not in {*STAYS, Action.CLOSE, Action.CONFIRM, Action.ASK_REWORD}
    level = review.human_rank or 0 if verdict.severity is None else verdict.severity.rank
    needs = review.follow_up.or_more(verdict.follow_up)
    heavy = level >= Severity.HIGH.rank and needs is FollowUp.NONE
    return ends and heavy and not escalating.was_cared_for(work, review.id)


def about_words() -> sa.ColumnElement[bool]:
    """Select the items that are about words of an author, a question to a colleague about them among these."""
    asked = sa.and_(Review.kind == ReviewKind.SECOND_LOOK, Review.about_id.is_(None))
    return sa.or_(Review.kind.in_(OF_WORDS), asked)


def is_about_words(review: Review) -> bool:
    """Say of an item what `about_words` says for a question."""
    return review.kind in OF_WORDS or (review.kind is ReviewKind.SECOND_LOOK and review.about_id is None)


def take_away(work: Work, post: Post, items: Iterable[Review], by: UUID | None = None) -> None:
    """Hide a post that is shown: a tombstone stays in its place and replies stay.

    An edit that waits goes with it; a worry that was high or crisis stays open. `items` are all of the post, held;
    `by` is the one that was decided.
    """
    lifecycle.move(work, post, PostState.HIDDEN, drop_pending=True)
    if post.opens_thread:
        lifecycle.take_title_back(work, post.thread_id)
    for review in items:
        if review.id != by and review.state is not ReviewState.CLOSED and is_about_words(review):
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


def close_others(work: Work, decided: Review, items: Iterable[Review]) -> None:
    """End other items about the same decision: it was overturned, so nothing is left to look at again.

    What an author wrote with a fresh look stands on the page of all of them, so it was read by whoever decided. Heavy
    words ask for more than a post that is placed: they stay as a follow-up. `items` are all of the post, held.
    """
    for review in items:
        other = review.about_id == decided.about_id and review.id != decided.id
        if other and review.state is not ReviewState.CLOSED:
            end_with_post(work, review)


def reopen_others(work: Work, decided: Review) -> None:
    """Put back what `close_others` ended, since that decision is taken back: those items still wait for an answer.

    A follow-up that was closed meanwhile was looked after, but its author got no answer either.
    """
    answered = sa.exists().where(
        Decision.review_id == Review.id,
        Decision.undone_at.is_(None),
        Decision.action.in_([*PLACING, Action.CONFIRM]),
    )
    asked = sa.exists().where(Appeal.review_id == Review.id)
    ended = sa.or_(Review.state == ReviewState.CLOSED, Review.kind == ReviewKind.FOLLOW_UP)
    for review, is_appeal in work.session.execute(
        sa.select(Review, asked).where(Review.about_id == decided.about_id, Review.id != decided.id, ended, ~answered)
    ):
        review.kind = ReviewKind.APPEAL if is_appeal else ReviewKind.SECOND_LOOK
        if review.state is ReviewState.CLOSED:
            escalating.ring_if_crisis(work, review, work.session.get_one(Group, review.group_id).location_id)
        review.state, review.closed_at = ReviewState.OPEN, None
        review.version += 1
