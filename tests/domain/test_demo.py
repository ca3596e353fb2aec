"""The demo clinic: lived in, whole, and impossible beside real people; its past looks as if it had been lived."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy.orm import Session

from safespace.accounts.signing_in import find_passphrase
from safespace.audit.chain import verify_all
from safespace.audit.models import AuditEntry
from safespace.demo.seeding import NotADemoError, seed
from safespace.groups.claiming import find_invitation
from safespace.groups.models import Group, Location
from safespace.kernel import marks
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import NotAllowedError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.library.models import Pin
from safespace.moderation import answers, chronicle, decisions, intake, release
from safespace.moderation.models import Action, Decision, Review, ReviewState
from safespace.moderation.verdicts import Verdict
from safespace.roster import on_call, routes
from safespace.roster.models import Shift
from safespace.settings import Settings
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread

Begin = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def begin(engine: sa.Engine, settings: Settings, keys: KeyRing) -> Begin:
    """A unit of work under the settings of a demo."""
    demo = Settings(**(vars(settings) | {"environment": "demo"}))

    @contextmanager
    def unit(now=NOON) -> Iterator[Work]:
        with Session(engine, expire_on_commit=False) as session:
            work = Work(session=session, settings=demo, keys=keys, now=now)
            yield work
            work.complete()
            session.commit()

    return unit


def test_real_settings_never_get_fictional_people(engine: sa.Engine, settings: Settings, keys: KeyRing) -> None:
    with Session(engine) as session:
        work = Work(session=session, settings=settings, keys=keys, now=NOON)
        with pytest.raises(NotADemoError):
            seed(work)
        with pytest.raises(NotAllowedError):
            chronicle.write_past(work, [])


def test_the_clinic_is_lived_in(begin: Begin) -> None:
    with begin() as work:
        told = seed(work)
    with begin() as work:
        count = work.session.scalar
        assert marks.mark_of(work.session, marks.DEMO)
        assert Counter(one["role"] for one in told["accounts"]) == {"administrator": 2, "clinician": 4, "youth": 14}
        assert set(told["codes"]) == {group.name for group in work.session.scalars(sa.select(Group))}
        assert 28 <= (count(sa.select(sa.func.count()).where(Thread.last_position > 0)) or 0) <= 33
        states = Counter(work.session.scalars(sa.select(Post.state)))
        assert 190 <= states[PostState.PUBLISHED] <= 220
        assert states[PostState.PENDING] == 15
        assert states[PostState.HELD] == 1
        waiting = work.session.scalars(sa.select(Review.rank).where(Review.state == ReviewState.OPEN)).all()
        assert len(waiting) == 17  # fifteen posts, what a member told about one, a second reader asked
        assert set(waiting) == {0, 1, 2, 3, 4}
        assert not work.session.scalars(sa.select(OutboxEvent.id).where(OutboxEvent.delivered_at.is_(None))).all()
        pinned = Counter(work.session.scalars(sa.select(Pin.group_id).where(Pin.unpinned_at.is_(None))))
        assert len(pinned) == 4
        assert max(pinned.values()) <= 3
        assert verify_all(work.session) == []
        moments = work.session.execute(sa.select(AuditEntry.at).order_by(AuditEntry.chain_id, AuditEntry.number))
        assert len(moments.all()) > 600


def test_everybody_can_sign_in_and_every_code_leads_to_its_group(begin: Begin) -> None:
    with begin() as work:
        told = seed(work)
    with begin() as work:
        for one in told["accounts"]:
            assert find_passphrase(work, one["sign_in_name"]).shown_by(work.settings, one["passphrase"])
            assert (one["totp_secret"] is None) == (one["role"] == "youth")
            if one["totp_secret"]:
                assert pyotp.TOTP(one["totp_secret"]).now()
        for group, codes in told["codes"].items():
            assert {find_invitation(work, code).group_name for code in codes} == {group}


def test_an_alarm_reaches_who_is_on_call_at_one_location_and_the_other_is_told_that_it_does_not(begin: Begin) -> None:
    with begin() as work:
        seed(work)
    with begin() as work:
        places = {one.id: one.name for one in work.session.scalars(sa.select(Location))}
        soon = work.now + timedelta(days=2)
        unreached = work.session.scalars(sa.select(Shift).where(*on_call.unreached(work, list(places), soon))).all()
        assert {places[shift.location_id] for shift in unreached} == {"Zuidhaven"}
        assert [name for place, name in places.items() if routes.somebody_is_called(work, place)] == ["Noorderlicht"]


def test_the_log_of_each_location_is_in_the_order_of_time(begin: Begin) -> None:
    with begin() as work:
        seed(work)
    with begin() as work:
        rows = work.session.execute(sa.select(AuditEntry.chain_id, AuditEntry.number, AuditEntry.at)).all()
    for chain in {row.chain_id for row in rows}:
        moments = [row.at for row in sorted(rows, key=lambda row: row.number) if row.chain_id == chain]
        assert moments == sorted(moments)


# --- A past that was written looks like one that was lived ------------------------------------------------------------

SKIP = {"id", "thread_id", "group_id", "post_id", "revision_id", "review_id", "membership_id", "staff_id", "by"}
SKIP |= {"judged_id"}
SEALED = {"title", "body", "assessment", "note", "internal_note"}
MOMENTS = [NOON, NOON + timedelta(minutes=40), NOON + timedelta(minutes=90)]


def facts(work: Work) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row of the conversation, without ids, opened where it was sealed."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in (Thread, Post, PostRevision, Review, Decision):
        rows = []
        for row in work.session.scalars(sa.select(table)):
            one = {
                column.key: work.unseal(row, column.key) if column.key in SEALED else getattr(row, column.key)
                for column in sa.inspect(table).column_attrs
                if column.key not in SKIP
            }
            one |= {f"has {name}": getattr(row, name) is not None for name in SKIP if hasattr(row, name)}
            rows.append(one)
        found[table.__tablename__] = sorted(rows, key=repr)
    found["log"] = [
        {"at": row.at, "role": row.role, "action": row.action, "facts": sorted(set(row.facts) - {"decision"})}
        for row in work.session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.object_type == "post")
            .order_by(AuditEntry.chain_id, AuditEntry.number)
        )
    ]
    return found


def lived(work: Work, group: Group, people: dict[str, Any]) -> None:
    """Send, decide and release, each at its moment."""
    hold = timedelta(seconds=work.settings.hold_seconds)
    sent = intake.open_thread(
        work,
        people["youth"],
        group.id,
        PostType.QUESTION,
        intake.accept_words(work, "Hoe doen jullie dat?", title="Slapen"),
    )
    for number, moment in enumerate(MOMENTS):
        if number == 1:
            work.now = moment - timedelta(minutes=10)
            words = intake.accept_words(work, "Ik leg hem in de gang, en dan lees ik.")
            sent = intake.reply(work, people["other"], group.id, sent.thread_id, PostType.TIP, words)
        work.now = moment - hold
        if number == 2:
            words = intake.accept_words(work, "Wat fijn dat jullie elkaar hier helpen.")
            answers.answer(work, people["clinician"], group.id, sent.thread_id, words)
        else:
            review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
            notes = ("grief",) if number == 1 else ()
            action = Action.APPROVE_WITH_NOTES if notes else Action.APPROVE
            decisions.decide(
                work, people["clinician"], review.id, review.version, Verdict(action=action, content_notes=notes)
            )
        work.now = moment
        release.release_due(work)


def written(work: Work, group: Group, people: dict[str, Any]) -> None:
    """Write the same conversation as past."""
    by = people["clinician"]
    told = [
        chronicle.Told(
            author=people["youth"],
            type=PostType.QUESTION,
            body="Hoe doen jullie dat?",
            sent_at=MOMENTS[0] - timedelta(minutes=10),
            decided_by=by,
            shown_at=MOMENTS[0],
        ),
        chronicle.Told(
            author=people["other"],
            type=PostType.TIP,
            body="Ik leg hem in de gang, en dan lees ik.",
            content_notes=("grief",),
            sent_at=MOMENTS[1] - timedelta(minutes=10),
            decided_by=by,
            shown_at=MOMENTS[1],
        ),
        chronicle.Told(
            author=by,
            type=PostType.EXPERIENCE,
            body="Wat fijn dat jullie elkaar hier helpen.",
            decided_by=by,
            shown_at=MOMENTS[2],
        ),
    ]
    past = chronicle.Conversation(group=group, title="Slapen", type=PostType.QUESTION, told=told)
    for at, record in sorted(chronicle.write_past(work, [past]).entries, key=lambda entry: entry[0]):
        work.now = at
        record()


def test_a_past_that_was_written_is_row_for_row_one_that_was_lived(begin: Begin) -> None:
    found = []
    for play in (lived, written):
        with begin(MOMENTS[0] - timedelta(minutes=10)) as work:
            location = a_location(work)
            group = a_group(work, location)
            people = {
                "youth": a_youth(work, group, "Stille Otter"),
                "other": a_youth(work, group, "Dappere Egel"),
                "clinician": a_clinician(work, location),
            }
            play(work, group, people)
            work.complete()
            found.append(facts(work))
            work.session.rollback()
    assert found[0] == found[1]
