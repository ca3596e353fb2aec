"""The one question to an author who may be in danger: are you safe now? Two of its answers call a human, at once."""

import enum
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis import talk
from safespace.crisis.escalations import CRISIS, open_escalation, open_on
from safespace.crisis.models import Alarm, Escalation
from safespace.groups.models import Group
from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work
from safespace.moderation import norms, talking
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.escalating import locked, subject_of
from safespace.moderation.models import Review, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import put_off
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.roster import routes
from safespace.roster.waiting import Now, now_in
from safespace.threads import reading
from safespace.threads.models import Post


class Answer(enum.StrEnum):
    """What an author can say to the question whether they are safe now."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


@dataclass(frozen=True, kw_only=True)
class Called:
    """What came of an answer: the worry it belongs to, if any, and whether a human really is called now."""

    escalation_id: UUID | None
    human_called: bool


def answer_safety(work: Work, actor: Actor, post_id: UUID, answer: str, *, said: str) -> Called:
    """Take an author's answer about an own post, a draft too. *No* and *don't know* open or raise a crisis, and ring.

    The same answer twice does what it did once, until somebody saw the first. `said` is the question with the answer in
    the author's language; it stands in the safe talk, where staff reads it. Of a draft nothing else is kept, and its
    words stay the author's.
    """
    if answer not in {one.value for one in Answer}:
        raise InvalidError(safe="unknown_choice")
    post, group = reading.obtain_post(work, actor, post_id, Permission.TALK_WITH_TEAM)
    wait_for_decision(work, post)
    locked(work, post.id)
    escalation = open_on(work, post.id)
    if answer == Answer.YES:
        log.record(work, actor, "said_safe", location_id=group.location_id, on=("post", post.id))
    else:
        review = _raised(work, post, group)
        if escalation is None:
            subject = subject_of(post, group, review.id if review else None)
            escalation = open_escalation(work, actor, subject, CRISIS)
        else:
            talking.call(work, actor, escalation)
        ring_author(work, "help", post)
    if escalation is None:
        return Called(escalation_id=None, human_called=False)
    if not talk.waits_to_be_seen(work, escalation, said):
        talk.write(work, actor, escalation, said)
    return Called(escalation_id=escalation.id, human_called=is_human_called(work, now_in(work, group)))


def is_human_called(work: Work, now: Now) -> bool:
    """Say whether a text may promise that a human is called: somebody reads along now, or a proven route rings."""
    return now.reading.open or now.live is not None or routes.somebody_is_called(work, now.location.id)


def is_human_near(work: Work, escalation: Escalation, group: Group) -> bool:
    """Say whether a safe talk may promise that a human is called or there: it rings now, or staff is at it."""
    rings = sa.exists().where(Alarm.post_id == escalation.post_id, Alarm.acknowledged_at.is_(None))
    if work.session.scalar(sa.select(rings)) and is_human_called(work, now_in(work, group)):
        return True
    return talking.is_at_it(work, escalation)


def _raised(work: Work, post: Post, group: Group) -> Review | None:
    """Put the post's item on top of the queue: what its author says about being safe outweighs every rule.

    From now on the norm of a crisis counts for it. That is the item about the words that wait to be shown, else the one
    that is open, else the last one.
    """
    review = work.session.scalar(
        sa.select(Review)
        .where(Review.post_id == post.id)
        .order_by(
            (Review.revision_id == (post.pending_id or post.id)).desc(),
            (Review.state != ReviewState.CLOSED).desc(),
            Review.opened_at.desc(),
            Review.id,
        )
        .limit(1)
    )
    if review is None:
        return None
    worst, due = Severity.CRISIS.rank, norms.due_now(work, group, Severity.CRISIS)
    soonest = due if review.due_at is None else min(due, review.due_at)
    changed: Any = work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id, Review.state != ReviewState.CLOSED, Review.rank < worst)
        .values(rank=worst, due_at=soonest, blind=False, version=Review.version + 1)  # a crisis shows its signals
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(review)
    placed = put_off(work, post, review)  # an approval that nobody has seen yet
    if placed is not None:
        placed.rank, placed.due_at = worst, due
    if changed.rowcount or review.state is not ReviewState.CLOSED:
        ring_staff(work, "queue_changed", post.group_id, review.id)
    return review
