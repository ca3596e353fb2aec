"""Sockets: only for pages of ours, only for who is still there, and nothing is missed or told twice."""

import json
import random
import re
import secrets
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import websocket
from builders import WHY, a_clinician, a_group, a_location, a_youth, an_administrator
from listening import Listener, Raw
from running import Service

from safespace.groups import members, staff
from safespace.groups.models import StaffRole
from safespace.moderation import intake
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import Post, PostType

SOON = 1.0  # second within which a socket is cut
LIVE_JS = Path(__file__).parents[2] / "safespace" / "static" / "js" / "live.js"


class Clinic:
    """A group of its own on the running service, with people who can be signed in."""

    def __init__(self, service: Service) -> None:
        self.service = service
        with service.begin() as work:
            self.group = a_group(work, a_location(work, f"Locatie {secrets.token_hex(4)}"))
            self.noor, self.sem = a_youth(work, self.group, "Stille Otter"), a_youth(work, self.group, "Rode Vos")
            self.esra = a_clinician(work, self.group.location)
            self.karin = an_administrator(work, self.group.location)
            an_administrator(work, self.group.location, "Els")
        self.listeners: list[Listener] = []
        self.thread_id = self.publish("Slapen lukt niet", title="Slapen")

    def listens(self, actor: Any) -> Listener:
        self.listeners.append(Listener(self.service, self.service.visitor(actor)))
        return self.listeners[-1].connect()

    def publish(self, body: str, title: str | None = None) -> Any:
        """Let Noor write something and Esra place it, and wait until it is released; gives its conversation."""
        with self.service.begin() as work:
            words = intake.accept_words(work, body, title=title)
            if title:
                sent = intake.open_thread(work, self.noor, self.group.id, PostType.TIP, words)
            else:
                sent = intake.reply(work, self.noor, self.group.id, self.thread_id, PostType.TIP, words)
        with self.service.begin() as work:
            review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
            decide(work, self.esra, review.id, review.version, Verdict(action=Action.APPROVE))
        self.released(sent.post_id)
        return sent.thread_id

    def released(self, post_id: Any) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with self.service.engine.connect() as connection:
                if connection.scalar(sa.select(Post.position).where(Post.id == post_id)):
                    return
            time.sleep(0.02)
        raise AssertionError("not released in time")

    def news(self, visitor: Any, after: int) -> Any:
        address = f"/g/{self.group.id}/changes?after={after}&thread={self.thread_id}"
        answer = visitor.get(address, Accept="application/json")
        assert answer.status == 200
        return json.loads(answer.text)


@pytest.fixture
def clinic(lasting: Service):
    clinic = Clinic(lasting)
    yield clinic
    for one in clinic.listeners:
        one.close()


def sign_out(clinic: Clinic, listener: Listener) -> None:
    assert listener.visitor.post("/uit").status == 303


def leave_by_quick_exit(clinic: Clinic, listener: Listener) -> None:
    assert listener.visitor.get("/weg").status in {200, 303, 302}


def pause(clinic: Clinic, _: Listener) -> None:
    with clinic.service.begin() as work:
        membership = clinic.noor.members[clinic.group.id].membership_id
        members.pause_member(work, clinic.esra, membership, work.now + timedelta(days=1), **WHY)


def remove(clinic: Clinic, _: Listener) -> None:
    with clinic.service.begin() as work:
        members.remove_member(work, clinic.esra, clinic.noor.members[clinic.group.id].membership_id)


@pytest.mark.parametrize("how", [sign_out, leave_by_quick_exit, pause, remove])
def test_a_youths_socket_is_cut_within_a_second(clinic: Clinic, how) -> None:
    noor = clinic.listens(clinic.noor)
    bystander = clinic.listens(clinic.sem)
    time.sleep(0.6)
    began = time.time()
    how(clinic, noor)
    assert noor.cut.wait(SOON)
    assert noor.cut_at - began <= SOON
    assert not bystander.cut.is_set()


def take_role(clinic: Clinic) -> None:
    with clinic.service.begin() as work:
        role = work.session.scalars(sa.select(StaffRole).where(StaffRole.account_id == clinic.esra.account_id)).one()
        staff.revoke_role(work, clinic.karin, role.id)


def disable(clinic: Clinic) -> None:
    with clinic.service.begin() as work:
        staff.disable_account(work, clinic.karin, clinic.esra.account_id)


@pytest.mark.parametrize("how", [take_role, disable])
def test_a_clinicians_socket_is_cut_within_a_second(clinic: Clinic, how) -> None:
    esra, bystander = clinic.listens(clinic.esra), clinic.listens(clinic.sem)
    time.sleep(0.6)
    began = time.time()
    how(clinic)
    assert esra.cut.wait(SOON)
    assert esra.cut_at - began <= SOON
    assert not bystander.cut.is_set()


def test_during_a_break_no_doorbell_of_the_group_is_heard(clinic: Clinic) -> None:
    noor = clinic.listens(clinic.noor)
    pause(clinic, noor)
    assert noor.cut.wait(SOON)
    noor.connect()  # who is on a break may still read what became of the own posts
    clinic.noor, clinic.sem = clinic.sem, clinic.noor
    heard = len(noor.heard)
    clinic.publish("Een wandeling helpt mij.")
    time.sleep(0.5)
    assert [bell for bell in noor.heard[heard:] if bell[0] == "group"] == []


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        (None, ()),
        ("null", ()),
        ("http://evil.example", ()),
        ("http://evil.example", ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http")),
        (None, ("X-Forwarded-Host: 127.0.0.1",)),
        ("https://127.0.0.1", ()),
    ],
)
def test_a_page_from_elsewhere_gets_no_socket(clinic: Clinic, origin, headers) -> None:
    visitor = clinic.service.visitor(clinic.noor)
    visitor.get("/groepen")
    raw = Raw(clinic.service, visitor.cookie)
    try:
        answer = raw.knock(visitor.csrf, origin=origin, headers=headers)
    except websocket.WebSocketBadStatusException as refused:
        answer = str(refused.status_code)
    else:
        raw.close()
    assert answer == "400" or answer.startswith("44")


def test_without_the_token_of_the_page_or_without_a_session_there_is_no_socket(clinic: Clinic) -> None:
    visitor, other = clinic.service.visitor(clinic.noor), clinic.service.visitor(clinic.sem)
    for one in (visitor, other):
        one.get("/groepen")
    for token in (None, "", 17, ["x"], {"a": 1}, other.csrf, visitor.csrf[:-1] + "!"):
        raw = Raw(clinic.service, visitor.cookie)
        assert raw.knock(token).startswith("44")
        raw.close()
    stranger = clinic.service.visitor()
    stranger.get("/in")
    raw = Raw(clinic.service, stranger.cookie)
    assert raw.knock(stranger.csrf).startswith("44")
    raw.close()
    raw = Raw(clinic.service, visitor.cookie)
    assert raw.knock(visitor.csrf).startswith("40")
    raw.close()


def test_there_is_no_other_way_in_than_a_websocket(clinic: Clinic) -> None:
    visitor = clinic.service.visitor(clinic.noor)
    assert visitor.get("/socket.io/?EIO=4&transport=polling", Origin=clinic.service.origin).status == 400


def test_a_sixth_socket_of_an_account_is_refused_until_one_is_closed(clinic: Clinic) -> None:
    visitor = clinic.service.visitor(clinic.noor)
    visitor.get("/groepen")
    raws = [Raw(clinic.service, visitor.cookie) for _ in range(6)]
    assert [raw.knock(visitor.csrf)[:2] for raw in raws] == ["40"] * 5 + ["44"]
    for raw in raws[:1] + raws[5:]:
        raw.close()
    time.sleep(0.3)
    assert raws[0].knock(visitor.csrf).startswith("40")
    for raw in raws[:5]:
        raw.close()


HOSTILE = [
    "",
    "4",
    "9",
    "42",
    "42[",
    '42["group"]',
    '42["disconnect"]',
    '42["connect",{}]',
    '42{"a":1}',
    "42" + "[" * 3000,
    '42["' + "x" * 12_000 + '"]',
    '451-["x",{"_placeholder":true,"num":0}]',
    '459999999999-["x"]',
    "41",
    "40/admin,",
    "43999[]",
    "\x00\x01",
    "42" + "9" * 5000,
    "é" * 2000,
]


def test_malformed_packets_and_oversized_frames_hurt_nobody(clinic: Clinic) -> None:
    bystander = clinic.listens(clinic.sem)
    visitor = clinic.service.visitor(clinic.noor)
    visitor.get("/groepen")
    chance = random.Random(7)  # noqa: S311  # nothing secret
    frames: list[Any] = [*HOSTILE, b"\xff" * 100, b"", "42" + "x" * 17_000, "x" * 1_000_000, b"\x00" * 1_000_000]
    frames += [chance.randbytes(40) for _ in range(20)]
    for frame in frames:
        raw = Raw(clinic.service, visitor.cookie)
        assert raw.knock(visitor.csrf).startswith("40")
        with suppress(OSError, websocket.WebSocketException):
            if isinstance(frame, bytes):
                raw.socket.send_binary(frame)
            else:
                raw.socket.send(frame)
            raw.socket.settimeout(0.02)
            raw.socket.recv()
        raw.close()
    before = len(bystander.heard)
    clinic.publish("Ik las een boek en het hielp.")
    time.sleep(0.5)
    assert not bystander.cut.is_set()
    assert [name for name, _, _ in bystander.heard[before:]] == ["group"]
    log = (clinic.service.folder / "web.log").read_text()
    assert "Traceback" not in log
    assert len(clinic.service.children()) == 1


@pytest.mark.parametrize("word", ['42["disconnect"]', '42["connect",{"csrf":"%s"}]'])
def test_a_socket_that_only_says_it_left_hears_nothing_more(clinic: Clinic, word) -> None:
    visitor = clinic.service.visitor(clinic.noor)
    visitor.get("/groepen")
    raw = Raw(clinic.service, visitor.cookie)
    assert raw.knock(visitor.csrf).startswith("40")
    raw.socket.send(word.replace("%s", visitor.csrf))
    heard = [raw.socket.recv()]
    raw.socket.settimeout(SOON)
    with suppress(OSError, websocket.WebSocketException):
        while heard[-1]:
            heard.append(raw.socket.recv())
    raw.close()
    assert "".join(heard) in {"41", "41" + "1"}


def test_a_bell_says_only_that_something_is_new(clinic: Clinic) -> None:
    sem, noor, esra = (clinic.listens(one) for one in (clinic.sem, clinic.noor, clinic.esra))
    clinic.publish("Niemand mag dit lezen zonder te vragen.")
    time.sleep(0.5)
    assert {name for name, _, _ in sem.heard} == {"group"}
    assert {name for name, _, _ in noor.heard} == {"group", "own"}
    assert {name for name, _, _ in esra.heard} == {"group", "staff"}
    for listener in (sem, noor, esra):
        assert all(set(bell) == {"group", "cursor"} for _, bell, _ in listener.heard)


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(clinic: Clinic) -> None:
    chance = random.Random(11)  # noqa: S311  # nothing secret
    sem = clinic.listens(clinic.sem)
    page = sem.visitor.get(f"/g/{clinic.group.id}/t/{clinic.thread_id}").text
    found = re.search(r'data-cursor="(\d+)"', page)
    assert found
    cursor, seen = int(found[1]), []
    for number in range(8):
        away = chance.random() < 0.5
        if away:
            sem.close()
        sem.rung.clear()
        clinic.publish(f"Bericht {number} van deze avond.")
        if away:
            sem.connect()
        else:
            assert sem.rung.wait(2)
        news = clinic.news(sem.visitor, cursor)
        assert news["cursor"] > cursor
        cursor = news["cursor"]
        seen += [post["position"] for post in news["posts"]]
    assert seen == list(range(2, 10))
    assert clinic.news(sem.visitor, cursor)["posts"] == []
    everything = clinic.news(sem.visitor, 0)["posts"]
    assert [post["position"] for post in everything] == list(range(1, 10))


def test_with_websockets_blocked_a_released_post_is_there_within_15_seconds(clinic: Clinic) -> None:
    asked_every = re.search(r"const POLL = ([\d_]+);", LIVE_JS.read_text())
    assert asked_every
    visitor = clinic.service.visitor(clinic.sem)
    clinic.publish("Ik leg mijn telefoon om tien uur weg.")
    began = time.monotonic()
    assert "telefoon om tien uur" in json.dumps(clinic.news(visitor, 0))
    assert int(asked_every[1]) / 1000 + (time.monotonic() - began) < 15
