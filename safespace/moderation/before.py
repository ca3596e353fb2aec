"""What was written and decided before, for the clinician who decides now: the thread, this alias, earlier versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Membership
from safespace.kernel.work import Work
from safespace.moderation import assessing, blind
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.risk.assessment import Category, Severity
from safespace.threads.models import Post, PostRevision, PostState

CONTEXT = 3
HISTORY = 5
VERSIONS = 6
_Own = aliased(Review)


@dataclass(frozen=True, kw_only=True, repr=False)
class Folded:
    """Why words stand behind one line: their own item is heavy, or is blind (`hidden`) and tells nothing yet.

    `revision_id` are the words; whoever opens them has read them at that item.
    """

    review_id: UUID
    revision_id: UUID
    hidden: bool
    about: tuple[Category, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Said:
    """Something that was written before, in words a clinician may read."""

    post_id: UUID
    alias: str
    badge: bool
    body: str
    state: PostState
    at: datetime
    folded: Folded | None


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
    folded: Folded | None

    @property
    def text(self) -> str:
        """The text that was assessed and that the spans count in."""
        return f"{self.title}\n\n{self.body}" if self.title else self.body


@dataclass(frozen=True, kw_only=True, repr=False)
class Before:
    """The last versions of the post, newest first, with the one under review in front; and what stands around it.

    `context` are the last released posts of the thread before it, oldest first, `history` earlier posts of this alias.
    """

    versions: list[Version]
    context: list[Said]
    history: list[Said]


def before(work: Work, post: Post, review: Review, *, here: bool) -> Before:
    """Give what was written before, in one query; of who does not work here, only the versions of the post itself."""
    parts = [_versions(post, review)]
    if here:
        parts.append(_context(post))
    if here and post.membership_id is not None:
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
            PostRevision.number,
            PostRevision.title,
            PostRevision.body,
            PostRevision.content_notes,
            PostRevision.created_at.label("written_at"),
            Membership.alias,
            Account.staff_name,
            _Own,
        )
        .join(Post, Post.id == found.c.post_id)
        .join(PostRevision, PostRevision.id == found.c.revision_id)
        .outerjoin(_Own, _Own.id == _worst_item())
        .outerjoin(Membership, Membership.id == Post.membership_id)
        .outerjoin(Account, Account.id == Post.staff_id)
        .order_by(found.c.part, Post.position, Post.created_at.desc(), Post.id, PostRevision.number.desc())
    ).all()
    versions = [_version(work, row, post, review) for row in rows if row.part == "version"]
    context = [_said(work, row) for row in rows if row.part == "context"]
    history = [_said(work, row) for row in rows if row.part == "history"]
    return Before(
        versions=sorted(versions, key=lambda version: not version.current),
        context=context,
        history=sorted(history, key=lambda said: said.at, reverse=True),
    )


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
        found.setdefault(decision.post_id, []).append(decided(work, decision, account))
    return found


def decided(work: Work, decision: Decision, by: Account) -> Decided:
    """Give a decision as whoever may read the post reads it."""
    return Decided(
        id=decision.id,
        action=decision.action,
        reason=decision.reason,
        note=work.unseal(decision, "note"),
        internal_note=work.unseal(decision, "internal_note"),
        content_notes=tuple(decision.content_notes),
        by=work.unseal(by, "staff_name"),
        by_id=decision.by,
        at=decision.at,
        undone=decision.undone_at is not None,
    )


def folds_of(work: Work, revision_ids: Iterable[UUID]) -> dict[UUID, Folded]:
    """Give why the words of these versions stand behind one line, in one query; those that stand open are left out."""
    rows = work.session.execute(
        sa.select(PostRevision.id, _Own)
        .join(_Own, _Own.id == _worst_item())
        .where(PostRevision.id.in_(list(revision_ids)))
    )
    found = {revision_id: _folded(work, own, revision_id) for revision_id, own in rows}
    return {revision_id: fold for revision_id, fold in found.items() if fold is not None}


def _version(work: Work, row: Any, post: Post, review: Review) -> Version:
    return Version(
        id=row.revision_id,
        number=row.number,
        title=work.open(PostRevision, "title", row.revision_id, row.title),
        body=work.open(PostRevision, "body", row.revision_id, row.body),
        content_notes=tuple(row.content_notes),
        at=row.written_at,
        shown=row.revision_id == post.revision_id,
        current=row.revision_id == review.revision_id,
        folded=_folded(work, row[-1], row.revision_id),
    )


def _versions(post: Post, review: Review) -> Any:
    sent = [Post.id == post.id, PostRevision.post_id == Post.id, PostRevision.sent_at.is_not(None)]
    newest = [(PostRevision.id == review.revision_id).desc(), PostRevision.number.desc()]
    return _part("version", PostRevision.id, sent, newest, VERSIONS)


def _worst_item() -> sa.ColumnElement[UUID]:
    """Select the heaviest item about the words of a version itself, or about those something was left out of.

    An item that went on to newer words keeps the level of what was written first: where none is left, it is that one.
    """
    its_own = Review.revision_id.in_([PostRevision.id, PostRevision.redacted_from])
    return sa.func.coalesce(_heaviest(its_own), _heaviest())


def _heaviest(*where: Any) -> sa.ScalarSelect[UUID]:
    return (
        sa.select(Review.id)
        .where(Review.post_id == PostRevision.post_id, Review.about_id.is_(None), *where)
        .order_by(Review.rank.desc(), Review.opened_at, Review.id)
        .limit(1)
        .correlate(PostRevision)
        .scalar_subquery()
    )


def _folded(work: Work, own: Review | None, revision_id: UUID) -> Folded | None:
    if own is None:
        return None
    hidden = blind.hidden(own)
    if own.severity < Severity.HIGH and not hidden:
        return None
    about = () if hidden else assessing.stored(work, own).categories
    return Folded(review_id=own.id, revision_id=revision_id, hidden=hidden, about=about)


def _context(post: Post) -> Any:
    earlier = [Post.thread_id == post.thread_id, Post.id != post.id, Post.state == PostState.PUBLISHED]
    if post.position is not None:
        earlier.append(Post.position < post.position)
    return _part("context", Post.revision_id, earlier, [Post.position.desc()], CONTEXT)


def _history(post: Post) -> Any:
    sent = sa.and_(  # by the author: what a clinician left out of it is a version of its own
        PostRevision.post_id == Post.id, PostRevision.sent_at.is_not(None), PostRevision.redacted_from.is_(None)
    )
    mine = [Post.membership_id == post.membership_id, Post.id != post.id, sa.exists().where(sent)]
    latest = sa.select(PostRevision.id).where(sent).order_by(PostRevision.number.desc())
    revision = sa.func.coalesce(Post.revision_id, latest.limit(1).scalar_subquery())
    return _part("history", revision, mine, [Post.created_at.desc()], HISTORY)


def _part(name: str, revision: Any, where: list[Any], order: list[Any], limit: int) -> Any:
    return (
        sa.select(
            sa.literal(name).label("part"),
            Post.id.label("post_id"),
            sa.type_coerce(revision, sa.Uuid()).label("revision_id"),
        )
        .where(*where)
        .order_by(*order)
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
        folded=_folded(work, row[-1], row.revision_id),
    )
