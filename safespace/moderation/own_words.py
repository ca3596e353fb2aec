"""The versions of an own post that its author reads again: what stood there before, and what was never placed."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.kernel.work import Work
from safespace.threads.models import PostRevision


def versions(ids: list[UUID], post_ids: list[UUID]) -> sa.Select[PostRevision]:
    """Select these versions, those out of which something was left in them, and the last one that each author wrote."""
    shown = sa.select(PostRevision.redacted_from).where(PostRevision.id.in_(ids))
    other = aliased(PostRevision)
    newest = sa.select(sa.func.max(other.number)).where(
        other.post_id == PostRevision.post_id, other.redacted_from.is_(None)
    )
    last = sa.and_(
        PostRevision.post_id.in_(post_ids),
        PostRevision.redacted_from.is_(None),
        PostRevision.number == newest.scalar_subquery(),
    )
    return sa.select(PostRevision).where(sa.or_(PostRevision.id.in_(ids), PostRevision.id.in_(shown), last))


def before(work: Work, revisions: dict[UUID, PostRevision], revision: PostRevision) -> str:
    """Give what the author wrote where a clinician left something out; "" when nothing was, or when it is erased."""
    return _text(work, revisions.get(revision.redacted_from) if revision.redacted_from else None)


def unplaced(work: Work, shown: PostRevision, last: PostRevision | None) -> str:
    """Give what the author wrote last when an older version is shown: it was not placed, and is not lost."""
    return "" if last is None or last.id in {shown.id, shown.redacted_from} else _text(work, last)


def rework(work: Work, shown: PostRevision, last: PostRevision | None) -> tuple[str, str] | None:
    """Give the same as title and body, to go on with."""
    if last is None or last.id in {shown.id, shown.redacted_from} or not last.body:
        return None
    return work.unseal(last, "title"), work.unseal(last, "body")


def _text(work: Work, revision: PostRevision | None) -> str:
    if revision is None or not revision.body:
        return ""
    title = work.unseal(revision, "title")
    return f"{title}\n\n{work.unseal(revision, 'body')}" if title else work.unseal(revision, "body")
