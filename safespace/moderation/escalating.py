"""From an item to a worry: taking one up, ringing for a crisis item, and that somebody is at it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis import ringing
from safespace.crisis.escalations import CRISIS as RINGS
from safespace.crisis.escalations import Subject, open_escalation
from safespace.crisis.models import Alarm, AlarmKind, Escalation
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.threads.models import Post


def escalate(work: Work, actor: Actor, review: Review, level: int, summary: str) -> Escalation:
    """Take up a worry about the author of an item, or raise the one that is open; level 3 rings.

    Raises InvalidError (level=`unknown_choice`, summary=`too_long`).
    """
    post, group = locked(work, review.post_id)
    require(actor, Permission.ESCALATE, scope_of(group))
    if post.membership_id is None:
        raise NotFoundError
    escalation = open_escalation(work, actor, subject_of(post, group, review.id), level, summary)
    if level == RINGS or review.severity is not Severity.CRISIS:  # below, somebody has to say that they go to a crisis
        answered(work, actor, review.id)
    return escalation


def ring_if_crisis(work: Work, review: Review, location_id: UUID) -> None:
    """Ring for an item that has severity crisis, at once and until a human answers. Ringing already changes nothing."""
    if review.severity is Severity.CRISIS:
        ring(work, review, location_id)


def ring(work: Work, review: Review, location_id: UUID) -> None:
    """Ring for an item, whatever its severity: somebody said that its author needs crisis care."""
    ringing.open_alarm(
        work,
        AlarmKind.CRISIS_ITEM,
        review.id,
        location_id=location_id,
        group_id=review.group_id,
        post_id=review.post_id,
    )


def is_rung_for(review_id: Any) -> sa.ColumnElement[bool]:
    """Say that something rings for an item, or rang, for a question that is asked anyway."""
    return sa.exists().where(Alarm.kind == AlarmKind.CRISIS_ITEM, Alarm.subject_id == review_id)


def answered(work: Work, actor: Actor, review_id: UUID) -> None:
    """Stop what rings for an item, since this clinician decided about it or took it up."""
    ringing.answered(work, actor, AlarmKind.CRISIS_ITEM, review_id)


def subject_of(post: Post, group: Group, review_id: UUID | None) -> Subject:
    """Give what a worry about this post is about; NotFoundError for a post of staff."""
    if post.membership_id is None:
        raise NotFoundError
    return Subject(
        location_id=group.location_id,
        group_id=group.id,
        membership_id=post.membership_id,
        post_id=post.id,
        review_id=review_id,
    )


def locked(work: Work, post_id: UUID) -> tuple[Post, Group]:
    """Give a post, held until the end: two who take up one worry at once wait for each other. Reviews come first."""
    post = work.session.scalar(sa.select(Post).where(Post.id == post_id).with_for_update())
    if post is None:
        raise NotFoundError
    return post, work.session.get_one(Group, post.group_id)
