"""Esra writes short pieces of psycho-education; young people of her location read them, in Dutch or English."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import (
    NOON,
    a_clinician,
    a_group,
    a_location,
    a_member,
    a_staff_member,
    a_youth,
    actor_of,
    an_administrator,
)
from sqlalchemy import func, select

from safespace.audit.models import AuditEntry
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import TITLE
from safespace.library import items, reading
from safespace.library.items import Draft
from safespace.library.markdown import CAP
from safespace.library.models import Item
from safespace.library.starter import StarterInvalidError, load_starter, seed_items
from safespace.policy.permissions import Permission
from safespace.policy.roles import MembershipState, Role
from safespace.settings import CONFIG

SLEEP = Draft(title="Slaap en schermen", body="Leg je telefoon **weg**.", topic="sleep")
BOTH = replace(SLEEP, title_en="Sleep and screens", body_en="Put your phone **away**.")


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def item(begin, group, esra):
    with begin() as work:
        return items.write_item(work, esra, group.location_id, SLEEP)


@pytest.mark.usefixtures("item")
def test_what_esra_writes_a_youth_of_the_location_reads(begin, group) -> None:
    with begin() as work:
        noor = a_youth(work, group)
        (line,) = reading.items_of(work, noor, group.location_id)
        view = reading.view_of(work, reading.obtain_item(work, noor, line.id))
    assert (line.title, line.topic, line.lang) == ("Slaap en schermen", "sleep", "nl")
    assert (view.body, view.minutes, view.changed_at) == (SLEEP.body, 1, NOON)


def test_words_are_sealed_and_the_log_holds_none_of_them(begin, item) -> None:
    with begin() as work:
        kept = work.session.get_one(Item, item.id)
        assert b"Slaap" not in kept.title
        assert b"telefoon" not in kept.body
        entry = work.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.object_type, entry.object_id) == ("write_item", "item", item.id)
        assert "Slaap" not in str(entry.facts)
        assert "Slaap" not in repr(reading.view_of(work, kept))
        assert "Slaap" not in repr(SLEEP)


def test_english_falls_back_on_dutch_and_says_so(begin, group, esra, item) -> None:
    with begin() as work:
        assert reading.view_of(work, item, "en").lang == "nl"
        items.change_item(work, esra, item.id, 1, BOTH)
    with begin() as work:
        view = reading.view_of(work, reading.obtain_item(work, esra, item.id), "en")
        assert (view.lang, view.title, view.body) == ("en", BOTH.title_en, BOTH.body_en)
        (line,) = reading.items_of(work, esra, group.location_id, "en")
        assert (line.lang, line.title) == ("en", BOTH.title_en)
        items.change_item(work, esra, item.id, 2, SLEEP)
    with begin() as work:
        assert reading.view_of(work, reading.obtain_item(work, esra, item.id), "en").lang == "nl"


@pytest.mark.parametrize(
    ("draft", "errors"),
    [
        (replace(SLEEP, title=" "), {"title": "empty"}),
        (replace(SLEEP, body="\u200b"), {"body": "empty"}),
        (replace(SLEEP, title="a" * (TITLE + 1), body=""), {"title": "too_long", "body": "empty"}),
        (replace(SLEEP, body="a" * (CAP + 1)), {"body": "too_long"}),
        (replace(SLEEP, topic="weer"), {"topic": "unknown_choice"}),
        (replace(SLEEP, title_en="Sleep"), {"body_en": "empty"}),
        (replace(SLEEP, body_en="Put it away"), {"title_en": "empty"}),
        (replace(BOTH, body_en="a" * (CAP + 1)), {"body_en": "too_long"}),
    ],
)
def test_every_field_that_needs_another_look_is_named(begin, group, esra, draft, errors) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        items.write_item(work, esra, group.location_id, draft)
    assert refused.value.errors == errors


def test_the_longest_item_that_is_allowed_is_kept_whole(begin, group, esra) -> None:
    longest = replace(BOTH, body="é" * CAP, body_en="b" * CAP)
    with begin() as work:
        written = items.write_item(work, esra, group.location_id, longest)
        assert reading.view_of(work, written).body == longest.body


def test_two_clinicians_who_change_one_item_do_not_overwrite_each_other(begin, group, esra, item) -> None:
    with begin() as work:
        mark = a_clinician(work, group.location, "Mark")
    with begin(NOON + timedelta(hours=1)) as work:
        changed = items.change_item(work, mark, item.id, 1, replace(SLEEP, title="Beter slapen"))
        assert (changed.version, changed.changed_at) == (2, NOON + timedelta(hours=1))
    with pytest.raises(ConflictError), begin() as work:
        items.change_item(work, esra, item.id, 1, replace(SLEEP, title="Slapen"))
    with pytest.raises(ConflictError), begin() as work:
        items.retire_item(work, esra, item.id, 1)
    with begin() as work:
        assert reading.view_of(work, reading.obtain_item(work, esra, item.id)).title == "Beter slapen"


def test_a_retired_item_is_gone_for_everybody(begin, group, esra, item) -> None:
    with begin() as work:
        items.retire_item(work, esra, item.id, 1)
    for permission in (Permission.READ_LIBRARY, Permission.WRITE_LIBRARY):
        with pytest.raises(NotFoundError), begin() as work:
            reading.obtain_item(work, esra, item.id, permission)
    with begin() as work:
        assert reading.items_of(work, esra, group.location_id) == []
        assert "retire_item" in work.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize("who", ["youth", "administrator", "peer worker", "clinician elsewhere", "not proven"])
def test_only_clinicians_of_the_location_write(begin, group, esra, item, who) -> None:
    with begin() as work:
        elsewhere = a_location(work, "Zuidhaven")
        actor = {
            "youth": lambda: a_youth(work, group),
            "administrator": lambda: an_administrator(work, group.location),
            "peer worker": lambda: a_staff_member(work, group.location, Role.PEER_WORKER),
            "clinician elsewhere": lambda: a_clinician(work, elsewhere),
            "not proven": lambda: replace(esra, proven=False),
        }[who]()
    with pytest.raises(NotFoundError), begin() as work:
        items.write_item(work, actor, group.location_id, SLEEP)
    with pytest.raises(NotFoundError), begin() as work:
        items.change_item(work, actor, item.id, 1, SLEEP)
    with pytest.raises(NotFoundError), begin() as work:
        items.retire_item(work, actor, item.id, 1)


def test_a_youth_of_another_location_does_not_know_that_an_item_exists(begin, group, item) -> None:
    with begin() as work:
        sem = a_youth(work, a_group(work, a_location(work, "Zuidhaven")))
        assert [place.name for place in reading.locations_of(work, sem)] == ["Zuidhaven"]
    with pytest.raises(NotFoundError), begin() as work:
        reading.obtain_item(work, sem, item.id)
    with pytest.raises(NotFoundError), begin() as work:
        reading.items_of(work, sem, group.location_id)


def test_a_break_in_one_group_leaves_the_library_open_through_another(begin, group, item) -> None:
    with begin() as work:
        membership = a_member(work, group, "Stille Otter")
        membership.state = MembershipState.PAUSED
        work.session.flush()
        noor = actor_of(work, membership.account_id)
        assert reading.locations_of(work, noor) == []
        with pytest.raises(NotFoundError):
            reading.obtain_item(work, noor, item.id)
        other = a_group(work, group.location, "Eten en beeld")
        account = membership.account_id
    with begin() as work:
        place = a_member(work, other, "Rustige Reiger")
        place.account_id = account
        work.session.flush()
        noor = actor_of(work, account)
        assert reading.obtain_item(work, noor, item.id).id == item.id


def test_a_clinician_finds_the_locations_where_writing_is_possible(begin, group, esra) -> None:
    with begin() as work:
        peer = a_staff_member(work, group.location, Role.PEER_WORKER)
        assert [place.id for place in reading.locations_of(work, esra, Permission.WRITE_LIBRARY)] == [group.location_id]
        assert reading.locations_of(work, peer, Permission.WRITE_LIBRARY) == []
        assert [place.id for place in reading.locations_of(work, peer)] == [group.location_id]


def test_the_starter_library_is_complete_and_in_two_languages() -> None:
    starters = load_starter(CONFIG / "library")
    assert len(starters) == len(list((CONFIG / "library").glob("*.nl.md"))) > 10
    assert all(starter.draft.body_en and starter.draft.topic in items.TOPICS for starter in starters)


def test_a_location_gets_the_starter_library_once(begin, group, esra) -> None:
    with begin() as work:
        first = seed_items(work, group.location_id)
    with begin() as work:
        slug, item_id = next(iter(first.items()))
        items.retire_item(work, esra, item_id, 1)
    with begin() as work:
        assert seed_items(work, group.location_id) == first
        assert work.session.scalar(select(func.count()).select_from(Item)) == len(first)
        shown = reading.items_of(work, esra, group.location_id)
        assert slug not in [line.slug for line in shown]
        assert [line.slug for line in shown] == sorted(line.slug for line in shown)
        dates = set(work.session.scalars(select(Item.changed_at)))
        assert dates == {datetime.combine(one.day, NOON.time(), UTC) for one in load_starter(CONFIG / "library")}
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "seed_library")).all()
        assert [(entry.role, entry.facts) for entry in entries] == [("system", {"items": len(first)})]


def test_two_locations_have_a_starter_library_each(begin, group) -> None:
    with begin() as work:
        other = a_location(work, "Zuidhaven")
        assert set(seed_items(work, other.id).values()).isdisjoint(seed_items(work, group.location_id).values())


GOOD = '+++\ntitle = "Titel"\ntopic = "sleep"\ndate = 2026-11-23\n+++\n\nTekst.\n'


@pytest.mark.parametrize(
    "text",
    [
        "geen kop",
        "tekst\n" + GOOD,
        GOOD.replace('"Titel"', '""'),
        GOOD.replace("sleep", "weer"),
        GOOD.replace("date = 2026-11-23\n", ""),
        GOOD.replace("2026-11-23", '"gisteren"'),
        GOOD.replace("title = ", "title "),
        GOOD.replace('"Titel"', "7"),
        GOOD + "a" * CAP,
    ],
)
def test_a_starter_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "01-goed.nl.md").write_text(GOOD)
    assert [starter.slug for starter in load_starter(tmp_path)] == ["01-goed"]
    (tmp_path / "02-fout.nl.md").write_text(text)
    with pytest.raises(StarterInvalidError, match="02-fout"):
        load_starter(tmp_path)
