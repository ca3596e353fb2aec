"""What humans say about an item besides the decision: how soon, and which risky content. Software never lowers it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation import escalating, norms, training
from safespace.moderation.decisions import last_decision, obtain_review
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.learning import labelling
from safespace.moderation.models import Flag, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.undoing import reopen
from safespace.moderation.verdicts import PLACING
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import lifecycle


def set_severity(work: Work, actor: Actor, review_id: UUID, seen_version: int, severity: Severity) -> Review:
    """Set how soon a human must look, for the version that was seen.

    A worry is never refused: raising counts from any page and for everybody who reads the item. Anything else from an
    old one raises ConflictError (`changed_meanwhile`), and from who may not decide about it InvalidError
    (severity=`only_higher`). A raised level cancels a release that did not happen yet. At high and crisis an item that
    was closed comes back as a follow-up that stays open until a human closes it, and the author gets the help card.
    """
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    was = review.rank
    if severity < lowest(review, actor, trained=not training.is_needed(work, actor, group.location_id)):
        raise InvalidError(severity="only_higher")
    # This update waits for a colleague who decides at the same moment; only then what was scheduled can be cancelled.
    changed: Any = work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id, sa.or_(Review.version == seen_version, Review.rank < severity.rank))
        .values(human_rank=severity.rank, rank=severity.rank, version=Review.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError("changed_meanwhile", review_id=review_id)
    work.session.refresh(review)
    labelling.keep_level(work, review, severity)
    comes_back = severity >= Severity.HIGH and review.state is ReviewState.CLOSED
    anew = severity.rank > was or comes_back
    review.due_at = norms.due_again(work, group, severity, work.now if anew else review.opened_at)
    if severity.rank > was and lifecycle.cancel_release(work, post.id, review.revision_id):
        decision = last_decision(work, review.id, *PLACING)
        if decision is not None:
            reopen(work, review, post, decision)
    elif comes_back:
        review.kind, review.state, review.closed_at = ReviewKind.FOLLOW_UP, ReviewState.OPEN, None
        review.asked_location_id = None  # what another location was asked has been answered
    log.record(
        work, actor, "set_severity", location_id=group.location_id, on=("post", post.id), severity=severity.value
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    if anew:
        escalating.ring_if_crisis(work, review, group.location_id)
    elif severity is not Severity.CRISIS:
        escalating.answered(work, actor, review.id)
    if severity >= Severity.HIGH:
        ring_author(work, "help", post)
    return review


def lowest(review: Review, actor: Actor, *, trained: bool) -> Severity:
    """Give the lowest level somebody may set: none, or, for who may not decide about the item, what it has now."""
    decides = review.not_by is None or review.not_by != actor.account_id
    return Severity.NONE if decides and trained else review.severity


def flag(work: Work, actor: Actor, review_id: UUID, category: str) -> Flag:
    """Mark a post as risky content of one category; doing it twice changes nothing."""
    if category not in {one.value for one in Category}:
        raise InvalidError(category="unknown_choice")
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    found = work.session.scalar(sa.select(Flag).where(Flag.post_id == post.id, Flag.category == category))
    if found is not None:
        return found
    if actor.account_id is None:
        raise InvalidError(category="unknown_choice")
    made = Flag(post_id=post.id, category=category, by=actor.account_id, at=work.now)
    work.session.add(made)
    labelling.keep_category(work, review, category)
    log.record(work, actor, "flag", location_id=group.location_id, on=("post", post.id), category=category)
    ring_staff(work, "queue_changed", group.id, review_id)
    return made
