"""From an item to a worry: what one is about, ringing for a crisis item, and that somebody is at it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis import chains, ringing
from safespace.crisis.escalations import CARE, CRISIS, Subject
from safespace.crisis.models import Alarm, AlarmKind, Escalation
from safespace.groups.models import Group
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor
from safespace.threads.models import Post


def ring_if_crisis(work: Work, review: Review, location_id: UUID) -> None:
    """Ring for an item that has severity crisis, at once and until a human answers. Ringing already changes nothing."""
    if review.severity is Severity.CRISIS:
        ring(work, review, location_id)


def ring(work: Work, review: Review, location_id: UUID, *, first: bool = False) -> None:
    """Ring for an item, whatever its severity: somebody said that its author needs crisis care.

    `first`: neither `is_rung_for` the item nor `is_rung_about` its post, as was just asked.
    """
    ringing.open_alarm(
        work,
        AlarmKind.CRISIS_ITEM,
        review.id,
        location_id=location_id,
        group_id=review.group_id,
        post_id=review.post_id,
        first=first,
    )


def is_rung_for(review_id: Any) -> sa.ColumnElement[bool]:
    """Say that something rings for an item, or rang, for a question that is asked anyway."""
    return sa.exists().where(Alarm.kind == AlarmKind.CRISIS_ITEM, Alarm.subject_id == review_id)


def least_at(level: int) -> Severity:
    """Give how urgent at least an item is while a worry of this level is open (domain reference 2.8)."""
    return {CARE: Severity.HIGH, CRISIS: Severity.CRISIS}.get(level, Severity.NONE)


def least_about(work: Work, post_id: UUID) -> Severity:
    """Give how urgent at least the words of a post are, since a clinician has a worry about its author."""
    level = work.session.scalar(
        sa.select(Escalation.level).where(
            Escalation.post_id == post_id, Escalation.closed_at.is_(None), Escalation.owner_id.is_not(None)
        )
    )
    return least_at(level or 0)


def was_cared_for(work: Work, review_id: UUID) -> bool:
    """Say whether a worry of level 2 or 3 that an item raised was closed: somebody turned to its author."""
    about = sa.exists().where(Escalation.review_id == review_id, Escalation.level >= CARE)
    return bool(work.session.scalar(sa.select(about.where(Escalation.closed_at.is_not(None)))))


def is_rung_about(post_id: Any) -> sa.ColumnElement[bool]:
    """Say that something rings about a post, an item or a worry, for a question that is asked anyway."""
    return sa.exists().where(*chains.about(post_id))


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
