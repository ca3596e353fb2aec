"""A clinic large enough to measure: a conversation of a thousand posts, a full group, five hundred posts that wait."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from running import Service, Visitor

from safespace.crisis.lines import seed_lines
from safespace.library import starter
from safespace.moderation import chronicle, intake, pins
from safespace.moderation.chronicle import Conversation, Told
from safespace.moderation.models import Review, ReviewState
from safespace.threads.models import Post, PostType

YOUTHS = 100
POSTS = 1000
WAITING = 500
BODY = (
    "Sinds een paar weken leg ik mijn telefoon om tien uur in de keuken. De eerste avonden was ik onrustig en wist ik "
    "niet wat ik moest doen. Nu lees ik een boek of luister ik naar muziek. Ik slaap niet altijd beter, maar ik lig "
    "minder te piekeren over wat anderen posten. Wat mij helpt is dat mijn zus het ook doet. We sturen elkaar geen "
    "berichten meer na tien uur. Misschien is dat ook iets voor jou. Begin klein, met twee avonden in de week, en kijk "
    "hoe het gaat. Het hoeft niet in een keer."
)


@dataclass
class World:
    """Who and what there is; `visitors` are signed in once each."""

    service: Service
    group: Any
    thread_id: Any
    youths: list[Any]
    esra: Any
    karin: Any
    item_id: Any
    visitors: dict[Any, Visitor] = field(default_factory=dict)

    @property
    def group_path(self) -> str:
        """The group's page."""
        return f"/g/{self.group.id}"

    @property
    def thread_path(self) -> str:
        """The long conversation; its last page unless asked otherwise."""
        return f"{self.group_path}/t/{self.thread_id}"

    def visitor(self, actor: Any) -> Visitor:
        """Give somebody's browser, with the token for forms."""
        if actor.account_id not in self.visitors:
            visitor = self.visitors[actor.account_id] = self.service.visitor(actor)
            visitor.get("/groepen")
            visitor.close()
        return self.visitors[actor.account_id]

    def waiting_ids(self) -> Iterator[str]:
        """Give the items that wait."""
        with self.service.engine.connect() as connection:
            return iter(
                [str(one) for one in connection.scalars(sa.select(Review.id).where(Review.state == ReviewState.OPEN))]
            )

    def some_post(self) -> str:
        """Give a post of the first youth."""
        membership = self.youths[0].members[self.group.id].membership_id
        with self.service.engine.connect() as connection:
            return str(connection.scalar(sa.select(Post.id).where(Post.membership_id == membership).limit(1)))


def made(service: Service, *, waiting: int = WAITING) -> World:
    """Fill the database of a service that does not run yet."""
    with service.begin() as work:
        seed_lines(work)
        group = a_group(work, a_location(work))
        youths = [a_youth(work, group, f"Otter {number}") for number in range(YOUTHS)]
        esra, karin = a_clinician(work, group.location), an_administrator(work, group.location)
        items = starter.seed_items(work, group.location_id)
        for item_id in list(items.values())[:2]:
            pins.pin(work, esra, group.id, item_id=item_id)
        now, work.settings = work.now, replace(work.settings, environment="demo")  # the past is for demos only
        long = _conversation(group, youths, esra, POSTS, now - timedelta(hours=POSTS + 1), timedelta(hours=1))
        others = [
            _conversation(group, youths, esra, 5, now - timedelta(days=60 - number), timedelta(minutes=30))
            for number in range(40)
        ]
        past = chronicle.write_past(work, [long, *others])
        for at, entry in sorted(past.entries, key=lambda one: one[0]):
            work.now = at
            entry()
        work.now = now
        thread_id = past.threads[0].id
        for number in range(waiting):
            words = intake.accept_words(work, f"{BODY} ({number})")
            intake.reply(work, youths[number % YOUTHS], group.id, thread_id, PostType.EXPERIENCE, words)
    return World(
        service=service,
        group=group,
        thread_id=thread_id,
        youths=youths,
        esra=esra,
        karin=karin,
        item_id=next(iter(items.values())),
    )


def _conversation(group: Any, youths: list[Any], esra: Any, posts: int, first: Any, step: timedelta) -> Conversation:
    told = [
        Told(
            author=youths[number % YOUTHS],
            type=PostType.EXPERIENCE,
            body=BODY,
            sent_at=first + number * step - timedelta(minutes=20),
            decided_by=esra,
            shown_at=first + number * step,
        )
        for number in range(posts)
    ]
    return Conversation(group=group, title="Avonden zonder scherm", type=PostType.EXPERIENCE, told=told)
