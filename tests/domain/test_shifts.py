"""Who reads along when: planned by the team itself, without clashes, and empty hours are seen two days before."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from safespace.groups.models import Location, StaffRole
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.moderation import training
from safespace.roster import shifts
from safespace.roster.models import Shift, ShiftRole

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


MONDAY = local("2026-11-23 08:00")


@pytest.fixture
def team(begin):
    with begin(MONDAY) as work:
        location = a_location(work, hours=OFFICE)
        return location, a_clinician(work, location, "Esra"), a_clinician(work, location, "Jeroen")


def plans(begin, team, who, starts, ends, role=ShiftRole.MODERATOR, location=None):
    with begin(MONDAY) as work:
        return shifts.plan_shift(
            work,
            team[1],
            (location or team[0]).id,
            account_id=who.account_id,
            role=role,
            starts_at=local(starts),
            ends_at=local(ends),
        )


def gaps(begin, team, now=MONDAY):
    with begin(now) as work:
        found, _ = shifts.ahead(work, work.session.get_one(type(team[0]), team[0].id), training.may_decide)
        return [tuple(moment.astimezone(AMSTERDAM).strftime("%a %H:%M") for moment in span) for span in found]


def test_an_empty_block_is_seen_two_days_before(begin, team) -> None:
    assert gaps(begin, team) == [("Mon 09:00", "Mon 17:00"), ("Tue 09:00", "Tue 17:00")]


def test_shifts_cover_and_what_is_left_between_them_is_seen(begin, team) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 12:00")
    plans(begin, team, team[2], "2026-11-23 13:00", "2026-11-23 17:00")
    plans(begin, team, team[2], "2026-11-24 08:30", "2026-11-24 17:00")
    assert gaps(begin, team) == [("Mon 12:00", "Mon 13:00")]


def test_a_few_minutes_between_two_shifts_are_no_empty_block(begin, team) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 12:50")
    plans(begin, team, team[2], "2026-11-23 13:00", "2026-11-23 17:00")
    assert ("Mon 12:50", "Mon 13:00") not in gaps(begin, team)


def test_somebody_who_can_be_called_does_not_read_along(begin, team) -> None:
    plans(begin, team, team[1], "2026-11-23 08:30", "2026-11-25 08:30", ShiftRole.ON_CALL)
    assert len(gaps(begin, team)) == 2


def test_a_cancelled_shift_and_one_of_somebody_who_left_cover_nothing(begin, team) -> None:
    shift = plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 17:00")
    plans(begin, team, team[2], "2026-11-24 09:00", "2026-11-24 17:00")
    with begin(MONDAY) as work:
        shifts.cancel_shift(work, team[2], shift.id)
    with begin(MONDAY) as work:
        role = work.session.scalars(select(StaffRole).where(StaffRole.account_id == team[2].account_id)).one()
        role.revoked_at = MONDAY
    assert len(gaps(begin, team)) == 2


@pytest.mark.parametrize(
    ("works_from", "left"),
    [
        ("2026-11-23 09:00", []),
        ("2026-11-23 12:00", [("Mon 09:00", "Mon 12:00")]),
        ("2026-11-23 17:00", [("Mon 09:00", "Mon 17:00")]),
        ("2026-11-30 09:00", [("Mon 09:00", "Mon 17:00")]),
    ],
)
def test_a_shift_covers_from_when_the_role_begins(begin, team, works_from, left) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 17:00")
    plans(begin, team, team[2], "2026-11-24 09:00", "2026-11-24 17:00")
    with begin(MONDAY) as work:
        role = work.session.scalars(select(StaffRole).where(StaffRole.account_id == team[1].account_id)).one()
        role.works_from = local(works_from)
    assert gaps(begin, team) == left


def test_where_practice_is_asked_who_still_practises_covers_nothing(begin, team, settings) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 17:00")
    plans(begin, team, team[2], "2026-11-24 09:00", "2026-11-24 17:00")
    assert gaps(begin, team) == []
    with begin(MONDAY) as work:
        work.session.get_one(Location, team[0].id).training_required = True
        for one in training.course(settings.config_dir).exercises.values():
            training.answer(work, team[1], one.key, one.actions[0].value, one.severities[0].value)
    assert gaps(begin, team) == [("Tue 09:00", "Tue 17:00")]


def test_on_a_holiday_nobody_has_to_be_planned(begin, team) -> None:
    assert gaps(begin, team, local("2026-04-26 12:00")) == [("Tue 09:00", "Tue 12:00")]


def test_nobody_reads_in_two_places_at_once(begin, team) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 12:00")
    with pytest.raises(InvalidError) as refused:
        plans(begin, team, team[1], "2026-11-23 11:59", "2026-11-23 13:00")
    assert refused.value.errors == {"starts": "shift_clash"}
    with begin(MONDAY) as work:
        south = a_location(work, "Zuidhaven", hours=OFFICE)
        work.session.add(
            StaffRole(
                account_id=team[1].account_id,
                location_id=south.id,
                role=team[1].roles[team[0].id],
                granted_at=MONDAY,
                works_from=MONDAY,
            )
        )
        anna = a_clinician(work, south, "Anna")
    with pytest.raises(InvalidError):
        plans(begin, (team[0], anna), team[1], "2026-11-23 10:00", "2026-11-23 11:00", location=south)
    plans(begin, team, team[1], "2026-11-23 12:00", "2026-11-23 13:00")
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-24 09:00", ShiftRole.ON_CALL)
    with pytest.raises(InvalidError):
        plans(begin, team, team[1], "2026-11-23 20:00", "2026-11-24 10:00", ShiftRole.ON_CALL)


@pytest.mark.parametrize(
    ("starts", "ends", "role", "code"),
    [
        ("2026-11-23 12:00", "2026-11-23 12:00", ShiftRole.MODERATOR, "shift_order"),
        ("2026-11-23 12:00", "2026-11-23 11:00", ShiftRole.MODERATOR, "shift_order"),
        ("2026-11-22 09:00", "2026-11-22 17:00", ShiftRole.MODERATOR, "not_in_future"),
        ("2026-11-23 09:00", "2026-11-23 21:30", ShiftRole.MODERATOR, "shift_long"),
        ("2026-11-23 09:00", "2026-12-01 09:00", ShiftRole.ON_CALL, "shift_long"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(begin, team, starts, ends, role, code) -> None:
    with pytest.raises(InvalidError) as refused:
        plans(begin, team, team[1], starts, ends, role)
    assert refused.value.errors == {"ends": code}


def test_only_clinicians_of_the_location_are_planned(begin, team) -> None:
    with begin(MONDAY) as work:
        karin = an_administrator(work, team[0])
        stranger = a_clinician(work, a_location(work, "Zuidhaven"))
    for who in (karin, stranger):
        with pytest.raises(InvalidError):
            plans(begin, team, who, "2026-11-23 09:00", "2026-11-23 12:00")
    plans(begin, (team[0], karin), team[1], "2026-11-23 09:00", "2026-11-23 12:00")


def test_youths_and_strangers_find_no_roster(begin, team) -> None:
    with begin(MONDAY) as work:
        noor = a_youth(work, a_group(work, team[0]))
        stranger = a_clinician(work, a_location(work, "Zuidhaven"))
        for who in (noor, stranger):
            with pytest.raises(NotFoundError):
                shifts.shifts_between(work, who, team[0].id, MONDAY, MONDAY + timedelta(days=1))


def test_a_shift_that_is_over_stays_as_it_was(begin, team) -> None:
    shift = plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 12:00")
    with pytest.raises(NotFoundError), begin(local("2026-11-23 12:00")) as work:
        shifts.cancel_shift(work, team[1], shift.id)
    with begin() as work:
        assert work.session.get_one(Shift, shift.id).cancelled_at is None


def test_who_is_on_shift_now_is_known_by_role(begin, team) -> None:
    plans(begin, team, team[1], "2026-11-23 09:00", "2026-11-23 12:00")
    plans(begin, team, team[2], "2026-11-23 09:00", "2026-11-24 09:00", ShiftRole.ON_CALL)
    with begin(local("2026-11-23 10:00")) as work:
        assert shifts.on_shift(work, team[0].id) == {
            team[1].account_id: {ShiftRole.MODERATOR},
            team[2].account_id: {ShiftRole.ON_CALL},
        }
    with begin(local("2026-11-23 12:00")) as work:
        assert set(shifts.on_shift(work, team[0].id)) == {team[2].account_id}


SPANS = st.tuples(st.integers(0, 2000), st.integers(1, 400)).map(
    lambda one: (MONDAY + timedelta(minutes=one[0]), MONDAY + timedelta(minutes=one[0] + one[1]))
)


@given(SPANS, st.lists(SPANS, max_size=8))
def test_every_minute_is_covered_or_told(span, planned) -> None:
    found = shifts.uncovered(span, planned)
    assert all(span[0] <= starts < ends <= span[1] and ends - starts >= shifts.GAP for starts, ends in found)
    free = 0
    minute = span[0]
    while minute < span[1]:
        told = any(starts <= minute < ends for starts, ends in found)
        covered = any(starts <= minute < ends for starts, ends in planned)
        assert not (told and covered)
        free = free + 1 if not told and not covered else 0
        assert free < shifts.GAP.total_seconds() / 60
        minute += timedelta(minutes=1)
