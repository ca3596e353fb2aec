"""What the clock does by itself besides releasing: it keeps the file of the help page up to date."""

import pytest
from builders import a_location
from sqlalchemy import select

from safespace.crisis import lines
from safespace.crisis.help import SNAPSHOT
from safespace.groups.models import Location
from safespace.realtime.clock import HELP, TICK, Clock

MINUTE = int(HELP / TICK)


@pytest.fixture
def file(settings):
    return settings.data_dir / SNAPSHOT


@pytest.fixture
def clock(app, begin, group):
    with begin() as work:
        lines.seed_lines(work)
    return Clock(app)


def a_minute_goes_by(clock: Clock) -> None:
    for _ in range(MINUTE):
        clock.round()


def test_the_help_page_is_written_at_the_start_and_then_only_when_it_changed(clock, file, begin) -> None:
    clock.round()
    assert "Noorderlicht" in file.read_text()
    first = file.stat().st_ino, file.stat().st_mtime_ns
    a_minute_goes_by(clock)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == first
    with begin() as work:
        a_location(work, "Zuidhaven")
    a_minute_goes_by(clock)
    assert "Zuidhaven" in file.read_text()


def test_a_write_that_failed_is_made_up_for_within_a_minute(clock, file, client) -> None:
    file.mkdir(parents=True)  # the disk refuses
    clock.round()
    assert "Noorderlicht" not in client.get("/help").text
    file.rmdir()
    a_minute_goes_by(clock)
    assert "Noorderlicht" in client.get("/help").text


def test_one_task_that_fails_does_not_keep_the_others_from_being_done(clock, begin, monkeypatch, caplog) -> None:
    def fails(_):
        raise RuntimeError("woorden van iemand")

    names = iter(("Zuidhaven", "Westhaven"))

    def names_a_place(work):
        a_location(work, next(names))

    for broken in ((fails, names_a_place), (lambda _: True, fails)):
        caplog.clear()
        monkeypatch.setattr("safespace.realtime.clock.EVERY_MINUTE", (broken, (lambda _: True, names_a_place)))
        before = how_many_places(begin)
        a_minute_goes_by(clock)
        assert how_many_places(begin) == before + 1
        assert "RuntimeError" in {getattr(one, "kind", "") for one in caplog.records}
        assert "woorden van iemand" not in caplog.text


def test_a_help_page_that_cannot_be_written_keeps_nothing_from_being_done(clock, file, begin, monkeypatch) -> None:
    file.mkdir(parents=True)  # the disk refuses
    place = (lambda _: True, lambda work: a_location(work, "Zuidhaven") and None)
    monkeypatch.setattr("safespace.realtime.clock.EVERY_MINUTE", (place,))
    before = how_many_places(begin)
    a_minute_goes_by(clock)
    assert how_many_places(begin) == before + 1


def how_many_places(begin) -> int:
    with begin() as work:
        return len(work.session.scalars(select(Location)).all())
