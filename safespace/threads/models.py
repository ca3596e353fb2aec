"""Threads, posts and revisions."""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.policy.roles import Scope

PAGE = 20


class PostType(enum.StrEnum):
    """What somebody wants to share."""

    EXPERIENCE = "experience"
    TIP = "tip"
    QUESTION = "question"
    OFFLINE_IDEA = "offline_idea"


class PostState(enum.StrEnum):
    """Where a post stands (design §2)."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    CHANGES_REQUESTED = "changes_requested"
    DECLINED = "declined"
    HELD = "held"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


VISIBLE = frozenset({PostState.PUBLISHED})
WAITING = frozenset({PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.HELD})


@dataclass(frozen=True, kw_only=True, repr=False)
class Words:
    """What somebody wrote: a body, for an opening post a title, and the topics it is about."""

    body: str
    title: str | None = None
    content_notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote it: a membership, or a staff account."""

    membership_id: UUID | None = None
    staff_id: UUID | None = None


class Thread(Base):
    """A conversation. It is seen by the group once its first post is released; `last_position` is its lock."""

    __tablename__ = "threads"
    __table_args__ = (sa.Index("ix_threads_group_active", "group_id", "last_released_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    type: Mapped[PostType]
    title: Mapped[bytes] = mapped_column(default=b"")
    last_position: Mapped[int] = mapped_column(default=0)
    last_released_at: Mapped[datetime | None] = mapped_column(default=None)
    locked_at: Mapped[datetime | None] = mapped_column(default=None)
    lock_note: Mapped[bytes | None] = mapped_column(default=None)
    created_at: Mapped[datetime]


class Post(Base):
    """One message. `revision_id` is what the group sees, `pending_id` what waits for a human."""

    __tablename__ = "posts"
    __table_args__ = (
        sa.UniqueConstraint("thread_id", "position"),
        sa.Index("ix_posts_membership", "membership_id", "created_at"),
        sa.Index("ix_posts_release", "release_at", postgresql_where=sa.text("release_at IS NOT NULL")),
        sa.CheckConstraint("(membership_id IS NULL) <> (staff_id IS NULL)", name="one_author"),
        sa.CheckConstraint("(position IS NULL) = (revision_id IS NULL)", name="position_with_revision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    thread_id: Mapped[UUID] = mapped_column(sa.ForeignKey("threads.id", ondelete="RESTRICT"))
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"), index=True)
    membership_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("memberships.id", ondelete="RESTRICT"), default=None
    )
    staff_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    type: Mapped[PostType]
    opens_thread: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PostState]
    position: Mapped[int | None] = mapped_column(default=None)
    content_notes: Mapped[list[str]] = mapped_column(default_factory=list)
    revision_id: Mapped[UUID | None] = mapped_column(default=None)
    pending_id: Mapped[UUID | None] = mapped_column(default=None)
    release_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def visible(self) -> bool:
        """Whether the group may see it."""
        return self.state in VISIBLE

    @property
    def waiting(self) -> bool:
        """Whether a human still has to read something of it."""
        return self.pending_id is not None

    def scope(self, location_id: UUID) -> Scope:
        """Give the facts the permission table needs."""
        return Scope(
            location_id=location_id,
            group_id=self.group_id,
            membership_id=self.membership_id,
            visible=self.visible,
            sent=self.state is not PostState.DRAFT,
        )


class PostRevision(Base):
    """One version of a post's words, sealed. Never changed; an edit is a new one. An opening post has a title too.

    Until `sent_at` it is a draft, which nobody but its author may read. `redacted_from` names the version out of which
    a clinician left something; that one is kept for moderators until `keep_until`.
    """

    __tablename__ = "post_revisions"
    __table_args__ = (sa.UniqueConstraint("post_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"))
    number: Mapped[int]
    title: Mapped[bytes | None] = mapped_column(default=None)
    body: Mapped[bytes] = mapped_column(default=b"")
    content_notes: Mapped[list[str]] = mapped_column(default_factory=list)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    redacted_from: Mapped[UUID | None] = mapped_column(default=None)
    keep_until: Mapped[datetime | None] = mapped_column(default=None)


class FoldedThread(Base):
    """A conversation that is too much for somebody now; only they know."""

    __tablename__ = "folded_threads"

    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[UUID] = mapped_column(sa.ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
