"""The clock: releases approved posts when their time has come; a restart loses nothing and doubles nothing."""

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation.doorbells import ring_author, ring_group
from safespace.moderation.models import Action, Decision
from safespace.policy.roles import ANONYMOUS
from safespace.threads import lifecycle
from safespace.threads.models import Post

BATCH = 50


def is_due(work: Work) -> bool:
    """Say whether anything is to be released; a read, so that a quiet clock never locks the database."""
    return bool(work.session.scalar(sa.select(sa.exists().where(Post.release_at <= work.now))))


def release_due(work: Work) -> int:
    """Release what is due, oldest first, and ring the group and the author. Gives how many were released."""
    due = work.session.execute(
        sa.select(Post.id, Post.pending_id).where(Post.release_at <= work.now).order_by(Post.release_at).limit(BATCH)
    ).all()
    return sum(_release(work, post_id, revision_id) for post_id, revision_id in due)


def _release(work: Work, post_id: object, revision_id: object) -> bool:
    decision = work.session.scalar(
        sa.select(Decision)
        .where(
            Decision.post_id == post_id,
            Decision.revision_id == revision_id,
            Decision.undone_at.is_(None),
            Decision.action.in_([Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.ANSWER]),
        )
        .order_by(Decision.at.desc())
        .limit(1)
    )
    if decision is None:  # nothing is placed without a human's decision, whatever a row says
        return False
    was_visible = work.session.get_one(Post, post_id).visible
    post = lifecycle.release(work, decision.post_id, decision.revision_id, decision.content_notes)
    if post is None:
        return False
    location_id = work.session.scalar(sa.select(Group.location_id).where(Group.id == post.group_id))
    log.record(work, ANONYMOUS, "post_released", location_id=location_id, on=("post", post.id))
    ring_group(work, "post_changed" if was_visible else "post_released", post)
    ring_author(work, "post_changed", post)
    return True
