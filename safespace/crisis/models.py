"""Help lines, escalations with their steps and tasks, safe talk, alarms with their rings, reveals."""

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id


class HelpLine(Base):
    """A number or chat where help is, with the day somebody last checked it."""

    __tablename__ = "help_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_nl: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    purpose_nl: Mapped[str] = mapped_column(sa.String(400), default="")
    purpose_en: Mapped[str] = mapped_column(sa.String(400), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    tel: Mapped[str] = mapped_column(sa.String(40), default="")
    chat: Mapped[str] = mapped_column(sa.String(200), default="")
    site: Mapped[str] = mapped_column(sa.String(200), default="")
    hours_nl: Mapped[str] = mapped_column(sa.String(200), default="")
    hours_en: Mapped[str] = mapped_column(sa.String(200), default="")
    topics: Mapped[list[str]] = mapped_column(default_factory=list)
    min_age: Mapped[int | None] = mapped_column(default=None)
    max_age: Mapped[int | None] = mapped_column(default=None)
    fixed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    verified_on: Mapped[date | None] = mapped_column(default=None)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Outcome(enum.StrEnum):
    """How an escalation ended (domain reference §2.8)."""

    CONTACT_SAFE = "contact_safe"
    CONTACT_PLAN_MADE = "contact_plan_made"
    HANDED_TO_OWN_CLINICIAN = "handed_to_own_clinician"
    HANDED_TO_CRISIS_SERVICE = "handed_to_crisis_service"
    EMERGENCY_SERVICES = "emergency_services"
    NOT_REACHED = "not_reached"
    FALSE_ALARM = "false_alarm"


class Escalation(Base):
    """A worry about an author that somebody takes up: level 1 attention, 2 contact the same shift, 3 crisis.

    `opened_by` is empty when the author's own answer opened it, `review_id` too when that was about a draft, which only
    its author reads. It ends with an outcome, a note and a day to look back.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        sa.Index("ix_escalations_open", "location_id", "closed_at"),
        sa.Index(
            "ux_escalations_open_post",
            "post_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[UUID] = mapped_column(sa.ForeignKey("posts.id", ondelete="RESTRICT"), index=True)
    review_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("reviews.id", ondelete="RESTRICT"), default=None, index=True
    )
    level: Mapped[int] = mapped_column(sa.SmallInteger)
    summary: Mapped[bytes | None] = mapped_column(default=None)
    opened_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    opened_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    contact_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[Outcome | None] = mapped_column(default=None)
    closing_note: Mapped[bytes | None] = mapped_column(default=None)
    note_to_author: Mapped[bytes | None] = mapped_column(default=None)
    check_back_on: Mapped[date | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    version: Mapped[int] = mapped_column(default=1)


class EscalationStep(Base):
    """One step of the script that was done, by whom, with a note for the team."""

    __tablename__ = "escalation_steps"
    __table_args__ = (sa.UniqueConstraint("escalation_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    escalation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("escalations.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(sa.String(40))
    done_by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    done_at: Mapped[datetime]
    note: Mapped[bytes | None] = mapped_column(default=None)


class TaskKind(enum.StrEnum):
    """What is still to be done after an escalation or an emergency reveal."""

    DEBRIEF = "debrief"
    GROUP_CHECK = "group_check"
    CHECK_BACK = "check_back"
    REVEAL_REVIEW = "reveal_review"


class CareTask(Base):
    """Something that must still be done, by a day."""

    __tablename__ = "care_tasks"
    __table_args__ = (sa.Index("ix_care_tasks_open", "location_id", "done_at", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[TaskKind]
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    escalation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("escalations.id", ondelete="RESTRICT"), index=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    note: Mapped[bytes | None] = mapped_column(default=None)


class TalkMessage(Base):
    """A line of the safe talk between staff and one author; nobody else ever reads it. No `staff_id`: the author's.

    `read_at` is when somebody of the team saw what the author wrote.
    """

    __tablename__ = "talk_messages"
    __table_args__ = (
        sa.UniqueConstraint("escalation_id", "number"),
        sa.Index(
            "ix_talk_messages_unseen",
            "escalation_id",
            "at",
            sqlite_where=sa.text("staff_id IS NULL AND read_at IS NULL"),
            postgresql_where=sa.text("staff_id IS NULL AND read_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    escalation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("escalations.id", ondelete="RESTRICT"))
    number: Mapped[int]
    staff_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    words: Mapped[bytes] = mapped_column(default=b"")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class AlarmKind(enum.StrEnum):
    """Why it rings."""

    CRISIS_ITEM = "crisis_item"
    ESCALATION = "escalation"
    EMERGENCY_REVEAL = "emergency_reveal"
    TEST = "test"


class Alarm(Base):
    """Something that rings until a human answers. `step` is how often it rang, `next_at` when it rings again.

    `post_id` is the post it is about, so that whoever goes to its author answers all that rings for it.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        sa.Index("ix_alarms_next", "next_at", postgresql_where=sa.text("next_at IS NOT NULL")),
        sa.Index("ix_alarms_location", "location_id", "acknowledged_at"),
        sa.UniqueConstraint("kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[AlarmKind]
    subject_id: Mapped[UUID]
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    group_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"), default=None)
    post_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("posts.id", ondelete="RESTRICT"), default=None, index=True
    )
    opened_at: Mapped[datetime]
    step: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    acknowledged_by: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None
    )


class AlarmToSee(Base):
    """Somebody who must see an alarm, also when a colleague answered it: each lead, when somebody looked alone."""

    __tablename__ = "alarms_to_see"

    alarm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime | None] = mapped_column(default=None)


class Ring(Base):
    """One message of one step of an alarm over one route; its id travels along, so a repeat is known as one."""

    __tablename__ = "rings"
    __table_args__ = (
        sa.UniqueConstraint("alarm_id", "step", "route_id"),
        sa.Index("ix_rings_unsent", "sent_at", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    alarm_id: Mapped[UUID] = mapped_column(sa.ForeignKey("alarms.id", ondelete="CASCADE"))
    step: Mapped[int]
    route_id: Mapped[UUID]
    due_at: Mapped[datetime]
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    failed: Mapped[str] = mapped_column(sa.String(40), default="")


class Reveal(Base):
    """Break-glass: care reference and safety contact of one member, shown for a while to who asked, after two agreed.

    `emergency`: one person alone, when nobody answered; reviewed within a day, at `asked_location_id` when nobody else
    works here. `told_at`: the youth was told; `delay_reason` says why that waits.
    """

    __tablename__ = "reveals"
    __table_args__ = (sa.Index("ix_reveals_location", "location_id", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    escalation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("escalations.id", ondelete="RESTRICT"), index=True)
    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id", ondelete="RESTRICT"), index=True)
    requested_by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    requested_at: Mapped[datetime]
    reason: Mapped[bytes] = mapped_column(default=b"")
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    granted: Mapped[bool] = mapped_column(default=False)
    emergency: Mapped[bool] = mapped_column(default=False)
    shown_until: Mapped[datetime | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    delay_reason: Mapped[bytes | None] = mapped_column(default=None)
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    review_note: Mapped[bytes | None] = mapped_column(default=None)
    asked_location_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("locations.id", ondelete="RESTRICT"), default=None
    )
