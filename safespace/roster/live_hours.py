"""Live hours: a clinician is with a group for a while; posts are read first, and shown three seconds after approval."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import obtain_group
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, Actor
from safespace.roster.models import LiveHour

USUAL = 60
SHORTEST, LONGEST = 10, 120  # minutes; two hours of reading at a stretch is the most (domain reference §2.11)
NORM = timedelta(minutes=3)
HOLD = 3  # seconds between approving and showing
CLOSING = timedelta(minutes=30)  # how long a group page says goodbye afterwards
# Of a live hour that runs now or ended so lately (`lately`: CLOSING ago) that the page still says goodbye.
LATELY = sa.and_(
    LiveHour.ends_at > sa.bindparam("lately"),
    sa.or_(LiveHour.closed_at.is_(None), LiveHour.closed_at > sa.bindparam("lately")),
)
LATEST = (LiveHour.opened_at.desc(), LiveHour.id)


def open_live_hour(work: Work, actor: Actor, group_id: UUID, minutes: int = USUAL) -> LiveHour:
    """Open a live hour for a group; its pages hear it at once. Raises ConflictError (`live_already`) when one is open.

    Raises InvalidError(minutes=…) for less than ten minutes or more than two hours.
    """
    group = obtain_group(work, actor, group_id, Permission.OPEN_LIVE_HOUR)
    if not SHORTEST <= minutes <= LONGEST:
        raise InvalidError(minutes="live_minutes")
    if actor.account_id is None:
        raise NotFoundError
    work.session.execute(sa.select(Group.id).where(Group.id == group_id).with_for_update())  # two at once: one waits
    for ended in _unclosed(work, LiveHour.group_id == group_id):
        if ended.ends_at > work.now:
            raise ConflictError("live_already")
        _close(work, ANONYMOUS, ended, group.location_id)
    work.session.flush()
    live = LiveHour(
        group_id=group_id,
        opened_by=actor.account_id,
        opened_at=work.now,
        ends_at=work.now + timedelta(minutes=minutes),
    )
    work.session.add(live)
    log.record(
        work, actor, "open_live_hour", location_id=group.location_id, on=("group", group_id), minutes=str(minutes)
    )
    _ring(work, group_id)
    return live


def close_live_hour(work: Work, actor: Actor, group_id: UUID) -> bool:
    """Close the live hour of a group, whoever of its clinicians opened it; gives whether there was one."""
    group = obtain_group(work, actor, group_id, Permission.OPEN_LIVE_HOUR)
    closed = [_close(work, actor, live, group.location_id) for live in _unclosed(work, LiveHour.group_id == group_id)]
    return bool(closed)


def is_due(work: Work) -> bool:
    """Say whether a live hour has come to its end; a read, for the clock."""
    return bool(
        work.session.scalar(sa.select(sa.exists().where(LiveHour.closed_at.is_(None), LiveHour.ends_at <= work.now)))
    )


def close_due(work: Work) -> list[UUID]:
    """Close what has come to its end. Gives the groups it was in."""
    due = list(_unclosed(work, LiveHour.ends_at <= work.now))
    for live in due:
        _close(work, ANONYMOUS, live, work.session.get_one(Group, live.group_id).location_id)
    return [live.group_id for live in due]


def open_in(work: Work, group_id: UUID) -> LiveHour | None:
    """Give the live hour that runs in a group now. After its end there is none, also before the clock closed it."""
    return open_among(work, [group_id]).get(group_id)


def is_open_in(group_id: Any, now: Any) -> sa.ColumnElement[bool]:
    """Say that a live hour runs in a group now, for a question that is asked anyway."""
    return sa.exists().where(LiveHour.group_id == group_id, *_running(now))


def open_among(work: Work, group_ids: Collection[UUID]) -> dict[UUID, LiveHour]:
    """Give the live hours that run now in these groups, by group."""
    rows = work.session.scalars(sa.select(LiveHour).where(LiveHour.group_id.in_(group_ids), *_running(work.now)))
    return {live.group_id: live for live in rows}


def last_in(work: Work, group_id: UUID) -> LiveHour | None:
    """Give the live hour that runs in a group now, or the last one while its page still says goodbye."""
    return work.session.scalar(
        sa.select(LiveHour).where(LiveHour.group_id == group_id, LATELY).order_by(*LATEST).limit(1),
        {"lately": work.now - CLOSING},
    )


def runs(work: Work, live: LiveHour | None) -> bool:
    """Say whether this live hour runs now."""
    return live is not None and live.closed_at is None and live.ends_at > work.now


def _running(now: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (LiveHour.closed_at.is_(None), LiveHour.ends_at > now)


def _unclosed(work: Work, *where: sa.ColumnElement[bool]) -> sa.ScalarResult[LiveHour]:
    return work.session.scalars(sa.select(LiveHour).where(LiveHour.closed_at.is_(None), *where).with_for_update())


def _close(work: Work, actor: Actor, live: LiveHour, location_id: UUID) -> bool:
    live.closed_at = work.now
    log.record(work, actor, "close_live_hour", location_id=location_id, on=("group", live.group_id))
    _ring(work, live.group_id)
    return True


def _ring(work: Work, group_id: UUID) -> None:
    for audience in (AudienceKind.GROUP, AudienceKind.STAFF):
        work.announce(Event(audience=Audience(audience, group_id), kind="live_hour_changed", group_id=group_id))
