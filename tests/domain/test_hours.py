"""Opening hours: the banner never promises a reader who is not there, whatever the clock does that night."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safespace.groups import holidays
from safespace.groups.holidays import holiday_name, is_holiday
from safespace.groups.hours import (
    Hours,
    after_open_time,
    check_week,
    clock,
    expected_reading,
    is_open,
    next_opening,
    open_spans,
    open_time,
    parse_week,
    week_fields,
)
from safespace.kernel.refusals import InvalidError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]
ALWAYS = [[day, 0, 1440] for day in range(7)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@st.composite
def weeks(draw: st.DrawFn) -> list[list[int]]:
    week = []
    for day in range(7):
        cuts = sorted(draw(st.lists(st.integers(0, 1440), max_size=4, unique=True)))
        week += [[day, opens, closes] for opens, closes in zip(cuts[::2], cuts[1::2], strict=False)]
    return week


# Every minute of two years with both changes of the clock, and of the days around them above all.
MOMENTS = st.one_of(
    st.integers(0, 2 * 365 * 1440).map(lambda minutes: local("2026-01-01 00:00") + timedelta(minutes=minutes)),
    st.integers(0, 2880).map(lambda minutes: local("2026-03-28 00:00") + timedelta(minutes=minutes)),
    st.integers(0, 2880).map(lambda minutes: local("2026-10-24 00:00") + timedelta(minutes=minutes)),
)


def test_on_monday_noon_the_team_reads_until_five() -> None:
    reading = expected_reading(OFFICE, local("2026-11-23 12:00"), "Europe/Amsterdam")
    assert reading.open
    assert reading.until is not None
    assert (reading.until.hour, reading.until.minute) == (17, 0)


def test_friday_night_nobody_reads_until_monday_nine() -> None:
    reading = expected_reading(OFFICE, local("2026-11-27 22:30"), AMSTERDAM)
    assert not reading.open
    assert reading.again == local("2026-11-30 09:00")
    assert reading.days_until_again == 3


def test_before_opening_the_next_reading_is_today() -> None:
    reading = expected_reading(OFFICE, local("2026-11-24 07:00"), AMSTERDAM)
    assert reading.days_until_again == 0


def test_at_five_sharp_it_is_closed_and_at_nine_sharp_open() -> None:
    assert is_open(OFFICE, local("2026-11-23 09:00"), AMSTERDAM)
    assert not is_open(OFFICE, local("2026-11-23 17:00"), AMSTERDAM)


def test_a_demo_that_never_closes_promises_no_end() -> None:
    reading = expected_reading(ALWAYS, local("2026-11-23 23:59"), AMSTERDAM)
    assert reading.open
    assert reading.until is None


def test_a_location_without_hours_never_promises_anything() -> None:
    reading = expected_reading([], local("2026-11-23 12:00"), AMSTERDAM)
    assert not reading.open
    assert reading.again is None


def test_evening_and_night_that_touch_at_midnight_are_one_opening() -> None:
    week = [[0, 20 * 60, 1440], [1, 0, 120]]
    reading = expected_reading(week, local("2026-11-23 23:30"), AMSTERDAM)
    assert reading.until == local("2026-11-24 02:00")


def test_the_night_the_clock_goes_forward_is_an_hour_shorter() -> None:
    night = [[6, 0, 240]]
    reading = expected_reading(night, local("2026-03-29 00:30"), AMSTERDAM)
    assert reading.until is not None
    assert reading.until.astimezone(UTC) - local("2026-03-29 00:30") == timedelta(hours=2, minutes=30)


def test_the_night_the_clock_goes_back_is_an_hour_longer() -> None:
    night = [[6, 0, 240]]
    reading = expected_reading(night, local("2026-10-25 00:30"), AMSTERDAM)
    assert reading.until is not None
    assert reading.until.astimezone(UTC) - local("2026-10-25 00:30") == timedelta(hours=4, minutes=30)


@given(weeks(), MOMENTS)
def test_the_next_opening_is_the_first_open_moment(week: list[list[int]], moment: datetime) -> None:
    opening = next_opening(week, moment, AMSTERDAM)
    if opening is None:
        assert week == []
        return
    opening = opening.astimezone(UTC)  # in the hour that comes twice, times of two zones never compare as equal
    assert is_open(week, opening, AMSTERDAM)
    assert opening == moment or not is_open(week, opening - timedelta(minutes=1), AMSTERDAM)
    assert opening - moment <= timedelta(days=15)


@given(weeks(), MOMENTS)
def test_the_banner_and_the_door_never_disagree(week: list[list[int]], moment: datetime) -> None:
    reading = expected_reading(week, moment, AMSTERDAM)
    assert reading.open == is_open(week, moment, AMSTERDAM)
    if reading.until:
        until = reading.until.astimezone(UTC)
        assert not is_open(week, until, AMSTERDAM)
        assert is_open(week, until - timedelta(minutes=1), AMSTERDAM) or until - moment < timedelta(minutes=1)
    if reading.again:
        assert is_open(week, reading.again, AMSTERDAM)


@given(weeks())
def test_what_a_form_shows_is_what_it_reads_back(week: list[list[int]]) -> None:
    assert parse_week(week_fields(week)) == week == check_week(week)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"hours_0_opens": "9:00"}, {"hours_0_closes": "time_missing"}),
        ({"hours_0_opens": "9 uur", "hours_0_closes": "17:00"}, {"hours_0_opens": "time_wrong"}),
        ({"hours_0_opens": "25:00", "hours_0_closes": "17:00"}, {"hours_0_opens": "time_wrong"}),
        ({"hours_3_opens": "17:00", "hours_3_closes": "09:00"}, {"hours_3_closes": "time_order"}),
        (
            {
                "hours_3_opens": "09:00",
                "hours_3_closes": "17:00",
                "hours_3_2_opens": "16:00",
                "hours_3_2_closes": "20:00",
            },
            {"hours_3_2_opens": "time_overlap"},
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_own_field(fields: dict[str, str], errors: dict[str, str]) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_week(fields)
    assert refused.value.errors == errors


def test_midnight_as_closing_time_is_the_end_of_the_day() -> None:
    assert parse_week({"hours_2_opens": "20:00", "hours_2_closes": "00:00"}) == [[2, 1200, 1440]]
    assert clock(1440) == "24.00"


def off(week: list[list[int]]) -> Hours:
    """This week, closed on holidays."""
    return Hours(week, is_holiday)


def test_on_kings_day_nobody_reads_until_the_day_after() -> None:
    reading = expected_reading(off(OFFICE), local("2026-04-27 11:00"), AMSTERDAM)
    assert not reading.open
    assert reading.again == local("2026-04-28 09:00")
    assert holiday_name(date(2026, 4, 27)) == "Koningsdag"
    assert holiday_name(date(2026, 4, 27), "en") == "King's Day"
    assert holiday_name(date(2026, 4, 28)) == ""


def test_a_location_that_works_on_holidays_reads_on_kings_day() -> None:
    assert is_open(Hours(OFFICE), local("2026-04-27 11:00"), AMSTERDAM)


def test_before_a_long_weekend_the_next_reading_is_after_it() -> None:
    # Thursday 2 April 2026; Good Friday, the weekend and Easter Monday follow.
    assert next_opening(off(OFFICE), local("2026-04-02 17:30"), AMSTERDAM) == local("2026-04-07 09:00")


def test_the_hours_of_a_norm_do_not_run_on_christmas() -> None:
    sent = local("2026-12-24 16:00")  # a Thursday; Christmas, Boxing Day and a Sunday follow
    assert after_open_time(off(OFFICE), sent, timedelta(hours=2), AMSTERDAM) == local("2026-12-28 10:00")
    assert open_time(off(OFFICE), sent, local("2026-12-28 10:00"), AMSTERDAM) == timedelta(hours=2)


def test_a_location_that_opens_once_a_week_on_a_holiday_after_a_holiday_still_knows_when() -> None:
    fridays = [[4, 9 * 60, 17 * 60]]
    # Christmas and New Year's Day both fall on a Friday.
    assert next_opening(off(fridays), local("2026-12-20 12:00"), AMSTERDAM) == local("2027-01-08 09:00")


def test_holidays_are_counted_once_a_year_only() -> None:
    is_holiday(date(2031, 1, 1))
    before = holidays.of_year.cache_info().misses
    for day in range(200):
        is_holiday(date(2031, 1, 1) + timedelta(days=day))
    assert holidays.of_year.cache_info().misses == before


ALL_DAYS = st.integers(0, 3 * 365 * 1440).map(lambda minutes: local("2025-12-01 00:00") + timedelta(minutes=minutes))


@given(weeks(), st.one_of(MOMENTS, ALL_DAYS))
def test_never_open_on_a_holiday_and_as_usual_on_other_days(week: list[list[int]], moment: datetime) -> None:
    day = moment.astimezone(AMSTERDAM).date()
    expected = is_open(week, moment, AMSTERDAM) and not is_holiday(day)
    assert is_open(off(week), moment, AMSTERDAM) == expected


@given(weeks(), st.one_of(MOMENTS, ALL_DAYS))
def test_with_holidays_the_next_opening_is_still_the_first_open_moment(week: list[list[int]], moment: datetime) -> None:
    opening = next_opening(off(week), moment, AMSTERDAM)
    if opening is None:
        assert week == []
        return
    opening = opening.astimezone(UTC)
    assert is_open(off(week), opening, AMSTERDAM)
    assert not is_holiday(opening.astimezone(AMSTERDAM).date())
    assert opening == moment or not is_open(off(week), opening - timedelta(minutes=1), AMSTERDAM)


@given(weeks(), st.one_of(MOMENTS, ALL_DAYS), st.integers(1, 1200))
def test_after_so_much_open_time_exactly_so_much_time_was_open(
    week: list[list[int]], since: datetime, minutes: int
) -> None:
    amount = timedelta(minutes=minutes)
    found = after_open_time(off(week), since, amount, AMSTERDAM)
    if found is not None and found - since < timedelta(days=29):
        assert open_time(off(week), since, found, AMSTERDAM) == amount
        assert open_time(off(week), since, found - timedelta(minutes=1), AMSTERDAM) < amount
        assert (
            sum((ends - starts for starts, ends in open_spans(off(week), since, found, AMSTERDAM)), timedelta())
            == amount
        )
