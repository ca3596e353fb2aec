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
    """Give whom a step goes to: each of the first three to somebody new, and whatever comes after them to everybody.

    Nobody is left unrung: where a step finds no one, it goes to everybody too.
    """
    if kind is AlarmKind.EMERGENCY_REVEAL:  # all supervisors and clinicians at once
        return list(routes)
    first = called_first(routes)
    following = _next(routes, first)
    if step == 0:
        return first
    if step == 1:
        return following or list(routes)
    if step == LEADS:
        called = [*first, *following]
        return _others([one for one in routes if one.lead], called) or _next(routes, called) or list(routes)
    return list(routes)


def _others(routes: Sequence[Reachable], called: Sequence[Reachable]) -> list[Reachable]:
    """Give the routes to people who were not called."""
    known = {one.account_id for one in called}
    return [one for one in routes if one.account_id not in known]


def _next(routes: Sequence[Reachable], called: Sequence[Reachable]) -> list[Reachable]:
    """Give all routes to the next person in line who was not called."""
    others = _others(routes, called)
    return [one for one in others if one.account_id == others[0].account_id]
