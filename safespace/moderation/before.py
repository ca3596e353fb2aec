"""What was written and decided before, for the clinician who decides now: the thread, this alias, earlier versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.models import Membership
from safespace.kernel.work import Work
from safespace.moderation.models import Action, Decision, Review
from safespace.threads.models import Post, PostRevision, PostState

CONTEXT = 3
HISTORY = 5
VERSIONS = 6


@dataclass(frozen=True, kw_only=True, repr=False)
class Said:
    """Something that was written before, in words a clinician may read."""

    post_id: UUID
    alias: str
    badge: bool
    body: str
    state: PostState
    at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Decided:
    """What a colleague decided before, with both notes. `undone` was taken back before the group saw anything."""

    id: UUID

    action: Action
    reason: str
    note: str
    internal_note: str
    content_notes: tuple[str, ...]
    by: str
    by_id: UUID
    at: datetime
    undone: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Version:
    """One version of the post. `shown` is what the group sees now, `current` what is to be decided about."""

    id: UUID
    number: int
    title: str
    body: str
    content_notes: tuple[str, ...]
    at: datetime
    shown: bool
    current: bool

    @property
    def text(self) -> str:
        """The text that was assessed and that the spans count in."""
        return f"{self.title}\n\n{self.body}" if self.title else self.body


def around(work: Work, post: Post) -> tuple[list[Said], list[Said]]:
    """Give the last released posts of the thread before this one, oldest first, and earlier posts of this alias."""
    parts = [_context(post)]
    if post.membership_id is not None:
        parts.append(_history(post))
    found = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    rows = work.session.execute(
        sa.select(
            found.c.part,
            Post.id,
            Post.state,
            Post.created_at,
            Post.membership_id,
            Post.staff_id,
            PostRevision.id.label("revision_id"),
            PostRevision.body,
            Membership.alias,
            Account.staff_name,
        )
        .join(Post, Post.id == found.c.post_id)
        .join(PostRevision, PostRevision.id == found.c.revision_id)
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(Account, Account.id == Post.staff_id)
        .order_by(found.c.part, Post.position, Post.created_at.desc(), Post.id)
    ).all()
    context = [_said(work, row) for row in rows if row.part == "context"]
    history = [_said(work, row) for row in rows if row.part == "history"]
    return context, sorted(history, key=lambda said: said.at, reverse=True)


def decisions_on(work: Work, post_ids: Iterable[UUID]) -> dict[UUID, list[Decided]]:
    """Give what was decided about these posts, oldest first."""
    rows = work.session.execute(
        sa.select(Decision, Account)
        .join(Account, Account.id == Decision.by)
        .where(Decision.post_id.in_(list(post_ids)))
        .order_by(Decision.at, Decision.id)
    )
    found: dict[UUID, list[Decided]] = {}
    for decision, account in rows:
        found.setdefault(decision.post_id, []).append(
            Decided(
                id=decision.id,
                action=decision.action,
                reason=decision.reason,
                note=work.unseal(decision, "note"),
                internal_note=work.unseal(decision, "internal_note"),
                content_notes=tuple(decision.content_notes),
                by=work.unseal(account, "staff_name"),
                by_id=decision.by,
                at=decision.at,
                undone=decision.undone_at is not None,
            )
        )
    return found


def versions_of(work: Work, post: Post, review: Review) -> list[Version]:
    """Give the last versions of a post, newest first, with the one under review among them."""
    rows = work.session.scalars(
        sa.select(PostRevision)
        .where(PostRevision.post_id == post.id, PostRevision.sent_at.is_not(None))
        .order_by((PostRevision.id == review.revision_id).desc(), PostRevision.number.desc())
        .limit(VERSIONS)
    )
    return [
        Version(
            id=row.id,
            number=row.number,
            title=work.unseal(row, "title"),
            body=work.unseal(row, "body"),
            content_notes=tuple(row.content_notes),
            at=row.created_at,
            shown=row.id == post.revision_id,
            current=row.id == review.revision_id,
        )
        for row in rows
    ]


def _context(post: Post) -> Any:
    before = [Post.thread_id == post.thread_id, Post.id != post.id, Post.state == PostState.PUBLISHED]
    if post.position is not None:
        before.append(Post.position < post.position)
    return _part("context", Post.revision_id, before, Post.position.desc(), CONTEXT)


def _history(post: Post) -> Any:
    sent = sa.and_(  # by the author: what a clinician left out of it is a version of its own
        PostRevision.post_id == Post.id, PostRevision.sent_at.is_not(None), PostRevision.redacted_from.is_(None)
    )
    mine = [Post.membership_id == post.membership_id, Post.id != post.id, sa.exists().where(sent)]
    latest = sa.select(PostRevision.id).where(sent).order_by(PostRevision.number.desc())
    revision = sa.func.coalesce(Post.revision_id, latest.limit(1).scalar_subquery())
    return _part("history", revision, mine, Post.created_at.desc(), HISTORY)


def _part(name: str, revision: Any, where: list[Any], order: Any, limit: int) -> Any:
    return (
        sa.select(
            sa.literal(name).label("part"),
            Post.id.label("post_id"),
            sa.type_coerce(revision, sa.Uuid()).label("revision_id"),
        )
        .where(*where)
        .order_by(order)
        .limit(limit)
        .subquery()
    )


def _said(work: Work, row: Any) -> Said:
    staff = row.staff_id is not None
    return Said(
        post_id=row.id,
        alias=work.open(Account, "staff_name", row.staff_id, row.staff_name)
        if staff
        else work.open(Membership, "alias", row.membership_id, row.alias),
        badge=staff,
        body=work.open(PostRevision, "body", row.revision_id, row.body),
        state=row.state,
        at=row.created_at,
    )
