"""The one way out: what a human may decide about an item, and deciding it, once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import scope_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import content
from safespace.moderation.doorbells import ring_author, ring_staff
from safespace.moderation.models import Action, Decision, Review, ReviewKind, ReviewState
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import require
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostRevision, PostState

OWN_WORDS = 20
MOST_NOTES = 2
PLACING = frozenset({Action.APPROVE, Action.APPROVE_WITH_NOTES})
TOLD = frozenset({Action.ASK_REWORD, Action.DECLINE, Action.HOLD})
STATES = {
    Action.ASK_REWORD: PostState.CHANGES_REQUESTED,
    Action.DECLINE: PostState.DECLINED,
    Action.HOLD: PostState.HELD,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """What somebody chose and wrote. `note` holds own words only; a template is named, and filled in here."""

    action: Action
    reason: str = ""
    template: str = ""
    note: str = ""
    internal_note: str = ""
    content_notes: tuple[str, ...] = ()
    language: str = "nl"


def available(review: Review) -> tuple[Action, ...]:
    """Give what can be decided now. The screen draws these, and `decide` refuses any other."""
    if review.state is ReviewState.CLOSED:
        return ()
    if review.kind is ReviewKind.FOLLOW_UP:
        return (Action.CLOSE,)
    placing = (Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.ASK_REWORD, Action.DECLINE)
    return placing if review.state is ReviewState.CONTACT else (*placing, Action.HOLD)


def obtain_review(
    work: Work, actor: Actor, review_id: UUID, permission: Permission = Permission.READ_QUEUE
) -> tuple[Review, Post, Group]:
    """Give an item with its post and group, to a clinician of the location; NotFoundError to everybody else."""
    row = work.session.execute(
        sa.select(Review, Post, Group)
        .join(Post, Post.id == Review.post_id)
        .join(Group, Group.id == Review.group_id)
        .where(Review.id == review_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    review, post, group = row
    require(actor, permission, scope_of(group))
    return review, post, group


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
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    if review.state is ReviewState.CLOSED:
        raise _lost(work, review_id)
    if verdict.action not in available(review):
        raise InvalidError(action="not_offered")
    text, internal = _checked(work, verdict)
    state = ReviewState.CONTACT if verdict.action is Action.HOLD else ReviewState.CLOSED
    if not _close(work, review, seen_version, state):
        raise _lost(work, review_id)
    decision = _write(work, actor, review, verdict, text, internal)
    _move(work, post, review, verdict)
    log.record(
        work,
        actor,
        f"decide_{verdict.action}",
        location_id=group.location_id,
        on=("post", post.id),
        reason=decision.reason,
        severity=review.severity.value,
        decision=str(decision.id),
    )
    ring_staff(work, "queue_changed", group.id, review.id)
    if verdict.action in TOLD:
        ring_author(work, "post_changed", post)
    return decision


def undo(work: Work, actor: Actor, decision_id: UUID) -> Review:
    """Take back an approval that is not released yet; raises ConflictError (`already_released`) when too late.

    What was taken back already stays as it is: a second press changes nothing.
    """
    decision = work.session.get(Decision, decision_id)
    if decision is None:
        raise NotFoundError
    review, post, group = obtain_review(work, actor, decision.review_id, Permission.REVIEW)
    wait_for_decision(work, post)
    work.session.refresh(decision)
    if decision.undone_at is not None and post.revision_id != decision.revision_id:
        return review
    if decision.undone_at is not None or not lifecycle.cancel_release(work, post.id, decision.revision_id):
        raise ConflictError("already_released")
    if decision.action is Action.ANSWER:  # an answer that is taken back was never anybody's to review
        decision.undone_at = work.now
        work.session.refresh(post)
        lifecycle.move(work, post, PostState.WITHDRAWN, drop_pending=True)
    else:
        reopen(work, review, decision)
    log.record(work, actor, "undo", location_id=group.location_id, on=("post", post.id), decision=str(decision.id))
    ring_staff(work, "queue_changed", group.id, review.id)
    return review


def reopen(work: Work, review: Review, decision: Decision) -> None:
    """Put an item whose release was cancelled back into the queue; the decision stays in the record, marked."""
    decision.undone_at = work.now
    review.state = ReviewState.OPEN
    review.closed_at = None
    review.version += 1
    work.session.flush()


def last_decision(work: Work, review_id: UUID) -> Decision | None:
    """Give the decision that stands on an item."""
    return work.session.scalar(
        sa.select(Decision)
        .where(Decision.review_id == review_id, Decision.undone_at.is_(None))
        .order_by(Decision.at.desc(), Decision.id)
        .limit(1)
    )


def _checked(work: Work, verdict: Verdict) -> tuple[str, str]:
    """Give the note to the author and the internal note, or raise InvalidError for each field that is not right."""
    found = content.content(work.settings.config_dir)
    errors = _told_errors(found, verdict) | _notes_errors(found, verdict)
    texts = {}
    for field, text in (("note", verdict.note), ("internal_note", verdict.internal_note)):
        try:
            texts[field] = accept(field, text, cap=NOTE, required=False)
        except InvalidError as error:
            errors |= error.errors
    template = found.templates.get(verdict.template)
    if verdict.template and (template is None or not _fits(template, verdict.action)):
        errors["template"] = "unknown_choice"
    if errors:
        raise InvalidError(**errors)
    note = texts["note"]
    if template is not None:
        note = template.text[verdict.language].replace(content.PERSONAL, note).strip()
    return note, texts["internal_note"]


def _fits(template: content.Template, action: Action) -> bool:
    return template.action is action or {template.action, action} <= PLACING


def _told_errors(found: content.Content, verdict: Verdict) -> dict[str, str]:
    if verdict.action not in TOLD:
        return {}
    errors = {}
    reason = found.reasons.get(verdict.reason)
    if reason is None or verdict.action not in reason.actions:
        errors["reason"] = "reason_required"
    if len(content.own_words(found, verdict.note[:NOTE])) < OWN_WORDS:
        errors["note"] = "note_too_short"
    return errors


def _notes_errors(found: content.Content, verdict: Verdict) -> dict[str, str]:
    if verdict.action is not Action.APPROVE_WITH_NOTES:
        return {}
    chosen = set(verdict.content_notes)
    if not chosen or not chosen <= set(found.notes):
        return {"content_notes": "notes_required"}
    return {"content_notes": "too_many_notes"} if len(chosen) > MOST_NOTES else {}


def _close(work: Work, review: Review, seen_version: int, state: ReviewState) -> bool:
    result: Any = work.session.execute(
        sa.update(Review)
        .where(Review.id == review.id, Review.version == seen_version, Review.state != ReviewState.CLOSED)
        .values(
            state=state,
            closed_at=work.now if state is ReviewState.CLOSED else None,
            version=Review.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(review)
    return bool(result.rowcount)


def _lost(work: Work, review_id: UUID) -> ConflictError:
    """Say why a decision came too late: somebody decided, or the author changed the words."""
    work.session.expire_all()
    decision = last_decision(work, review_id)
    review = work.session.get(Review, review_id)
    if decision is not None and review is not None and review.state is not ReviewState.OPEN:
        return ConflictError("already_decided", decision_id=decision.id, review_id=review_id)
    return ConflictError("changed_meanwhile", review_id=review_id)


def _write(work: Work, actor: Actor, review: Review, verdict: Verdict, text: str, internal: str) -> Decision:
    if actor.account_id is None:
        raise NotFoundError
    notes = sorted(set(verdict.content_notes))
    if verdict.action is not Action.APPROVE_WITH_NOTES:  # placing as it is means with the topics the author named
        notes = list(work.session.get_one(PostRevision, review.revision_id).content_notes)
    decision = Decision(
        review_id=review.id,
        post_id=review.post_id,
        revision_id=review.revision_id,
        by=actor.account_id,
        action=verdict.action,
        reason=verdict.reason if verdict.action in TOLD else "",
        content_notes=notes if verdict.action in PLACING else [],
        rank=review.rank,
        at=work.now,
    )
    if text:
        work.seal(decision, "note", text)
    if internal:
        work.seal(decision, "internal_note", internal)
    work.session.add(decision)
    work.session.flush()
    return decision


def _move(work: Work, post: Post, review: Review, verdict: Verdict) -> None:
    if verdict.action in PLACING:
        release_at = work.now + timedelta(seconds=work.settings.hold_seconds)
        lifecycle.schedule(work, post, review.revision_id, release_at)
    elif verdict.action in TOLD and post.state is PostState.PUBLISHED:
        if verdict.action is not Action.HOLD:
            lifecycle.drop_edit(work, post)
    elif verdict.action in TOLD:
        lifecycle.move(work, post, STATES[verdict.action])
