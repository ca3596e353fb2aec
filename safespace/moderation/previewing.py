"""What a decision would tell and show, before anybody takes it: the same checks, and nothing is kept."""

from dataclasses import dataclass
from uuid import UUID

from safespace.groups.models import Group
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation import ending, reports
from safespace.moderation.assessing import shown_text
from safespace.moderation.carrying_out import STATES
from safespace.moderation.decisions import obtain_review, tells_author
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.offering import available
from safespace.moderation.redacting import left_out, words_of
from safespace.moderation.verdicts import PLACING, TOLD, Verdict, check, language_of
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostRevision, PostState


@dataclass(frozen=True, kw_only=True, repr=False)
class Foreseen:
    """What the author would be told, in the `language` in which that author reads.

    `state` is where the post would stand, `editing` whether an edit of it would wait still. After a fresh look `reason`
    and `first_note` are of the decision before.
    """

    action: Action
    reason: str
    note: str
    language: str
    state: PostState
    editing: bool = False
    first_note: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Preview:
    """What the author would be told, the words as they are, and as they become when something is left out."""

    review: Review
    post: Post
    group: Group
    told: Foreseen
    before: str
    after: str


def preview(work: Work, actor: Actor, review_id: UUID, seen_version: int, verdict: Verdict) -> Preview:
    """Give what this verdict would come to, or refuse it as `decide` would."""
    review, post, group = obtain_review(work, actor, review_id, Permission.REVIEW)
    if review.version != seen_version:
        raise ConflictError("changed_meanwhile", review_id=review_id)
    if verdict.action not in available(review, post, actor):
        raise InvalidError(action="not_offered")
    language = language_of(work, post)
    texts = check(work, verdict, language, tells_author=tells_author(review, verdict))
    if ending.leaves_nothing(work, review, verdict):
        raise InvalidError(follow_up="follow_up_needed")
    reports.check_answer(work, review, verdict)
    words = words_of(work, work.session.get_one(PostRevision, review.revision_id))
    after = left_out(work, words, verdict.parts) if verdict.action is Action.REDACT else words
    return Preview(
        review=review,
        post=post,
        group=group,
        told=_foreseen(work, review, post, verdict, texts.note, language),
        before=shown_text(words),
        after=shown_text(after) if verdict.action is Action.REDACT else "",
    )


def _foreseen(work: Work, review: Review, post: Post, verdict: Verdict, note: str, language: str) -> Foreseen:
    state, editing = _stands(post, verdict.action)
    reason, first_note = verdict.reason if verdict.action in TOLD else "", ""
    if review.about_id is not None and tells_author(review, verdict):
        first = work.session.get_one(Decision, review.about_id)
        reason, first_note = first.reason, work.unseal(first, "note")
    return Foreseen(
        action=verdict.action,
        reason=reason,
        note=note,
        language=language,
        state=state,
        editing=editing,
        first_note=first_note,
    )


def _stands(post: Post, action: Action) -> tuple[PostState, bool]:
    """Give where a post stands once this happened, and whether an edit of it waits still: as `carry_out` leaves it."""
    if action in PLACING:
        return PostState.PUBLISHED, False
    if action is Action.HIDE:
        return PostState.HIDDEN, False
    if action in STATES and post.position is None:
        return STATES[action], False
    dropped = action in STATES and action is not Action.HOLD
    return post.state, post.visible and post.pending_id is not None and not dropped
