"""The ground everything stands on: sealed text, cursors in commit order, the chained log."""

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from places import asked_of
from sqlalchemy import select

from safespace.audit import log
from safespace.audit.models import AuditEntry
from safespace.kernel.outbox import Audience, AudienceKind, Event, after, cursor_of
from safespace.kernel.sealed import KeyRing, UnsealError, place
from safespace.policy.permissions import Permission
from safespace.policy.roles import Scope
from safespace.policy.rules import allows


def test_a_sealed_word_opens_only_in_its_own_row(keys: KeyRing, group) -> None:
    here, there = place("posts", "body", group.id), place("posts", "title", group.id)
    blob = keys.seal(here, "geheim")
    assert keys.open(here, blob) == "geheim"
    assert b"geheim" not in blob
    with pytest.raises(UnsealError):
        keys.open(there, blob)


def test_after_a_new_key_old_words_still_open(keys: KeyRing, group) -> None:
    here = place("posts", "body", group.id)
    blob = keys.seal(here, "geheim")
    newer = keys.with_new_key()
    assert newer.open(here, blob) == "geheim"
    assert newer.seal(here, "x")[:2] != blob[:2]
    with pytest.raises(UnsealError):
        newer.without(keys.current).open(here, blob)


def test_events_of_one_audience_are_numbered_without_gaps(begin, group) -> None:
    audience = Audience(AudienceKind.GROUP, group.id)
    for _ in range(3):
        with begin() as work:
            work.announce(Event(audience=audience, kind="post_released", group_id=group.id))
    with begin() as work:
        assert [event.cursor for event in after(work.session, audience, 1, limit=10)] == [2, 3]
        assert cursor_of(work.session, audience) == 3


def test_events_of_several_audiences_are_numbered_at_once_each_in_the_order_they_were_told(begin, group) -> None:
    staff, everybody = Audience(AudienceKind.STAFF, group.id), Audience(AudienceKind.GROUP, group.id)
    with begin() as work:
        work.announce(Event(audience=staff, kind="first"))
    with begin() as work, asked_of(work.session.get_bind()) as asked:
        for audience, kind in ((staff, "second"), (everybody, "first"), (staff, "third"), (everybody, "second")):
            work.announce(Event(audience=audience, kind=kind))
        work.complete()
        assert len(asked) == 2
    with begin() as work:
        for audience, told in ((staff, ["first", "second", "third"]), (everybody, ["first", "second"])):
            events = after(work.session, audience, 0, limit=10)
            assert [(event.cursor, event.name) for event in events] == list(enumerate(told, 1))
            assert cursor_of(work.session, audience) == len(told)


def test_what_is_refused_leaves_no_event_and_no_entry(begin, group) -> None:
    audience = Audience(AudienceKind.GROUP, group.id)
    with pytest.raises(RuntimeError), begin() as work:
        actor = a_clinician(work, group.location)
        log.record(work, actor, "decide", location_id=group.location_id)
        work.announce(Event(audience=audience, kind="post_released"))
        raise RuntimeError
    with begin() as work:
        assert cursor_of(work.session, audience) == 0
        assert work.session.scalars(select(AuditEntry)).all() == []


def test_entries_of_a_location_form_one_chain(begin, group) -> None:
    with begin() as work:
        actor = a_clinician(work, group.location)
    for action in ("claim", "decide"):
        with begin() as work:
            log.record(work, actor, action, location_id=group.location_id, on=("post", group.id), outcome="x")
    with begin() as work:
        first, second = work.session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        assert (second.number, second.previous) == (2, first.hash)
        assert log.digest(second) == second.hash
        assert first.actor_id == second.actor_id != actor.account_id


def test_a_youth_reads_the_own_group_only(begin, group) -> None:
    with begin() as work:
        noor = a_youth(work, group)
        other = a_group(work, a_location(work, "Zuidhaven"))
    own = Scope(location_id=group.location_id, group_id=group.id)
    assert allows(noor, Permission.READ_GROUP, own)
    assert not allows(noor, Permission.READ_GROUP, Scope(location_id=other.location_id, group_id=other.id))
    assert not allows(noor, Permission.READ_QUEUE, own)
