"""The clock: what happens by itself, done by one process; deadlines are rows, so a restart loses nothing."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask

from safespace.accounts import sessions
from safespace.crisis import snapshot
from safespace.host.database import db
from safespace.host.work import reading, unit_of_work
from safespace.kernel import idempotency
from safespace.kernel.work import Work
from safespace.moderation import breaks, going_live, hits, redacting, release, reminding, second_look, unseen
from safespace.realtime.relay import Loop, forget_old
from safespace.roster import live_hours

TICK = 0.5
HELP = 60.0
HOUSEKEEPING = 3600.0
log = logging.getLogger(__name__)

# What is due on a minute: whether there is anything, and doing it.
EVERY_MINUTE = (
    (redacting.is_due, redacting.erase_due),
    (reminding.is_due, reminding.tell_due),
    (second_look.is_due, second_look.find_seconds),
    (breaks.is_due, breaks.find_seconds),
    (unseen.is_due, unseen.ring_late),
)


class Clock(Loop):
    """Twice a second: releases, live hours. Every minute: help page, reminders, unseen words. Every hour: tidies up."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "clock", TICK)
        self._rounds = 0

    def step(self) -> None:
        """Look first, so that a quiet clock never takes the write lock."""
        self._rounds += 1
        with reading() as work:
            due = release.is_due(work) or live_hours.is_due(work)
            work.session.rollback()
        if due:
            with unit_of_work() as work:
                release.release_due(work)
                going_live.end_due(work)
        if self._rounds % int(HELP / TICK) == 1:  # at the start too
            _attempt(snapshot.publish)
            for is_due, tell in EVERY_MINUTE:
                if _attempt(is_due):
                    _attempt(tell, unit_of_work)
        if self._rounds % int(HOUSEKEEPING / TICK) == 0:
            with unit_of_work() as work:
                idempotency.forget_old(work)
                sessions.forget_old(work)
                forget_old(work)
                hits.forget_old(work)


def _attempt(task: Callable[[Work], object], inside: Callable[[], AbstractContextManager[Work]] = reading) -> object:
    """Do one task by itself; one that fails is logged without words, keeps no other from being done and gives None."""
    try:
        with inside() as work:
            return task(work)
    except Exception as error:  # noqa: BLE001  # the next minute tries again
        where = f"clock {task.__module__}"
        log.error("task failed", extra={"event": where, "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold words
        return None
    finally:
        db.session.rollback()  # whatever was read or half done is of no other task
