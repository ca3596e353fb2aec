"""Days and times of the roster in words, and read from a form; all local."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from safespace.groups.hours import Span
from safespace.host.work import host
from safespace.kernel.refusals import InvalidError


def here() -> ZoneInfo:
    """Give the zone in which this clinic lives."""
    return ZoneInfo(host().settings.time_zone)


def day_words(day: date) -> str:
    """Give a day with its weekday, as in "ma 27 apr"."""
    return str(format_date(day, "EEE d MMM", rebase=False))


def last_day(moment: datetime | None) -> str:
    """Give the last day before a midnight in words, as in "maandag 27 april"; "" for no moment."""
    return "" if moment is None else str(format_date(moment - timedelta(seconds=1), "EEEE d MMMM"))


def clock_words(moment: datetime) -> str:
    """Give the time of a moment, as in "17.00"."""
    return str(format_datetime(moment.astimezone(here()), "HH.mm", rebase=False))


def moment_words(moment: datetime) -> str:
    """Give a day and a time in words: "ma 27 apr 14.00 uur"."""
    local = moment.astimezone(here())
    return _("%(day)s %(time)s uur", day=day_words(local.date()), time=clock_words(local))


def span_words(span: Span) -> str:
    """Give a time from beginning to end: "ma 27 apr 9.00 tot 17.00"; with a second day when it ends on another one."""
    starts, ends = (moment.astimezone(here()) for moment in span)
    if ends.date() == starts.date():
        until = clock_words(ends)
    elif ends.time() == time() and ends.date() == starts.date() + timedelta(days=1):
        until = "24.00"
    else:
        until = f"{day_words(ends.date())} {clock_words(ends)}"
    return _(
        "%(day)s %(starts)s tot %(ends)s uur", day=day_words(starts.date()), starts=clock_words(starts), ends=until
    )


def typed_day(text: str) -> date | None:
    """Read a day as a form sends it; None when it is no day of these years."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2020 <= day.year <= 2100 else None


def typed_time(text: str) -> time | None:
    """Read a time as a form sends it; None when it is none."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0) if found.tzinfo is None else None


def typed_moment(day: str | None, starts: str | None) -> datetime | None:
    """Read a moment as a form sends it in two fields; None when both are empty.

    Raises InvalidError (`day`, `starts`) when one of them is none.
    """
    if not day and not starts:
        return None
    on, at = typed_day(day or ""), typed_time(starts or "")
    if on is None or at is None:
        wrong = (("day", on, "date_wrong"), ("starts", at, "time_wrong"))
        raise InvalidError(**{name: code for name, value, code in wrong if value is None})
    return datetime.combine(on, at, here())


def typed_span(day: date, starts: time, ends: time) -> Span:
    """Give the time between two clocks; an end that is not later is on the next day."""
    zone = here()
    first = datetime.combine(day, starts, zone)
    last = datetime.combine(day if ends > starts else day + timedelta(days=1), ends, zone)
    return first, last


def week_of(day: date) -> list[date]:
    """Give the seven days of the week of a day, from Monday."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=step) for step in range(7)]
