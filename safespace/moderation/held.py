"""What a clinician placed and can still take back: own approvals and answers that are not released yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Group, Membership
from safespace.kernel.work import Work
from safespace.moderation.before import Decided, decided
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.rows import in_reach
from safespace.moderation.verdicts import PLACING
from safespace.policy.roles import Actor
from safespace.threads.models import Post, PostRevision

_Newer = aliased(Decision)


@dataclass(frozen=True, kw_only=True, repr=False)
class HeldApproval:
    """An own approval or answer that is not released yet, so that it can still be undone."""

    decision_id: UUID
    action: Action
    alias: str
    release_at: datetime


def held(work: Work, actor: Actor, *, thread_id: UUID | None = None) -> list[HeldApproval]:
    """Give this clinician's own approvals and answers that can still be undone, newest first; of one thread, if named.

    NotFoundError to anybody else.
    """
    rows = work.session.execute(
        sa.select(Decision, Post.membership_id, Post.release_at, Membership.alias)
        .join(Post, Post.id == Decision.post_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .where(Decision.id.in_(_own(actor)), Post.thread_id == thread_id if thread_id else sa.true())
        .order_by(Decision.at.desc(), Decision.id)
    )
    return [_held(work, row) for row in rows]


def held_beside(
    work: Work, actor: Actor, post_ids: Iterable[UUID]
) -> tuple[dict[UUID, list[Decided]], list[HeldApproval]]:
    """Give what was decided about these posts, oldest first, and what `held` gives, in one query."""
    posts = list(post_ids)
    own = _own(actor)
    about = sa.select(Decision.id).where(Decision.post_id.in_(posts))
    rows = work.session.execute(
        sa.select(
            Decision, Account, Post.membership_id, Post.release_at, Membership.alias, Decision.id.in_(own).label("own")
        )
        .join(Account, Account.id == Decision.by)
        .join(Post, Post.id == Decision.post_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .where(Decision.id.in_(sa.union_all(about, own)))
        .order_by(Decision.at, Decision.id)
    ).all()
    found: dict[UUID, list[Decided]] = {}
    for row in rows:
        if row.Decision.post_id in posts:
            found.setdefault(row.Decision.post_id, []).append(decided(work, row.Decision, row.Account))
    return found, [_held(work, row) for row in reversed(rows) if row.own]


def _own(actor: Actor) -> sa.Select[UUID]:
    return (
        sa.select(Decision.id)
        .join(Review, Review.id == Decision.review_id)
        .join(Post, Post.id == Decision.post_id)
        .join(Group, Group.id == Post.group_id)
        .join(PostRevision, PostRevision.id == Decision.revision_id)
        .where(
            Post.release_at.is_not(None),
            sa.or_(Post.pending_id == PostRevision.id, Post.pending_id == PostRevision.redacted_from),
            ~sa.exists().where(_Newer.post_id == Decision.post_id, _Newer.at > Decision.at, _Newer.undone_at.is_(None)),
            Decision.by == actor.account_id,
            Decision.undone_at.is_(None),
            Decision.action.in_([*PLACING, Action.ANSWER]),
            in_reach(actor),
        )
    )


def _held(work: Work, row: Any) -> HeldApproval:
    return HeldApproval(
        decision_id=row.Decision.id,
        action=row.Decision.action,
        alias=work.open(Membership, "alias", row.membership_id, row.alias) if row.membership_id else "",
        release_at=row.release_at,
    )
