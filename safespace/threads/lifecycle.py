"""The only writes to threads and posts. Only `moderation` may import this (an architecture test holds it).

Every change of state is one conditional update; what it found changed raises ConflictError. No row is read, checked and
written.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from safespace.kernel.refusals import ConflictError
from safespace.kernel.work import Work
from safespace.threads.models import Author, Post, PostRevision, PostState, PostType, Thread, Words


def add_thread(work: Work, group_id: UUID, type_: PostType) -> Thread:
    """Make a thread that nobody sees yet."""
    thread = Thread(group_id=group_id, type=type_, created_at=work.now)
    work.session.add(thread)
    work.session.flush()
    return thread


def add_post(
    work: Work, thread: Thread, author: Author, type_: PostType, words: Words, *, state: PostState, opens: bool = False
) -> tuple[Post, PostRevision]:
    """Add a post that the group does not see, with its first revision."""
    post = Post(
        thread_id=thread.id,
        group_id=thread.group_id,
        membership_id=author.membership_id,
        staff_id=author.staff_id,
        type=type_,
        opens_thread=opens,
        state=state,
        content_notes=list(words.content_notes),
        created_at=work.now,
    )
    work.session.add(post)
    work.session.flush()
    revision = _add_revision(work, post.id, 1, words, sent=state is not PostState.DRAFT)
    post.pending_id = revision.id
    work.session.flush()
    return post, revision


def revise(work: Work, post: Post, words: Words, *, state: PostState | None, sent: bool) -> PostRevision:
    """Add a revision that waits for a human; what the group sees stays. A release that was due is cancelled.

    `state` is the post's new state, or None when it stays as it is; what is not `sent` is kept for its author only.
    """
    revision = _add_revision(work, post.id, _next_number(post.id), words, sent=sent)
    _change(work, post, expect=post.state, pending_id=revision.id, release_at=None, state=state or post.state)
    return revision


def add_redacted(work: Work, post: Post, original: PostRevision, words: Words) -> PostRevision:
    """Add a version out of which a clinician left something. Until it is released the original is what waits."""
    return _add_revision(work, post.id, _next_number(post.id), words, sent=True, redacted_from=original.id)


def erase(work: Work, revision_id: UUID) -> None:
    """Erase the words of a version that was kept long enough; that there was one stays known."""
    _updated(
        work,
        sa.update(PostRevision).where(PostRevision.id == revision_id).values(title=None, body=b"", content_notes=[]),
    )


def schedule(work: Work, post: Post, revision_id: UUID, release_at: datetime) -> None:
    """Let the clock release this revision at `release_at`; anything that happens before cancels it.

    What waits is this revision, or nothing: what was declined, hidden or is shown already can be placed (again). A
    post the group sees, or saw, keeps its state until then.
    """
    stays = post.state in {PostState.PUBLISHED, PostState.HIDDEN}
    _change(
        work,
        post,
        sa.or_(Post.pending_id == revision_id, Post.pending_id.is_(None)),
        expect=post.state,
        state=post.state if stays else PostState.PENDING,
        pending_id=revision_id,
        release_at=release_at,
    )


def cancel_release(work: Work, post_id: UUID, revision_id: UUID) -> bool:
    """Take back a release that did not happen yet; False when it was too late."""
    return _updated(
        work,
        sa.update(Post)
        .where(Post.id == post_id, Post.pending_id == revision_id, Post.release_at.is_not(None))
        .values(release_at=None, version=Post.version + 1),
    )


def move(work: Work, post: Post, state: PostState, *, drop_pending: bool = False) -> None:
    """Move a post to another state and cancel its release; raises ConflictError when it changed meanwhile."""
    changes: dict[str, Any] = {"state": state, "release_at": None}
    if drop_pending:
        changes["pending_id"] = None
    _change(work, post, expect=post.state, **changes)


def put_back(work: Work, post: Post, revision_id: UUID) -> None:
    """Let go of a placing that was undone: a declined post is declined again, a shown or hidden one waits no more."""
    declined = post.state is PostState.PENDING
    _change(
        work,
        post,
        expect=post.state,
        state=PostState.DECLINED if declined else post.state,
        pending_id=revision_id if declined else None,
        release_at=None,
    )


def drop_edit(work: Work, post: Post) -> None:
    """Let go of a waiting edit of a published post; what the group sees stays."""
    _change(work, post, expect=PostState.PUBLISHED, pending_id=None, release_at=None)


def release(
    work: Work, post_id: UUID, waits: UUID, revision: PostRevision, content_notes: list[str], kept: timedelta
) -> Post | None:
    """Show a revision to the group if its time has come and nothing cancelled it; None otherwise. Happens once.

    The thread's row is the lock under which positions stay dense; a post keeps its position for ever. What `waits` is
    the revision itself, or the one out of which something was left in it: that one is `kept` so long from now on.
    """
    post = work.session.get_one(Post, post_id)
    thread = work.session.scalars(
        sa.select(Thread).where(Thread.id == post.thread_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    fresh = post.position is None
    position = thread.last_position + 1 if fresh else post.position
    changed = _updated(
        work,
        sa.update(Post)
        .where(
            Post.id == post_id,
            Post.pending_id == waits,
            Post.release_at <= work.now,
            Post.state.in_([PostState.PENDING, PostState.PUBLISHED, PostState.HIDDEN]),
        )
        .values(
            state=PostState.PUBLISHED,
            revision_id=revision.id,
            pending_id=None,
            release_at=None,
            content_notes=content_notes,
            position=position,
            released_at=work.now if fresh else Post.released_at,
            version=Post.version + 1,
        ),
    )
    if not changed:
        return None
    if fresh:
        thread.last_position += 1
    if fresh or thread.last_released_at is None:  # a conversation that was empty of posts is back in the list
        thread.last_released_at = work.now
    if waits != revision.id:
        _keep(work, waits, work.now + kept)
    if revision.title is not None:
        work.seal(thread, "title", work.unseal(revision, "title"))
    work.session.flush()
    work.session.refresh(post)
    return post


def lock(work: Work, thread: Thread) -> bool:
    """Close a conversation for new posts; False when it is closed already."""
    return _set_lock(work, thread, Thread.locked_at.is_(None), locked_at=work.now)


def unlock(work: Work, thread: Thread) -> bool:
    """Open a conversation again, without its note; False when it is open."""
    return _set_lock(work, thread, Thread.locked_at.is_not(None), locked_at=None, lock_note=None)


def _set_lock(work: Work, thread: Thread, only: sa.ColumnElement[bool], **values: Any) -> bool:
    changed = _updated(work, sa.update(Thread).where(Thread.id == thread.id, only).values(**values))
    work.session.refresh(thread)
    return changed


def take_title_back(work: Work, thread_id: UUID) -> None:
    """Forget the title of a conversation whose opening was taken back; empty of posts, it leaves the group's list."""
    shown = sa.exists().where(Post.thread_id == thread_id, Post.state == PostState.PUBLISHED)
    last = sa.case((shown, Thread.last_released_at))
    work.session.execute(sa.update(Thread).where(Thread.id == thread_id).values(title=b"", last_released_at=last))


def _keep(work: Work, revision_id: UUID, until: datetime) -> None:
    _updated(work, sa.update(PostRevision).where(PostRevision.id == revision_id).values(keep_until=until))


def _next_number(post_id: UUID) -> Any:
    """Give the number of the next version of a post, to be counted by the statement that writes it."""
    last = sa.select(sa.func.max(PostRevision.number)).where(PostRevision.post_id == post_id)
    return sa.func.coalesce(last.scalar_subquery(), 0) + 1


def _add_revision(
    work: Work, post_id: UUID, number: Any, words: Words, *, sent: bool, redacted_from: UUID | None = None
) -> PostRevision:
    revision = PostRevision(
        post_id=post_id,
        number=number,
        content_notes=list(words.content_notes),
        created_at=work.now,
        sent_at=work.now if sent else None,
        redacted_from=redacted_from,
    )
    work.seal(revision, "body", words.body)
    if words.title is not None:
        work.seal(revision, "title", words.title)
    work.session.add(revision)
    work.session.flush()
    return revision


def _change(work: Work, post: Post, *also: sa.ColumnElement[bool], expect: PostState, **values: Any) -> None:
    values["version"] = post.version + 1
    changed = _updated(
        work,
        sa.update(Post)
        .where(Post.id == post.id, Post.state == expect, Post.version == post.version, *also)
        .values(**values),
    )
    if not changed:
        raise ConflictError("changed_meanwhile")
    for name, value in values.items():  # what the database has now, without asking
        set_committed_value(post, name, value)


def _updated(work: Work, statement: sa.Update) -> bool:
    result: Any = work.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount)
