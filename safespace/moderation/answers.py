"""Answers by clinicians, under a visible badge: a human's own decision, held and undoable like any other."""

from datetime import timedelta
from uuid import UUID

from safespace.audit import log
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, release, training
from safespace.moderation.models import Action, Decision, Review, ReviewKind, ReviewState
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.roster import live_hours
from safespace.threads import lifecycle, reading
from safespace.threads.models import Author, PostState, PostType, Words


def answer(work: Work, actor: Actor, group_id: UUID, thread_id: UUID, words: Words) -> Decision:
    """Write in a thread as staff; gives the decision by which it can be undone while it is held.

    Raises NotAllowedError (`training_needed`, `not_offered`).
    """
    group, thread = reading.obtain_thread(work, actor, group_id, thread_id, Permission.ANSWER)
    training.require_passed(work, actor, group.location_id)
    if actor.account_id is None:
        raise NotFoundError
    if not thread.last_position:  # released first, it would show the group a conversation that waits for a decision
        raise NotAllowedError("not_offered")
    post, revision = lifecycle.add_post(
        work, thread, Author(staff_id=actor.account_id), PostType.EXPERIENCE, words, state=PostState.PENDING
    )
    review = Review(
        post_id=post.id,
        revision_id=revision.id,
        group_id=group.id,
        kind=ReviewKind.NEW,
        state=ReviewState.CLOSED,
        rank=0,
        engine_rank=0,
        opened_at=work.now,
        closed_at=work.now,
    )
    work.session.add(review)
    work.session.flush()
    assessing.store(work, review, assessing.assess_words(work, group, words), counted=False)
    decision = Decision(
        review_id=review.id,
        post_id=post.id,
        revision_id=revision.id,
        by=actor.account_id,
        action=Action.ANSWER,
        content_notes=list(words.content_notes),
        at=work.now,
    )
    work.session.add(decision)
    hold = release.hold_seconds(work, live=live_hours.open_in(work, group.id) is not None)
    lifecycle.schedule(work, post, revision.id, work.now + timedelta(seconds=hold))
    log.record(work, actor, "answer", location_id=group.location_id, on=("post", post.id), decision=str(decision.id))
    return decision
