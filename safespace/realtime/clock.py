"""The clock: what happens by itself, done by one process; deadlines are rows, so a restart loses nothing."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar
from uuid import UUID

from flask import Flask

from safespace.accounts import sessions
from safespace.crisis import snapshot
from safespace.host.database import db
from safespace.host.work import reading, unit_of_work
from safespace.kernel import idempotency
from safespace.kernel.work import Work
from safespace.moderation import breaks, going_live, hits, pins, redacting, release, reminding, second_look, unseen
from safespace.realtime.relay import Loop, forget_old
from safespace.roster import live_hours

TICK = 0.5
HELP = 60.0
HOUSEKEEPING = 3600.0
log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

# What is due at any moment, and what on a minute: whether there is anything, and doing it.
EVERY_TICK = (
    (live_hours.is_due, going_live.end_due),
    (pins.is_due, pins.show_due),
)
EVERY_MINUTE = (
    (redacting.is_due, redacting.erase_due),
    (reminding.is_due, reminding.tell_due),
    (second_look.is_due, second_look.find_seconds),
    (breaks.is_due, breaks.find_seconds),
    (unseen.is_due, unseen.ring_late),
)
EVERY_HOUR = (idempotency.forget_old, sessions.forget_old, forget_old, hits.forget_old)


class Clock(Loop):
    """Twice a second: releases, live hours, pins. Every minute: help page, reminders, alarms. Hourly: tidies up.

    Each of these is done by itself, and each post: what fails is tried again and keeps nothing else from being done.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "clock", TICK)
        self._rounds = 0
        self._broken: set[UUID] = set()

    def step(self) -> None:
        """Look first, so that a quiet clock never takes the write lock."""
        self._rounds += 1
        self._release()
        _do(EVERY_TICK)
        if self._rounds % int(HELP / TICK) == 1:  # at the start too
            _attempt(snapshot.publish)
            _do(EVERY_MINUTE)
        if self._rounds % int(HOUSEKEEPING / TICK) == 0:
            self._broken.clear()
            for forget in EVERY_HOUR:
                _attempt(forget, unit_of_work)

    def _release(self) -> None:
        """Release post by post. One that cannot be released stays due, and is told once an hour."""

        def release_one(work: Work) -> int:
            return release.release_due(work, post_id)

        for post_id in _attempt(release.due) or ():
            if _attempt(release_one, unit_of_work, quiet=post_id in self._broken) is None:
                self._broken.add(post_id)


def _do(parts: tuple[tuple[Callable[[Work], bool], Callable[[Work], object]], ...]) -> None:
    for is_due, do in parts:
        if _attempt(is_due):
            _attempt(do, unit_of_work)


def _attempt(
    task: Callable[[Work], Answer],
    inside: Callable[[], AbstractContextManager[Work]] = reading,
    *,
    quiet: bool = False,
) -> Answer | None:
    """Do one task by itself; one that fails is logged without words, keeps no other from being done and gives None."""
    try:
        with inside() as work:
            return task(work)
    except Exception as error:  # noqa: BLE001  # the next round tries again
        if not quiet:
            where = f"clock {task.__module__} {task.__name__}"
            log.error("task failed", extra={"event": where, "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold words
        return None
    finally:
        db.session.rollback()  # whatever was read or half done is of no other task
