"""Hiding what the group already saw, from the conversation itself: with a reason and a note, as for not placing it."""

from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import ConflictError, NotAllowedError
from safespace.kernel.work import Work
from safespace.moderation import training
from safespace.moderation.decisions import carry_out, wait_for_decision, write
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Decision, Review
from safespace.moderation.verdicts import Verdict, check, language_of
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


def hide(work: Work, actor: Actor, post_id: UUID, verdict: Verdict) -> Decision:
    """Take a post out of the group at once. The decision belongs to the item by which the group came to see it."""
    post, group = obtain_shown(work, actor, post_id)
    training.require_passed(work, actor, group.location_id)
    wait_for_decision(work, post)
    obtain_shown(work, actor, post_id)
    texts = check(work, verdict, language_of(work, post))
    review = shown_by(work, post)
    decision = write(work, actor, review, post, verdict, texts)
    carry_out(work, post, group, review, decision, texts)
    review.version += 1
    log.record(
        work,
        actor,
        "decide_hide",
        location_id=group.location_id,
        on=("post", post.id),
        reason=decision.reason,
        decision=str(decision.id),
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    ring_author(work, "post_changed", post)
    return decision
