"""The escalation clock: the worker is killed at every point of every step; every ring happens, none late.

At least once, under one id: killed between the answer of the mail server and the commit that notes it, a worker leaves
a message that the next one sends again. Mailboxes and receivers know it as one by its id.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from builders import a_clinician, a_group, a_location, a_youth
from ringer_process import POINTS
from running import Service, free_port
from sqlalchemy import select

from safespace.crisis.models import Alarm, Ring
from safespace.crisis.ringing import INTERVAL
from safespace.groups.models import StaffRole
from safespace.moderation import intake
from safespace.roster import routes
from safespace.roster.models import Channel, Shift, ShiftRole
from safespace.threads.models import PostType, Words

STEPS = 5
KILLS_AFTER_SENDING = 2  # in each step: before it is noted, and before the note is committed
TICK = 0.5
ROOM = 1.5  # for one loaded machine, beyond the tick
PROCESS = Path(__file__).parent / "ringer_process.py"


class Mailbox:
    """Every message the mail server took, with the moment."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # the name aiosmtpd asks for
        self.taken.append((message_from_bytes(envelope.content)["Message-ID"], time.monotonic()))
        return "250 OK"


@pytest.fixture
def mail():
    box = Mailbox()
    box.port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def clinic(request, tmp_path, mail) -> Service:
    """Esra on shift, Jeroen next, Fatima leads; a post of severity crisis was just sent."""
    options = {
        "SAFESPACE_SMTP_HOST": "127.0.0.1",
        "SAFESPACE_SMTP_PORT": str(mail.port),
        "SAFESPACE_SMTP_SECURITY": "none",
        "SAFESPACE_SMTP_FROM": "plek@kliniek.example",
    }
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    service = Service(tmp_path / "service", database_url=url, options=options)
    with service.begin() as work:
        group = a_group(work, a_location(work))
        people = [a_clinician(work, group.location, name) for name in ("Esra", "Jeroen", "Fatima")]
        for number, actor in enumerate(people):
            address = f"mens{number}@kliniek.example"
            routes.add_route(work, actor, group.location_id, actor.account_id, Channel.EMAIL, address)
        work.session.scalars(select(StaffRole).where(StaffRole.account_id == people[2].account_id)).one().lead = True
        shift = {"starts_at": work.now - timedelta(hours=1), "ends_at": work.now + timedelta(hours=9)}
        work.session.add(
            Shift(location_id=group.location_id, account_id=people[0].account_id, role=ShiftRole.ON_CALL, **shift)
        )
        noor = a_youth(work, group)
        body = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
        intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(title="Nacht", body=body))
    yield service
    service.stop()


class Workers:
    """Workers of a service, one after the other, each a process of its own."""

    def __init__(self, service: Service) -> None:
        self.ready = service.folder / "ready"
        self.source = subprocess.Popen(
            [sys.executable, str(PROCESS), str(self.ready)],
            env=os.environ | service._own_environment(),  # noqa: SLF001  # the same settings as the service has
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, point: str = "") -> int:
        """Start one that dies at this point, and wait until its loop begins; gives its process id."""
        self.ready.unlink(missing_ok=True)
        self.source.stdin.write(f"{point}\n")
        self.source.stdin.flush()
        process = int(self.source.stdout.readline())
        until = time.monotonic() + 20
        while not self.ready.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return process

    def ended(self) -> int:
        """Wait for its end; gives the exit code."""
        return int(self.source.stdout.readline())

    def close(self) -> None:
        """Start no more."""
        self.source.communicate(timeout=90)


@pytest.fixture
def workers(clinic) -> Iterator[Workers]:
    found = Workers(clinic)
    yield found
    found.close()


def unsent(service: Service) -> int:
    with service.begin() as work:
        return len(work.session.scalars(select(Ring).where(Ring.sent_at.is_(None))).all())


def test_every_ring_happens_once_wherever_the_worker_is_killed(clinic, workers, mail) -> None:
    lateness = []
    for step in range(STEPS):
        for point in POINTS:
            workers.start(point)
            assert workers.ended() == -signal.SIGKILL, point  # it got there, and was gone
        seen = len(mail.taken)
        process = workers.start()
        began = time.monotonic()
        until = began + 20
        while (unsent(clinic) or len(mail.taken) == seen) and time.monotonic() < until:
            time.sleep(0.02)
        lateness.append(max(at for _, at in mail.taken[seen:]) - began)
        os.kill(process, signal.SIGKILL)
        workers.ended()
        with clinic.begin() as work:
            alarm = work.session.scalars(select(Alarm)).one()
            assert alarm.step == step + 1
            assert alarm.next_at <= work.now + INTERVAL
            alarm.next_at = work.now  # ten minutes have passed
    with clinic.begin() as work:
        rings = work.session.scalars(select(Ring).order_by(Ring.step)).all()
    assert [count for _, count in sorted(Counter(ring.step for ring in rings).items())] == [1, 1, 1, 3, 3]
    taken = Counter(message for message, _ in mail.taken)
    assert set(taken) == {f"<{ring.id}@kliniek.example>" for ring in rings}
    assert max(taken.values()) <= 1 + KILLS_AFTER_SENDING
    assert all(ring.sent_at for ring in rings)
    assert max(lateness) <= TICK + ROOM
    told = f"{len(POINTS) * STEPS} kills, {len(rings)} rings, {len(mail.taken)} messages, latest {max(lateness):.2f} s"
    sys.stderr.write(f"{told} after the worker was back\n")
