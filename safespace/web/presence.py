"""Whether somebody of the team reads along, and by when a text is read, in words: computed, never a fixed text."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import format_date, format_time
from flask_babel import gettext as _

from safespace.groups.holidays import holiday_name
from safespace.groups.hours import Reading
from safespace.groups.models import Group
from safespace.host.language import spoken
from safespace.kernel.work import Work
from safespace.moderation.intake import Sent
from safespace.roster.waiting import Now, ReadBy, now_in, read_by

WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Presence:
    """The line at the top of a group: who reads along, and when a text is read.

    `sends`: what is written now is sent, otherwise it is kept as a draft. `on_call`: it is sent although nobody reads
    along now, except in an emergency. `live`: a clinician is with the group at this moment.
    """

    sends: bool
    on_call: bool
    live: bool
    line: str
    wait: str

    @property
    def read_now(self) -> bool:
        """Whether somebody of the team reads along at this moment."""
        return self.sends and not self.on_call

    def in_need(self) -> "Presence":
        """Give the same beside a help card: that comes first, so nothing is said about when a text is read."""
        return replace(self, wait="")


def presence_of(work: Work, group: Group, *, sent_at: datetime | None = None) -> Presence:
    """Give the words for a group at this moment; with `sent_at`, for a text that was sent then."""
    return presence_in(work, now_in(work, group), sent_at=sent_at)


def presence_in(work: Work, now: Now, *, sent_at: datetime | None = None) -> Presence:
    """Give the words for how a group stands."""
    return Presence(
        sends=now.sends,
        on_call=now.on_call,
        live=now.live is not None,
        line=_live_line(work, now) if now.live else _line(now),
        wait=_wait(work, now, sent_at),
    )


def _live_line(work: Work, now: Now) -> str:
    ends = now.live.ends_at.astimezone(now.reading.now.tzinfo) if now.live else work.now
    return _("Live-uur: een behandelaar is er nu, tot %(time)s uur.", time=_time(ends))


def _line(now: Now) -> str:
    reading = now.reading
    if reading.open:
        if reading.until is None:
            return _("De groep is altijd open.")
        return _("Iemand van het team leest mee tot %(time)s uur.", time=_time(reading.until))
    holiday = holiday_name(reading.now.date(), spoken()) if now.location.closed_on_holidays else ""
    said = [_("Vandaag is het %(holiday)s, dan zijn we dicht.", holiday=holiday)] if holiday else []
    if now.on_call:
        said.append(_("Nu leest er niemand mee, behalve bij nood."))
    elif not holiday:
        said.append(_("Nu leest er niemand mee."))
    return " ".join([*said, _again(reading)])


def _wait(work: Work, now: Now, sent_at: datetime | None) -> str:
    if sent_at is None and not now.sends:
        return _("Je tekst blijft bewaard als concept. Versturen kan als het team weer meeleest.")
    if now.live:
        return _("Je bericht wordt nu meestal binnen een paar minuten gelezen.")
    expected = read_by(work, now.location, sent_at or work.now)
    if expected.late:
        return _("Het lezen duurt langer dan normaal. Je bericht is niet kwijt, het wacht op iemand van het team.")
    if expected.by is None:
        return _("Een behandelaar leest elk bericht eerst.")
    if sent_at is not None:
        return _("Je bericht wordt meestal %(moment)s gelezen.", moment=before(expected))
    return _("Een behandelaar leest elk bericht eerst. Dat is nu meestal %(moment)s.", moment=before(expected))


def sent_line(sent: Sent) -> str:
    """Say what became of a text that was just written."""
    if sent.draft:
        return _("Je tekst is bewaard.")
    if sent.on_call:
        return _("Je bericht is verstuurd. Er leest nu niemand mee, behalve bij nood.")
    return _("Je bericht is bij het team.")


def before(expected: ReadBy) -> str:
    """Say before when: "vóór 17.00 uur", "morgen vóór 11.00 uur", "maandag vóór 10.30 uur"."""
    if expected.by is None:
        return ""
    by = expected.by
    day = (by - timedelta(minutes=1)).date()  # before midnight is still the day before
    time = _("middernacht") if day != by.date() else _("%(time)s uur", time=_time(by))
    days = (day - expected.now.date()).days
    if days == 0:
        return _("vóór %(time)s", time=time)
    if days == 1:
        return _("morgen vóór %(time)s", time=time)
    return _("%(day)s vóór %(time)s", day=_day(day, days), time=time)


def _again(reading: Reading) -> str:
    if reading.again is None:
        return _("Wanneer het team weer meeleest, is nog niet bekend.")
    time = _time(reading.again)
    if reading.days_until_again == 0:
        return _("Vandaag vanaf %(time)s uur weer.", time=time)
    if reading.days_until_again == 1:
        return _("Morgen vanaf %(time)s uur weer.", time=time)
    return _("Vanaf %(day)s %(time)s uur weer.", day=_day(reading.again.date(), reading.days_until_again), time=time)


def _day(day: object, days: int) -> str:
    return str(format_date(day, "EEEE" if days < WEEK else "EEEE d MMMM", rebase=False))


def _time(moment: datetime) -> str:
    return str(format_time(moment, "HH.mm", rebase=False))
