"""The learner: once a night, at each location, learns anew from its decisions; only the holder of the lease runs it.

When is a row, so a restart loses nothing. Nothing is held while a process of its own computes: no transaction, no lock.
"""

from datetime import datetime
from uuid import UUID

from flask import Flask

from safespace.host.work import reading, unit_of_work
from safespace.moderation.learning import rounds
from safespace.moderation.learning.apart import fit_apart
from safespace.realtime.relay import Loop

EVERY = 60.0


class Learner(Loop):
    """Looks every minute; nearly always there is nothing to do."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, "learner", EVERY)

    def step(self) -> None:
        """Look first, so that a quiet night never takes the write lock; then one location after the other."""
        with reading() as work:
            new, due = rounds.unplanned(work), rounds.due(work)
            work.session.rollback()
        if new:
            with unit_of_work() as work:
                rounds.plan(work)
        for location_id, when in due:
            _learn(location_id, when)


def _learn(location_id: UUID, when: datetime) -> None:
    with reading() as work:
        homework = rounds.homework(work, location_id)
        work.session.rollback()  # fitting takes seconds: nothing of the database is held meanwhile
    answer = fit_apart(homework)
    with unit_of_work() as work:
        rounds.finish(work, location_id, answer, seen=when)
