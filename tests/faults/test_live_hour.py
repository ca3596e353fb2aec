"""A live hour with thirty who listen: fifteen posts, two clinicians, and everybody has the same in the same order."""

import json
import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_youth
from listening import Listener
from running import Service, Visitor

from safespace.moderation import going_live, intake
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.threads.models import Post, PostType

THERE, POSTS = 30, 15


@dataclass
class Reader(Listener):
    """A page of the conversation: on a doorbell it fetches what is new, one question at a time."""

    changes: str = ""
    cursor: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asking = threading.Lock()

    def opens(self, place: str) -> None:
        """Open the page of the conversation, with what it shows already."""
        page = self.visitor.get(place).text
        found = re.search(r'data-cursor="(\d+)"', page)
        assert found
        self.cursor = int(found[1])
        self.connect()
        self.fetch()

    def fetch(self) -> None:
        with self.asking:
            answer = self.visitor.get(f"{self.changes}&after={self.cursor}", Accept="application/json")
            assert answer.status == 200
            news = json.loads(answer.text)
            assert not news["reload"]
            self.cursor = news["cursor"]
            self.shown += [(post["position"], post["id"]) for post in news["posts"] if post["state"] == "published"]

    def _hear(self, name: str, bell: dict[str, Any]) -> None:
        super()._hear(name, bell)
        if name == "group":
            self.fetch()


@dataclass
class LiveHour:
    """The group in its hour: who is there, the conversation they are in, and two clinicians."""

    service: Service
    group_id: Any
    thread_id: Any
    youths: list[Any]
    clinicians: list[Any]
    readers: list[Reader] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"/g/{self.group_id}/t/{self.thread_id}"

    def reader(self, youth: Any) -> Reader:
        changes = f"/g/{self.group_id}/changes?thread={self.thread_id}"
        self.readers.append(Reader(self.service, self.service.visitor(youth), changes=changes))
        self.readers[-1].opens(self.place)
        return self.readers[-1]

    def in_order(self) -> list[tuple[int, str]]:
        """Give what the conversation holds after its beginning, as it stands in the database."""
        asked = sa.select(Post.position, Post.id).where(Post.thread_id == self.thread_id, Post.position > 1)
        with self.service.engine.connect() as connection:
            return [(position, str(post_id)) for position, post_id in connection.execute(asked.order_by(Post.position))]


@pytest.fixture
def hour(lasting: Service):
    with lasting.begin() as work:
        group = a_group(work, a_location(work, f"Locatie {secrets.token_hex(4)}"))
        youths = [a_youth(work, group, f"Otter {number}") for number in range(THERE)]
        clinicians = [a_clinician(work, group.location, name) for name in ("Mark", "Esra")]
        words = intake.accept_words(work, "Hoe slaap jij zonder telefoon?", title="Vraag voor Mark")
        sent = intake.open_thread(work, youths[0], group.id, PostType.QUESTION, words)
    with lasting.begin() as work:
        review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
        decide(work, clinicians[0], review.id, review.version, Verdict(action=Action.APPROVE))
        going_live.go_live(work, clinicians[0], group.id, 60)
    made = LiveHour(lasting, group.id, sent.thread_id, youths, clinicians)
    until(lambda: shown_in(made) == 1)
    yield made
    for one in made.readers:
        one.close()


def shown_in(hour: LiveHour) -> int:
    with hour.service.engine.connect() as connection:
        asked = sa.select(sa.func.count()).where(Post.thread_id == hour.thread_id, Post.position.is_not(None))
        return connection.scalar(asked) or 0


def until(so: Any, seconds: float = 60.0) -> None:  # a bound against what never comes: no time is promised here
    ends = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.05)


def writes(hour: LiveHour, youth: Any, number: int) -> Any:
    """Send a reply from the page, as a browser does; gives the item of the queue that comes of it."""
    visitor = hour.service.visitor(youth)
    visitor.get(hour.place)
    answer = visitor.post(f"{hour.place}/reactie", body=f"Mijn {number}e avond zonder scherm.", type="experience")
    assert answer.status == 303
    own = Post.membership_id == youth.members[hour.group_id].membership_id
    with hour.service.engine.connect() as connection:
        return connection.execute(sa.select(Review.id).join(Post, Post.id == Review.post_id).where(own)).scalar_one()


def places(clinician: Visitor, item: Any) -> None:
    """Open an item and place it, as a browser does."""
    version = re.search(r'name="seen_version" value="(\d+)"', clinician.get(f"/wachtrij/{item}").text)
    assert version
    assert clinician.post(f"/wachtrij/{item}/besluit", action="approve", seen_version=version[1]).status == 303


def test_thirty_hold_the_same_posts_in_the_same_order_and_who_was_away_misses_none(hour: LiveHour) -> None:
    readers = [hour.reader(youth) for youth in hour.youths]
    away, placed = readers[-1], []
    team = [hour.service.visitor(one) for one in hour.clinicians]
    with ThreadPoolExecutor(1) as mark, ThreadPoolExecutor(1) as esra:
        for number, youth in enumerate(hour.youths[1 : POSTS + 1]):
            item = writes(hour, youth, number + 1)
            placed.append((mark, esra)[number % 2].submit(places, team[number % 2], item))
            if number == POSTS // 2:
                until(lambda: len(away.shown) > 0)
                away.close()
        for one in placed:
            one.result()
    until(lambda: shown_in(hour) == POSTS + 1)
    assert 0 < len(away.shown) < POSTS
    away.connect()
    away.fetch()  # as the page does when it is connected again
    expected = hour.in_order()
    assert len(expected) == POSTS
    until(lambda: all(len(one.shown) >= POSTS for one in readers))
    for one in readers:
        assert one.shown == expected
        assert one is away or not one.cut.is_set()
