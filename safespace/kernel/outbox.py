"""The outbox: doorbells written with the change, numbered per audience, delivered after the commit.

An audience is a group (publicly visible changes only), a group's staff, one membership, or everybody's access. Its
cursor is a counter row raised in the same transaction, so the order of commits is the order of cursors.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from safespace.kernel.db import Base, new_id


class AudienceKind(enum.StrEnum):
    """Who can hear a doorbell."""

    GROUP = "group"
    STAFF = "staff"
    MEMBER = "member"
    ACCESS = "access"


EVERYBODY = UUID(int=0)


@dataclass(frozen=True, order=True)
class Audience:
    """One sequence of events: a kind, and the group or membership it belongs to."""

    kind: AudienceKind
    id: UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something changed. Carries ids only; who hears it fetches what changed, and policy is asked again."""

    audience: Audience
    kind: str
    group_id: UUID | None = None
    subject_id: UUID | None = None


class AudienceCursor(Base):
    """The last number given to one audience."""

    __tablename__ = "audience_cursors"

    kind: Mapped[AudienceKind] = mapped_column(primary_key=True)
    audience_id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class OutboxEvent(Base):
    """One doorbell, waiting for or after its delivery."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        sa.UniqueConstraint("kind", "audience_id", "cursor"),
        sa.Index("ix_outbox_waiting", "at", postgresql_where=sa.text("delivered_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[AudienceKind]
    audience_id: Mapped[UUID]
    cursor: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))
    group_id: Mapped[UUID | None] = mapped_column(default=None)
    subject_id: Mapped[UUID | None] = mapped_column(default=None)
    at: Mapped[datetime]
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)


def write(session: Session, events: list[Event], now: datetime) -> None:
    """Number the events and write them; cursors are locked in one order, so two writers never wait for each other."""
    for event in sorted(events, key=lambda one: one.audience):
        session.add(
            OutboxEvent(
                kind=event.audience.kind,
                audience_id=event.audience.id,
                cursor=_next(session, event.audience),
                name=event.kind,
                group_id=event.group_id,
                subject_id=event.subject_id,
                at=now,
            )
        )


_LAST = sa.select(AudienceCursor.value).where(
    AudienceCursor.kind == sa.bindparam("kind"), AudienceCursor.audience_id == sa.bindparam("audience_id")
)


def cursor_of(session: Session, audience: Audience) -> int:
    """Give the last number of this audience, 0 when nothing ever happened."""
    return session.scalar(_LAST, {"kind": audience.kind, "audience_id": audience.id}) or 0


def after(session: Session, audience: Audience, cursor: int, *, limit: int) -> list[OutboxEvent]:
    """Give the events of this audience after a cursor, oldest first, at most `limit`."""
    return list(
        session.scalars(
            sa.select(OutboxEvent)
            .where(
                OutboxEvent.kind == audience.kind,
                OutboxEvent.audience_id == audience.id,
                OutboxEvent.cursor > cursor,
            )
            .order_by(OutboxEvent.cursor)
            .limit(limit)
        )
    )


def _next(session: Session, audience: Audience) -> int:
    raised = (
        sa.update(AudienceCursor)
        .where(AudienceCursor.kind == audience.kind, AudienceCursor.audience_id == audience.id)
        .values(value=AudienceCursor.value + 1)
        .returning(AudienceCursor.value)
        .execution_options(synchronize_session=False)
    )
    value = session.scalar(raised)
    if value is None:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        row = insert(AudienceCursor).values(kind=audience.kind, audience_id=audience.id, value=0)
        session.execute(row.on_conflict_do_nothing())
        value = session.scalar(raised)
    if value is None:
        raise RuntimeError("an audience without a cursor")
    return value
