"""Who reads along with a group now, and by when a text is usually read.

Both come from opening hours, norms and live hours alone, never from the present load: that would tell what others
wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from safespace.groups.hours import Reading, after_open_time, expected_reading, hours_of, open_spans
from safespace.groups.models import AfterHours, Group, Location
from safespace.kernel.outbox import AudienceCursor, AudienceKind
from safespace.kernel.work import Work
from safespace.roster import after_hours, live_hours
from safespace.roster.models import LiveHour
from safespace.roster.norms import USUAL, minutes_of

STEP = timedelta(minutes=30)
FINE_STEP = timedelta(minutes=15)  # where the norm is shorter than an hour


@dataclass(frozen=True, kw_only=True)
class ReadBy:
    """By when a text is usually read: a rounded local moment, or None when nobody can say. `late`: it has passed."""

    now: datetime
    by: datetime | None
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Now:
    """How a group stands now: `reading` by the clock, `live` while a live hour runs, `queueing` outside the hours."""

    location: Location
    reading: Reading
    live: LiveHour | None
    queueing: bool

    @property
    def sends(self) -> bool:
        """Whether what is written now is sent; otherwise it is kept as a draft."""
        return self.reading.open or self.live is not None or self.queueing

    @property
    def on_call(self) -> bool:
        """Whether it is sent although nobody reads along, except in an emergency."""
        return self.queueing and self.live is None

    @property
    def read_now(self) -> bool:
        """Whether somebody of the team reads along at this moment."""
        return self.sends and not self.on_call


@dataclass(frozen=True, kw_only=True)
class OnPage:
    """What a page of a group needs first: the number of its last news, how the group stands, and what just ended."""

    cursor: int
    now: Now
    ended: LiveHour | None


# Built once: that takes longer than the database needs to answer.
_CURSOR = (
    sa.select(AudienceCursor.value)
    .where(AudienceCursor.kind == AudienceKind.GROUP, AudienceCursor.audience_id == Group.id)
    .correlate(Group)
    .scalar_subquery()
)
_ON_PAGE = (
    sa.select(LiveHour, after_hours.NEWEST_PROOF, _CURSOR)
    .select_from(Group)
    .join(Location, Location.id == Group.location_id)
    .outerjoin(LiveHour, sa.and_(LiveHour.group_id == Group.id, live_hours.LATELY))
    .where(Group.id == sa.bindparam("group_id"))
    .order_by(*live_hours.LATEST)
    .limit(1)
)


def now_in(work: Work, group: Group) -> Now:
    """Give how one group stands now."""
    return now_in_all(work, [group])[group.id]


def now_in_all(work: Work, groups: Sequence[Group]) -> dict[UUID, Now]:
    """Give how these groups stand now, by group, in at most two queries."""
    if not groups:
        return {}
    zone = work.settings.time_zone
    places = {group.location_id: group.location for group in groups}
    readings = {key: expected_reading(hours_of(place), work.now, zone) for key, place in places.items()}
    queueing = after_hours.queueing(work, [place for key, place in places.items() if not readings[key].open])
    live = live_hours.open_among(work, [group.id for group in groups])
    return {
        group.id: Now(
            location=group.location,
            reading=readings[group.location_id],
            live=live.get(group.id),
            queueing=group.location_id in queueing,
        )
        for group in groups
    }


def on_page(work: Work, group: Group) -> OnPage:
    """Give what a page of a group needs first, in one query; ask it before anything that is told as news."""
    asked = {"group_id": group.id, "lately": work.now - live_hours.CLOSING, **after_hours.proof_at(work.now)}
    last, proven_at, number = work.session.execute(_ON_PAGE, asked).one()
    reading = expected_reading(hours_of(group.location), work.now, work.settings.time_zone)
    live = last if live_hours.runs(work, last) else None
    queueing = group.location.after_hours is AfterHours.QUEUE and proven_at is not None and not reading.open
    now = Now(location=group.location, reading=reading, live=live, queueing=queueing)
    return OnPage(cursor=number or 0, now=now, ended=last if live is None else None)


def read_by(work: Work, location: Location, since: datetime) -> ReadBy:
    """Give by when a text that was sent at this moment is usually read, rounded up to half an hour.

    Never rounded past the closing time: nobody reads after it.
    """
    zone = ZoneInfo(work.settings.time_zone)
    usual = timedelta(minutes=minutes_of(location, USUAL))
    hours = hours_of(location)
    exact = after_open_time(hours, since, usual, zone)
    now = work.now.astimezone(zone)
    if exact is None:
        return ReadBy(now=now, by=None)
    rounded = _rounded(exact.astimezone(zone), FINE_STEP if usual < timedelta(hours=1) else STEP)
    closes = max((ends for _, ends in open_spans(hours, since, exact + STEP, zone)), default=exact)
    by = min(rounded, max(closes, exact))
    return ReadBy(now=now, by=by.astimezone(zone), late=by < work.now)


def _rounded(moment: datetime, step: timedelta) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    since = moment.replace(tzinfo=None) - midnight.replace(tzinfo=None)
    return moment.astimezone(UTC) + (-since % step)
