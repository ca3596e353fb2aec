"""Opening hours: when somebody of the team reads along, worked out from a week of blocks in local time; pure.

A week is a list of `[weekday 0-6, opens, closes]` with minutes of the day; 1440 is midnight at the end of that day.
Blocks are laid on the real clock, so a night on which the clock changes is an hour longer or shorter; an opening
inside the hour that does not exist starts as long after the change as it would have started before it. On a closed
day (a holiday) there are no blocks.
"""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from safespace.groups.holidays import is_holiday
from safespace.groups.models import Location
from safespace.kernel.refusals import InvalidError

Week = Sequence[Sequence[int]]
Zone = str | tzinfo
Span = tuple[datetime, datetime]

DAYS = 7
MIDNIGHT = 24 * 60
BLOCKS_A_DAY = 2
OPENS, CLOSES = "opens", "closes"
# Days looked ahead: a weekly block can fall out once by the hour that does not exist, and by holidays on one weekday
# (both days of Christmas and New Year's Day fall on the same one for a location that is open once a week).
_HORIZON = 30
_CLOCK = re.compile(r"^(\d{1,2})[:.](\d{2})$")


def no_day(day: date) -> bool:
    """Say that no day is closed."""
    del day
    return False


@dataclass(frozen=True)
class Hours:
    """When a location reads along: its week, less the days on which it is closed."""

    week: Week
    closed: Callable[[date], bool] = no_day


def hours_of(place: Location) -> Hours:
    """Give the hours of a location. Everything that asks about its hours asks by this."""
    return Hours(place.hours, is_holiday if place.closed_on_holidays else no_day)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a banner may promise. Moments are local; `until` and `again` are None when that moment never comes."""

    open: bool
    now: datetime
    until: datetime | None = None
    again: datetime | None = None

    @property
    def days_until_again(self) -> int:
        """How many days lie between today and the next opening: 0 is today, 1 is tomorrow."""
        return (self.again.date() - self.now.date()).days if self.again else 0


def is_open(hours: Hours | Week, moment: datetime, zone: Zone) -> bool:
    """Say whether somebody of the team reads along at this moment."""
    return any(starts <= moment < ends for starts, ends in _spans(hours, moment, _zone(zone), ahead=1))


def next_opening(hours: Hours | Week, moment: datetime, zone: Zone) -> datetime | None:
    """Give the first moment from now on at which it is open (now, when it is open now), local; None when never."""
    place = _zone(zone)
    for starts, ends in _spans(hours, moment, place):
        if moment < ends:
            return max(starts, moment).astimezone(place)
    return None


def expected_reading(hours: Hours | Week, moment: datetime, zone: Zone) -> Reading:
    """Give what a youth may expect now: open until when, or closed until when. Always open has no `until`."""
    place = _zone(zone)
    here = moment.astimezone(place)
    for starts, ends in _spans(hours, moment, place):
        if starts <= moment < ends:
            always = ends - moment >= timedelta(days=DAYS)
            return Reading(open=True, now=here, until=None if always else ends.astimezone(place))
        if moment < starts:
            return Reading(open=False, now=here, again=starts.astimezone(place))
    return Reading(open=False, now=here)


def open_time(hours: Hours | Week, since: datetime, until: datetime, zone: Zone) -> timedelta:
    """Give how long it was open between two moments; of a longer time only the first thirty days are counted."""
    days = min(_HORIZON, max(0, (until - since).days + 1))
    spans = _spans(hours, since, _zone(zone), ahead=days)
    return sum((max(min(ends, until) - max(starts, since), timedelta()) for starts, ends in spans), timedelta())


def open_spans(hours: Hours | Week, since: datetime, until: datetime, zone: Zone) -> list[Span]:
    """Give the opening times between two moments, at most thirty days of them, cut off at both ends."""
    days = min(_HORIZON, max(0, (until - since).days + 1))
    spans = _spans(hours, since, _zone(zone), ahead=days)
    return [(max(starts, since), min(ends, until)) for starts, ends in spans if ends > since and starts < until]


def after_open_time(hours: Hours | Week, since: datetime, amount: timedelta, zone: Zone) -> datetime | None:
    """Give the moment at which it will have been open for this long since then; None when not within thirty days."""
    left = amount
    for starts, ends in _spans(hours, since, _zone(zone)):
        span = ends - max(starts, since)
        if span >= left:
            return max(starts, since) + left
        left -= max(span, timedelta())
    return None


def parse_week(form: Mapping[str, str]) -> list[list[int]]:
    """Read a week from fields `hours_<day>_<block>_opens` and `…_closes`; an empty pair is no opening.

    The first block of a day may leave its number out (`hours_0_opens`). Raises InvalidError per field: `time_wrong`,
    `time_missing` (one half of a pair), `time_order` (closes before it opens), `time_overlap`.
    """
    week: list[list[int]] = []
    errors: dict[str, str] = {}
    for day, block in itertools.product(range(DAYS), range(BLOCKS_A_DAY)):
        found = _parse_block(form, day, block, errors)
        if found:
            week.append(found)
            before = week[-2] if len(week) > 1 else None
            if before and before[0] == day and found[1] < before[2]:
                errors[field_name(day, block, OPENS)] = "time_overlap"
    if errors:
        raise InvalidError(**errors)
    return sorted(week)


def check_week(week: Week) -> list[list[int]]:
    """Give the week as it will be kept; raises InvalidError(hours=…) when it is no week."""
    blocks = sorted([int(number) for number in block] for block in week)
    for day, opens, closes in blocks:
        if not (0 <= day < DAYS and 0 <= opens < closes <= MIDNIGHT):
            raise InvalidError(hours="time_wrong")
    for before, after in itertools.pairwise(blocks):
        if before[0] == after[0] and after[1] < before[2]:
            raise InvalidError(hours="time_overlap")
    return blocks


def week_fields(week: Week) -> dict[str, str]:
    """Give the form fields that show this week; the reverse of `parse_week`."""
    fields: dict[str, str] = {}
    seen = dict.fromkeys(range(DAYS), 0)
    for day, opens, closes in sorted(list(block) for block in week):
        block, seen[day] = seen[day], seen[day] + 1
        fields[field_name(day, block, OPENS)] = clock(opens, ":")
        fields[field_name(day, block, CLOSES)] = clock(closes % MIDNIGHT, ":")
    return fields


def field_name(day: int, block: int, end: str) -> str:
    """Name a field of the form: `hours_0_opens`, and `hours_0_2_opens` for the second block of a day."""
    return f"hours_{day}_{end}" if block == 0 else f"hours_{day}_{block + 1}_{end}"


def clock(minutes: int, mark: str = ".") -> str:
    """Write minutes of the day as a clock: 9.00, 17.30; with ":" as a form field wants it, 09:00."""
    hours, rest = divmod(minutes, 60)
    return f"{hours:02}:{rest:02}" if mark == ":" else f"{hours}{mark}{rest:02}"


def _parse_block(form: Mapping[str, str], day: int, block: int, errors: dict[str, str]) -> list[int] | None:
    names = [field_name(day, block, OPENS), field_name(day, block, CLOSES)]
    texts = [form.get(name, "").strip() for name in names]
    if not any(texts):
        return None
    minutes = [_minutes(text) for text in texts]
    for name, text, value in zip(names, texts, minutes, strict=True):
        if value is None:
            errors[name] = "time_wrong" if text else "time_missing"
    opens, closes = minutes
    if opens is None or closes is None:
        return None
    closes = closes or MIDNIGHT  # 00:00 as the end of a day is midnight
    if opens >= closes:
        errors[names[1]] = "time_order"
        return None
    return [day, opens, closes]


def _minutes(text: str) -> int | None:
    found = _CLOCK.match(text)
    if not found:
        return None
    hours, minutes = int(found[1]), int(found[2])
    if minutes > 59 or hours > 24 or (hours == 24 and minutes):
        return None
    return hours * 60 + minutes


def _zone(zone: Zone) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _spans(hours: Hours | Week, moment: datetime, zone: tzinfo, *, ahead: int = _HORIZON) -> tuple[Span, ...]:
    """Blocks around this moment as spans of real time, oldest first; blocks that touch are one span."""
    known = hours if isinstance(hours, Hours) else Hours(hours)
    week = tuple((weekday, opens, closes) for weekday, opens, closes in known.week)
    return _spans_around(week, known.closed, moment.astimezone(zone).date(), zone, ahead)


@lru_cache(maxsize=512)
def _spans_around(
    week: tuple[tuple[int, int, int], ...], closed: Callable[[date], bool], today: date, zone: tzinfo, ahead: int
) -> tuple[Span, ...]:
    """Give the same for a day, worked out once: every page of a group asks."""
    spans: list[Span] = []
    found = (
        (_at(day, opens, zone), _at(day, closes, zone))
        for day in (today + timedelta(days=step) for step in range(-1, ahead + 1))
        if not closed(day)
        for weekday, opens, closes in week
        if weekday == day.weekday()
    )
    for starts, ends in sorted(span for span in found if span[0] < span[1]):
        if spans and starts <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], ends))
        else:
            spans.append((starts, ends))
    return tuple(spans)


@lru_cache(maxsize=4096)
def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    days, rest = divmod(minutes, MIDNIGHT)
    local = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=zone) + timedelta(days=days)
    return local.astimezone(UTC)
