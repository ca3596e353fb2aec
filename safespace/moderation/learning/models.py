"""What humans said about texts, what was learned from it at one location, and when it is learned anew."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.moderation.learning.heads import Head


class ModelState(enum.StrEnum):
    """What became of a model: in use, followed by a newer one, not good enough, or taken back by hand."""

    LIVE = "live"
    EARLIER = "earlier"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


class SuggestionState(enum.StrEnum):
    """What a clinician thought of a phrase."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class Label(Base):
    """A level or a category of risky content that a human named apart from a decision. Rows are added, never changed.

    `blind`: the signals were hidden, so that it measures the engine and may not teach it.
    """

    __tablename__ = "labels"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="RESTRICT"), index=True)
    revision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post_revisions.id", ondelete="RESTRICT"))
    rank: Mapped[int | None] = mapped_column(sa.SmallInteger, default=None)
    category: Mapped[str] = mapped_column(sa.String(40), default="")
    blind: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class LearnedModel(Base):
    """A linear model of one location as sealed numbers: its terms are words that people wrote there.

    `decisions` and `positives` are how many it was made from; `figures` how it did on later decisions and on the
    examples of the rules; `why` is a code for why it was not used.
    """

    __tablename__ = "learned_models"
    __table_args__ = (
        sa.Index("ix_learned_models_place", "location_id", "head", "made_at"),
        sa.Index(
            "ux_learned_models_live",
            "location_id",
            "head",
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="CASCADE"))
    head: Mapped[Head]
    version: Mapped[str] = mapped_column(sa.String(60))
    state: Mapped[ModelState]
    numbers: Mapped[bytes] = mapped_column(default=b"")
    decisions: Mapped[int]
    positives: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    why: Mapped[str] = mapped_column(sa.String(40), default="")
    made_at: Mapped[datetime]
    live_at: Mapped[datetime | None] = mapped_column(default=None)


class LearningRound(Base):
    """When a location learns next. Without `due_at` it waits for a human: something was taken back by hand.

    `told` holds what the last round came to, by head: a code and the counts.
    """

    __tablename__ = "learning_rounds"

    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    told: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Suggestion(Base):
    """A phrase that no rule knows and many wrote in posts that humans raised. It never changes a rule by itself."""

    __tablename__ = "rule_suggestions"
    __table_args__ = (sa.UniqueConstraint("location_id", "phrase_index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="CASCADE"))
    phrase: Mapped[bytes] = mapped_column(default=b"")
    phrase_index: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.OPEN)
    found_at: Mapped[datetime]
    note: Mapped[bytes | None] = mapped_column(default=None)
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
