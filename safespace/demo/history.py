"""What happened in the demo clinic so far: conversations that are past, outcomes, and what waits in the queue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis import talk
from safespace.demo.cast import Cast
from safespace.demo.desk import DeskStory
from safespace.demo.roster import RosterStory
from safespace.demo.script import Row, Script
from safespace.groups.models import Group
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.work import Work
from safespace.library import starter
from safespace.moderation import chronicle, decisions, intake, labels, pins, taking_up
from safespace.moderation.chronicle import Conversation, Told
from safespace.moderation.models import Action, Review
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType

STAFF = "staff:"
READING = (timedelta(minutes=11), timedelta(minutes=26), timedelta(minutes=41), timedelta(minutes=18))
PATIENCE = 0.7  # of the time since the post before: an answer is sent after what it answers is there
LIBRARY = timedelta(days=1)  # before the first conversation


@dataclass(frozen=True, order=True)
class Step:
    """Something that happened at a moment; `order` keeps what happened at one moment apart."""

    at: datetime
    order: int
    do: Callable[[], object]


class History:
    """The script, played in the order of time: what is past is written whole, the rest goes through the use cases."""

    def __init__(self, work: Work, cast: Cast, script: Script, now: datetime) -> None:
        self._work, self._cast, self._script, self._now = work, cast, script, now
        self._hold = timedelta(seconds=work.settings.hold_seconds)
        self._threads: dict[str, UUID] = {}
        self._openings: dict[str, UUID] = {}
        self._sent: dict[int, UUID] = {}
        self._steps: list[Step] = []

    def play(self) -> None:
        """Do every step at its own time; the log's chains are in the order of time, and nobody is left to ring."""
        self._add(self._now - self._script.beginning - LIBRARY, self._fill_library)
        self._tell_the_past()
        for number, row in enumerate(self._script.outcomes):
            decided = self._now - timedelta(days=row["days_ago"])
            self._add(decided - READING[0], partial(self._send_outcome, number, row))
            self._add(decided, partial(self._decide_outcome, number, row))
        for row in self._script.waiting:
            self._add(self._now - timedelta(minutes=row["minutes_ago"]), partial(self._wait, row))
        for at, do in DeskStory(work=self._work, cast=self._cast, openings=self._openings).steps(
            self._script, self._now
        ):
            self._add(at, do)
        roster = RosterStory(work=self._work, cast=self._cast, handovers=self._script.handovers)
        for at, do in roster.steps(self._now):
            self._add(at, do)
        for step in sorted(self._steps):
            self._work.now = step.at
            step.do()
        self._work.now = self._now
        self._work.complete()
        self._work.session.execute(sa.update(OutboxEvent).values(delivered_at=self._now))

    def _add(self, at: datetime, do: Callable[[], object]) -> None:
        self._steps.append(Step(at, len(self._steps), do))

    def _tell_the_past(self) -> None:
        made = chronicle.write_past(
            self._work,
            [self._conversation(number, group, row) for number, (group, row) in enumerate(self._script.threads)],
        )
        for at, record in made.entries:
            self._add(at, record)
        for (group, row), thread in zip(self._script.threads, made.threads, strict=True):
            self._threads[row["key"]] = thread.id
            self._openings[row["key"]] = made.openings[thread.id]
            if row.get("pinned"):
                self._add(self._now - LIBRARY, partial(self._pin, group, post_id=made.openings[thread.id]))

    def _conversation(self, number: int, group: str, thread: Row) -> Conversation:
        opened = self._now - timedelta(days=thread["days_ago"])
        before, told = opened - timedelta(hours=1), []
        for turn, row in enumerate([thread, *thread["post"]]):
            shown = opened + timedelta(hours=row.get("hours_after", 0))
            wait = min(READING[(number + turn) % len(READING)], (shown - before) * PATIENCE)
            by_staff = row["author"].startswith(STAFF)
            author = self._cast.actors[row["author"].removeprefix(STAFF)]
            told.append(
                Told(
                    author=author,
                    type=PostType.EXPERIENCE if by_staff else PostType(row["type"]),
                    body=row["body"].strip(),
                    content_notes=tuple(row["notes"]),
                    sent_at=None if by_staff else shown - self._hold - wait,
                    decided_by=author if by_staff else self._cast.clinician_of(group, turn),
                    shown_at=shown,
                )
            )
            before = shown
        return Conversation(
            group=self._work.session.get_one(Group, self._cast.groups[group]),
            title=thread["title"],
            type=PostType(thread["type"]),
            told=told,
        )

    def _send(self, row: Row) -> UUID:
        """Send to a conversation of the script, or begin one whose title the row holds."""
        actor, group_id = self._cast.actors[row["author"]], self._cast.groups[row["group"]]
        thread_id, type_, body = self._threads.get(row["thread"]), PostType(row["type"]), row["body"].strip()
        if thread_id is None:
            words = intake.accept_words(self._work, body, title=row["thread"])
            return intake.open_thread(self._work, actor, group_id, type_, words).post_id
        words = intake.accept_words(self._work, body)
        return intake.reply(self._work, actor, group_id, thread_id, type_, words).post_id

    def _send_outcome(self, number: int, row: Row) -> None:
        self._sent[number] = self._send(row)

    def _decide_outcome(self, number: int, row: Row) -> None:
        review = self._review(self._sent[number])
        verdict = Verdict(action=Action(row["action"]), reason=row["reason"], note=row["note"])
        clinician = self._cast.actors[row["clinician"]]
        decisions.decide(self._work, clinician, review.id, review.version, verdict)
        if verdict.action is Action.HOLD:
            worry = taking_up.take_up(self._work, clinician, review, row["level"], row["summary"])
            for line in row["talk"]:
                self._work.now += READING[0]
                talk.say(self._work, self._cast.actors[line["by"]], worry.id, line["words"])

    def _wait(self, row: Row) -> None:
        review = self._review(self._send(row))
        expected = Severity(row["expect"])
        if expected > review.severity:  # a colleague read it and saw more than the rules did
            clinician = self._cast.clinician_of(row["group"], 0)
            labels.set_severity(self._work, clinician, review.id, review.version, expected)

    def _review(self, post_id: UUID) -> Review:
        return self._work.session.scalars(sa.select(Review).where(Review.post_id == post_id)).one()

    def _fill_library(self) -> None:
        items = {key: starter.seed_items(self._work, location) for key, location in self._cast.locations.items()}
        for row in self._script.pins:
            found = items[self._cast.group_rows[row["group"]]["location"]]
            for slug in row["items"]:
                self._pin(row["group"], item_id=found[slug])
            if slug := row.get("next_week"):
                meeting = (self._now + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
                self._pin(row["group"], item_id=found[slug], at=meeting)

    def _pin(self, group: str, **what: Any) -> None:
        pins.pin(self._work, self._cast.clinician_of(group, 0), self._cast.groups[group], **what)
