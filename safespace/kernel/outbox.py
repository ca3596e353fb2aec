"""The outbox: doorbells written with the change, numbered per audience, delivered after the commit.

An audience is a group (publicly visible changes only), a group's staff, one membership, or everybody's access. Its
cursor is a counter row raised in the same transaction, so the order of commits is the order of cursors.
"""

import enum
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
    if not events:
        return
    numbers = _raised(session, Counter(event.audience for event in events))
    session.add_all(
        OutboxEvent(
            kind=event.audience.kind,
            audience_id=event.audience.id,
            cursor=next(numbers[event.audience]),
            name=event.kind,
            group_id=event.group_id,
            subject_id=event.subject_id,
            at=now,
        )
        for event in sorted(events, key=lambda one: one.audience)
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


def _raised(session: Session, events: Counter[Audience]) -> dict[Audience, Iterator[int]]:
    """Raise the cursor of each audience by its number of events; gives the new numbers.

    One statement, which makes the cursors that are not there yet, and takes them in the order of the rows it is given.
    """
    rows = [{"kind": one.kind, "audience_id": one.id, "value": events[one]} for one in sorted(events)]
    raised = session.execute(_RAISE[session.get_bind().dialect.name], rows)
    last = {Audience(row.kind, row.audience_id): row.value for row in raised}
    return {audience: itertools.count(last[audience] - events[audience] + 1) for audience in events}


def _raise(insert: Any) -> Any:
    row = insert(_CURSORS)
    return row.on_conflict_do_update(
        index_elements=[_CURSORS.c.kind, _CURSORS.c.audience_id],
        set_={"value": _CURSORS.c.value + row.excluded.value},
    ).returning(*_CURSORS.c)


_CURSORS = AudienceCursor.__table__
_RAISE = {"sqlite": _raise(sqlite.insert), "postgresql": _raise(postgresql.insert)}
