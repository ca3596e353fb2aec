"""What humans say about an item besides the decision: how soon, and which risky content. Software never lowers it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation import blind, escalating, norms, training
from safespace.moderation.decisions import obtain_review
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.learning import labelling
from safespace.moderation.models import Flag, Review, ReviewKind, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.undoing import put_off
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import Post


def set_severity(work: Work, actor: Actor, review_id: UUID, seen_version: int, severity: Severity) -> Review:
    """Set how soon a human must look, for the version that was seen.

    A worry is never refused: raising counts from any page and for everybody who reads the item. Anything else from an
    old one raises ConflictError (`changed_meanwhile`), and from who may not decide about it InvalidError
    (severity=`only_higher`); of a blind item neither, which would tell what the engine found: it keeps the level that
    is higher. A raised level cancels a release that did not happen yet. At high and crisis an item that was closed
    comes back as a follow-up that stays open until a human closes it, and the author gets the help card.
    """
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    trained = not training.is_needed(work, actor, group.location_id)
    if severity < lowest(review, actor, trained=trained):
        raise InvalidError(severity="only_higher")
    unsaid = blind.hidden(review) and not _may_lower(review, actor, trained=trained)
    if unsaid and severity < review.severity:
        return _keep_higher(work, actor, review, group, severity)
    if _set(work, actor, (review, post, group), seen_version, severity, same_counts=unsaid):
        escalating.ring_if_crisis(work, review, group.location_id)
    elif severity is not Severity.CRISIS:
        escalating.answered(work, actor, review.id)
    return review


def raise_for_worry(work: Work, actor: Actor, post: Post, group: Group, review: Review, severity: Severity) -> None:
    """Raise an item, held with all others of its post, to the level of the worry that is taken up now.

    Nothing rings for it, since somebody is there; whoever calls has stopped what was to be placed.
    """
    _set(work, actor, (review, post, group), review.version, severity, held=True)


def _set(
    work: Work,
    actor: Actor,
    found: tuple[Review, Post, Group],
    seen_version: int,
    severity: Severity,
    *,
    same_counts: bool = False,
    held: bool = False,
) -> bool:
    """Set the level; tell whether the item counts as new by it. Raises ConflictError (`changed_meanwhile`).

    A higher level counts from any version, with `same_counts` also the one it has.
    """
    review, post, group = found
    was = review.rank
    if severity.rank > was and not held:  # taking a placing back can put other items back too: all before the post
        wait_for_decision(work, post)
    counts = Review.rank <= severity.rank if same_counts else Review.rank < severity.rank
    # This update waits for a colleague who decides at the same moment; only then what was scheduled can be cancelled.
    changed: Any = work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id, sa.or_(Review.version == seen_version, counts))
        .values(human_rank=severity.rank, rank=severity.rank, version=Review.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError("changed_meanwhile", review_id=review.id)
    work.session.refresh(review)
    labelling.keep_level(work, review, severity)
    comes_back = severity >= Severity.HIGH and review.state is ReviewState.CLOSED
    anew = severity.rank > was or comes_back
    review.due_at = norms.due_again(work, group, severity, work.now if anew else review.opened_at)
    placed = put_off(work, post, review) if severity.rank > was and not held else None
    if placed is not None and placed is not review:
        ring_staff(work, "queue_changed", group.id, placed.id)
    if comes_back and placed is not review:
        review.kind, review.state, review.closed_at = ReviewKind.FOLLOW_UP, ReviewState.OPEN, None
        review.asked_location_id = None  # what another location was asked has been answered
    log.record(
        work, actor, "set_severity", location_id=group.location_id, on=("post", post.id), severity=severity.value
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    if severity >= Severity.HIGH:
        ring_author(work, "help", post)
    return anew


def lowest(review: Review, actor: Actor, *, trained: bool) -> Severity:
    """Give the lowest level somebody may choose: none, or, for who may not decide about the item, what it has now.

    Of a blind item that level stays unsaid, so everybody may choose any.
    """
    free = _may_lower(review, actor, trained=trained) or blind.hidden(review)
    return Severity.NONE if free else review.severity


def _may_lower(review: Review, actor: Actor, *, trained: bool) -> bool:
    return trained and (review.not_by is None or review.not_by != actor.account_id)


def _keep_higher(work: Work, actor: Actor, review: Review, group: Group, chosen: Severity) -> Review:
    """Leave the level as it is, and leave the traces that setting one leaves; what was chosen teaches nothing."""
    bump = sa.update(Review).where(Review.id == review.id).values(version=Review.version + 1)
    work.session.execute(bump.execution_options(synchronize_session=False))
    work.session.refresh(review)
    log.record(
        work,
        actor,
        "set_severity",
        location_id=group.location_id,
        on=("post", review.post_id),
        severity=review.severity.value,
        chosen=chosen.value,
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    return review


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
