"""The sockets of everybody: who gets one at all, which doorbells it hears, and that nothing it sends does anything.

On the real server, over the same world as the pages. Broken packets, cutting and coming back: tests/faults.
"""

import json
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import websocket
from listening import Raw
from places import SERVER
from running import Service, Visitor
from services import own_database, own_redis
from walk import ACTORS, HERE, NOBODY, Walker
from world import World

from safespace.accounts.models import Account, AccountSession
from safespace.accounts.sessions import open_session
from safespace.groups.models import Location, Membership, StaffRole
from safespace.kernel.outbox import Audience, AudienceCursor, AudienceKind, Event
from safespace.realtime.live import socketio
from safespace.realtime.relay import NAMES

OUTSIDE = (*NOBODY, "staff_unproven")
ALIKE = {"signed_out": "youth_own", "expired": "clinician_own"}  # whose session it was
ORIGINS = ("ours", "https://elsewhere.example", None, "null")
FORWARDED = ((), ("X-Forwarded-Host: elsewhere.example", "X-Forwarded-Proto: https"))
QUIET = 1.2  # seconds, after all that must come has come; a doorbell takes at most half of one
PATIENCE = 30  # seconds; a machine that does much else is slow, not silent
HEARS: dict[str, list[str]] = tomllib.loads((HERE / "expectations.toml").read_text(encoding="utf-8"))["hears"]


@pytest.fixture(scope="module")
def service(world: World, walker: Walker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The real server over a copy of the world, moved to the present: it has a clock of its own."""
    folder = tmp_path_factory.mktemp("sockets")
    with ExitStack() as stack:
        where = {}
        if SERVER:
            where["database_url"] = stack.enter_context(own_database())
            where["redis_url"] = stack.enter_context(own_redis(folder)).url
        service = Service(folder / "service", **where)
        stack.callback(service.stop)
        service.keys = world.app.extensions["safespace"].keys
        service.keys.save(service.settings.key_file)
        walker.kept.copy_to(service.engine)
        _move_to_the_present(world, service)
        yield service.start()


def _move_to_the_present(world: World, service: Service) -> None:
    with service.begin() as work:
        tomorrow, yesterday = work.now + timedelta(days=1), work.now - timedelta(days=1)
        new = [world.ids["role newcomer"], world.ids["role newcomer_elsewhere"]]
        work.session.execute(sa.update(StaffRole).values(works_from=yesterday))
        work.session.execute(sa.update(StaffRole).where(StaffRole.id.in_(new)).values(works_from=tomorrow))
        work.session.execute(sa.delete(AccountSession))
        work.session.execute(sa.update(Location).values(hours=[[day, 0, 1440] for day in range(7)]))


@pytest.fixture(scope="module")
def browsers(world: World, service: Service) -> dict[str, Visitor]:
    """A browser of everybody, with a page of ours open."""
    found = {}
    for name in ACTORS:
        cookie = {}
        if name != "anonymous":
            with service.begin() as work:
                account = work.session.get_one(Account, world.ids[f"account {ALIKE.get(name, name)}"])
                cookie["_user_id"] = open_session(work, account, proven=name != "staff_unproven")
                work.session.flush()
                made = work.session.scalars(
                    sa.select(AccountSession).order_by(AccountSession.created_at.desc())
                ).first()
                assert made is not None
                if name == "signed_out":
                    made.revoked_at = work.now
                if name == "expired":
                    made.ends_at = work.now - timedelta(seconds=1)
        found[name] = service.visitor(**cookie)
        found[name].get("/in")
        assert found[name].csrf
    return found


def knock(service: Service, browser: Visitor, origin: str | None, *, token: bool, forwarded: tuple[str, ...]) -> str:
    """Try to get a socket, and close it again; gives the first answer, or the status that refused it."""
    raw = Raw(service, browser.cookie)
    try:
        answer = raw.knock(
            browser.csrf if token else None, origin="" if origin == "ours" else origin, headers=forwarded
        )
    except websocket.WebSocketBadStatusException as refused:
        return str(refused.status_code)
    raw.close()
    return answer


def test_only_a_page_of_ours_of_somebody_inside_gets_a_socket(service: Service, browsers) -> None:
    tried = 0
    for actor, origin, token, forwarded in product(ACTORS, ORIGINS, (True, False), FORWARDED):
        tried += 1
        answer = knock(service, browsers[actor], origin, token=token, forwarded=forwarded)
        let_in = actor not in OUTSIDE and origin == "ours" and token
        case = (actor, origin, token, forwarded, answer)
        assert answer.startswith("40{") if let_in else answer == "400" or answer.startswith("44"), case
    print(f"\n{tried} sockets tried")  # noqa: T201  # shown with -rP


def test_everybody_hears_what_the_table_says_whatever_they_send(world: World, service: Service, browsers) -> None:
    inside = [name for name in ACTORS if name not in OUTSIDE]
    assert set(HEARS) == set(inside)
    sockets = {name: _socket(service, browsers[name]) for name in inside}
    try:
        right = {name: set(HEARS[name]) for name in inside}
        _heard(sockets, _ring_all(world, service), right)  # and what the clock did when this world came to now
        assert _heard(sockets, _ring_all(world, service), right) == right
        for raw in sockets.values():
            for packet in _claims(world, browsers["youth_own"].csrf):
                raw.socket.send(packet)
        assert _heard(sockets, _ring_all(world, service), right) == right
    finally:
        for raw in sockets.values():
            raw.close()


def test_a_new_event_needs_a_row() -> None:
    """The server takes no events but coming and going, and rings three bells; each is in the table above."""
    assert set(socketio.server.handlers["/"]) == {"connect", "disconnect", "*"}
    bells = {bell.split()[0] for bells in HEARS.values() for bell in bells}
    assert bells == set(NAMES.values())
    assert set(NAMES) == set(AudienceKind) - {AudienceKind.ACCESS}


def _socket(service: Service, browser: Visitor) -> Raw:
    raw = Raw(service, browser.cookie)
    assert raw.knock(browser.csrf).startswith("40{")
    return raw


def _audiences(world: World) -> dict[str, Audience]:
    found = {}
    for name in ("first", "sibling", "beside", "elsewhere"):
        found[f"group {name}"] = Audience(AudienceKind.GROUP, world.ids[f"group {name}"])
        found[f"staff {name}"] = Audience(AudienceKind.STAFF, world.ids[f"group {name}"])
    members = {
        name.removeprefix("membership "): id_ for name, id_ in world.ids.items() if name.startswith("membership ")
    }
    return found | {f"own {name}": Audience(AudienceKind.MEMBER, id_) for name, id_ in members.items()}


def _ring_all(world: World, service: Service) -> dict[tuple[str, int], str]:
    """Ring every doorbell there is, each under a number of its own; gives whose it is by (bell, number)."""
    rung = {}
    with service.begin() as work:
        first = 1 + (work.session.scalar(sa.select(sa.func.max(AudienceCursor.value))) or 0)
        for number, (name, audience) in enumerate(_audiences(world).items(), start=first):
            work.session.merge(AudienceCursor(kind=audience.kind, audience_id=audience.id, value=number))
            work.announce(Event(audience=audience, kind="test", group_id=_group_of(work, audience)))
            rung[NAMES[audience.kind], number + 1] = name
    return rung


def _group_of(work: Any, audience: Audience) -> UUID:
    if audience.kind is AudienceKind.MEMBER:
        group_id: UUID = work.session.get_one(Membership, audience.id).group_id
        return group_id
    return audience.id


def _heard(
    sockets: dict[str, Raw], rung: dict[tuple[str, int], str], awaited: dict[str, set[str]]
) -> dict[str, set[str]]:
    """Listen until all that is awaited came and it is quiet; gives what each socket heard, awaited or not."""
    heard: dict[str, set[str]] = {actor: set() for actor in sockets}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(not bells <= heard[actor] for actor, bells in awaited.items()):
        _listen(sockets, rung, heard)
    time.sleep(QUIET)
    _listen(sockets, rung, heard)
    return heard


def _listen(sockets: dict[str, Raw], rung: dict[tuple[str, int], str], heard: dict[str, set[str]]) -> None:
    """Take what came in by now."""
    for actor, raw in sockets.items():
        raw.socket.settimeout(0.05)
        with suppress(websocket.WebSocketTimeoutException):
            while True:
                packet = raw.socket.recv()
                if packet == "2" or packet.startswith("44/"):  # a ping, or no to a claim of its own
                    continue
                name, bell = _event(packet)
                heard[actor].add(rung.get((name, bell.get("cursor", 0)), packet))
                assert set(bell) <= {"group", "cursor"}, packet


def _event(packet: str) -> tuple[str, dict[str, Any]]:
    if not packet.startswith("42"):
        return packet, {}
    name, bell = json.loads(packet[2:])
    return name, bell


def _claims(world: World, token: str) -> Iterator[str]:
    """What somebody could send to hear more, or to make others hear something."""
    groups = [str(world.ids[f"group {name}"]) for name in ("first", "sibling", "beside", "elsewhere")]
    member = str(world.ids["membership youth_elsewhere"])
    rooms = [f"{kind}:{group}" for kind, group in product(("group", "staff"), groups)] + [f"member:{member}"]
    for room in rooms:
        for event in ("join", "join_room", "enter_room", "subscribe", "room", "listen"):
            yield f"42{json.dumps([event, room])}"
            yield f"42{json.dumps([event, {'room': room, 'namespace': '/'}])}"
    for group, event in product(groups, ("group", "staff", "own", "message", "changes", "emit", "broadcast", "*")):
        yield f"42{json.dumps([event, {'group': group, 'cursor': 999_999}])}"
    yield f"40/staff,{json.dumps({'csrf': token})}"
    yield f"42/staff,{json.dumps(['join', rooms[1]])}"
    yield f"42{json.dumps(['x' * 200, {'id': str(uuid4())}, [1, [2, [3]]], None])}"
