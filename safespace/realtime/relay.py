"""The relay: takes doorbells from the outbox and rings them. At least once: whoever is rung asks "what after N"."""

import logging
import threading
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from safespace.host.database import db
from safespace.host.work import host, reading, unit_of_work
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.kernel.work import Work
from safespace.realtime.live import LiveSockets, room, socketio

NAMES = {AudienceKind.GROUP: "group", AudienceKind.STAFF: "staff", AudienceKind.MEMBER: "own"}
BATCH = 200
KEPT = timedelta(days=7)
FULL_RECHECK = 15.0
log = logging.getLogger(__name__)


class Loop(threading.Thread):
    """Something that is done again and again, inside the app, until it is stopped; a fault never ends it."""

    def __init__(self, app: Flask, name: str, seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self.app = app
        self.seconds = seconds
        self.bell = threading.Event()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Do a round after every ring, and at least every `seconds`."""
        while not self.stopped.is_set():
            self.bell.wait(self.seconds)
            self.bell.clear()
            if self.stopped.is_set():
                return
            self.round()

    def round(self) -> None:
        """Do one round in a context of its own."""
        with self.app.app_context():
            try:
                self.step()
            except Exception as error:  # noqa: BLE001  # the clock must go on; the next round tries again
                log.error("loop failed", extra={"event": self.name, "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold words
            finally:
                db.session.remove()

    def step(self) -> None:
        """Do what this loop is for."""
        raise NotImplementedError

    def wake(self) -> None:
        """Do a round now."""
        self.bell.set()

    def stop(self) -> None:
        """End after the round that runs."""
        self.stopped.set()
        self.bell.set()


class Relay(Loop):
    """Rings what was committed."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "relay", app.extensions["safespace"].settings.relay_seconds)

    def step(self) -> None:
        """Ring the waiting doorbells in the order of their audiences, then mark them."""
        with reading() as work:
            waiting = work.session.scalars(
                sa.select(OutboxEvent)
                .where(OutboxEvent.delivered_at.is_(None))
                .order_by(OutboxEvent.kind, OutboxEvent.audience_id, OutboxEvent.cursor)
                .limit(BATCH)
            ).all()
            bells = [(one.id, one.kind, one.audience_id, one.group_id, one.cursor) for one in waiting]
            work.session.rollback()
        if not bells:
            return
        for _, kind, audience_id, group_id, cursor in bells:
            if kind in NAMES:
                bell = {"group": str(group_id), "cursor": cursor}
                socketio.emit(NAMES[kind], bell, to=room(kind, audience_id))
        with unit_of_work() as work:
            work.session.execute(
                sa.update(OutboxEvent)
                .where(OutboxEvent.id.in_([bell[0] for bell in bells]))
                .values(delivered_at=work.now)
            )
        if len(bells) == BATCH:
            self.wake()


class Watch(Loop):
    """Cuts the sockets of this process within a second of a sign-out, a break, a removal or a change of role."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "watch", 0.4)
        self._rounds = 0

    def step(self) -> None:
        """Look whether anybody's access changed; now and then look at all, since sessions also end by time."""
        live: LiveSockets = self.app.extensions["safespace.live"]
        self._rounds += 1
        with reading() as work:
            live.recheck(work, force=self._rounds % int(FULL_RECHECK / self.seconds) == 0)


def forget_old(work: Work) -> None:
    """Remove doorbells that were rung more than a week ago."""
    work.session.execute(sa.delete(OutboxEvent).where(OutboxEvent.delivered_at < work.now - KEPT))


def wake_by(app: Flask, *loops: Loop) -> None:
    """Let every commit of this process that announced something wake these loops."""

    def wake() -> None:
        for loop in loops:
            loop.wake()

    with app.app_context():
        host().wake = wake
