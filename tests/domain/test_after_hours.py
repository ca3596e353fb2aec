"""Outside the hours nothing is promised that is not so: words are kept, and sent only while somebody can be reached."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.groups.models import AfterHours, StaffRole
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.moderation import intake, outcomes
from safespace.moderation.models import Review
from safespace.roster.models import AlertRoute, Channel
from safespace.roster.waiting import now_in, read_by
from safespace.threads.models import Post, PostState, PostType

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


NOON = local("2026-11-23 12:00")
NIGHT = local("2026-11-23 23:40")
KINGS_DAY = local("2026-04-27 11:00")


def sends(work, youth, group, words="ik kan niet slapen"):
    return intake.open_thread(
        work, youth, group.id, PostType.EXPERIENCE, intake.accept_words(work, words, title="Nacht")
    )


def a_route(work, location, account_id, proven_at):
    work.session.add(
        AlertRoute(location_id=location.id, account_id=account_id, channel=Channel.EMAIL, proven_at=proven_at)
    )
    work.session.flush()


@pytest.fixture
def clinic(begin):
    """A location with office hours that works at night by its chosen mode, a group, a clinician and a youth."""
    with begin(local("2026-03-02 10:00")) as work:
        location = a_location(work, hours=OFFICE)
        group = a_group(work, location)
        return {
            "location": location.id,
            "group": group,
            "esra": a_clinician(work, location),
            "daan": a_youth(work, group),
        }


def chooses_queue(begin, clinic, *, proven_at):
    with begin(NOON) as work:
        location = work.session.get_one(type(clinic["group"].location), clinic["location"])
        location.after_hours = AfterHours.QUEUE
        if proven_at:
            a_route(work, location, clinic["esra"].account_id, proven_at)


@pytest.mark.parametrize("moment", [NIGHT, KINGS_DAY, local("2026-12-25 10:00")])
def test_at_night_and_on_a_holiday_words_are_kept_as_a_draft(begin, clinic, moment) -> None:
    with begin(moment) as work:
        sent = sends(work, clinic["daan"], clinic["group"])
        assert sent.draft
        assert work.session.get_one(Post, sent.post_id).state is PostState.DRAFT
        assert work.session.scalars(select(Review)).all() == []


def test_taking_back_what_was_never_sent_is_told_to_nobody(begin, clinic) -> None:
    with begin(NIGHT) as work:
        sent = sends(work, clinic["daan"], clinic["group"])
    with begin(NIGHT) as work:
        written = len(work.session.scalars(select(AuditEntry)).all())
        rung = len(work.session.scalars(select(OutboxEvent)).all())
    with begin(NIGHT) as work:
        assert intake.withdraw(work, clinic["daan"], sent.post_id).state is PostState.WITHDRAWN
    with begin(NIGHT) as work:
        assert len(work.session.scalars(select(AuditEntry)).all()) == written
        bells = work.session.scalars(select(OutboxEvent)).all()
        assert {one.kind for one in bells} == {AudienceKind.MEMBER}  # the author's own screens
        assert len(bells) == rung + 1


def test_on_a_working_day_they_are_sent(begin, clinic) -> None:
    with begin(NOON) as work:
        assert not sends(work, clinic["daan"], clinic["group"]).draft


def test_a_location_that_works_on_holidays_takes_posts_on_kings_day(begin, clinic) -> None:
    with begin(KINGS_DAY) as work:
        group = work.session.get_one(type(clinic["group"]), clinic["group"].id)
        group.location.closed_on_holidays = False
        assert not sends(work, clinic["daan"], group).draft


def test_with_somebody_on_call_a_post_of_the_night_is_sent_and_waits(begin, clinic) -> None:
    chooses_queue(begin, clinic, proven_at=NOON - timedelta(days=3))
    with begin(NIGHT) as work:
        sent = sends(work, clinic["daan"], clinic["group"])
        assert (sent.draft, sent.on_call) == (False, True)
        assert work.session.scalars(select(Review)).one().post_id == sent.post_id
    with begin(NIGHT) as work:
        own = outcomes.own_post(work, clinic["daan"], sent.post_id)
        assert own.now.on_call
        assert own.sent_at == NIGHT


@pytest.mark.parametrize("proven_at", [None, NOON - timedelta(days=31)])
def test_without_a_fresh_proof_it_falls_back_to_drafts_whatever_was_chosen(begin, clinic, proven_at) -> None:
    chooses_queue(begin, clinic, proven_at=proven_at)
    with begin(NIGHT) as work:
        assert sends(work, clinic["daan"], clinic["group"]).draft


def test_the_proof_ends_between_two_posts_of_one_night(begin, clinic) -> None:
    chooses_queue(begin, clinic, proven_at=NIGHT - timedelta(days=30) + timedelta(minutes=5))
    with begin(NIGHT) as work:
        assert not sends(work, clinic["daan"], clinic["group"]).draft
    with begin(NIGHT + timedelta(minutes=6)) as work:
        assert sends(work, clinic["daan"], clinic["group"]).draft


def test_the_proof_of_somebody_who_left_the_team_counts_no_more(begin, clinic) -> None:
    chooses_queue(begin, clinic, proven_at=NOON)
    with begin(NIGHT) as work:
        work.session.scalars(select(StaffRole)).one().revoked_at = NIGHT
        work.session.flush()
        assert sends(work, clinic["daan"], clinic["group"]).draft


def test_a_draft_of_the_night_is_sent_in_the_morning(begin, clinic) -> None:
    with begin(NIGHT) as work:
        sent = sends(work, clinic["daan"], clinic["group"])
    with begin(local("2026-11-24 09:05")) as work:
        again = intake.rewrite(
            work, clinic["daan"], sent.post_id, intake.accept_words(work, "ik kon niet slapen", title="Nacht")
        )
        assert not again.draft


@pytest.mark.parametrize(
    ("sent", "by"),
    [
        ("2026-11-23 09:00", "2026-11-23 11:00"),
        ("2026-11-23 12:07", "2026-11-23 14:30"),  # half hours: no more exact than anybody can be
        ("2026-11-23 14:55", "2026-11-23 17:00"),
        ("2026-11-23 16:00", "2026-11-24 10:00"),
        ("2026-11-23 23:40", "2026-11-24 11:00"),
        ("2026-11-27 16:40", "2026-11-30 11:00"),  # over the weekend
        ("2026-04-24 17:30", "2026-04-28 11:00"),  # over the weekend and King's Day
    ],
)
def test_a_text_is_usually_read_within_two_open_hours(begin, clinic, sent, by) -> None:
    with begin(local(sent)) as work:
        expected = read_by(work, clinic["group"].location, work.now)
        assert expected.by == local(by)
        assert not expected.late


def test_the_location_may_need_more_time_than_two_hours(begin, clinic) -> None:
    with begin(NOON) as work:
        group = work.session.get_one(type(clinic["group"]), clinic["group"].id)
        group.location.norms = {"usual": 45}
        assert read_by(work, group.location, NOON).by == local("2026-11-23 12:45")
        group.location.norms = {"usual": 480}
        assert read_by(work, group.location, NOON).by == local("2026-11-24 12:00")


def test_what_was_said_stays_and_when_it_has_passed_that_is_said(begin, clinic) -> None:
    with begin(local("2026-11-23 14:40")) as work:
        expected = read_by(work, clinic["group"].location, local("2026-11-23 12:07"))
        assert expected.by == local("2026-11-23 14:30")
        assert expected.late


def test_the_waiting_time_never_tells_what_others_wrote(begin, clinic) -> None:
    with begin(NOON) as work:
        before = read_by(work, clinic["group"].location, NOON)
        others = [a_youth(work, clinic["group"], f"Otter {number}") for number in range(6)]
    with begin(NOON) as work:
        for other in others:
            sends(work, other, clinic["group"], "ik heb het zwaar")
    with begin(NOON) as work:
        assert read_by(work, clinic["group"].location, NOON) == before


def test_how_groups_stand_is_asked_for_all_at_once(begin, clinic) -> None:
    with begin(NOON) as work:
        assert now_in(work, clinic["group"]).sends
    with begin(NIGHT) as work:
        assert not now_in(work, clinic["group"]).sends
