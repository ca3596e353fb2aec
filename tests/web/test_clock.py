"""What the clock does by itself: the help page stays up to date, and what fails keeps nothing else from being done."""

from datetime import timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select, update

from safespace.crisis import lines
from safespace.crisis.help import SNAPSHOT
from safespace.groups.models import Location
from safespace.moderation import going_live, intake
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.realtime.clock import HELP, TICK, Clock
from safespace.roster.models import LiveHour
from safespace.threads.models import Post, PostRevision, PostState, PostType, Words

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


def test_one_post_that_cannot_be_read_holds_up_no_other_and_nothing_else(clock, begin, caplog) -> None:
    with begin() as work:
        group = a_group(work, a_location(work, "Zuidhaven"))
        esra, noor = a_clinician(work, group.location, "Esra"), a_youth(work, group)
    posts = [approved(begin, esra, noor, group, f"Titel {number}") for number in range(3)]
    with begin() as work:
        going_live.go_live(work, esra, group.id, 30)
    with begin() as work:
        broken = update(PostRevision).where(PostRevision.post_id == posts[0])
        work.session.execute(broken.values(title=b"v1 onleesbaar"))
        for minutes, post_id in zip((3, 2, 1), posts, strict=True):  # the broken one is the first in line
            past = work.now - timedelta(minutes=minutes)
            work.session.execute(update(Post).where(Post.id == post_id).values(release_at=past))
        work.session.execute(update(LiveHour).values(ends_at=work.now - timedelta(minutes=1)))
    caplog.clear()
    clock.round()
    clock.round()
    with begin() as work:
        found = {post.id: post for post in work.session.scalars(select(Post))}
        assert [found[one].state for one in posts] == [PostState.PENDING, PostState.PUBLISHED, PostState.PUBLISHED]
        assert found[posts[0]].release_at is not None  # it stays due
        assert work.session.scalars(select(LiveHour)).one().closed_at is not None
    kinds = [getattr(one, "kind", "") for one in caplog.records]
    assert kinds.count("UnsealError") == 1  # told once, not twice a second
    assert "onleesbaar" not in caplog.text
    with begin() as work:
        whole = work.session.scalars(select(PostRevision).where(PostRevision.post_id == posts[0])).one()
        work.seal(whole, "title", "Titel 0")
    clock.round()
    with begin() as work:
        assert work.session.get_one(Post, posts[0]).state is PostState.PUBLISHED


def test_a_part_of_the_clock_that_fails_leaves_the_others_going(clock, begin, monkeypatch, caplog) -> None:
    def fails(_):
        raise RuntimeError("woorden van iemand")

    names = (f"Haven {number}" for number in range(9))
    place = (lambda _: True, lambda work: a_location(work, next(names)) and None)
    monkeypatch.setattr("safespace.realtime.clock.EVERY_TICK", ((fails, fails), (lambda _: True, fails), place))
    monkeypatch.setattr("safespace.realtime.clock.EVERY_HOUR", (fails, place[1]))
    monkeypatch.setattr("safespace.realtime.clock.EVERY_MINUTE", (place,))
    monkeypatch.setattr("safespace.realtime.clock.HOUSEKEEPING", TICK)  # every round is an hour
    monkeypatch.setattr("safespace.moderation.release.due", fails)
    before = how_many_places(begin)
    clock.round()
    assert how_many_places(begin) == before + 3
    assert "woorden van iemand" not in caplog.text


def approved(begin, clinician, author, group, title):
    with begin() as work:
        sent = intake.open_thread(work, author, group.id, PostType.EXPERIENCE, Words(title=title, body="Ik slaap."))
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        decide(work, clinician, review.id, review.version, Verdict(action=Action.APPROVE))
        return sent.post_id


def how_many_places(begin) -> int:
    with begin() as work:
        return len(work.session.scalars(select(Location)).all())
