"""The clock: releases approved posts when their time has come; a restart loses nothing and doubles nothing."""

from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation.doorbells import ring_author, ring_group
from safespace.moderation.models import Action, Decision
from safespace.moderation.redacting import KEPT
from safespace.moderation.verdicts import PLACING
from safespace.policy.roles import ANONYMOUS
from safespace.roster import live_hours
from safespace.threads import lifecycle
from safespace.threads.models import Post, PostRevision


def hold_seconds(work: Work, *, live: bool) -> int:
    """Give how long an approval can be undone before the post is shown: shorter while a live hour runs."""
    usual = work.settings.hold_seconds
    return min(usual, live_hours.HOLD) if live else usual


def due(work: Work) -> list[UUID]:
    """Give the posts that are to be released, oldest first; a read, so that a quiet clock never locks the database."""
    return list(work.session.scalars(_due(work).with_only_columns(Post.id)))


def release_due(work: Work, only: UUID | None = None) -> int:
    """Release what is due, oldest first, and ring the group and the author. Gives how many were released.

    The clock gives one post at a time: one that cannot be read then holds up no other.
    """
    found = _due(work) if only is None else _due(work).where(Post.id == only)
    return sum(_release(work, post_id, waits) for post_id, waits in work.session.execute(found).all() if waits)


def _due(work: Work) -> sa.Select[UUID, UUID | None]:
    return sa.select(Post.id, Post.pending_id).where(Post.release_at <= work.now).order_by(Post.release_at, Post.id)


def _release(work: Work, post_id: UUID, waits: UUID) -> bool:
    row = work.session.execute(
        sa.select(Decision, PostRevision)
        .join(PostRevision, PostRevision.id == Decision.revision_id)
        .where(
            Decision.post_id == post_id,
            sa.or_(Decision.revision_id == waits, PostRevision.redacted_from == waits),
            Decision.undone_at.is_(None),
            Decision.action.in_([*PLACING, Action.ANSWER]),
        )
        .order_by(Decision.at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:  # nothing is placed without a human's decision, whatever a row says
        return False
    decision, revision = row
    was_visible = work.session.get_one(Post, post_id).visible
    post = lifecycle.release(work, decision.post_id, waits, revision, decision.content_notes, KEPT)
    if post is None:
        return False
    location_id = work.session.scalar(sa.select(Group.location_id).where(Group.id == post.group_id))
    log.record(work, ANONYMOUS, "post_released", location_id=location_id, on=("post", post.id))
    ring_group(work, "post_changed" if was_visible else "post_released", post)
    ring_author(work, "post_changed", post)
    return True
