"""What the clock does by itself besides releasing: it keeps the file of the help page up to date."""

import pytest
from builders import a_location

from safespace.crisis import lines
from safespace.crisis.help import SNAPSHOT
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
