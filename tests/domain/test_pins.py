"""Esra pins an item or a post to a group or a conversation: at most three in one place, and nothing that is gone."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_member, a_staff_member, a_youth, an_administrator
from places import asked_of
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.groups.models import Group
from safespace.kernel.outbox import Audience, AudienceKind, after
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.library import items
from safespace.library.items import Draft
from safespace.library.models import Pin
from safespace.moderation.pins import AT_MOST, EXCERPT, all_pins, is_due, pin, pins_of, show_due, unpin
from safespace.policy.roles import Role
from safespace.threads import lifecycle
from safespace.threads.lifecycle import Author, Words
from safespace.threads.models import Post, PostState, PostType

SLEEP = Draft(title="Slaap en schermen", body="Leg je telefoon weg.", topic="sleep")


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def noor(begin, group):
    with begin() as work:
        return a_youth(work, group)


def an_item(work, actor, location_id, **words):
    return items.write_item(work, actor, location_id, replace(SLEEP, **words)).id


def a_released_post(work, group, body="Ik leg mijn telefoon op de gang.", thread=None, notes=()):
    membership = a_member(work, group, f"Stille {os.urandom(4).hex()}")
    opens = thread is None
    thread = thread or lifecycle.add_thread(work, group.id, PostType.TIP)
    words = Words(body=body, title="Wat helpt in de avond" if opens else None, content_notes=notes)
    author = Author(membership_id=membership.id)
    post, revision = lifecycle.add_post(work, thread, author, PostType.TIP, words, state=PostState.PENDING, opens=opens)
    lifecycle.schedule(work, post, revision.id, NOON)
    lifecycle.release(work, post.id, revision.id, revision, list(notes), timedelta())
    return post, thread


def test_an_item_pinned_to_a_group_is_what_its_members_see_first(begin, group, esra, noor) -> None:
    with begin() as work:
        item_id = an_item(work, esra, group.location_id, title_en="Sleep and screens", body_en="Put it away.")
        row = pin(work, esra, group.id, item_id=item_id)
    with begin() as work:
        (view,) = pins_of(work, noor, group.id)
        assert (view.id, view.item_id, view.title, view.lang) == (row.id, item_id, "Slaap en schermen", "nl")
        (view,) = pins_of(work, noor, group.id, language="en")
        assert (view.title, view.lang) == ("Sleep and screens", "en")


def test_a_pinned_post_says_where_it_is_and_how_it_begins(begin, group, esra, noor) -> None:
    with begin() as work:
        _, thread = a_released_post(work, group)
        for _ in range(20):
            post, _ = a_released_post(work, group, "Rust in de avond. " * 30, thread)
        pin(work, esra, group.id, thread_id=thread.id, post_id=post.id)
    with begin() as work:
        assert pins_of(work, noor, group.id) == []
        (view,) = pins_of(work, noor, group.id, thread.id)
        assert (view.post_id, view.thread_id, view.page, view.title) == (post.id, thread.id, 2, "Wat helpt in de avond")
        assert view.excerpt.startswith("Rust in de avond. Rust")
        assert view.excerpt.endswith("…")
        assert len(view.excerpt) <= EXCERPT + 1


def test_a_pinned_post_with_topics_to_be_warned_of_shows_no_words(begin, group, esra, noor) -> None:
    with begin() as work:
        post, _ = a_released_post(work, group, notes=("eating",))
        pin(work, esra, group.id, post_id=post.id)
    with begin() as work:
        (view,) = pins_of(work, noor, group.id)
        assert (view.excerpt, view.content_notes) == ("", ("eating",))


def test_three_fit_in_one_place_and_a_thread_is_a_place_of_its_own(begin, group, esra) -> None:
    with begin() as work:
        four = [an_item(work, esra, group.location_id) for _ in range(AT_MOST + 1)]
        _, thread = a_released_post(work, group)
        rows = [pin(work, esra, group.id, item_id=item_id) for item_id in four[:AT_MOST]]
    with pytest.raises(InvalidError) as refused, begin() as work:
        pin(work, esra, group.id, item_id=four[-1])
    assert refused.value.errors == {"where": "too_many_pins"}
    with begin() as work:
        for item_id in four[1:]:
            pin(work, esra, group.id, thread_id=thread.id, item_id=item_id)
        unpin(work, esra, rows[0].id)
        pin(work, esra, group.id, item_id=four[-1])
    with begin() as work:
        assert [view.item_id for view in pins_of(work, esra, group.id)] == four[1:]
        assert len(all_pins(work, esra, group.id)) == 2 * AT_MOST
        assert {view.place for view in all_pins(work, esra, group.id)} == {"", "Wat helpt in de avond"}


def test_the_same_thing_is_pinned_once_in_one_place(begin, group, esra) -> None:
    with begin() as work:
        item_id = an_item(work, esra, group.location_id)
        post, thread = a_released_post(work, group)
        pin(work, esra, group.id, item_id=item_id)
        pin(work, esra, group.id, thread_id=thread.id, item_id=item_id)
        pin(work, esra, group.id, post_id=post.id)
    for thing in ({"item_id": item_id}, {"post_id": post.id}, {"item_id": item_id, "thread_id": thread.id}):
        with pytest.raises(InvalidError) as refused, begin() as work:
            pin(work, esra, group.id, **thing)
        assert refused.value.errors == {"where": "already_pinned"}


@pytest.mark.parametrize("state", [PostState.HIDDEN, PostState.WITHDRAWN])
def test_a_pinned_post_that_goes_away_leaves_the_top_and_makes_room(begin, group, esra, noor, state) -> None:
    with begin() as work:
        post, _ = a_released_post(work, group)
        pin(work, esra, group.id, post_id=post.id)
        for _ in range(AT_MOST - 1):
            pin(work, esra, group.id, item_id=an_item(work, esra, group.location_id))
    with begin() as work:
        lifecycle.move(work, work.session.get_one(Post, post.id), state)
    with begin() as work:
        assert [view.post_id for view in pins_of(work, noor, group.id)] == [None] * (AT_MOST - 1)
        pin(work, esra, group.id, item_id=an_item(work, esra, group.location_id))
    with begin() as work:
        assert len(pins_of(work, noor, group.id)) == AT_MOST


def test_a_retired_item_leaves_every_place_and_each_group_is_rung(begin, group, esra, noor) -> None:
    with begin() as work:
        item_id = an_item(work, esra, group.location_id)
        _, thread = a_released_post(work, group)
        pin(work, esra, group.id, item_id=item_id)
        pin(work, esra, group.id, thread_id=thread.id, item_id=item_id)
    with begin() as work:
        items.retire_item(work, esra, item_id, 1)
    with begin() as work:
        assert pins_of(work, noor, group.id) == pins_of(work, noor, group.id, thread.id) == []
        rung = after(work.session, Audience(AudienceKind.GROUP, group.id), 2, limit=10)
        assert {(event.name, event.subject_id) for event in rung} == {
            ("pins_changed", None),
            ("pins_changed", thread.id),
        }
    with pytest.raises(NotFoundError), begin() as work:
        pin(work, esra, group.id, item_id=item_id)


def test_pinning_and_unpinning_ring_the_group_and_stand_in_the_log(begin, group, esra) -> None:
    with begin() as work:
        item_id = an_item(work, esra, group.location_id)
        _, thread = a_released_post(work, group)
        row = pin(work, esra, group.id, thread_id=thread.id, item_id=item_id)
    for _ in range(2):  # somebody else just did: nothing is left to do
        with begin() as work:
            assert unpin(work, esra, row.id).thread_id == thread.id
    with begin() as work:
        rung = after(work.session, Audience(AudienceKind.GROUP, group.id), 0, limit=10)
        assert [(event.name, event.subject_id) for event in rung] == [("pins_changed", thread.id)] * 2
        told = work.session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert [entry.action for entry in told] == ["write_item", "pin", "unpin"]
        assert told[1].facts == {"group": str(group.id), "thread": str(thread.id), "item": str(item_id)}


@pytest.mark.parametrize("state", [PostState.PENDING, PostState.HELD, PostState.CHANGES_REQUESTED])
def test_a_post_that_the_group_does_not_see_cannot_be_pinned(begin, group, esra, state) -> None:
    with begin() as work:
        _, thread = a_released_post(work, group)
        author = Author(membership_id=a_member(work, group, "Rustige Reiger").id)
        post, _ = lifecycle.add_post(work, thread, author, PostType.TIP, Words(body="Nog niet."), state=state)
    for place in (None, thread.id):
        with pytest.raises(ConflictError, match="not_offered"), begin() as work:
            pin(work, esra, group.id, thread_id=place, post_id=post.id)


def test_a_thread_that_nobody_sees_yet_is_no_place(begin, group, esra) -> None:
    with begin() as work:
        thread = lifecycle.add_thread(work, group.id, PostType.TIP)
        item_id = an_item(work, esra, group.location_id)
    with pytest.raises(NotFoundError), begin() as work:
        pin(work, esra, group.id, thread_id=thread.id, item_id=item_id)


def test_nothing_of_elsewhere_can_be_pinned(begin, group, esra) -> None:
    with begin() as work:
        south = a_location(work, "Zuidhaven")
        mark = a_clinician(work, south)
        neighbour = a_group(work, group.location, "Eten en beeld")
        their_item = an_item(work, mark, south.id)
        their_post, their_thread = a_released_post(work, neighbour)
        own_post, own_thread = a_released_post(work, group)
        _, other_thread = a_released_post(work, group)
        own_item = an_item(work, esra, group.location_id)
    for thing in (
        {"item_id": their_item},
        {"post_id": their_post.id},
        {"item_id": own_item, "thread_id": their_thread.id},
        {"post_id": own_post.id, "thread_id": other_thread.id},
        {"post_id": own_post.id, "item_id": own_item, "thread_id": own_thread.id},
        {"item_id": own_thread.id},
        {},
    ):
        with pytest.raises(NotFoundError), begin() as work:
            pin(work, esra, group.id, **thing)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("youth", NotAllowedError),
        ("peer worker", NotAllowedError),
        ("administrator", NotFoundError),
        ("clinician elsewhere", NotFoundError),
        ("youth elsewhere", NotFoundError),
    ],
)
def test_only_clinicians_of_the_location_pin(begin, group, esra, who, refusal) -> None:
    with begin() as work:
        elsewhere = a_group(work, a_location(work, "Zuidhaven"))
        actor = {
            "youth": lambda: a_youth(work, group),
            "peer worker": lambda: a_staff_member(work, group.location, Role.PEER_WORKER),
            "administrator": lambda: an_administrator(work, group.location),
            "clinician elsewhere": lambda: a_clinician(work, elsewhere.location),
            "youth elsewhere": lambda: a_youth(work, elsewhere),
        }[who]()
        item_id = an_item(work, esra, group.location_id)
        row = pin(work, esra, group.id, item_id=item_id)
    with pytest.raises(refusal), begin() as work:
        pin(work, actor, group.id, item_id=item_id)
    with pytest.raises(refusal), begin() as work:
        unpin(work, actor, row.id)
    with pytest.raises(refusal), begin() as work:
        all_pins(work, actor, group.id)
    if refusal is NotFoundError:
        with pytest.raises(NotFoundError), begin() as work:
            pins_of(work, actor, group.id)


def test_what_is_pinned_costs_one_query_after_the_groups(begin, engine, group, esra, noor) -> None:
    with begin() as work:
        for _ in range(AT_MOST - 1):
            pin(work, esra, group.id, item_id=an_item(work, esra, group.location_id))
        pin(work, esra, group.id, post_id=a_released_post(work, group)[0].id)
    with begin() as work:
        here = work.session.get_one(Group, group.id)
        with asked_of(engine) as asked:
            assert len(pins_of(work, noor, here.id)) == AT_MOST
    assert len(asked) == 1


def test_many_hands_at_once_pin_three(engine, tmp_path, settings, keys) -> None:
    with many_writers(engine, tmp_path, settings, keys, NOON) as shared:
        with shared() as work:
            group = a_group(work, a_location(work))
            esra = a_clinician(work, group.location)
            many = [an_item(work, esra, group.location_id) for _ in range(12)]
            thread_id = a_released_post(work, group)[1].id

        def attempt(item_id) -> str:
            try:
                with shared() as work:
                    pin(work, esra, group.id, thread_id=thread_id, item_id=item_id)
            except InvalidError as error:
                return error.errors["where"]
            return "pinned"

        with ThreadPoolExecutor(8) as hands:
            outcomes = list(hands.map(attempt, many))
        assert sorted(outcomes) == ["pinned"] * AT_MOST + ["too_many_pins"] * (len(many) - AT_MOST)
        with shared() as work:
            assert len(pins_of(work, esra, group.id, thread_id)) == AT_MOST
            assert len(work.session.scalars(select(AuditEntry).where(AuditEntry.action == "pin")).all()) == AT_MOST


def test_a_retired_item_is_never_left_pinned(engine, tmp_path, settings, keys) -> None:
    with many_writers(engine, tmp_path, settings, keys, NOON) as shared:
        with shared() as work:
            group = a_group(work, a_location(work))
            esra = a_clinician(work, group.location)
            many = [an_item(work, esra, group.location_id) for _ in range(12)]

        def pin_it(item_id) -> None:
            with suppress(InvalidError, NotFoundError), shared() as work:
                pin(work, esra, group.id, item_id=item_id)

        def retire_it(item_id) -> None:
            with shared() as work:
                items.retire_item(work, esra, item_id, 1)

        with ThreadPoolExecutor(8) as hands:
            for item_id in many:
                done = [hands.submit(pin_it, item_id), hands.submit(retire_it, item_id)]
                for one in done:
                    one.result()
        with shared() as work:
            assert work.session.scalars(select(Pin).where(Pin.unpinned_at.is_(None))).all() == []


def rung(work, group):
    return [event.name for event in after(work.session, Audience(AudienceKind.GROUP, group.id), 0, limit=9)]


def test_what_is_planned_for_the_next_meeting_appears_by_itself_and_only_then(begin, group, esra, noor) -> None:
    meeting = NOON + timedelta(days=7)
    with begin() as work:
        item_id = an_item(work, esra, group.location_id)
        row = pin(work, esra, group.id, item_id=item_id, at=meeting)
    with begin(meeting - timedelta(minutes=1)) as work:
        assert not is_due(work)
        show_due(work)
        assert pins_of(work, noor, group.id) == []
        assert [view.planned_for for view in all_pins(work, esra, group.id)] == [meeting]
        assert rung(work, group) == []
    with begin(meeting + timedelta(minutes=3)) as work:  # nothing ran at the moment itself
        assert is_due(work)
        show_due(work)
    with begin(meeting + timedelta(minutes=4)) as work:
        show_due(work)
        assert not is_due(work)
        assert [view.id for view in pins_of(work, noor, group.id)] == [row.id]
        assert [view.planned_for for view in all_pins(work, esra, group.id)] == [None]
        assert rung(work, group) == ["pins_changed"]
        done = work.session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == row.id)).all()
        assert sorted(done) == ["pin_shown", "plan_pin"]


def test_a_plan_that_is_dropped_or_whose_item_is_gone_is_never_heard_of(begin, group, esra, noor) -> None:
    with begin() as work:
        dropped, gone = (an_item(work, esra, group.location_id) for _ in range(2))
        row = pin(work, esra, group.id, item_id=dropped, at=NOON + timedelta(hours=1))
        pin(work, esra, group.id, item_id=gone, at=NOON + timedelta(hours=1))
    with begin() as work:
        unpin(work, esra, row.id)
        items.retire_item(work, esra, gone, 1)
    with begin(NOON + timedelta(hours=2)) as work:
        assert not is_due(work)
        show_due(work)
        assert (pins_of(work, noor, group.id), rung(work, group)) == ([], [])


def test_a_moment_that_is_over_is_refused_and_a_plan_takes_one_of_the_three_places(begin, group, esra) -> None:
    with begin() as work:
        four = [an_item(work, esra, group.location_id) for _ in range(AT_MOST + 1)]
    with pytest.raises(InvalidError) as refused, begin() as work:
        pin(work, esra, group.id, item_id=four[0], at=NOON)
    assert refused.value.errors == {"starts": "not_in_future"}
    with begin() as work:
        for item_id in four[:AT_MOST]:
            pin(work, esra, group.id, item_id=item_id, at=NOON + timedelta(days=1))
    with pytest.raises(InvalidError) as refused, begin() as work:
        pin(work, esra, group.id, item_id=four[-1])
    assert refused.value.errors == {"where": "too_many_pins"}
