"""Hiding what the group already saw, from the conversation itself: with a reason and a note, as for not placing it."""

from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.kernel.work import Work
from safespace.moderation import ending, escalating, norms, training
from safespace.moderation.carrying_out import carry_out
from safespace.moderation.decisions import standing, write
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Decision, FollowUp, Review
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Texts, Verdict, check, language_of
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.threads import reading
from safespace.threads.models import Post, PostState


def obtain_shown(work: Work, actor: Actor, post_id: UUID) -> tuple[Post, Group]:
    """Give a post that can be hidden.

    Raises ConflictError (`already_decided`) when it was hidden, NotAllowedError (`not_offered`) when the group does not
    see it for another reason.
    """
    post, group = reading.obtain_post(work, actor, post_id, Permission.READ_POST)
    require(actor, Permission.REVIEW, scope_of(group))
    if post.state is PostState.HIDDEN:
        raise ConflictError("already_decided")
    if post.state is not PostState.PUBLISHED:
        raise NotAllowedError("not_offered")
    return post, group


def shown_by(work: Work, post: Post) -> Review:
    """Give the item by which the group came to see a post."""
    return work.session.scalars(
        sa.select(Review)
        .where(Review.post_id == post.id)
        .order_by((Review.revision_id == post.revision_id).desc(), Review.opened_at.desc(), Review.id)
        .limit(1)
    ).one()


def check_hiding(work: Work, post: Post, review: Review, verdict: Verdict) -> Texts:
    """Give the texts with which a shown post is hidden; raises InvalidError by field."""
    texts = check(work, verdict, language_of(work, post))
    if ending.leaves_nothing(work, review, verdict):
        raise InvalidError(follow_up="follow_up_needed")
    return texts


def hide(work: Work, actor: Actor, post_id: UUID, verdict: Verdict) -> Decision:
    """Take a post out of the group at once. The decision belongs to the item by which the group came to see it.

    How soon somebody must look and what the author still needs are kept with that item, as for any decision. One that
    is open stays open, and rings on: whoever hides it from the conversation has not looked at it there.
    Raises InvalidError by field, as `decide` does.
    """
    post, group = obtain_shown(work, actor, post_id)
    training.require_passed(work, actor, group.location_id)
    items = wait_for_decision(work, post)
    obtain_shown(work, actor, post_id)
    review = shown_by(work, post)
    texts = check_hiding(work, post, review, verdict)
    was, before = review.rank, standing(review)
    _keep_answers(work, group, review, verdict)
    decision = write(work, actor, review, post, verdict, texts, **before)
    carry_out(work, post, group, review, decision, texts, items=items)
    if decision.follow_up is FollowUp.CRISIS or (review.severity is Severity.CRISIS and review.rank > was):
        escalating.ring(work, review, group.location_id)
    elif was == Severity.CRISIS.rank > review.rank:
        escalating.answered(work, actor, review.id)
    log.record(
        work,
        actor,
        "decide_hide",
        location_id=group.location_id,
        on=("post", post.id),
        reason=decision.reason,
        severity=review.severity.value,
        follow_up=decision.follow_up.value,
        decision=str(decision.id),
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    ring_author(work, "post_changed", post)
    if review.severity >= Severity.HIGH and review.rank > was:
        ring_author(work, "help", post)
    return decision


def _keep_answers(work: Work, group: Group, review: Review, verdict: Verdict) -> None:
    was = review.rank
    review.follow_up = review.follow_up.or_more(verdict.follow_up)  # it asks for no less until a human closes it
    if verdict.severity is not None and verdict.severity.rank != was:
        review.rank = review.human_rank = verdict.severity.rank
    review.needs_help = review.needs_help or verdict.asks_for_help
    if review.rank > was and review.due_at is not None:
        review.due_at = min(review.due_at, norms.due_now(work, group, review.severity))
    review.version += 1
