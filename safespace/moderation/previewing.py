"""What a decision would tell and show, before anybody takes it: the same checks, and nothing is kept."""

from dataclasses import dataclass
from uuid import UUID

from safespace.groups.models import Group
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation.assessing import shown_text
from safespace.moderation.decisions import obtain_review, tells_author
from safespace.moderation.models import Action, Review
from safespace.moderation.offering import available
from safespace.moderation.redacting import left_out, words_of
from safespace.moderation.verdicts import Verdict, check, language_of
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostRevision


@dataclass(frozen=True, kw_only=True, repr=False)
class Preview:
    """The note as the author gets it, the words as they are, and as they become when something is left out.

    `language` is the one in which the author reads all of it.
    """

    review: Review
    post: Post
    group: Group
    note: str
    language: str
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
    words = words_of(work, work.session.get_one(PostRevision, review.revision_id))
    after = left_out(work, words, verdict.parts) if verdict.action is Action.REDACT else words
    return Preview(
        review=review,
        post=post,
        group=group,
        note=texts.note,
        language=language,
        before=shown_text(words),
        after=shown_text(after) if verdict.action is Action.REDACT else "",
    )
