"""The measurements, one after another, and the table they are printed in."""

import argparse
import cProfile
import itertools
import pstats
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import gevent
import sqlalchemy as sa
from bells import Ear
from load import Figures, Make, get, measure, memory_of
from running import Service, Visitor
from world import BODY, WAITING, World, made

from safespace.app import create_app
from safespace.host.database import db
from safespace.kernel.outbox import Audience, AudienceKind, cursor_of
from safespace.moderation import intake
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import Post, PostType

MANY = 16
EARS = 100
AIM_QUERIES, AIM_DECISION, AIM_SERVER_MS = 8, 12, 8.0
ANY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
ROW = "{:<34} {:>7} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7}"


def report(folder: Path, options: argparse.Namespace, reference_port: int, core: int | None) -> None:
    """Measure everything on each database and print it."""
    slot = 0.4 if options.quick else 2.0
    places = [("SQLite", "")]
    with _own_database(options.postgresql) as url:
        places += [("PostgreSQL", url)] if url else []
        for number, (name, place) in enumerate(places):
            _one(name, Service(folder / str(number), database_url=place, core=core), slot, reference_port)


def _one(name: str, service: Service, slot: float, reference_port: int) -> None:
    alone = () if service.settings.is_sqlite else ("--alone",)
    began = time.perf_counter()
    world = made(service)
    print(f"\n== {name}: {time.perf_counter() - began:.1f} s to fill")
    print(f"start to first answer: {_starts(service, alone, 2 if slot < 1 else 3)}")
    service.start(*alone)
    try:
        pids = service.children()
        print("\n" + ROW.format("", "askers", "p50 ms", "p95 ms", "p99 ms", "req/s", "of R", "cpu ms", "KiB"))
        bare = [measure(reference_port, [get("/")] * MANY, seconds=slot)]
        _row("reference page R", MANY, bare[0], bare[0].rate)
        _pages(world, slot, bare[0].rate, pids)
        _bells(world, rounds=2 if slot < 1 else 6, pids=pids)
        _writes(world, slot, bare[0].rate, pids)
        bare.append(measure(reference_port, [get("/")] * MANY, seconds=slot))
        _row("reference page R, again", MANY, bare[1], bare[0].rate)
        _queries(world)
    finally:
        service.stop()


def _pages(world: World, slot: float, reference: float, pids: list[int]) -> None:
    port, thread = world.service.port, world.thread_path
    readers = [world.visitor(one) for one in world.youths[:MANY]]
    esra = world.visitor(world.esra)
    alone = {}
    for title, path, who in (
        ("thread, last page with form", thread, readers),
        ("thread, page 1 of 50", f"{thread}?page=1", readers),
        ("thread, page 49 of 50", f"{thread}?page=49", readers),
        ("group page", world.group_path, readers),
        (f"queue page, {WAITING} waiting", "/wachtrij", [esra] * MANY),
        ("help", "/help", readers),
    ):
        makers = [get(path, one.cookie) for one in who]
        alone[path] = measure(port, makers[:1], seconds=slot, pids=pids)
        _row(title, 1, alone[path], reference)
        _row("", MANY, measure(port, makers, seconds=slot, pids=pids), reference)
    turns = itertools.cycle([get(f"{thread}?page={page}", readers[0].cookie)() for page in (1, 49)])
    both = measure(port, [lambda: next(turns)], seconds=slot).times  # in turn, so that both meet the same machine
    growth = median(both[0::2]) / median(both[1::2])
    late_by = max(growth, 1 / growth)
    here = alone[thread].percentile(50)
    print(
        f"page 1 against page 49, in turn: {late_by:.2f} apart; thread page p50 {here:.1f} ms, aim {AIM_SERVER_MS:.0f}"
    )


def _bells(world: World, *, rounds: int, pids: list[int]) -> None:
    service = world.service
    before = memory_of(pids)
    with service.begin() as work:
        cursor = cursor_of(work.session, Audience(AudienceKind.GROUP, world.group.id))
    changes = f"{world.group_path}/changes?thread={world.thread_id}"
    ears = [Ear(service.port, service.origin, world.visitor(one), changes, cursor) for one in world.youths[:EARS]]
    gevent.joinall([gevent.spawn(ear.open) for ear in ears], raise_error=True)
    gevent.sleep(1)
    after = memory_of(pids)
    waits, firsts, lasts, fetched = [], [], [], []
    for number in range(rounds):
        for ear in ears:
            ear.told.clear()
        due, released = _release_one(world, number)
        gevent.joinall([gevent.spawn(ear.told.wait, 10) for ear in ears])
        if not all(ear.told.is_set() for ear in ears):
            raise RuntimeError("somebody was not rung")
        heard = sorted(ear.heard_at for ear in ears)
        waits.append(released - due)
        firsts.append(heard[0] - released)
        lasts.append(heard[-1] - released)
        fetched.append(max(ear.fetched_at for ear in ears) - released)
    for ear in ears:
        ear.close()
    print(f"\n{EARS} connected clients, median of {rounds} releases, ms after the release:")
    print(
        f"  first bell {_ms(firsts)}, last bell {_ms(lasts)}, last has fetched it {_ms(fetched)}"
        f" (worst {1000 * max(fetched):.0f}); the clock came {_ms(waits)} after it was due"
    )
    print(f"  memory: {before / 1024:.0f} MiB before, {(after - before) / EARS:.0f} KiB for each client")


def _release_one(world: World, number: int) -> tuple[float, float]:
    """Write and approve one post, wait for its release; gives when it was due and when it was released."""
    author = world.youths[number % EARS]
    with world.service.begin() as work:
        words = intake.accept_words(work, f"{BODY} Ronde {number}.")
        sent = intake.reply(work, author, world.group.id, world.thread_id, PostType.TIP, words)
    with world.service.begin() as work:
        review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
        decide(work, world.esra, review.id, review.version, Verdict(action=Action.APPROVE))
        due = work.session.get_one(Post, sent.post_id).release_at
    while True:
        gevent.sleep(0.05)
        with world.service.engine.connect() as connection:
            released = connection.scalar(sa.select(Post.released_at).where(Post.id == sent.post_id))
        if released is not None and due is not None:
            return due.timestamp(), released.timestamp()


def _writes(world: World, slot: float, reference: float, pids: list[int]) -> None:
    port, items = world.service.port, world.waiting_ids()
    writers = [world.visitor(one) for one in world.youths[:MANY]]
    esra = world.visitor(world.esra)

    def decision() -> bytes:
        return _form(f"/wachtrij/{next(items)}/besluit", esra, action="approve", seen_version=1)

    def reply(who: Visitor) -> Make:
        return lambda: _form(f"{world.thread_path}/reactie", who, body=BODY, type="tip")

    print()
    for title, makers in (("posting a reply", [reply(one) for one in writers]), ("a decision", [decision])):
        alone = measure(port, makers[:1], seconds=slot, pids=pids)
        _row(title, 1, alone, reference)
        together = measure(port, makers if len(makers) > 1 else makers * 4, seconds=slot, pids=pids)
        _row("", max(4, len(makers)), together, reference)


def _queries(world: World) -> None:
    """Count what the database is asked for each page, in this process."""
    app = create_app(world.service.settings, world.service.keys)
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.split(maxsplit=1)[0] not in {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"}:
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    youth, esra, karin = (world.visitor(one) for one in (world.youths[0], world.esra, world.karin))
    location, group, post = world.group.location_id, world.group_path, world.some_post()
    item = next(world.waiting_ids())
    counts = []
    for who, path in (
        (youth, "/groepen"),
        (youth, group),
        (youth, world.thread_path),
        (youth, f"{world.thread_path}?page=1"),
        (youth, f"{group}/changes?after=0&thread={world.thread_id}"),
        (youth, f"{group}/nieuw"),
        (youth, "/mijn"),
        (youth, f"/mijn/{post}"),
        (youth, f"/mijn/{post}/aanpassen"),
        (youth, "/mijn/ingelogd"),
        (youth, "/lezen"),
        (youth, f"/lezen/{world.item_id}"),
        (esra, "/wachtrij"),
        (esra, "/wachtrij/rijen"),
        (esra, f"/wachtrij/{item}"),
        (esra, group),
        (esra, world.thread_path),
        (esra, "/lezen"),
        (esra, "/team"),
        (karin, "/beheer"),
        (karin, f"/beheer/l/{location}"),
        (karin, f"/beheer/l/{location}/team"),
        (karin, f"/beheer/l/{location}/uitnodigingen"),
        (karin, f"/beheer/l/{location}/logboek"),
        (karin, "/beheer/hulplijnen"),
        (youth, "/help"),
    ):
        client = app.test_client()
        for name, value in who.cookies.items():
            client.set_cookie(name, value, domain="localhost")
        client.get(path)
        seen.clear()
        status = client.get(path).status_code
        kind = {id(youth): "youth", id(esra): "clinician", id(karin): "administrator"}[id(who)]
        counts.append((len(seen), status, f"{kind:<13}  {ANY_ID.sub('…', path)}"))
    decide = f"/wachtrij/{item}/besluit"
    form = {"form_key": secrets.token_hex(16), "csrf_token": esra.csrf, "action": "approve", "seen_version": 1}
    client = app.test_client()
    for name, value in esra.cookies.items():
        client.set_cookie(name, value, domain="localhost")
    seen.clear()
    status = client.post(decide, data=form).status_code
    reads = sum(one.startswith("SELECT") for one in seen)
    print(f"\na decision: {len(seen)} statements in all (aim: at most {AIM_DECISION}), of which {reads} read, {status}")
    print(f"\nqueries a page (aim: at most {AIM_QUERIES}):")
    for number, status, path in sorted(counts, reverse=True):
        print(f"  {number:>3}  {status}  {path}")
    with app.app_context():
        db.engine.dispose()


def _form(path: str, who: Visitor, **fields: object) -> bytes:
    body = urlencode({"form_key": secrets.token_hex(16), "csrf_token": who.csrf} | fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {who.cookie}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
    ).encode()


def _row(title: str, askers: int, found: Figures, reference: float) -> None:
    good = {200, 303}
    strange = {status: count for status, count in found.statuses.items() if status not in good}
    cpu = f"{1000 * found.cpu / len(found.times):.1f}" if found.cpu and found.times else ""
    numbers = [f"{found.percentile(part):.1f}" for part in (50, 95, 99)]
    share = f"{found.rate / reference:.2f}"
    print(
        ROW.format(title, askers, *numbers, f"{found.rate:.0f}", share, cpu, f"{found.size / 1024:.1f}")
        + (f"  other answers: {strange}" if strange else "")
    )


def _starts(service: Service, arguments: tuple[str, ...], times: int) -> str:
    taken = []
    for _ in range(times):
        taken.append(_seconds(lambda: service.start(*arguments)))
        service.kill()
    return f"{median(taken):.2f} s (median of {times})"


def _seconds(do: Any) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _ms(values: list[float]) -> str:
    return f"{1000 * median(values):.0f}"


@contextmanager
def _own_database(server: str | None) -> Iterator[str]:
    if not server:
        yield ""
        return
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"bench_{uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


def profile(folder: Path, page: str) -> None:
    """Print where the time of one page goes, in this process."""
    service = Service(folder / "profile")
    world = made(service)
    paths = {
        "thread": (world.youths[0], world.thread_path),
        "group": (world.youths[0], world.group_path),
        "queue": (world.esra, "/wachtrij"),
    }
    service.start()
    who, path = paths[page]
    cookies = world.visitor(who).cookies
    app = create_app(service.settings, service.keys)
    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value, domain="localhost")
    for _ in range(5):
        client.get(path)
    watch = cProfile.Profile()
    began = time.perf_counter()
    for _ in range(100):
        client.get(path)
    print(f"{10 * (time.perf_counter() - began):.2f} ms a page without the profiler")
    watch.runcall(lambda: [client.get(path) for _ in range(100)])
    pstats.Stats(watch).sort_stats("tottime").print_stats(35)
    pstats.Stats(watch).sort_stats("cumulative").print_stats(60)
    service.stop()
