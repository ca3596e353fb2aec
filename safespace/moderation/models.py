"""Reviews (the queue's items), decisions and flags."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.moderation.risk.assessment import Severity, Stance


class ReviewKind(enum.StrEnum):
    """Why a human must read this."""

    NEW = "new"
    EDIT = "edit"
    REWORDED = "reworded"
    FOLLOW_UP = "follow_up"
    REPORT = "report"
    APPEAL = "appeal"
    SECOND_LOOK = "second_look"


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
    REDACT = "redact"
    DECLINE = "decline"
    HOLD = "hold"
    SECOND_LOOK = "second_look"
    HIDE = "hide"
    KEEP = "keep"
    CONFIRM = "confirm"
    CLOSE = "close"
    ANSWER = "answer"


class FollowUp(enum.StrEnum):
    """What the author still needs, the least first; apart from whether the post is placed and how soon."""

    NONE = "none"
    MESSAGE = "message"
    OWN_CLINICIAN = "own_clinician"
    CRISIS = "crisis"

    def or_more(self, other: "FollowUp") -> "FollowUp":
        """Promise the one of the two that asks for more."""
        return max(self, other, key=list(FollowUp).index)


class ReportKind(enum.StrEnum):
    """What a member says about somebody's post: worried about the person, or not right as a post."""

    WORRIED = "worried"
    NOT_RIGHT = "not_right"


class Review(Base):
    """An item of the queue: one revision of one post that a human must read. Ranks are 0 (none) to 4 (crisis).

    `due_at` is when its norm ends (opening hours, except for crisis). `not_by` is who may not decide it, since it is
    about that person's decision (`about_id`), or since that person asks a colleague. `asked_location_id` is where a
    second clinician is found when there is none here. `blind`: the engine's signals are hidden until it is decided;
    `shown`: it was decided once, so they are hidden no more.
    `needs_help`: a high level brings the help card with it, for it is not about anonymity alone.
    `likely` (0 to 2) is how likely, by earlier decisions, a human finds it heavier; it orders what is of one level.
    `held_by` is at it until `held_until`: a lease that guides colleagues; what guards the item is its version.
    `topics` are keyed marks of the categories that were found, so that the queue can be filtered without telling them;
    for the location of its group, and for the one that is asked.
    """

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
    needs_help: Mapped[bool] = mapped_column(default=True)
    first_post: Mapped[bool] = mapped_column(default=False)
    assessment: Mapped[bytes] = mapped_column(default=b"")
    rules_version: Mapped[str] = mapped_column(sa.String(60), default="")
    likely: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    topics: Mapped[str] = mapped_column(sa.String(900), default="")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    follow_up: Mapped[FollowUp] = mapped_column(default=FollowUp.NONE)
    not_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    about_id: Mapped[UUID | None] = mapped_column(default=None)
    asked_location_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("locations.id", ondelete="RESTRICT"), default=None, index=True
    )
    question: Mapped[bytes | None] = mapped_column(default=None)
    held_by: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None, index=True
    )
    held_until: Mapped[datetime | None] = mapped_column(default=None)
    blind: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def severity(self) -> Severity:
        """How soon a human must look."""
        return Severity.of_rank(self.rank)


class Decision(Base):
    """What a human decided, on which revision, with the note the author got. Append-only; undone is a mark.

    `agreed_at` is when the author agreed with what was left out; `reminded_at` and `expired_at` belong to a request to
    reword that got no answer. `was_…` is how the item stood before, for taking the decision back.
    `judged_id` is the version whose words were judged, to learn from it: the one before anything was left out; None
    where nobody judged words. `chosen_rank` is a level that a human chose, never the engine's. `blind`: the signals
    were hidden, so that it measures the engine and may not teach it.
    """

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
    follow_up: Mapped[FollowUp] = mapped_column(default=FollowUp.NONE)
    judged_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("post_revisions.id", ondelete="RESTRICT"), default=None, index=True
    )
    chosen_rank: Mapped[int | None] = mapped_column(sa.SmallInteger, default=None)
    stance: Mapped[Stance | None] = mapped_column(default=None)
    blind: Mapped[bool] = mapped_column(default=False)
    was_rank: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    was_human_rank: Mapped[int | None] = mapped_column(sa.SmallInteger, default=None)
    was_follow_up: Mapped[str] = mapped_column(sa.String(32), default=FollowUp.NONE.value)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    expired_at: Mapped[datetime | None] = mapped_column(default=None)


class Flag(Base):
    """A human's label of risky content on a post, by category; software never lowers or removes it."""

    __tablename__ = "flags"
    __table_args__ = (sa.UniqueConstraint("post_id", "category"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"))
    category: Mapped[str] = mapped_column(sa.String(40))
    by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    at: Mapped[datetime]


class ReviewView(Base):
    """Who read which version of the words, in which state of an item; also the clinician's own exposure by its rank."""

    __tablename__ = "review_views"
    __table_args__ = (sa.Index("ix_review_views_account", "account_id", "at"),)

    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("post_revisions.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    at: Mapped[datetime]


class PassedOn(Base):
    """An item that a clinician left to a colleague; no reason is asked."""

    __tablename__ = "passed_on"

    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True)
    at: Mapped[datetime]


class Desk(Base):
    """How a clinician works: saved filters, keys, and categories that *Volgende* leaves to colleagues.

    `rested_at` is when somebody last answered the word about a pause: took one, or went on.
    """

    __tablename__ = "desks"

    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    filters: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    keys: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    keys_on: Mapped[bool] = mapped_column(default=True)
    left_out: Mapped[list[str]] = mapped_column(default_factory=list)
    rested_at: Mapped[datetime | None] = mapped_column(default=None)


class Appeal(Base):
    """An author who asks for a fresh look at a decision; one for each decision."""

    __tablename__ = "appeals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    decision_id: Mapped[UUID] = mapped_column(sa.ForeignKey("decisions.id", ondelete="RESTRICT"), unique=True)
    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="RESTRICT"), index=True)
    words: Mapped[bytes | None] = mapped_column(default=None)
    at: Mapped[datetime]


class Report(Base):
    """What a member says about somebody's post, with the words as they were then; it gets an answer."""

    __tablename__ = "reports"
    __table_args__ = (sa.Index("ix_reports_membership", "membership_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[ReportKind]
    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reviews.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"), index=True)
    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id", ondelete="RESTRICT"))
    words: Mapped[bytes | None] = mapped_column(default=None)
    snapshot: Mapped[bytes] = mapped_column(default=b"")
    at: Mapped[datetime]
    answer: Mapped[bytes | None] = mapped_column(default=None)
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class GoodNews(Base):
    """A post that did a clinician good to read, for the whole team."""

    __tablename__ = "good_news"

    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"), primary_key=True)
    by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    at: Mapped[datetime]


class TrainingAnswer(Base):
    """What a clinician in training chose for one fictional post."""

    __tablename__ = "training_answers"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(40))
    action: Mapped[Action]
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    at: Mapped[datetime]
