"""The ground of the machine: doing one thing as the edge does it, time, and what was really written by whom."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from builders import NOON, actor_of, rings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine
from sqlalchemy.orm import Session

from safespace.kernel.refusals import RefusalError
from safespace.kernel.work import Work
from safespace.moderation import going_live, redacting, release, reminding, second_look, unseen
from safespace.moderation.models import Review, ReviewState
from safespace.policy.roles import Actor
from safespace.threads.models import Post, Words
from states.cast import KEYS, SETTINGS, a_clinic

FULL = bool(os.environ.get("SAFESPACE_FULL_SIZE"))
RUNS = int(os.environ.get("SAFESPACE_STATE_RUNS") or (3000 if FULL else 250))
ON_A_SERVER = 30
LETTERS = "bdfghjklmnprstvz"
TEXTS = (
    "Ik slaap slecht, {plain} en {secret}.",
    "Ik wil dood, vanavond ga ik het doen. {plain} {secret}.",
    "Fijn weekend, {plain} met {secret}.",
    "Ik woog 58 kilo. {plain} {secret}.",
)


@dataclass
class Text:
    """What an author wrote: a word that stands in nothing else, and one that a clinician may leave out."""

    plain: str
    secret: str
    title: str
    body: str


@dataclass
class Written:
    """One post as its author knows it: every version in order, and what became of it by the author's own hand."""

    by: int
    texts: list[Text] = field(default_factory=list)
    withdrawn: bool = False


class Clinic(RuleBasedStateMachine):
    """A clinic, everybody in it, and a clock that goes a second on with every thing that is done."""

    closes = False
    team = 3
    posts = Bundle("posts")

    def __init__(self) -> None:
        super().__init__()
        url = os.environ.get("SAFESPACE_TEST_DATABASE", "")
        self.place = a_clinic(url, closes=self.closes, clinicians=self.team)
        self.engine, self.cast = self.place.__enter__()
        self.now = self.ticked = NOON
        self.changed = True
        self.words = 0
        self.written: dict[UUID, Written] = {}
        self.worried: set[UUID] = set()
        self.crisis_since: dict[UUID, Any] = {}
        self.seen: list[Any] = []

    def teardown(self) -> None:
        """End the story."""
        self.place.__exit__(None, None, None)

    def work(self, session: Session) -> Work:
        """Give a unit of work at this moment."""
        return Work(session=session, settings=SETTINGS, keys=KEYS, now=self.now)

    def do(self, use_case: Callable[[Work], Any], *, takes: int = 1) -> Any:
        """Run a use case as the edge does; what is refused leaves no trace."""
        self.now += timedelta(seconds=takes)
        with Session(self.engine, expire_on_commit=False) as session:
            work = self.work(session)
            try:
                result = use_case(work)
            except RefusalError:
                session.rollback()
                return None
            work.complete()
            session.commit()
            self.changed = True
            return result

    def youth(self, work: Work, who: int) -> Actor:
        """Give a youth as the service reads them now."""
        return actor_of(work, self.cast.youths[who % len(self.cast.youths)])

    def clinician(self, work: Work, who: int) -> Actor:
        """Give a clinician as the service reads them now; the last number is the one of the other location."""
        people = (*self.cast.clinicians, self.cast.elsewhere)
        return actor_of(work, people[who % len(people)])

    def text(self, kind: str, *, titled: bool) -> Text:
        """Make a text with words that stand nowhere else."""
        plain, secret, title = (self._word() for _ in range(3))
        return Text(plain, secret, title if titled else "", kind.format(plain=plain, secret=secret))

    def _word(self) -> str:
        self.words += 1
        high, low = divmod(self.words, len(LETTERS))
        return f"Zw{LETTERS[high // len(LETTERS)]}{LETTERS[high % len(LETTERS)]}{LETTERS[low]}q"

    def review_of(self, work: Work, post: UUID, which: int = 0) -> Review:
        """Give one of the items about a post, the newest that is open first."""
        closed = Review.state == ReviewState.CLOSED
        rows = sa.select(Review).where(Review.post_id == post).order_by(closed, Review.opened_at.desc(), Review.id)
        found = work.session.scalars(rows).all()
        if not found:  # a draft
            raise RefusalError
        return found[which % len(found)]

    def pass_time(self, delta: timedelta) -> None:
        """Let time pass, and the clock and the ringer do what is due."""
        self.now += delta
        for tell in (
            release.release_due,
            going_live.end_due,
            redacting.erase_due,
            reminding.tell_due,
            second_look.find_seconds,
            unseen.ring_late,
            rings,
        ):
            self.do(tell, takes=0)
        self.ticked = self.now
        self.changed = True

    def thread_of(self, work: Work, post: UUID) -> UUID:
        """Give the conversation of a post."""
        return work.session.get_one(Post, post).thread_id


def words_of(text: Text) -> Words:
    """Give what is sent."""
    return Words(body=text.body, title=text.title or None)


def runs(*, here: int = RUNS) -> settings:
    """Give how long the machine is tried."""
    return settings(
        max_examples=ON_A_SERVER if os.environ.get("SAFESPACE_TEST_DATABASE") else here,
        stateful_step_count=40 if FULL else 16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
    )
