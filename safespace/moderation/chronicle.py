"""Conversations that are past already: written as sending, deciding and releasing would have left them.

For the demo clinic only, which would otherwise need minutes of use cases before it starts. A test plays one
conversation both ways and compares every row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.refusals import NotAllowedError
from safespace.kernel.work import Work
from safespace.moderation import assessing, hits, intake, norms
from safespace.moderation.models import Action, Decision, Review, ReviewKind, ReviewState
from safespace.policy.roles import ANONYMOUS, Actor
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread


@dataclass(frozen=True, kw_only=True, repr=False)
class Told:
    """One message of the past. Without `sent_at` its author is staff, whose answer is its own decision."""

    author: Actor
    type: PostType
    body: str
    content_notes: tuple[str, ...] = ()
    sent_at: datetime | None = None
    decided_by: Actor
    shown_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Conversation:
    """One conversation of the past, in the order in which the group saw it."""

    group: Group
    title: str
    type: PostType
    told: Sequence[Told]


@dataclass
class Chronicle:
    """What was written: the threads, the opening post of each, and what the log has to say at which moment."""

    threads: list[Thread] = field(default_factory=list)
    openings: dict[UUID, UUID] = field(default_factory=dict)
    entries: list[tuple[datetime, Any]] = field(default_factory=list)
    _rows: dict[type, list[Any]] = field(default_factory=dict)
    _known: set[tuple[UUID, UUID]] = field(default_factory=set)

    def keep(self, row: Any) -> None:
        """Remember a row; rows are written table by table, since one refers to another."""
        self._rows.setdefault(type(row), []).append(row)

    def is_first(self, post: Post) -> bool:
        """Say whether this is the first message of a member in the group."""
        if post.membership_id is None:
            return False
        key = (post.group_id, post.membership_id)
        first = key not in self._known
        self._known.add(key)
        return first

    def write(self, work: Work) -> None:
        """Write the rows in few flushes."""
        for table in (Thread, Post, PostRevision, Review, Decision):
            work.session.add_all(self._rows.get(table, []))
            work.session.flush()


def write_past(work: Work, conversations: Sequence[Conversation]) -> Chronicle:
    """Write whole conversations. Who calls records `entries` in the order of time, so that the log's chain is whole.

    Raises NotAllowedError outside a demo: in a clinic nothing is there without somebody who sent it and who read it.
    """
    if not work.settings.is_demo:
        raise NotAllowedError
    made = Chronicle()
    for one in conversations:
        made.threads.append(_thread(work, made, one))
    moments = [
        (told.shown_at, told, thread, one)
        for one, thread in zip(conversations, made.threads, strict=True)
        for told in one.told
    ]
    for _, told, thread, one in sorted(moments, key=lambda moment: moment[0]):
        thread.last_position += 1
        _post(work, made, one, thread, told)
    made.write(work)
    return made


def _thread(work: Work, made: Chronicle, one: Conversation) -> Thread:
    first, last = one.told[0], one.told[-1]
    thread = Thread(group_id=one.group.id, type=one.type, created_at=first.sent_at or first.shown_at)
    thread.last_released_at = last.shown_at
    work.seal(thread, "title", one.title)
    made.keep(thread)
    return thread


def _post(work: Work, made: Chronicle, one: Conversation, thread: Thread, told: Told) -> None:
    member, opens = told.author.member_of(one.group.id), thread.last_position == 1
    words = intake.accept_words(work, told.body, title=one.title if opens else None)
    decided_at = told.shown_at - timedelta(seconds=work.settings.hold_seconds)
    sent_at = told.sent_at or decided_at
    post = Post(
        thread_id=thread.id,
        group_id=one.group.id,
        membership_id=member.membership_id if member else None,
        staff_id=None if member else told.author.account_id,
        type=told.type,
        opens_thread=opens,
        state=PostState.PUBLISHED,
        position=thread.last_position,
        content_notes=sorted(told.content_notes),
        created_at=sent_at,
        released_at=told.shown_at,
        version=3,  # added, scheduled, released
    )
    notes = [] if member else post.content_notes
    revision = PostRevision(post_id=post.id, number=1, content_notes=notes, created_at=sent_at, sent_at=sent_at)
    work.seal(revision, "body", words.body)
    if words.title is not None:
        work.seal(revision, "title", words.title)
    post.revision_id = revision.id
    made.keep(post)
    made.keep(revision)
    if opens:
        made.openings[thread.id] = post.id
    review = _review(post, revision, first=made.is_first(post), decided_at=decided_at, by_member=member is not None)
    assessment = assessing.assess_by_rules(work, one.group, words)
    if member is not None:
        review.rank = review.engine_rank = assessment.severity.rank
        review.needs_help = not assessment.risks_anonymity_alone
        review.due_at = norms.due_at(work, one.group.location, assessment.severity, sent_at)
        hits.count(work, one.group.location_id, assessment, sent_at)
    assessing.store(work, review, assessment, counted=False)
    made.keep(review)
    decision = _decision(review, told, decided_at, by_member=member is not None)
    made.keep(decision)
    made.entries += _entries(work, one.group, told, review, decision)


def _review(post: Post, revision: PostRevision, *, first: bool, decided_at: datetime, by_member: bool) -> Review:
    return Review(
        post_id=post.id,
        revision_id=revision.id,
        group_id=post.group_id,
        kind=ReviewKind.NEW,
        state=ReviewState.CLOSED,
        rank=0,
        engine_rank=0,
        first_post=first,
        opened_at=post.created_at,
        closed_at=decided_at,
        shown=by_member,
        version=2 if by_member else 1,
    )


def _decision(review: Review, told: Told, decided_at: datetime, *, by_member: bool) -> Decision:
    placed = Action.APPROVE_WITH_NOTES if told.content_notes else Action.APPROVE
    account_id = told.decided_by.account_id
    if account_id is None:
        raise NotAllowedError
    return Decision(
        review_id=review.id,
        post_id=review.post_id,
        revision_id=review.revision_id,
        judged_id=review.revision_id if by_member else None,
        by=account_id,
        action=placed if by_member else Action.ANSWER,
        content_notes=sorted(told.content_notes),
        rank=review.rank,
        at=decided_at,
    )


def _entries(
    work: Work, group: Group, told: Told, review: Review, decision: Decision
) -> list[tuple[datetime, partial[None]]]:
    entry = partial(log.record, work, location_id=group.location_id, on=("post", review.post_id))
    shown = (told.shown_at, partial(entry, actor=ANONYMOUS, action="post_released"))
    if decision.action is Action.ANSWER:
        answered = partial(entry, actor=told.author, action="answer", decision=str(decision.id))
        return [(decision.at, answered), shown]
    facts = {"reason": "", "severity": review.severity.value, "follow_up": "none", "decision": str(decision.id)}
    return [
        (review.opened_at, partial(entry, actor=told.author, action="post_sent", type=told.type.value)),
        (decision.at, partial(entry, actor=told.decided_by, action=f"decide_{decision.action}", **facts)),
        shown,
    ]
