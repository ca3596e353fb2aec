"""The unit of work: all that a use case may touch, and the order in which its traces are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from safespace.kernel import outbox, sealed
from safespace.kernel.db import Base
from safespace.kernel.outbox import Event
from safespace.settings import Settings


def utc_now() -> datetime:
    """Give the server's time; a client's clock is never believed."""
    return datetime.now(UTC)


@dataclass
class Work:
    """One unit of work: session, time, settings and keys; collects events and writes them last.

    Locks are taken in one order everywhere: object, then audience cursor, then audit head (design §3).
    """

    session: Session
    settings: Settings
    keys: sealed.KeyRing
    now: datetime = field(default_factory=utc_now)
    events: list[Event] = field(default_factory=list)
    last: dict[str, Callable[[], None]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def announce(self, event: Event) -> None:
        """Remember an event; it is numbered and written just before the commit."""
        self.events.append(event)

    def seal(self, row: Base, column: str, text: str) -> None:
        """Put sealed text into a column of this row."""
        setattr(row, column, self.keys.seal(sealed.place_of(row, column), text))

    def unseal(self, row: Base, column: str) -> str:
        """Give the text of a sealed column of this row, "" when it holds nothing."""
        blob = getattr(row, column)
        return "" if not blob else self.keys.open(sealed.place_of(row, column), blob)

    def open(self, table: type[Base], column: str, row_id: UUID, blob: bytes | None) -> str:
        """Like unseal, for a value that was read without its row object."""
        return "" if not blob else self.keys.open(sealed.place(table.__tablename__, column, row_id), blob)

    def complete(self) -> bool:
        """Write events, then the audit; called once by whoever commits. Gives whether anybody has to be rung."""
        self.session.flush()
        rung = bool(self.events)
        outbox.write(self.session, self.events, self.now)
        self.events = []
        for finish in self.last.values():
            finish()
        self.last = {}
        self.session.flush()
        return rung
