"""The ringer: does the steps of alarms that are due, and hands their messages to the channels, beside all else."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from flask import Flask

from safespace.crisis import alerts, ringing
from safespace.host.alerting import Adapter, Alert, UndeliveredError, adapters, alert_of
from safespace.host.database import db
from safespace.host.work import host, reading, unit_of_work
from safespace.kernel.work import Work
from safespace.realtime.relay import Loop
from safespace.roster.models import Channel

TICK = 0.5
AT_ONCE = 8
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class Ringer(Loop):
    """Rings twice a second. A channel that answers slowly or never holds up no step and no other message."""

    def __init__(self, app: Flask, channels: dict[Channel, Adapter] | None = None) -> None:
        super().__init__(app, "ringer", TICK)
        self._channels = channels or adapters(app.extensions["safespace"].settings)
        self._senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ringer")
        self._flying: dict[UUID, Future[str]] = {}
        self._first = True

    def step(self) -> None:
        """Do what is due, note what came of what was sent, send what waits; a fault in one stops no other."""
        for part in (self._tick, self._note, self._send):
            with _alone(part.__name__):
                part()

    def _tick(self) -> None:
        if self._first:  # what a process that is gone was sending is sent again, under the same id
            with unit_of_work() as work:
                alerts.free_claims(work)
            self._first = False
        for alarm_id in _asked(ringing.due):
            with _alone("tick"), unit_of_work() as work:
                ringing.tick(work, alarm_id)

    def _send(self) -> None:
        if not _asked(alerts.waits):
            return
        with unit_of_work() as work:
            errands = alerts.claim(work)
        settings = host().settings
        for errand in errands:
            alert = alert_of(settings, errand)
            self._flying[errand.ring_id] = self._senders.submit(
                _delivered, self._channels[errand.channel], errand.address, alert
            )
            self._flying[errand.ring_id].add_done_callback(lambda _: self.wake())

    def _note(self) -> None:
        landed = {ring_id: future for ring_id, future in self._flying.items() if future.done()}
        if not landed:
            return
        with unit_of_work() as work:
            for ring_id, future in landed.items():
                failed = future.result()
                if failed:
                    alerts.mark_failed(work, ring_id, failed)
                else:
                    alerts.mark_sent(work, ring_id)
        for ring_id in landed:
            del self._flying[ring_id]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let a fault end what is done here and nothing else: a ring must not be lost by a fault in another one."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # the next round tries again
        log.error("ringer failed", extra={"event": name, "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold words
        db.session.remove()


def _asked(question: Callable[[Work], Answer]) -> Answer:
    """Ask something of the database without locking it, so that quiet costs nothing."""
    with reading() as work:
        answer = question(work)
        work.session.rollback()
    return answer


def _delivered(adapter: Adapter, address: str, alert: Alert) -> str:
    """Give "" when the other side took it, else a code for why not; never raises."""
    try:
        adapter.deliver(address, alert)
    except UndeliveredError as error:
        log.warning("alert not delivered", extra={"event": "alert", "kind": str(error)})
        return str(error)
    except Exception as error:  # noqa: BLE001  # whatever a channel does, the ring stays and is tried again
        log.error("alert channel failed", extra={"event": "alert", "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold an address
        return "fault"
    return ""
