"""The log holds: whatever is done to it behind the application's back is found and named."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from at_once import many_writers
from builders import NOON, a_clinician, a_location, an_administrator
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from safespace.accounts.names import staff_in_log
from safespace.audit import chain, log, reading, triggers
from safespace.audit.chain import Fault
from safespace.audit.models import AuditEntry, AuditHead, AuditPerson
from safespace.audit.reading import Wanted
from safespace.groups.models import Location
from safespace.kernel.refusals import NotFoundError

CHAIN = AuditEntry.chain_id


@pytest.fixture
def place(begin, group) -> UUID:
    """A location in whose chain five things were done."""
    with begin() as work:
        esra = a_clinician(work, group.location)
    for step in range(5):
        with begin() as work:
            log.record(work, esra, "decide", location_id=group.location_id, on=("post", group.id), step=step)
    return group.location_id


@pytest.fixture
def owner(engine, place) -> Session:
    """Whoever owns the database and takes the triggers away."""
    del place
    with Session(engine) as session:
        for statement in triggers.REMOVE[engine.dialect.name]:
            session.execute(sa.text(statement))
        yield session


def entry(session: Session, place: UUID, number: int) -> AuditEntry:
    return session.scalars(sa.select(AuditEntry).where(place == CHAIN, AuditEntry.number == number)).one()


def first_fault(session: Session, place: UUID, exported: dict[int, str] | None = None) -> tuple[int, Fault] | None:
    session.flush()
    broken = chain.verify(session, place, exported)
    return (broken.number, broken.fault) if broken else None


def rehash(session: Session, place: UUID, start: int) -> None:
    """Write the chain anew from an entry on, head and all, as a careful forger would."""
    rows = session.scalars(sa.select(AuditEntry).where(place == CHAIN).order_by(AuditEntry.number)).all()
    previous = ""
    for row in rows:
        if row.number >= start:
            row.previous = previous
            row.hash = log.digest(row)
        previous = row.hash
    head = session.get_one(AuditHead, place)
    head.number, head.hash = rows[-1].number, previous
    session.flush()


def test_a_log_that_nobody_touched_is_whole(begin, place) -> None:
    with begin() as work:
        assert chain.verify(work.session, place) is None
        assert chain.verify_all(work.session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'nothing'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE number = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(engine, place, statement) -> None:
    del place
    with pytest.raises(DatabaseError, match="never changed"), engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "approve"),
        ("role", "system"),
        ("facts", {"step": 9}),
        ("object_type", "thread"),
        ("object_id", UUID(int=7)),
        ("actor_id", None),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_entry_is_named(owner, place, number, column, value) -> None:
    setattr(entry(owner, place, number), column, value)
    assert first_fault(owner, place) == (number, Fault.CHANGED)


def test_a_removed_entry_is_named(owner, place) -> None:
    owner.delete(entry(owner, place, 3))
    assert first_fault(owner, place) == (3, Fault.MISSING)


def test_a_removed_first_entry_is_named(owner, place) -> None:
    owner.delete(entry(owner, place, 1))
    assert first_fault(owner, place) == (1, Fault.MISSING)


def test_a_cut_tail_is_named(owner, place) -> None:
    owner.delete(entry(owner, place, 4))
    owner.delete(entry(owner, place, 5))
    assert first_fault(owner, place) == (4, Fault.CUT)


def _copy(row: AuditEntry, number: int, previous: str) -> AuditEntry:
    made = AuditEntry(
        chain_id=row.chain_id,
        number=number,
        at=row.at,
        actor_id=row.actor_id,
        role=row.role,
        action="approve",
        object_type=row.object_type,
        object_id=row.object_id,
        facts={},
        previous=previous,
        hash="",
    )
    made.hash = log.digest(made)
    return made


def test_an_added_entry_is_named_even_when_it_is_well_formed(owner, place) -> None:
    last = entry(owner, place, 5)
    owner.add(_copy(last, 6, last.hash))
    assert first_fault(owner, place) == (6, Fault.ADDED)


def test_an_inserted_entry_is_named(owner, place) -> None:
    for number in (5, 4):
        entry(owner, place, number).number += 1
        owner.flush()
    owner.add(_copy(entry(owner, place, 3), 4, entry(owner, place, 3).hash))
    owner.get_one(AuditHead, place).number = 6
    assert first_fault(owner, place) == (5, Fault.CHANGED)


def test_two_entries_in_another_order_are_named(owner, place) -> None:
    second, third = entry(owner, place, 2), entry(owner, place, 3)
    second.number = 99
    owner.flush()
    third.number = 2
    owner.flush()
    second.number = 3
    owner.flush()
    assert first_fault(owner, place) == (2, Fault.CHANGED)
    for row in (second, third):
        row.hash = log.digest(row)
    assert first_fault(owner, place) == (2, Fault.UNLINKED)


def test_a_head_that_was_changed_is_named(owner, place) -> None:
    owner.get_one(AuditHead, place).hash = "0" * 64
    assert first_fault(owner, place) == (5, Fault.CHANGED)


def test_a_chain_without_its_head_is_named(owner, place) -> None:
    owner.delete(owner.get_one(AuditHead, place))
    assert first_fault(owner, place) == (1, Fault.ADDED)


def test_a_tail_cut_with_its_head_shows_in_the_exported_heads(owner, place, settings, begin) -> None:
    path = settings.data_dir / chain.HEADS_FILE
    with begin() as work:
        chain.export_heads(work.session, path, work.now)
    owner.delete(entry(owner, place, 5))
    owner.flush()
    rehash(owner, place, 1)
    assert first_fault(owner, place) is None
    assert first_fault(owner, place, chain.read_heads(path)[place]) == (5, Fault.CUT)


def test_a_past_written_anew_shows_in_the_exported_heads(owner, place, settings, begin) -> None:
    path = settings.data_dir / chain.HEADS_FILE
    with begin() as work:
        chain.export_heads(work.session, path, work.now)
        chain.export_heads(work.session, path, work.now)
    entry(owner, place, 2).action = "approve"
    owner.flush()
    rehash(owner, place, 2)
    assert first_fault(owner, place) is None
    assert first_fault(owner, place, chain.read_heads(path)[place]) == (5, Fault.REWRITTEN)


def test_a_whole_chain_that_is_gone_shows_in_the_exported_heads(owner, place, settings, begin) -> None:
    path = settings.data_dir / chain.HEADS_FILE
    with begin() as work:
        chain.export_heads(work.session, path, work.now)
    owner.execute(sa.delete(AuditEntry))
    owner.execute(sa.delete(AuditHead))
    (broken,) = chain.verify_all(owner, chain.read_heads(path))
    assert (broken.chain_id, broken.number, broken.fault) == (place, 1, Fault.CUT)


def test_a_spoiled_line_of_exported_heads_is_named(settings) -> None:
    path = settings.data_dir / chain.HEADS_FILE
    path.write_text('{"at":"2026-11-23","heads":{}}\nnonsense\n')
    with pytest.raises(ValueError, match="line 2"):
        chain.read_heads(path)


def test_an_administrator_reads_the_log_of_the_own_location_and_that_shows(begin, group, place) -> None:
    with begin() as work:
        karin = an_administrator(work, group.location)
    with begin() as work:
        found = reading.entries(work, karin, place, Wanted())
        assert [one.number for one in found] == [5, 4, 3, 2, 1]
        assert found[0].account_id is not None
    with begin() as work:
        newest = reading.entries(work, karin, place, Wanted(), limit=1)[0]
        assert (newest.action, newest.role, newest.facts) == ("read_log", "administrator", {"count": 5, "asked": {}})
        assert newest.account_id == karin.account_id


def test_the_log_is_filtered_and_paged_by_number(begin, group, place) -> None:
    with begin() as work:
        karin = an_administrator(work, group.location)
        esra = reading.entries(work, karin, place, Wanted(), limit=1)[0].actor
    with begin() as work:
        assert [one.number for one in reading.entries(work, karin, place, Wanted(before=3))] == [2, 1]
        assert len(reading.entries(work, karin, place, Wanted(actor=esra, action="decide"))) == 5
        assert reading.entries(work, karin, place, Wanted(until=NOON)) == []
        assert len(reading.entries(work, karin, place, Wanted(since=NOON, until=NOON + timedelta(seconds=1)))) > 5
        names = staff_in_log(work, karin, place)
        assert (names[esra], set(names.values())) == ("Esra", {"Esra", "Karin"})
        with pytest.raises(NotFoundError):
            staff_in_log(work, an_administrator(work, a_location(work, "Zuidhaven")), place)


@pytest.mark.parametrize("who", [a_clinician, an_administrator])
def test_nobody_else_reads_it(begin, group, place, who) -> None:
    with begin() as work:
        elsewhere = who(work, group.location if who is a_clinician else a_location(work, "Zuidhaven"))
    for read in (reading.entries, reading.export):
        with pytest.raises(NotFoundError), begin() as work:
            read(work, elsewhere, place, Wanted(), limit=10)


def test_after_erasure_an_entry_stays_without_a_person(begin, group, place) -> None:
    with begin() as work:
        karin = an_administrator(work, group.location)
        work.session.execute(sa.delete(AuditPerson))
    with begin() as work:
        found = reading.entries(work, karin, place, Wanted(action="decide"))
        assert {one.account_id for one in found} == {None}
        assert chain.verify(work.session, place) is None


def test_what_somebody_does_first_twice_in_one_moment_is_by_one_person(
    engine, tmp_path, settings, keys, begin, group
) -> None:
    with begin() as work:
        newcomers = [a_clinician(work, group.location, f"Esra {number}") for number in range(10)]
    with many_writers(engine, tmp_path, settings, keys, NOON) as unit:

        def act(esra, start) -> None:
            start.wait()
            with unit() as work:
                log.record(work, esra, "claim", location_id=group.location_id)

        for esra in newcomers:
            start = Barrier(2)
            with ThreadPoolExecutor(2) as both:
                list(both.map(act, (esra, esra), (start, start)))
        with unit() as work:
            by = work.session.execute(sa.select(AuditEntry.actor_id, sa.func.count()).group_by(AuditEntry.actor_id))
            assert [count for _, count in by] == [2] * len(newcomers)
            assert chain.verify(work.session, group.location_id) is None


def seen_head(work, place: UUID, esra):
    asked = log.with_head(sa.select(Location).where(Location.id == place), Location.id)
    return work.session.execute(asked, {"account_id": esra.account_id}).one()


def test_a_head_that_moved_since_it_was_seen_is_asked_for_again(begin, group, place) -> None:
    with begin() as work:
        esra = a_clinician(work, group.location, "Esra")
    with begin() as work:
        log.record(work, esra, "claim", location_id=place)
    with begin() as work:
        seen = seen_head(work, place, esra)
    with begin() as work:
        log.record(work, esra, "claim", location_id=place)
    with begin() as work:
        log.see_head(work, esra, place, seen)
        log.record(work, esra, "decide_keep", location_id=place)
        log.record(work, esra, "report_answered", location_id=place)
    with begin() as work:
        rows = work.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)).all()
        assert [row.action for row in rows][-4:] == ["claim", "claim", "decide_keep", "report_answered"]
        assert len({row.actor_id for row in rows[-4:]}) == 1
        assert chain.verify(work.session, place) is None


def test_who_sees_one_head_at_one_moment_writes_one_chain(engine, tmp_path, settings, keys) -> None:
    with many_writers(engine, tmp_path, settings, keys, NOON) as unit:
        with unit() as work:
            there = a_location(work)
            two = [a_clinician(work, there, name) for name in ("Esra", "Jeroen")]
            for one in two:
                log.record(work, one, "claim", location_id=there.id)

        def act(who, start) -> None:
            for _ in range(20):
                start.wait()
                with unit() as work:
                    log.see_head(work, who, there.id, seen_head(work, there.id, who))
                    log.record(work, who, "claim", location_id=there.id)

        start = Barrier(2)
        with ThreadPoolExecutor(2) as both:
            list(both.map(act, two, (start, start)))
        with unit() as work:
            assert work.session.get_one(AuditHead, there.id).number == 2 + 2 * 20
            assert chain.verify(work.session, there.id) is None
