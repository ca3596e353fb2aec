"""Taking up a worry about the author of an item, or making it more urgent; the item then asks for as much."""

from uuid import UUID

from safespace.crisis import escalations
from safespace.crisis.models import Escalation
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import labels
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.ending import is_about_words
from safespace.moderation.escalating import answered, least_at, locked, subject_of
from safespace.moderation.models import Review, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import put_off
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.threads.models import Post


def take_up(work: Work, actor: Actor, review: Review, level: int, summary: str) -> Escalation:
    """Take up a worry about the author of an item, or raise the one that is open; level 3 rings.

    From level 2 on the author gets the help card, and what waits is never less urgent than the worry about it, so that
    no colleague places it unawares. Raises InvalidError (level=`unknown_choice`, summary=`too_long`).
    """
    _as_urgent(work, actor, review, level)  # locks go review first, post second
    post, group = locked(work, review.post_id)
    require(actor, Permission.ESCALATE, scope_of(group))
    if post.membership_id is None:
        raise NotFoundError
    escalation = escalations.open_escalation(work, actor, subject_of(post, group, review.id), level, summary)
    # Below level 3 somebody has to say that they go to a crisis.
    if level == escalations.CRISIS or review.severity is not Severity.CRISIS:
        answered(work, actor, review.id)
    return escalation


def raise_level(work: Work, actor: Actor, escalation_id: UUID, level: int) -> Escalation:
    """Make a worry more urgent, and with it what waits. Raises ConflictError (`escalation_closed`)."""
    escalation = escalations.obtain(work, actor, escalation_id)
    review = work.session.get(Review, escalation.review_id) if escalation.review_id else None
    if review is not None and escalation.closed_at is None:
        _as_urgent(work, actor, review, level)
    return escalations.raise_level(work, actor, escalation_id, level)


def _as_urgent(work: Work, actor: Actor, review: Review, level: int) -> None:
    """Raise this item and all words of the post that wait, and stop a placing; a colleague may just have done so."""
    least = least_at(level)
    if least is Severity.NONE:
        return
    post = work.session.get_one(Post, review.post_id)
    group = work.session.get_one(Group, post.group_id)
    require(actor, Permission.ESCALATE, scope_of(group))
    items = wait_for_decision(work, post)
    for one in items:
        if post.release_at is not None and post.pending_id == one.revision_id:
            placed = put_off(work, post, one)
            if placed is not None:
                ring_staff(work, "queue_changed", placed.group_id, placed.id)
            break
    for one in items:
        asked = one.id == review.id or is_about_words(one)
        if asked and one.state is not ReviewState.CLOSED and (one.human_rank or 0) < least.rank:
            labels.raise_for_worry(work, actor, post, group, one, max(least, one.severity))
