"""What humans say about an item besides the decision: how soon, and which risky content. Software never lowers it."""

from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work
from safespace.moderation.decisions import last_decision, obtain_review, reopen
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Flag, Review
from safespace.moderation.risk.assessment import Category, Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import lifecycle


def set_severity(work: Work, actor: Actor, review_id: UUID, severity: Severity) -> Review:
    """Set how soon a human must look. A raised level cancels a release that did not happen yet and reopens the item.

    At high and crisis the author gets the help card at once.
    """
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    raised = severity.rank > review.rank
    # This update waits for a colleague who decides at the same moment; only then what was scheduled can be cancelled.
    work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id)
        .values(human_rank=severity.rank, rank=severity.rank, version=Review.version + 1)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(review)
    if raised and lifecycle.cancel_release(work, post.id, review.revision_id):
        decision = last_decision(work, review.id)
        if decision is not None:
            reopen(work, review, decision)
    log.record(
        work, actor, "set_severity", location_id=group.location_id, on=("post", post.id), severity=severity.value
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    if severity >= Severity.HIGH:
        ring_author(work, "help", post)
    return review


def flag(work: Work, actor: Actor, review_id: UUID, category: str) -> Flag:
    """Mark a post as risky content of one category; doing it twice changes nothing."""
    if category not in {one.value for one in Category}:
        raise InvalidError(category="unknown_choice")
    _, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    found = work.session.scalar(sa.select(Flag).where(Flag.post_id == post.id, Flag.category == category))
    if found is not None:
        return found
    if actor.account_id is None:
        raise InvalidError(category="unknown_choice")
    made = Flag(post_id=post.id, category=category, by=actor.account_id, at=work.now)
    work.session.add(made)
    log.record(work, actor, "flag", location_id=group.location_id, on=("post", post.id), category=category)
    ring_staff(work, "queue_changed", group.id, review_id)
    return made
