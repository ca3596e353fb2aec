"""What a decision does to the post, and to the other items about it."""

from collections.abc import Sequence
from datetime import timedelta

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import content, ending, release, second_look
from safespace.moderation.models import Action, Decision, Review, ReviewKind
from safespace.moderation.verdicts import PLACING, Texts
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostState

STATES = {
    Action.ASK_REWORD: PostState.CHANGES_REQUESTED,
    Action.DECLINE: PostState.DECLINED,
    Action.HOLD: PostState.HELD,
}


def carry_out(
    work: Work,
    post: Post,
    group: Group,
    review: Review,
    decision: Decision,
    texts: Texts,
    *,
    items: Sequence[Review] = (),
    is_live: bool = False,
) -> None:
    """Do to the post what was decided, and to its `items`, held. In a live hour what is placed is shown sooner."""
    action = decision.action
    if action in PLACING:
        release_at = work.now + timedelta(seconds=release.hold_seconds(work, live=is_live))
        lifecycle.schedule(work, post, review.revision_id, release_at)
        if review.about_id is not None:
            ending.close_others(work, review, items)
    elif action is Action.SECOND_LOOK:
        work.seal(review, "question", texts.question)
        second_look.ask(work, review, group.location, second_look.another_place(work, group.location, decision.by))
    elif action is Action.HIDE:
        ending.take_away(work, post, items, review.id)
    elif action in STATES and post.position is not None:  # what the group saw stays, or stays away
        if action is not Action.HOLD and post.state is PostState.PUBLISHED:
            lifecycle.drop_edit(work, post)
    elif action in STATES:
        lifecycle.move(work, post, STATES[action])
    if action in {Action.DECLINE, Action.HIDE} and _asks_reader(work, decision):
        second_look.open_again(work, group, review, decision, ReviewKind.SECOND_LOOK)


def _asks_reader(work: Work, decision: Decision) -> bool:
    return content.content(work.settings.config_dir).reasons[decision.reason].second_reader
