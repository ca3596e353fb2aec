"""What can be decided about an item now: pure, so that the screen draws exactly what the server takes."""

from uuid import UUID

from safespace.moderation.models import Action, Review, ReviewKind, ReviewState
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostState

ABOUT_WORDS = (Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.REDACT, Action.ASK_REWORD, Action.DECLINE)
AGAIN = (Action.CONFIRM, Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.REDACT)


def available(review: Review, post: Post, actor: Actor) -> tuple[Action, ...]:
    """Give what this person can decide now. The screen draws these, and `decide` refuses any other."""
    if review.state is ReviewState.CLOSED or (review.not_by is not None and review.not_by == actor.account_id):
        return ()
    if review.kind is ReviewKind.FOLLOW_UP:
        return (Action.CLOSE,)
    if review.about_id is not None:
        return AGAIN if _can_be_placed_again(review, post) else (Action.CONFIRM,)
    contact = (Action.HOLD,) if _can_be_contacted(review, post, actor) else ()
    ask = (Action.SECOND_LOOK,) if review.not_by is None else ()
    if review.kind is ReviewKind.REPORT:
        shown = post.state is PostState.PUBLISHED
        whole = shown and post.revision_id == review.revision_id and post.pending_id is None
        return (
            *((Action.KEEP, Action.HIDE) if shown else (Action.CLOSE,)),
            *((Action.REDACT,) if whole else ()),
            *contact,
            *ask,
        )
    return (*ABOUT_WORDS, *contact, *ask)


def asked_place(review: Review, post: Post) -> UUID | None:
    """Give the other location whose clinicians read an item now: until it is closed, and can be taken back no more."""
    taken_back = post.release_at is not None and post.pending_id == review.revision_id
    return review.asked_location_id if review.state is not ReviewState.CLOSED or taken_back else None


def _can_be_contacted(review: Review, post: Post, actor: Actor) -> bool:
    """Whether contact can be sought: with a member, not yet, and by somebody who works there and was not just asked."""
    from_elsewhere = review.asked_location_id is not None and review.asked_location_id in actor.roles
    return post.membership_id is not None and review.state is not ReviewState.CONTACT and not from_elsewhere


def _can_be_placed_again(review: Review, post: Post) -> bool:
    """Whether the words a decision was about can still come into the group: nothing newer waits in their place."""
    there = post.state in {PostState.DECLINED, PostState.HIDDEN, PostState.PUBLISHED}
    return there and post.pending_id in {None, review.revision_id} and post.release_at is None
