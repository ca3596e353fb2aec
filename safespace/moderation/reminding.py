"""A request to reword that gets no answer: a reminder after two days, and after a week it expires. The text stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation.doorbells import ring_author
from safespace.moderation.models import Action, Decision
from safespace.policy.roles import ANONYMOUS
from safespace.threads.models import Post, PostRevision, PostState

REMIND = timedelta(hours=48)
EXPIRE = timedelta(days=7)
BATCH = 50


def is_due(work: Work) -> bool:
    """Say whether anybody is to be reminded or told; a read."""
    either = sa.or_(sa.and_(*_to_remind(work)), sa.and_(*_to_expire(work)))
    return bool(work.session.scalar(sa.select(sa.exists().where(Post.id == Decision.post_id, either))))


def tell_due(work: Work) -> int:
    """Remind authors, and tell them when a request has expired. Gives how many were told."""
    return _tell(work, _to_expire(work), "expired_at", "reword_expired") + _tell(
        work, _to_remind(work), "reminded_at", "reword_reminded"
    )


def is_asked(work: Work, post_id: UUID) -> bool:
    """Say whether a request to reword stands on a post. One that has expired does not: what comes now is new."""
    asked = sa.exists().where(Post.id == post_id, Decision.post_id == Post.id, *_unanswered())
    return bool(work.session.scalar(sa.select(asked)))


def asks_now() -> sa.ColumnElement[bool]:
    """Say of a decision, for a question that knows its Post, that it asks the author to reword and got no answer."""
    return sa.and_(*_unanswered())


def is_asked_about() -> sa.ColumnElement[bool]:
    """Say of a Post what `is_asked` says, for a question that is asked anyway."""
    return sa.exists().where(Decision.post_id == Post.id, asks_now()).correlate(Post)


def _tell(work: Work, due: list[Any], column: str, action: str) -> int:
    rows = work.session.execute(
        sa.select(Decision, Post, Group.location_id)
        .join(Post, Post.id == Decision.post_id)
        .join(Group, Group.id == Post.group_id)
        .where(*due)
        .order_by(Decision.at, Decision.id)
        .limit(BATCH)
    ).all()
    for decision, post, location_id in rows:
        setattr(decision, column, work.now)
        log.record(work, ANONYMOUS, action, location_id=location_id, on=("post", post.id))
        ring_author(work, "post_changed", post)
    work.session.flush()
    return len(rows)


def _to_remind(work: Work) -> list[Any]:
    return [*_unanswered(), Decision.at <= work.now - REMIND, Decision.reminded_at.is_(None)]


def _to_expire(work: Work) -> list[Any]:
    return [*_unanswered(), Decision.at <= work.now - EXPIRE]


def _unanswered() -> list[Any]:
    newer = aliased(Decision)
    # Of a post that is shown, an edit was asked to be reworded: the answer is a version that its author wrote since.
    written_since = sa.exists().where(
        PostRevision.post_id == Decision.post_id,
        PostRevision.redacted_from.is_(None),
        PostRevision.created_at > Decision.at,
    )
    return [
        Decision.action == Action.ASK_REWORD,
        Decision.undone_at.is_(None),
        Decision.expired_at.is_(None),
        sa.or_(Post.state == PostState.CHANGES_REQUESTED, sa.and_(Post.state == PostState.PUBLISHED, ~written_since)),
        ~sa.exists().where(
            newer.post_id == Decision.post_id, newer.at > Decision.at, newer.action == Action.ASK_REWORD
        ),
    ]
