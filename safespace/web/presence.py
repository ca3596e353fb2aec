"""Whether somebody of the team reads along, in words: computed from the opening hours, never a fixed text."""

from dataclasses import dataclass

from flask_babel import format_date, format_time
from flask_babel import gettext as _

from safespace.groups.hours import Reading, expected_reading
from safespace.groups.models import Location
from safespace.kernel.work import Work


@dataclass(frozen=True, kw_only=True)
class Presence:
    """The line at the top of a group: whether it is open, who reads along, and when a text is read."""

    open: bool
    line: str
    wait: str


def presence_of(work: Work, location: Location) -> Presence:
    """Give the words for a location at this moment."""
    reading = expected_reading(location.hours, work.now, work.settings.time_zone)
    return Presence(open=reading.open, line=_line(reading), wait=_wait(reading))


def _line(reading: Reading) -> str:
    if not reading.open:
        return _("Nu leest er niemand mee. %(again)s", again=_again(reading))
    if reading.until is None:
        return _("Er leest altijd iemand van het team mee.")
    return _("Iemand van het team leest mee tot %(time)s uur.", time=format_time(reading.until, "HH.mm", rebase=False))


def _wait(reading: Reading) -> str:
    if not reading.open:
        return _("Je tekst blijft bewaard als concept. %(again)s", again=_again(reading))
    return _("Een behandelaar leest elk bericht eerst. Meestal binnen twee uur.")


def _again(reading: Reading) -> str:
    if reading.again is None:
        return _("Wanneer het team weer meeleest, is nog niet bekend.")
    time = format_time(reading.again, "HH.mm", rebase=False)
    if reading.days_until_again == 0:
        return _("Vandaag vanaf %(time)s uur weer.", time=time)
    if reading.days_until_again == 1:
        return _("Morgen vanaf %(time)s uur weer.", time=time)
    return _("Vanaf %(day)s %(time)s uur weer.", day=format_date(reading.again, "EEEE", rebase=False), time=time)
