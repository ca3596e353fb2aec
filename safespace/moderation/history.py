"""The whole course of one post: every version with what changed in it, every decision, and who opened which version."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.reading import scope_of
from safespace.kernel.work import Work
from safespace.moderation.before import Decided, Folded, decisions_on, folds_of
from safespace.moderation.decisions import obtain_review
from safespace.moderation.exposure import record_view
from safespace.moderation.models import Review, ReviewView
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.policy.rules import allows
from safespace.threads.models import Post, PostRevision

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
KEPT, ADDED, GONE = "kept", "added", "gone"
Change = tuple[str, str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Step:
    """One version. `changes` say what became of the version before it; `erased`: its words are gone by now.

    `reads` are the versions whose words stand in `changes`; `folded` is why these stand behind one line.
    """

    id: UUID
    number: int
    at: datetime
    redacted: bool
    erased: bool
    changes: list[Change]
    reads: tuple[UUID, ...]
    folded: Folded | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Seen:
    """Somebody who read a version of the words, and when for the first time."""

    by: str
    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class History:
    """All of it, oldest first."""

    post: Post
    steps: list[Step]
    decisions: list[Decided]
    seen: list[Seen]


def history(work: Work, actor: Actor, review_id: UUID) -> History:
    """Give the course of the post of an item, to whoever may read that item; NotFoundError to everybody else."""
    review, post, group = obtain_review(work, actor, review_id)
    # Who was only asked about this item reads no other one, so what is opened counts here.
    here = allows(actor, Permission.READ_QUEUE, scope_of(group))
    return History(
        post=post,
        steps=_steps(work, post, None if here else review),
        decisions=decisions_on(work, [post.id]).get(post.id, []),
        seen=_seen(work, post),
    )


def read(work: Work, actor: Actor, review_id: UUID, revision_ids: Collection[UUID]) -> None:
    """Write that somebody read these versions of the post of an item; what is not sent, or of another post, is not.

    NotFoundError to who may not read the item.
    """
    review, post, _group = obtain_review(work, actor, review_id)
    known = work.session.scalars(
        sa.select(PostRevision.id).where(
            PostRevision.id.in_(revision_ids), PostRevision.post_id == post.id, PostRevision.sent_at.is_not(None)
        )
    ).all()
    if known:
        record_view(work, actor, review, *known)


def changes(before: str, after: str) -> list[Change]:
    """Give what changed between two texts, word by word: runs that were kept, added, or are gone."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    runs: list[Change] = []
    gone = added = ""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for at, (kind, a, b, c, d) in enumerate(steps):
        was, is_now = "".join(old[a:b]), "".join(new[c:d])
        between = kind == "equal" and (gone or added) and not was.strip() and at + 1 < len(steps)
        if kind != "equal" or between:  # a space between two changed words belongs to the change
            gone, added = gone + was, added + is_now
            continue
        runs += [(how, text) for how, text in ((GONE, gone), (ADDED, added), (KEPT, was)) if text]
        gone = added = ""
    return runs + [(how, text) for how, text in ((GONE, gone), (ADDED, added)) if text]


def _steps(work: Work, post: Post, counts_at: Review | None) -> list[Step]:
    rows = work.session.scalars(
        sa.select(PostRevision)
        .where(PostRevision.post_id == post.id, PostRevision.sent_at.is_not(None))
        .order_by(PostRevision.number)
    ).all()
    folds = folds_of(work, [row.id for row in rows])
    texts: dict[UUID | None, str] = {}
    steps, last = [], None
    for row in rows:
        title, body = work.unseal(row, "title"), work.unseal(row, "body")
        text = texts[row.id] = f"{title}\n\n{body}" if title else body
        other = row.redacted_from if row.redacted_from in texts else last
        before = texts.get(other, "")
        reads = tuple(one for one in (row.id, other) if one and texts[one])
        # What is gone from a heavy version is still to be read beside what came for it.
        fold = next((folds[one] for one in reads if one in folds), None)
        steps.append(
            Step(
                id=row.id,
                number=row.number,
                at=row.created_at,
                redacted=row.redacted_from is not None,
                erased=not row.body,
                changes=changes(before, text) if before and text else [(KEPT, text)],
                reads=reads if text else (),
                folded=replace(fold, review_id=counts_at.id) if fold and counts_at else fold,
            )
        )
        last = row.id if text else last
    return steps


def _seen(work: Work, post: Post) -> list[Seen]:
    first = sa.func.min(ReviewView.at).label("at")
    rows = work.session.execute(
        sa.select(PostRevision.number, first, Account)
        .select_from(ReviewView)
        .join(PostRevision, PostRevision.id == ReviewView.revision_id)
        .join(Account, Account.id == ReviewView.account_id)
        .where(PostRevision.post_id == post.id)
        .group_by(PostRevision.number, Account.id)
        .order_by(first, PostRevision.number, Account.id)
    )
    return [Seen(by=work.unseal(row.Account, "staff_name"), version=row.number, at=row.at) for row in rows]
