"""The clock: what happens by itself, done by one process; deadlines are rows, so a restart loses nothing."""

from flask import Flask

from safespace.accounts import sessions
from safespace.crisis import snapshot
from safespace.host.work import reading, unit_of_work
from safespace.kernel import idempotency
from safespace.moderation import release
from safespace.realtime.relay import Loop, forget_old

TICK = 0.5
HELP = 60.0
HOUSEKEEPING = 3600.0


class Clock(Loop):
    """Releases what is due, twice a second; brings the help page up to date every minute; cleans up once an hour."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "clock", TICK)
        self._rounds = 0

    def step(self) -> None:
        """Look first, so that a quiet clock never takes the write lock."""
        self._rounds += 1
        with reading() as work:
            due = release.is_due(work)
            work.session.rollback()
        if due:
            with unit_of_work() as work:
                release.release_due(work)
        if self._rounds % int(HELP / TICK) == 1:  # at the start too
            with reading() as work:
                snapshot.publish(work)
        if self._rounds % int(HOUSEKEEPING / TICK) == 0:
            with unit_of_work() as work:
                idempotency.forget_old(work)
                sessions.forget_old(work)
                forget_old(work)
