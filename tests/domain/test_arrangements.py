"""Karin arranges how her location reads along; taking posts at night is refused until somebody can be reached."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_location, an_administrator

from safespace.groups.models import AfterHours, Location
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.roster.arrangements import Arrangements, arrange
from safespace.roster.models import AlertRoute, Channel

QUEUE = Arrangements(after_hours="queue")


@pytest.fixture
def place(begin):
    with begin() as work:
        location = a_location(work, hours=[[0, 540, 1020]])
        return location.id, an_administrator(work, location), a_clinician(work, location)


def proves(begin, place, at):
    with begin() as work:
        work.session.add(
            AlertRoute(location_id=place[0], account_id=place[2].account_id, channel=Channel.EMAIL, proven_at=at)
        )


def test_posts_at_night_are_refused_without_anybody_to_reach(begin, place) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        arrange(work, place[1], place[0], 1, QUEUE)
    assert refused.value.errors == {"after_hours": "not_proven"}


@pytest.mark.parametrize(("age", "taken"), [(0, True), (29, True), (30, False), (31, False)])
def test_the_proof_counts_for_thirty_days(begin, place, age, taken) -> None:
    proves(begin, place, NOON - timedelta(days=age))
    if taken:
        with begin() as work:
            assert arrange(work, place[1], place[0], 1, QUEUE).after_hours is AfterHours.QUEUE
    else:
        with pytest.raises(InvalidError), begin() as work:
            arrange(work, place[1], place[0], 1, QUEUE)


def test_what_was_chosen_before_can_be_saved_again_when_the_proof_is_over(begin, place) -> None:
    proves(begin, place, NOON)
    with begin() as work:
        arrange(work, place[1], place[0], 1, QUEUE)
    with begin(NOON + timedelta(days=40)) as work:
        arrange(work, place[1], place[0], 2, Arrangements(after_hours="queue", blind_share="10"))


def test_norms_are_kept_only_where_they_differ(begin, place) -> None:
    typed = {"usual": "90", "none": "480", "high": "30", "crisis": ""}
    with begin() as work:
        assert arrange(work, place[1], place[0], 1, Arrangements(norms=typed)).norms == {"usual": 90, "high": 30}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"high": "0"}, {"norm_high": "minutes_wrong"}),
        ({"high": "4801"}, {"norm_high": "minutes_wrong"}),
        ({"high": "een uur"}, {"norm_high": "minutes_wrong"}),
        ({"high": "٣٠"}, {"norm_high": "minutes_wrong"}),
        ({"high": "300"}, {"norm_high": "norm_order"}),
        ({"usual": "481"}, {"norm_usual": "norm_order"}),
        ({"crisis": "-5", "low": "1e3"}, {"norm_crisis": "minutes_wrong", "norm_low": "minutes_wrong"}),
    ],
)
def test_a_norm_that_cannot_be_is_refused_at_its_field(begin, place, typed, wrong) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        arrange(work, place[1], place[0], 1, Arrangements(norms=typed))
    assert refused.value.errors == wrong


def test_the_second_location_is_another_one_that_exists(begin, place) -> None:
    with begin() as work:
        south = a_location(work, "Zuidhaven").id
    for wrong in (str(place[0]), str(uuid4()), "zuid"):
        with pytest.raises(InvalidError), begin() as work:
            arrange(work, place[1], place[0], 1, Arrangements(second_location_id=wrong))
    with begin() as work:
        assert (
            arrange(work, place[1], place[0], 1, Arrangements(second_location_id=str(south))).second_location_id
            == south
        )


@pytest.mark.parametrize("share", ["-1", "51", "", "5.5", "999"])
def test_the_blind_share_is_a_number_up_to_fifty(begin, place, share) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        arrange(work, place[1], place[0], 1, Arrangements(blind_share=share))
    assert refused.value.errors == {"blind_share": "share_wrong"}


def test_two_administrators_at_once_the_second_one_sees_it(begin, place) -> None:
    with begin() as work:
        arrange(work, place[1], place[0], 1, Arrangements(closed_on_holidays=False))
    with pytest.raises(ConflictError), begin() as work:
        arrange(work, place[1], place[0], 1, Arrangements(training_required=True))
    with begin() as work:
        assert not work.session.get_one(Location, place[0]).training_required


def test_only_an_administrator_of_the_location_arranges(begin, place) -> None:
    with begin() as work:
        stranger = an_administrator(work, a_location(work, "Zuidhaven"))
    for actor in (stranger, place[2]):
        with pytest.raises(NotFoundError), begin() as work:
            arrange(work, actor, place[0], 1, Arrangements())
