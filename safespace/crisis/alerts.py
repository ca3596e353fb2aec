"""The messages of alarms: written with the step, claimed, sent outside of any transaction, marked; and test alerts.

A message is claimed before it is sent and marked after: a worker that is killed in between leaves a claim that the
next one finds. Sent again it carries the same id, by which mailboxes and receivers know it as one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.crisis.models import Alarm, AlarmKind, Ring
from safespace.kernel.sealed import UnsealError
from safespace.kernel.work import Work
from safespace.policy.roles import Actor
from safespace.roster.models import AlertRoute, Channel
from safespace.roster.routes import obtain_route

SENDING = "sending"
WAITS = (0, 5, 10, 20, 40)  # seconds before it is tried again; from then on every minute
LONGEST_WAIT = 60
LOST = 90  # seconds after which what is being sent counts as lost: every channel gives up long before
MOST_TRIES = 30
BATCH = 20


@dataclass(frozen=True, kw_only=True, repr=False)
class Errand:
    """One message to be sent: over which channel, to which address, about which alarm."""

    ring_id: UUID
    alarm_id: UUID
    kind: AlarmKind
    channel: Channel
    address: str
    language: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A message that could not be delivered so far."""

    route_id: UUID
    failed: str
    attempts: int
    tried_at: datetime


def send_test(work: Work, actor: Actor, route_id: UUID) -> Alarm:
    """Send a test over one route. The route is proven once its own person answers it from the message."""
    route = obtain_route(work, actor, route_id)
    alarm = Alarm(kind=AlarmKind.TEST, subject_id=uuid4(), location_id=route.location_id, opened_at=work.now, step=1)
    work.session.add(alarm)
    work.session.flush()
    work.session.add(Ring(alarm_id=alarm.id, step=0, route_id=route.id, due_at=work.now))
    log.record(work, actor, "test_route", location_id=route.location_id, on=("route", route.id))
    return alarm


def free_claims(work: Work) -> None:
    """Take back what a process that is gone was sending; called once when a worker starts."""
    work.session.execute(
        sa.update(Ring).where(Ring.sent_at.is_(None), Ring.failed == SENDING).values(tried_at=None, failed="")
    )


def waits(work: Work) -> bool:
    """Say whether a message can be sent now; a read."""
    return bool(_ready(work))


def claim(work: Work) -> list[Errand]:
    """Take messages to be sent, the oldest first; committed before anything is sent."""
    taken = []
    for ring, alarm, route, language in _ready(work):
        claimed: Any = work.session.execute(
            sa.update(Ring)
            .where(Ring.id == ring.id, Ring.attempts == ring.attempts, Ring.sent_at.is_(None))
            .values(tried_at=work.now, attempts=Ring.attempts + 1, failed=SENDING)
            .execution_options(synchronize_session=False)
        )
        if not claimed.rowcount:
            continue
        try:
            address = work.unseal(route, "address")
        except UnsealError:  # one address that cannot be read must not keep the others from being called
            mark_failed(work, ring.id, "address")
            continue
        taken.append(
            Errand(
                ring_id=ring.id,
                alarm_id=alarm.id,
                kind=alarm.kind,
                channel=route.channel,
                address=address,
                language=language,
                at=alarm.opened_at,
            )
        )
    return taken


def mark_sent(work: Work, ring_id: UUID) -> None:
    """Note that the other side took a message."""
    work.session.execute(
        sa.update(Ring).where(Ring.id == ring_id, Ring.sent_at.is_(None)).values(sent_at=work.now, failed="")
    )


def mark_failed(work: Work, ring_id: UUID, code: str) -> None:
    """Note why a message was not taken; it is tried again."""
    work.session.execute(sa.update(Ring).where(Ring.id == ring_id, Ring.sent_at.is_(None)).values(failed=code[:40]))


def troubles(work: Work, location_id: UUID) -> dict[UUID, Trouble]:
    """Give, by route, the last message that did not get through. For whoever may see the routes of the location."""
    rows = work.session.execute(
        sa.select(Ring.route_id, Ring.failed, Ring.attempts, Ring.tried_at, Ring.sent_at)
        .join(Alarm, Alarm.id == Ring.alarm_id)
        .where(Alarm.location_id == location_id, Ring.tried_at.is_not(None))
        .order_by(Ring.tried_at.desc())
        .limit(200)
    )
    last: dict[UUID, Any] = {}
    for row in rows:
        last.setdefault(row.route_id, row)
    return {
        route_id: Trouble(route_id=route_id, failed=row.failed, attempts=row.attempts, tried_at=row.tried_at)
        for route_id, row in last.items()
        if row.sent_at is None and row.failed not in {"", SENDING}
    }


def rings_of(work: Work, alarm_ids: list[UUID]) -> list[Ring]:
    """Give the messages of these alarms, in the order of their steps."""
    return list(
        work.session.scalars(
            sa.select(Ring).where(Ring.alarm_id.in_(alarm_ids)).order_by(Ring.due_at, Ring.step, Ring.id)
        )
    )


def forget_old_tests(work: Work) -> None:
    """Remove test alerts of more than a month ago; when a route was proven stays with the route."""
    work.session.execute(
        sa.delete(Alarm).where(Alarm.kind == AlarmKind.TEST, Alarm.opened_at < work.now - timedelta(days=31))
    )


def _ready(work: Work) -> list[tuple[Ring, Alarm, AlertRoute, str]]:
    rows = work.session.execute(
        sa.select(Ring, Alarm, AlertRoute, Account.language)
        .join(Alarm, Alarm.id == Ring.alarm_id)
        .join(AlertRoute, AlertRoute.id == Ring.route_id)
        .join(Account, Account.id == AlertRoute.account_id)
        .where(
            Ring.sent_at.is_(None),
            sa.or_(Ring.failed != SENDING, Ring.tried_at < work.now - timedelta(seconds=LOST)),
            Ring.attempts < MOST_TRIES,
            sa.or_(Alarm.acknowledged_at.is_(None), Alarm.kind == AlarmKind.EMERGENCY_REVEAL),  # that one reaches all
            AlertRoute.removed_at.is_(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Ring.attempts, Ring.due_at, Ring.id)
        .limit(BATCH * 5)
    )
    ready = [(row.Ring, row.Alarm, row.AlertRoute, row.language) for row in rows if _may_try(row.Ring, work.now)]
    return ready[:BATCH]


def _may_try(ring: Ring, now: datetime) -> bool:
    if ring.tried_at is None or ring.tried_at > now + timedelta(seconds=LONGEST_WAIT):  # or the clock was set back
        return True
    wait = WAITS[ring.attempts] if ring.attempts < len(WAITS) else LONGEST_WAIT
    return now - ring.tried_at >= timedelta(seconds=wait)
