"""The steps of an alarm: whom each one goes to, and when the next one comes; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from safespace.crisis.models import AlarmKind
from safespace.roster.routes import Reachable, called_first

INTERVAL = timedelta(minutes=10)
LEADS, EVERYBODY = 2, 3


def next_at(step: int, planned: datetime, now: datetime) -> datetime:
    """Give when a step is due: ten minutes on. After an outage the next person and the leads are rung at once.

    Repeats are not piled up.
    """
    following = planned + INTERVAL
    return following if following > now or step < EVERYBODY else now + INTERVAL


def recipients(kind: AlarmKind, step: int, routes: Sequence[Reachable]) -> list[Reachable]:
    """Give whom a step goes to. Nobody is left unrung: where a step finds no one, it goes to everybody."""
    if kind is AlarmKind.EMERGENCY_REVEAL:  # all supervisors and clinicians at once
        return list(routes)
    first = called_first(routes)
    others = [one for one in routes if one.account_id not in {called.account_id for called in first}]
    following = [one for one in others if one.account_id == others[0].account_id]
    leads = [one for one in routes if one.lead]
    if step == 0:
        return first
    if step == 1:
        return following or list(routes)
    if step == LEADS:
        return leads or list(routes)
    called = {one.id for one in (*first, *following, *leads)}
    return [one for one in routes if one.id in called]
