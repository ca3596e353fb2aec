"""Reviews (the queue's items), decisions and flags."""

import enum
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.moderation.risk.assessment import Severity


class ReviewKind(enum.StrEnum):
    """Why a human must read this."""

    NEW = "new"
    EDIT = "edit"
    REWORDED = "reworded"
    FOLLOW_UP = "follow_up"


class ReviewState(enum.StrEnum):
    """Whether somebody still has to look."""

    OPEN = "open"
    CONTACT = "contact"
    CLOSED = "closed"


class Action(enum.StrEnum):
    """What a human can decide about a post."""

    APPROVE = "approve"
    APPROVE_WITH_NOTES = "approve_with_notes"
    ASK_REWORD = "ask_reword"
    DECLINE = "decline"
    HOLD = "hold"
    CLOSE = "close"
    ANSWER = "answer"


class Review(Base):
    """An item of the queue: one revision of one post that a human must read. Ranks are 0 (none) to 4 (crisis)."""

    __tablename__ = "reviews"
    __table_args__ = (
        sa.Index(
            "ix_reviews_queue",
            "group_id",
            "state",
            sa.text("rank DESC"),
            sa.text("first_post DESC"),
            "opened_at",
        ),
        sa.Index("ix_reviews_post", "post_id", "opened_at"),
        sa.CheckConstraint("rank BETWEEN 0 AND 4", name="rank"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"))
    revision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post_revisions.id", ondelete="RESTRICT"))
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    kind: Mapped[ReviewKind]
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.OPEN)
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    engine_rank: Mapped[int] = mapped_column(sa.SmallInteger)
    human_rank: Mapped[int | None] = mapped_column(sa.SmallInteger, default=None)
    first_post: Mapped[bool] = mapped_column(default=False)
    assessment: Mapped[bytes] = mapped_column(default=b"")
    rules_version: Mapped[str] = mapped_column(sa.String(60), default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def severity(self) -> Severity:
        """How soon a human must look."""
        return Severity.of_rank(self.rank)


class Decision(Base):
    """What a human decided, on which revision, with the note the author got. Append-only; undone is a mark."""

    __tablename__ = "decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"), index=True)
    revision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post_revisions.id", ondelete="RESTRICT"))
    by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    action: Mapped[Action]
    reason: Mapped[str] = mapped_column(sa.String(40), default="")
    note: Mapped[bytes | None] = mapped_column(default=None)
    internal_note: Mapped[bytes | None] = mapped_column(default=None)
    content_notes: Mapped[list[str]] = mapped_column(default_factory=list)
    rank: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


class Flag(Base):
    """A human's label of risky content on a post, by category; software never lowers or removes it."""

    __tablename__ = "flags"
    __table_args__ = (sa.UniqueConstraint("post_id", "category"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"))
    category: Mapped[str] = mapped_column(sa.String(40))
    by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
