"""The one way out: what a human may decide about an item, and deciding it, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import ending, escalating, norms, redacting, reports, training
from safespace.moderation.carrying_out import carry_out
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Action, Decision, FollowUp, Report, Review, ReviewKind, ReviewState
from safespace.moderation.offering import asked_place, available
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import DUTCH, PLACING, TOLD, Texts, Verdict, check, own_language
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require
from safespace.roster import live_hours
from safespace.threads.models import Post, PostRevision

_ITEM = (
    sa.select(Review, Post, Group)
    .join(Post, Post.id == Review.post_id)
    .join(Group, Group.id == Review.group_id)
    .where(Review.id == sa.bindparam("review_id"))
)
# All that a decision needs to know, a row for each report that waits. An alarm and a report come with a new version of
# their item: the version that was seen guards what is read here too.
_TO_DECIDE = log.with_head(
    _ITEM.join(PostRevision, PostRevision.id == Review.revision_id)
    .outerjoin(Report, reports.unanswered_on(Review.id))
    .add_columns(
        PostRevision,
        Report,
        own_language(Post.membership_id).label("language"),
        escalating.is_rung_for(Review.id).label("is_rung"),
        escalating.is_rung_about(Post.id).label("is_rung_about"),
        live_hours.is_open_in(Group.id, sa.bindparam("now")).label("is_live"),
    )
    .order_by(Report.id),
    Group.location_id,
)


def obtain_review(
    work: Work, actor: Actor, review_id: UUID, permission: Permission = Permission.READ_QUEUE
) -> tuple[Review, Post, Group]:
    """Give an item with its post and group, to a clinician of the location, or of the one that is asked to look now.

    NotFoundError to everybody else.
    """
    review, post, group = _obtained(work, actor, review_id, permission, _ITEM)[0]
    return review, post, group


def _obtained(
    work: Work, actor: Actor, review_id: UUID, permission: Permission, asked: sa.Select[*tuple[Any, ...]]
) -> Sequence[Any]:
    known = {"review_id": review_id, "account_id": actor.account_id, "now": work.now}
    rows = work.session.execute(asked, known).all()
    if not rows:
        raise NotFoundError
    scope = replace(scope_of(rows[0].Group), asked_location_id=asked_place(rows[0].Review, rows[0].Post))
    require(actor, permission, scope)
    return rows


def decided_meanwhile(work: Work, actor: Actor, review_id: UUID) -> tuple[Decision, str]:
    """Give what was decided about an item that was asked of one's own location, and the name of who did.

    It is not theirs to read any more, but whoever was at it hears how it ended. NotFoundError to everybody else.
    """
    review, decision = work.session.get(Review, review_id), last_decision(work, review_id)
    if review is None or decision is None or review.state is not ReviewState.CLOSED:
        raise NotFoundError
    require(actor, Permission.REVIEW, Scope(asked_location_id=review.asked_location_id))
    return decision, work.unseal(work.session.get_one(Account, decision.by), "staff_name")


def decide(
    work: Work, actor: Actor, review_id: UUID, seen_version: int, verdict: Verdict, *, goes_on: bool = False
) -> Decision:
    """Decide about the version that was seen. Exactly one decision wins; the other one learns who decided what.

    `goes_on`: other items of the post change with it, in the same unit of work; so all of them are held from the start.
    Raises ConflictError (`already_decided` with `decision_id`, or `changed_meanwhile`) and InvalidError by field.
    """
    rows = _obtained(work, actor, review_id, Permission.REVIEW, _TO_DECIDE)
    item, told = rows[0], [row.Report for row in rows if row.Report is not None]
    review, post, group = item.Review, item.Post, item.Group
    log.see_head(work, actor, group.location_id, item)
    training.require_passed(work, actor, group.location_id)
    if review.state is ReviewState.CLOSED:
        raise _lost(work, review_id)
    if verdict.action not in available(review, post, actor):
        raise InvalidError(action="not_offered")
    if verdict.action is Action.CONFIRM and not tells_author(review, verdict):
        verdict = replace(verdict, note="", template="")  # the author hears nothing of a second reader who agrees
    texts = check(work, verdict, item.language or DUTCH, tells_author=tells_author(review, verdict))
    if ending.leaves_nothing(work, review, verdict):
        raise InvalidError(follow_up="follow_up_needed") if review.version == seen_version else _lost(work, review_id)
    items: Sequence[Review] = ()
    ends_others = verdict.action is Action.HIDE or (review.about_id is not None and verdict.action in PLACING)
    if ends_others or goes_on:
        items = wait_for_decision(work, post)  # all before this one
    was, before = review.rank, standing(review)
    raised = verdict.severity if verdict.severity is not None and verdict.severity.rank > was else None
    due_at = review.due_at
    if raised is not None and due_at is not None:
        due_at = min(due_at, norms.due_now(work, group, raised, is_live=item.is_live))
    if not _close(work, actor, review, seen_version, verdict, due_at if raised else None):
        raise _lost(work, review_id)
    decision = write(work, actor, review, post, verdict, texts, topics=item.PostRevision.content_notes, **before)
    carry_out(work, post, group, review, decision, texts, items=items, is_live=item.is_live)
    reports.answer_reports(work, actor, review, group, verdict, told)
    _answer_alarm(work, actor, item, decision, was)
    log.record(
        work,
        actor,
        f"decide_{verdict.action}",
        location_id=group.location_id,
        on=("post", post.id),
        reason=decision.reason,
        severity=review.severity.value,
        follow_up=decision.follow_up.value,
        decision=str(decision.id),
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    if verdict.action in TOLD - {Action.REDACT} or verdict.action is Action.CONFIRM:
        ring_author(work, "post_changed", post)
    if review.severity >= Severity.HIGH and review.rank > was:
        ring_author(work, "help", post)
    return decision


def _answer_alarm(work: Work, actor: Actor, item: Any, decision: Decision, was: int) -> None:
    """Deciding answers what rings for an item; asking a colleague does not, and a new crisis rings, post placed or not.

    Who seeks contact takes up the worry at a level of its own: the highest one rings instead of the item.
    """
    review = item.Review
    if item.is_rung and decision.action is not Action.SECOND_LOOK:
        escalating.answered(work, actor, review.id)
    worse = review.severity is Severity.CRISIS and was < review.rank
    if worse or (decision.follow_up is FollowUp.CRISIS and decision.action is not Action.HOLD):
        first = not (item.is_rung or item.is_rung_about)  # two who ring at one moment are still one chain of messages
        escalating.ring(work, review, item.Group.location_id, first=first)


def last_decision(work: Work, review_id: UUID, *actions: Action) -> Decision | None:
    """Give the decision that stands on an item; of these actions, when any are named."""
    return work.session.scalar(
        sa.select(Decision)
        .where(
            Decision.review_id == review_id,
            Decision.undone_at.is_(None),
            Decision.action.in_(actions) if actions else sa.true(),
        )
        .order_by(Decision.at.desc(), Decision.id)
        .limit(1)
    )


def tells_author(review: Review, verdict: Verdict) -> bool:
    """Whether the author is told with it: somebody who asked for a fresh look gets an answer in words."""
    return verdict.action is Action.CONFIRM and review.kind is ReviewKind.APPEAL


def standing(review: Review) -> dict[str, Any]:
    """Give how an item stands before a decision, for taking that back."""
    return {"was_rank": review.rank, "was_human_rank": review.human_rank, "was_follow_up": review.follow_up.value}


def _close(
    work: Work, actor: Actor, review: Review, seen_version: int, verdict: Verdict, due_at: datetime | None
) -> bool:
    if review.version != seen_version:  # what was read with it is about another version
        return False
    state = ending.STAYS.get(verdict.action, ReviewState.CLOSED)
    values: dict[str, Any] = {
        "state": state,
        "shown": verdict.action is not Action.SECOND_LOOK or review.shown,
        "closed_at": work.now if state is ReviewState.CLOSED else None,
        "version": Review.version + 1,
        "held_by": None,
        "held_until": None,
    }
    # One that is open asks for no less until a human closes it.
    values["follow_up"] = review.follow_up.or_more(verdict.follow_up)
    if verdict.severity is not None and verdict.severity.rank != review.rank:
        values |= {"rank": verdict.severity.rank, "human_rank": verdict.severity.rank}
    if verdict.asks_for_help:
        values["needs_help"] = True
    if due_at is not None:
        values["due_at"] = due_at
    if verdict.action is Action.SECOND_LOOK:
        values |= {"not_by": actor.account_id, "kind": ReviewKind.SECOND_LOOK}
        if review.kind is ReviewKind.REPORT:  # it stays what it is: its reporter waits for an answer
            values["kind"] = ReviewKind.REPORT
    closed = work.session.scalar(
        sa.update(Review)
        .where(Review.id == review.id, Review.version == seen_version, Review.state != ReviewState.CLOSED)
        .values(**values)
        .returning(Review)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return closed is not None


def _lost(work: Work, review_id: UUID) -> ConflictError:
    """Say why a decision came too late: somebody decided, or the author changed the words."""
    work.session.expire_all()
    decision = last_decision(work, review_id)
    review = work.session.get(Review, review_id)
    if decision is not None and review is not None and review.state is not ReviewState.OPEN:
        return ConflictError("already_decided", decision_id=decision.id, review_id=review_id)
    return ConflictError("changed_meanwhile", review_id=review_id)


def write(
    work: Work,
    actor: Actor,
    review: Review,
    post: Post,
    verdict: Verdict,
    texts: Texts,
    *,
    topics: Sequence[str] = (),
    **before: Any,
) -> Decision:
    """Write a decision down, with the version it is about and how the item stood `before`.

    Placing as it is means with the `topics` the author named. What is left out of the words makes a version of its own.
    """
    if actor.account_id is None:
        raise NotFoundError
    notes = sorted(set(verdict.content_notes)) if verdict.action is Action.APPROVE_WITH_NOTES else list(topics)
    about = post.revision_id if verdict.action is Action.HIDE else None  # what the group sees, not an edit that waits
    revision_id = about or review.revision_id
    if verdict.action is Action.REDACT:
        revision_id = redacting.redact(work, post, revision_id, verdict.parts).id
    chosen = verdict.severity  # one that the form filled in from the engine is the engine's
    decision = Decision(
        review_id=review.id,
        post_id=review.post_id,
        revision_id=revision_id,
        judged_id=review.revision_id if verdict.action is Action.REDACT else revision_id,
        chosen_rank=chosen.rank if chosen is not None and review.human_rank == chosen.rank else None,
        stance=verdict.stance,
        blind=review.blind,
        by=actor.account_id,
        action=verdict.action,
        reason=verdict.reason if verdict.action in TOLD else "",
        content_notes=notes if verdict.action in PLACING else [],
        rank=review.rank,
        follow_up=verdict.follow_up,
        at=work.now,
        **before,
    )
    if texts.note:
        work.seal(decision, "note", texts.note)
    if texts.internal_note:
        work.seal(decision, "internal_note", texts.internal_note)
    work.session.add(decision)
    work.session.flush()
    return decision
