"""Taking back what was decided and has not happened yet, and putting its item back into the queue."""

from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis.models import Escalation
from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import ending, escalating, reports, training
from safespace.moderation.decisions import last_decision, obtain_review
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.models import Action, Decision, FollowUp, Report, Review, ReviewKind, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.verdicts import PLACING
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostRevision, PostState


def undo(work: Work, actor: Actor, decision_id: UUID) -> Review:
    """Take back an approval that is not released yet; raises ConflictError (`already_released`) when too late.

    What was taken back already stays as it is: a second press changes nothing. Whoever may not decide about the item
    takes nothing back either (NotAllowedError). A crisis rings anew, since nobody has answered it now; unless a
    colleague has contact with its author.
    """
    decision = work.session.get(Decision, decision_id)
    if decision is None:
        raise NotFoundError
    review, post, group = obtain_review(work, actor, decision.review_id, Permission.REVIEW)
    training.require_passed(work, actor, group.location_id)
    wait_for_decision(work, post)
    work.session.refresh(decision)
    if review.not_by is not None and review.not_by == actor.account_id:
        raise NotAllowedError("not_offered")
    if decision.undone_at is not None and post.revision_id != decision.revision_id:
        return review
    gone = decision.undone_at is not None or _newer_placing(work, decision)
    if gone or not lifecycle.cancel_release(work, post.id, _waiting(work, decision)):
        raise ConflictError("already_released")
    if decision.action is Action.ANSWER:  # an answer that is taken back was never anybody's to review
        decision.undone_at = work.now
        work.session.refresh(post)
        lifecycle.move(work, post, PostState.WITHDRAWN, drop_pending=True)
    else:
        reopen(work, review, post, decision)
        if review.state is not ReviewState.CONTACT:
            escalating.ring_if_crisis(work, review, group.location_id)
    log.record(work, actor, "undo", location_id=group.location_id, on=("post", post.id), decision=str(decision.id))
    ring_staff(work, "queue_changed", group.id, review.id)
    return review


def _newer_placing(work: Work, decision: Decision) -> bool:
    newer = sa.exists().where(
        Decision.post_id == decision.post_id,
        Decision.at > decision.at,
        Decision.undone_at.is_(None),
        Decision.action.in_(PLACING),
    )
    return bool(work.session.scalar(sa.select(newer)))


def _waiting(work: Work, decision: Decision) -> UUID:
    """Give the version that waits for its release: where something is left out, that is the original."""
    if decision.action is not Action.REDACT:
        return decision.revision_id
    return work.session.get_one(PostRevision, decision.revision_id).redacted_from or decision.revision_id


def reopen(work: Work, review: Review, post: Post, decision: Decision) -> None:
    """Put an item whose release was cancelled back into the queue; the decision stays in the record, marked.

    What the decision said besides goes with it, except that a level is never lower for it; who told the team about the
    post waits for a new answer, and so does who asked for a fresh look that ended with it. An item whose author a
    colleague still has contact with is held for that again, and asks nobody else to look.
    """
    decision.undone_at = work.now
    review.state = ReviewState.CONTACT if _is_in_contact(work, review) else ReviewState.OPEN
    review.blind = False  # the signals were shown once it was decided
    review.closed_at = None
    review.follow_up = FollowUp(decision.was_follow_up)
    if decision.was_rank > review.rank:
        review.rank, review.human_rank = decision.was_rank, decision.was_human_rank
    review.version += 1
    reports.ask_again(work, review, decision)
    if review.about_id is not None:
        ending.reopen_others(work, review)
    work.session.flush()
    if review.about_id is not None or review.kind is ReviewKind.REPORT:
        work.session.refresh(post)
        lifecycle.put_back(work, post, review.revision_id)
    elif review.state is ReviewState.CONTACT and post.position is None:
        work.session.refresh(post)
        lifecycle.move(work, post, PostState.HELD)


def _is_in_contact(work: Work, review: Review) -> bool:
    """Whether contact was sought last of all, and neither a worry that was closed nor a new report ended that."""
    steps = [one for one in Action if one is not Action.CLOSE]  # that one can be about what the author needs only
    last = last_decision(work, review.id, *steps)
    if last is None or last.action is not Action.HOLD:
        return False
    over = sa.exists().where(Escalation.post_id == review.post_id, Escalation.closed_at >= last.at)
    told = sa.exists().where(Report.review_id == review.id, Report.at > last.at)
    return not work.session.scalar(sa.select(sa.or_(over, told)))


def decide_anew(work: Work, post: Post) -> None:
    """Put back what waits for its release by a decision about a report or an earlier decision: the words change now.

    Those decisions were about what the group sees, which stays as it is; so they are still to be made.
    """
    if post.release_at is None:
        return
    row = _last_placing(work, post, sa.or_(Review.about_id.is_not(None), Review.kind == ReviewKind.REPORT))
    if row is None:
        return
    decision, review = row
    if post.pending_id == _waiting(work, decision) and lifecycle.cancel_release(work, post.id, post.pending_id):
        reopen(work, review, post, decision)
        ring_staff(work, "queue_changed", review.group_id, review.id)


def put_off(work: Work, post: Post, review: Review) -> Review | None:
    """Cancel the release of the words of an item, whoever placed them: the item of that decision waits again.

    That can be another item about the same words. Gives it; None when nothing was to be released.
    """
    if not lifecycle.cancel_release(work, post.id, review.revision_id):
        return None
    row = _last_placing(work, post)
    if row is None:  # an answer of staff
        return None
    decision, placed = row
    reopen(work, placed, post, decision)
    return placed


def _last_placing(work: Work, post: Post, *where: sa.ColumnElement[bool]) -> tuple[Decision, Review] | None:
    row = work.session.execute(
        sa.select(Decision, Review)
        .join(Review, Review.id == Decision.review_id)
        .where(Decision.post_id == post.id, Decision.undone_at.is_(None), Decision.action.in_(PLACING), *where)
        .order_by(Decision.at.desc(), Decision.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.Decision, row.Review)
