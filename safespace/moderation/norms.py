"""How soon a human must look: by severity, counted in opening hours, except for crisis, which never waits for a door.

The figures stand in `roster/norms.py`; a location can set its own.
"""

from datetime import datetime, timedelta

from safespace.groups.hours import after_open_time, hours_of
from safespace.groups.models import Group, Location
from safespace.kernel.work import Work
from safespace.moderation.risk.assessment import Severity
from safespace.roster import live_hours
from safespace.roster.norms import minutes_of


def due_at(work: Work, location: Location, severity: Severity, since: datetime) -> datetime:
    """Give the moment at which the norm ends for something that waits since then.

    Where nobody ever reads along the clock runs on: late is better than never.
    """
    norm = timedelta(minutes=minutes_of(location, severity.value))
    if severity is Severity.CRISIS:
        return since + norm
    return after_open_time(hours_of(location), since, norm, work.settings.time_zone) or since + norm


def due_again(work: Work, group: Group, severity: Severity, since: datetime) -> datetime:
    """Give the moment at which the norm ends for a level that was set anew; a live hour counts from its start."""
    usual = due_at(work, group.location, severity, since)
    live = live_hours.open_in(work, group.id)
    return usual if live is None else min(usual, max(since, live.opened_at) + live_hours.NORM)


def due_now(work: Work, group: Group, severity: Severity, *, is_live: bool | None = None) -> datetime:
    """Give the moment at which the norm ends for what comes in now; in a live hour somebody is there to read it.

    `is_live` says whether there is one, where that is known already.
    """
    usual = due_at(work, group.location, severity, work.now)
    live = live_hours.open_in(work, group.id) is not None if is_live is None else is_live
    return min(usual, work.now + live_hours.NORM) if live else usual
