"""The roster of the demo clinic: shifts around now, two open hours that nobody covers, and what was handed over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from safespace.demo.cast import Cast
from safespace.demo.script import Row
from safespace.kernel.work import Work
from safespace.policy.roles import Actor
from safespace.roster import handovers, shifts
from safespace.roster.models import ShiftRole

PLANNED = timedelta(days=2)  # before now
DAYS = 6
TURNS = ((0, 8), (8, 10), (10, 12), (12, 14), (14, 16), (16, 18), (18, 20), (20, 24))  # hours of the day
LEFT_OPEN = (1, 20)  # tomorrow evening, at the first location
EARLIER, LATELY = timedelta(hours=26), timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class RosterStory:
    """Plays the roster of every location."""

    work: Work
    cast: Cast
    handovers: Sequence[Row]

    def steps(self, now: datetime) -> list[tuple[datetime, Callable[[], object]]]:
        """Give what happens when. Clinicians take turns; where there is one, that one hands nothing over."""
        found: list[tuple[datetime, Callable[[], object]]] = []
        for number, (place, team) in enumerate(self.cast.clinicians.items()):
            location_id = self.cast.locations[place]
            found.append((now - PLANNED, partial(self._plan, location_id, team, now, gap=number == 0)))
            if len(team) > 1:
                for row, ago in zip(self.handovers, (EARLIER, LATELY), strict=True):
                    found.append((now - ago, partial(self._hand_over, location_id, row, team[1], team[0])))
        return found

    def _plan(self, location_id: UUID, team: list[Actor], now: datetime, *, gap: bool) -> None:
        zone = ZoneInfo(self.work.settings.time_zone)
        today = now.astimezone(zone).date()
        for step in range(-2, DAYS):
            midnight = datetime.combine(today + timedelta(days=step), time(), zone)
            for turn, (opens, closes) in enumerate(TURNS):
                if not (gap and (step, opens) == LEFT_OPEN):
                    self._shift(
                        location_id, team[(turn + step) % len(team)], ShiftRole.MODERATOR, midnight, opens, closes
                    )
            self._shift(location_id, team[step % len(team)], ShiftRole.ON_CALL, midnight, 17, 33)

    def _shift(
        self, location_id: UUID, actor: Actor, role: ShiftRole, midnight: datetime, opens: int, closes: int
    ) -> None:
        ends_at = midnight + timedelta(hours=closes)
        if ends_at > self.work.now and actor.account_id is not None:
            shifts.plan_shift(
                self.work,
                actor,
                location_id,
                account_id=actor.account_id,
                role=role,
                starts_at=midnight + timedelta(hours=opens),
                ends_at=ends_at,
            )

    def _hand_over(self, location_id: UUID, row: Row, giver: Actor, taker: Actor) -> None:
        given = handovers.give(self.work, giver, location_id, row["note"])
        if row["taken"]:
            handovers.take(self.work, taker, given.id)
