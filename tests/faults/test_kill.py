"""Somebody pulls the plug while youths write and a clinician reads: what was acknowledged is there, once."""

import http.client
import os
import random
import secrets
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_youth
from running import Service, Visitor

from safespace.audit import chain
from safespace.audit.models import AuditEntry
from safespace.kernel.outbox import Audience, AudienceKind, OutboxEvent, cursor_of
from safespace.kernel.work import Work
from safespace.moderation import intake
from safespace.moderation.models import Action, Decision, Review, ReviewState
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread

KILLS = int(os.environ.get("SAFESPACE_KILLS") or (200 if os.environ.get("SAFESPACE_FULL_SIZE") else 10))
WRITERS = 5
WAYS = ("everything", "everything", "parent", "child", "worker")
LOST = (OSError, http.client.HTTPException)


@dataclass
class Told:
    """What the writers know: which texts were acknowledged, which are in doubt, and what else was answered."""

    acknowledged: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    strange: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0


@dataclass
class Clinic:
    """A group with writers, a conversation they reply in, and a clinician."""

    service: Service
    group: Any
    thread_id: Any
    youths: list[Any]
    esra: Any

    @property
    def place(self) -> str:
        return f"/g/{self.group.id}/t/{self.thread_id}"


@pytest.fixture
def clinic(service: Service) -> Clinic:
    with service.begin() as work:
        group = a_group(work, a_location(work))
        youths = [a_youth(work, group, f"Otter {number}") for number in range(WRITERS)]
        esra = a_clinician(work, group.location)
        words = intake.accept_words(work, "Hoe gaat het met slapen?", title="Slapen")
        sent = intake.open_thread(work, youths[0], group.id, PostType.QUESTION, words)
    made = Clinic(service=service, group=group, thread_id=sent.thread_id, youths=youths, esra=esra)
    service.start()
    approve_waiting(service.visitor(esra))
    wait_until(lambda: shown(service, made.thread_id) == 1)
    return made


def test_what_was_acknowledged_is_there_once_however_often_the_service_is_killed(clinic: Clinic) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}, {KILLS} kills")  # noqa: T201  # pytest shows it when the test fails
    chance, told, over = random.Random(seed), Told(), threading.Event()  # noqa: S311  # nothing secret
    hands = [threading.Thread(target=write_on, args=(clinic, youth, told, over)) for youth in clinic.youths]
    hands.append(threading.Thread(target=read_on, args=(clinic, told, over)))
    ways = WAYS if clinic.service.redis_url else WAYS[:-1]
    for hand in hands:
        hand.start()
    try:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 1.8))
            kill_and_restart(clinic.service, chance.choice(ways))
        time.sleep(0.5)
    finally:
        over.set()
        for hand in hands:
            hand.join(60)
    print(f"{len(told.acknowledged)} acknowledged, {told.lost_answers} answers lost")  # noqa: T201
    assert not told.strange
    assert len(told.acknowledged) > KILLS
    wait_until(lambda: nothing_due(clinic.service))
    with clinic.service.begin() as work:
        stored = Counter(
            work.unseal(row, "body") for row in work.session.scalars(sa.select(PostRevision)) if row.title is None
        )
        assert {text for text in told.acknowledged if stored[text] != 1} == set()
        assert set(stored.elements()) <= {*told.acknowledged, *told.in_doubt}
        assert max(stored.values()) == 1
        nothing_is_half_done(work, clinic)


def test_an_approval_that_was_due_while_nothing_ran_is_released_once(clinic: Clinic) -> None:
    service, reader = clinic.service, clinic.service.visitor(clinic.youths[1])
    for number in range(1, 3):
        writer, esra = service.visitor(clinic.youths[0]), service.visitor(clinic.esra)
        cursor = group_cursor(clinic)
        writer.get(clinic.place)
        assert writer.post(f"{clinic.place}/reactie", body=f"Na de {number}e keer", type="tip").status == 303
        assert approve_waiting(esra) == 1
        service.kill()
        with service.begin() as work:
            assert not work.session.scalar(sa.select(Post.position).where(Post.release_at.is_not(None)))
        time.sleep(service.settings.hold_seconds + 0.2)
        reader.close()
        service.start()
        wait_until(lambda expected=number + 1: shown(service, clinic.thread_id) == expected)
        kill_and_restart(service, "everything")  # whoever looks again after one more restart releases nothing again
        time.sleep(1.2)
        reader.close()
        news = reader.get(f"/g/{clinic.group.id}/changes?after={cursor}&thread={clinic.thread_id}", Accept="*/*")
        assert news.text.count(f"Na de {number}e keer") == 1
        assert group_cursor(clinic) == cursor + 1
    with service.begin() as work:
        nothing_is_half_done(work, clinic)


def write_on(clinic: Clinic, youth: Any, told: Told, over: threading.Event) -> None:
    """Send replies one after another; when an answer is lost, send the same form again until there is one."""
    visitor = clinic.service.visitor(youth)
    patiently(visitor.get, clinic.place, over=over)
    while not over.is_set():
        text, key = f"Ik las vandaag een boek in bad. {secrets.token_hex(8)}", secrets.token_hex(16)
        told.in_doubt.append(text)
        for attempt in range(1000):
            try:
                answer = visitor.post(f"{clinic.place}/reactie", body=text, type="tip", form_key=key)
            except LOST:
                told.lost_answers += 1
                if over.is_set() and attempt > 100:
                    return
                time.sleep(0.05)
                continue
            if answer.status == 303:
                told.acknowledged.append(text)
            else:
                told.strange[f"reply {answer.status}"] += 1
            break


def read_on(clinic: Clinic, told: Told, over: threading.Event) -> None:
    """Approve what waits, as it comes; a decision whose answer is lost is sent again with the same form."""
    visitor = clinic.service.visitor(clinic.esra)
    patiently(visitor.get, "/groepen", over=over)
    while not over.is_set():
        with suppress(*LOST):
            rows = visitor.get("/wachtrij/rijen", Accept="application/json")
            if rows.status != 200:
                told.strange[f"queue {rows.status}"] += 1
            for item in ids_in(rows.text):
                fields = {"action": "approve", "seen_version": 1, "form_key": secrets.token_hex(16)}
                answer = patiently(visitor.post, f"/wachtrij/{item}/besluit", over=over, **fields)
                if answer is not None and answer.status != 303:
                    told.strange[f"decision {answer.status}"] += 1
        time.sleep(0.05)


def kill_and_restart(service: Service, how: str) -> None:
    service.kill(how)
    if how == "child":
        service.wait()  # its parent starts another one
    else:
        service.start()


def nothing_is_half_done(work: Work, clinic: Clinic) -> None:
    """Every post has one review, every decision one entry in the log, every release one doorbell; the log is whole."""
    session = work.session
    assert session.scalar(sa.select(sa.func.count()).select_from(Review)) == count(work, Post)
    assert count(work, PostRevision) == count(work, Post)
    decided = list(session.scalars(sa.select(Decision.review_id)))
    assert len(decided) == len(set(decided)) == entries(work, "decide_approve")
    assert entries(work, "post_sent") == count(work, Post)
    published = list(
        session.scalars(sa.select(Post.position).where(Post.state == PostState.PUBLISHED).order_by(Post.position))
    )
    assert published == list(range(1, len(published) + 1))
    thread = session.get_one(Thread, clinic.thread_id)
    assert thread.last_position == len(published) == entries(work, "post_released")
    rung = list(session.scalars(sa.select(OutboxEvent.subject_id).where(OutboxEvent.name == "post_released")))
    assert len(rung) == len(set(rung)) == len(published)
    approved = sa.select(Decision.post_id).where(Decision.action == Action.APPROVE)
    waiting = sa.select(sa.func.count()).select_from(Review).where(Review.state != ReviewState.CLOSED)
    assert session.scalar(sa.select(sa.func.count()).where(Post.id.in_(approved))) == len(published)
    assert session.scalar(waiting) == count(work, Post) - len(published)
    assert chain.verify_all(session) == []
    if clinic.service.settings.is_sqlite:
        assert session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []


def approve_waiting(esra: Visitor) -> int:
    """Approve everything that waits; gives how much that was."""
    esra.get("/groepen")
    items = ids_in(esra.get("/wachtrij/rijen", Accept="application/json").text)
    for item in items:
        assert esra.post(f"/wachtrij/{item}/besluit", action="approve", seen_version=1).status == 303
    return len(items)


def patiently(ask: Any, path: str, *, over: threading.Event, **fields: Any) -> Any:
    """Ask until there is an answer; None when all is over first."""
    while True:
        try:
            return ask(path, **fields)
        except LOST:
            if over.wait(0.05):
                return None


def ids_in(rows: str) -> list[str]:
    return [part.split('"', 1)[0] for part in rows.split('"href":"/wachtrij/')[1:]]


def shown(service: Service, thread_id: Any) -> int:
    with service.engine.connect() as connection:
        return connection.scalar(sa.select(Thread.last_position).where(Thread.id == thread_id))


def nothing_due(service: Service) -> bool:
    with service.engine.connect() as connection:
        return not connection.scalar(sa.select(sa.exists().where(Post.release_at.is_not(None))))


def group_cursor(clinic: Clinic) -> int:
    with clinic.service.begin() as work:
        return cursor_of(work.session, Audience(AudienceKind.GROUP, clinic.group.id))


def count(work: Work, table: Any) -> int:
    return work.session.scalar(sa.select(sa.func.count()).select_from(table))


def entries(work: Work, action: str) -> int:
    return work.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == action))


def wait_until(true: Any, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
