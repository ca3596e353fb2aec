"""The safe talk and the end of a worry, where they touch the queue: danger is read for, and a held post comes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis import escalations, talk
from safespace.crisis.escalations import CARE, CRISIS, Closing, Subject
from safespace.crisis.models import Alarm, AlarmKind, Escalation, TalkMessage
from safespace.groups.models import Group
from safespace.kernel.refusals import ConflictError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import assessing, norms
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.escalating import locked
from safespace.moderation.models import ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import AccountKind, Actor
from safespace.threads.models import Post, Words

QUIET = timedelta(minutes=15)  # without a word of staff for this long nobody counts as being at it


def say(work: Work, actor: Actor, escalation_id: UUID, words: str) -> TalkMessage:
    """Write in the safe talk. Crisis words of its author make the worry a crisis; it rings unless staff is talking.

    Heavy words in a talk that was closed are refused to nobody: they stand in a new one, about the same post.
    """
    escalation = talk.obtain_talk(work, actor, escalation_id)
    if actor.kind is AccountKind.YOUTH:
        escalation = _heard(work, actor, escalation, accept("words", words, cap=NOTE))
    return talk.say(work, actor, escalation.id, words)


def _heard(work: Work, actor: Actor, escalation: Escalation, text: str) -> Escalation:
    """Read an author's words for danger before anything else; gives the worry in whose talk they belong."""
    _, group = locked(work, escalation.post_id)
    work.session.refresh(escalation, with_for_update=True)  # a colleague may close it in this moment
    severity = assessing.assess_words(work, group, Words(body=text)).severity
    least = Severity.CRISIS if escalation.closed_at is None else Severity.HIGH
    if severity < least:
        return escalation
    worry = escalations.open_on(work, escalation.post_id)
    if worry is not None and severity is Severity.CRISIS:
        call(work, actor, worry)
        return worry
    return escalations.open_escalation(
        work, actor, _subject(escalation), CRISIS if severity is Severity.CRISIS else CARE
    )


def close(work: Work, actor: Actor, escalation_id: UUID, closing: Closing) -> Escalation:
    """End a worry. What was held for it waits for a decision again: no post stays held because nobody looks at it.

    Words of its author that were not on the page where the closing was written are read first: nobody can answer them
    in a talk that is closed (ConflictError `talk_unseen`).
    """
    found = escalations.obtain(work, actor, escalation_id)
    items = wait_for_decision(work, work.session.get_one(Post, found.post_id))  # a colleague may hold it in this moment
    closed = escalations.close(work, actor, escalation_id, closing)
    if closing.seen_line is not None:
        talk.see(work, actor, closed, upto=closing.seen_line)
        if talk.has_unseen(work, closed):
            raise ConflictError("talk_unseen")
    for review in items:
        if review.state is not ReviewState.CONTACT:
            continue
        group = work.session.get_one(Group, review.group_id)
        review.state = ReviewState.OPEN
        review.due_at = norms.due_now(work, group, review.severity)
        review.version += 1
        ring_staff(work, "queue_changed", group.id, review.id)
    return closed


def call(work: Work, actor: Actor, escalation: Escalation) -> None:
    """Make an open worry a crisis; one that is a crisis already rings anew, unless somebody is at it just now."""
    if escalation.level < CRISIS:
        escalations.open_escalation(work, actor, _subject(escalation), CRISIS)
    elif not is_at_it(work, escalation):
        escalations.open_alarm(work, escalation)


def _subject(escalation: Escalation) -> Subject:
    return Subject(
        location_id=escalation.location_id,
        group_id=escalation.group_id,
        membership_id=escalation.membership_id,
        post_id=escalation.post_id,
        review_id=escalation.review_id,
    )


def is_at_it(work: Work, escalation: Escalation) -> bool:
    """Say whether staff is in the talk, or answered the alarm a moment ago; what lies ahead says nothing.

    When the clock was set back, what was done before that would else count for hours.
    """
    talks: Any = sa.exists().where(
        TalkMessage.escalation_id == escalation.id,
        TalkMessage.staff_id.is_not(None),
        TalkMessage.at > work.now - QUIET,
        TalkMessage.at <= work.now,
    )
    answered: Any = sa.exists().where(
        Alarm.kind == AlarmKind.ESCALATION,
        Alarm.subject_id == escalation.id,
        Alarm.acknowledged_at > work.now - QUIET,
        Alarm.acknowledged_at <= work.now,
    )
    return bool(work.session.scalar(sa.select(sa.or_(talks, answered))))
