"""The one way out: what a human may decide about an item, and deciding it, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import content, ending, escalating, norms, redacting, release, reports, second_look, training
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.learning import labelling
from safespace.moderation.models import Action, Claim, Decision, FollowUp, Review, ReviewKind, ReviewState
from safespace.moderation.offering import asked_place, available
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import DUTCH, PLACING, TOLD, Texts, Verdict, check, own_language
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.roster import live_hours
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostRevision, PostState

STATES = {
    Action.ASK_REWORD: PostState.CHANGES_REQUESTED,
    Action.DECLINE: PostState.DECLINED,
    Action.HOLD: PostState.HELD,
}
STAYS = {Action.HOLD: ReviewState.CONTACT, Action.SECOND_LOOK: ReviewState.OPEN}  # all others close the item

_ITEM = (
    sa.select(Review, Post, Group)
    .join(Post, Post.id == Review.post_id)
    .join(Group, Group.id == Review.group_id)
    .where(Review.id == sa.bindparam("review_id"))
)
# An alarm is opened with a new version of its item: the version that was seen guards what is read here too.
_TO_DECIDE = _ITEM.join(PostRevision, PostRevision.id == Review.revision_id).add_columns(
    PostRevision.content_notes.label("topics"),
    own_language(Post.membership_id).label("language"),
    escalating.is_rung_for(Review.id).label("is_rung"),
    live_hours.is_open_in(Group.id, sa.bindparam("now")).label("is_live"),
)


def obtain_review(
    work: Work, actor: Actor, review_id: UUID, permission: Permission = Permission.READ_QUEUE
) -> tuple[Review, Post, Group]:
    """Give an item with its post and group, to a clinician of the location, or of the one that is asked to look now.

    NotFoundError to everybody else.
    """
    review, post, group = _obtained(work, actor, review_id, permission, _ITEM)
    return review, post, group


def _obtained(
    work: Work, actor: Actor, review_id: UUID, permission: Permission, asked: sa.Select[*tuple[Any, ...]]
) -> Any:
    row = work.session.execute(asked, {"review_id": review_id, "now": work.now}).one_or_none()
    if row is None:
        raise NotFoundError
    scope = replace(scope_of(row.Group), asked_location_id=asked_place(row.Review, row.Post))
    require(actor, permission, scope)
    return row


def wait_for_decision(work: Work, post: Post) -> None:
    """Wait for whoever decides about this post now, and read it as it is then. Locks go review first, post second."""
    locked = sa.select(Review.id).where(Review.post_id == post.id).order_by(Review.opened_at, Review.id)
    known: set[UUID] = set()
    # A review that was made while this waited was not seen by the select that waited, so it asks until nothing is new.
    while new := set(work.session.scalars(locked.with_for_update())) - known:
        known |= new
    work.session.refresh(post)


def decide(work: Work, actor: Actor, review_id: UUID, seen_version: int, verdict: Verdict) -> Decision:
    """Decide about the version that was seen. Exactly one decision wins; the other one learns who decided what.

    Raises ConflictError (`already_decided` with `decision_id`, or `changed_meanwhile`) and InvalidError by field.
    """
    item = _obtained(work, actor, review_id, Permission.REVIEW, _TO_DECIDE)
    review, post, group = item.Review, item.Post, item.Group
    training.require_passed(work, actor, group.location_id)
    if review.state is ReviewState.CLOSED:
        raise _lost(work, review_id)
    if verdict.action not in available(review, post, actor):
        raise InvalidError(action="not_offered")
    if verdict.action is Action.CONFIRM and not tells_author(review, verdict):
        verdict = replace(verdict, note="", template="")  # the author hears nothing of a second reader who agrees
    texts = check(work, verdict, item.language or DUTCH, tells_author=tells_author(review, verdict))
    if _leaves_nothing(review, verdict):
        raise InvalidError(follow_up="follow_up_needed") if review.version == seen_version else _lost(work, review_id)
    if verdict.action is Action.HIDE or review.about_id is not None:  # other items of the post end too: all before it
        wait_for_decision(work, post)
    was = review.rank
    before = {"was_rank": was, "was_human_rank": review.human_rank, "was_follow_up": review.follow_up.value}
    if not _close(work, actor, review, seen_version, verdict):
        raise _lost(work, review_id)
    decision = write(work, actor, review, post, verdict, texts, topics=item.topics, **before)
    if review.rank > was and review.due_at is not None:
        review.due_at = min(review.due_at, norms.due_now(work, group, review.severity))
    carry_out(work, post, group, review, decision, texts, is_live=item.is_live)
    reports.answer_reports(work, actor, review, group, verdict)
    work.session.execute(sa.delete(Claim).where(Claim.review_id == review.id))
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
        escalating.ring(work, review, item.Group.location_id)


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


def _leaves_nothing(review: Review, verdict: Verdict) -> bool:
    """Whether it would end an item that a human calls high or crisis, without anybody who still turns to its author."""
    ends = verdict.action not in {*STAYS, Action.CLOSE, Action.CONFIRM, Action.ASK_REWORD}
    level = review.human_rank or 0 if verdict.severity is None else verdict.severity.rank
    needs = review.follow_up.or_more(verdict.follow_up)
    return ends and level >= Severity.HIGH.rank and needs is FollowUp.NONE


def _close(work: Work, actor: Actor, review: Review, seen_version: int, verdict: Verdict) -> bool:
    if review.version != seen_version:  # what was read with it is about another version
        return False
    state = STAYS.get(verdict.action, ReviewState.CLOSED)
    values: dict[str, Any] = {
        "state": state,
        "shown": verdict.action is not Action.SECOND_LOOK or review.shown,
        "closed_at": work.now if state is ReviewState.CLOSED else None,
        "version": Review.version + 1,
    }
    # One that is open asks for no less until a human closes it.
    values["follow_up"] = review.follow_up.or_more(verdict.follow_up)
    if verdict.severity is not None and verdict.severity.rank != review.rank:
        values |= {"rank": verdict.severity.rank, "human_rank": verdict.severity.rank}
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
    decision = Decision(
        review_id=review.id,
        post_id=review.post_id,
        revision_id=revision_id,
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
    labelling.keep_decision(work, review, decision, verdict)
    return decision


def carry_out(
    work: Work, post: Post, group: Group, review: Review, decision: Decision, texts: Texts, *, is_live: bool = False
) -> None:
    """Do to the post what was decided. In a live hour what is placed is shown sooner."""
    action = decision.action
    if action in PLACING:
        release_at = work.now + timedelta(seconds=release.hold_seconds(work, live=is_live))
        lifecycle.schedule(work, post, review.revision_id, release_at)
        if review.about_id is not None:
            ending.close_others(work, review)
    elif action is Action.SECOND_LOOK:
        work.seal(review, "question", texts.question)
        second_look.ask(work, review, group.location, second_look.another_place(work, group.location, decision.by))
    elif action is Action.HIDE:
        ending.take_away(work, post, review.id)
    elif action in STATES and post.position is not None:  # what the group saw stays, or stays away
        if action is not Action.HOLD and post.state is PostState.PUBLISHED:
            lifecycle.drop_edit(work, post)
    elif action in STATES:
        lifecycle.move(work, post, STATES[action])
    if action in {Action.DECLINE, Action.HIDE} and _asks_reader(work, decision):
        second_look.open_again(work, group, review, decision, ReviewKind.SECOND_LOOK)


def _asks_reader(work: Work, decision: Decision) -> bool:
    return content.content(work.settings.config_dir).reasons[decision.reason].second_reader
