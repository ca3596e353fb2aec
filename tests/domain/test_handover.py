"""Esra stops: what is open gets a word for the next one, and what she was reading is free again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.crisis.models import Alarm, AlarmKind
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import handing_over, intake, taking_up
from safespace.moderation.models import Review
from safespace.roster import handovers, shifts
from safespace.roster.models import Handover, ShiftRole
from safespace.threads.models import PostType

NOTE = "Stille Otter wacht op antwoord; ik heb net gevraagd hoe het gaat."


@pytest.fixture
def team(begin):
    with begin() as work:
        location = a_location(work)
        group = a_group(work, location)
        found = {
            "place": location.id,
            "esra": a_clinician(work, location, "Esra"),
            "jeroen": a_clinician(work, location, "Jeroen"),
            "karin": an_administrator(work, location),
            "noor": a_youth(work, group),
        }
    with begin() as work:
        words = intake.accept_words(work, "hallo", title="Eerste")
        intake.open_thread(work, found["noor"], group.id, PostType.TIP, words)
    return found


def claims(begin, who):
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        review.held_by, review.held_until = who.account_id, NOON + timedelta(minutes=3)


def held(work):
    """Who is at an item now."""
    return work.session.scalars(select(Review.held_by).where(Review.held_until > work.now)).all()


def test_with_nothing_open_one_may_go_without_a_word(begin, team) -> None:
    with begin() as work:
        assert not handing_over.still_open(work, team["esra"], team["place"])
        assert handing_over.stop(work, team["esra"], team["place"], "") is None
        assert handovers.latest(work, team["jeroen"], team["place"]) == []


def test_with_an_own_claim_a_word_is_asked_and_the_claim_is_released(begin, team) -> None:
    claims(begin, team["esra"])
    with pytest.raises(InvalidError) as refused, begin() as work:
        handing_over.stop(work, team["esra"], team["place"], "  ")
    assert refused.value.errors == {"note": "handover_needed"}
    with begin() as work:
        assert held(work) == [team["esra"].account_id]
        assert handing_over.stop(work, team["esra"], team["place"], NOTE)
    with begin() as work:
        assert held(work) == []


def test_a_claim_on_what_another_location_asks_is_handed_over_where_it_is_read(begin, team) -> None:
    with begin() as work:
        asked = a_location(work, "Zuidhaven")
        mark = a_clinician(work, asked, "Mark")
        work.session.scalars(select(Review)).one().asked_location_id = asked.id
        place = asked.id
    claims(begin, mark)
    with begin() as work:
        assert handing_over.still_open(work, mark, place).claims == 1
        assert handing_over.unsaid(work, mark) == [place]
    with pytest.raises(InvalidError) as refused, begin() as work:
        handing_over.stop(work, mark, place, "")
    assert refused.value.errors == {"note": "handover_needed"}
    with begin() as work:
        assert held(work) == [mark.account_id]
        assert handing_over.stop(work, mark, place, NOTE)
        assert held(work) == []


def test_the_claim_of_a_colleague_is_not_mine_to_hand_over(begin, team) -> None:
    claims(begin, team["jeroen"])
    with begin() as work:
        assert not handing_over.still_open(work, team["esra"], team["place"])
        handing_over.stop(work, team["esra"], team["place"], "")
    with begin() as work:
        assert held(work) == [team["jeroen"].account_id]


def test_an_alarm_that_nobody_answered_asks_for_a_word(begin, team) -> None:
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        work.session.add(
            Alarm(kind=AlarmKind.CRISIS_ITEM, subject_id=review.id, location_id=team["place"], opened_at=NOON)
        )
    with pytest.raises(InvalidError), begin() as work:
        handing_over.stop(work, team["esra"], team["place"], "")


def test_what_is_open_is_not_left_without_a_word_and_a_note_of_this_hour_is_one(begin, team) -> None:
    claims(begin, team["esra"])
    with begin() as work:
        assert handing_over.unsaid(work, team["esra"]) == [team["place"]]
        assert handing_over.unsaid(work, team["jeroen"]) == []
        assert handing_over.unsaid(work, team["karin"]) == []
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        taking_up.take_up(work, team["jeroen"], review, 2, "")
        handing_over.stop(work, team["esra"], team["place"], NOTE)
    with begin(NOON - timedelta(minutes=50)) as work:  # the clock was set back: that note says nothing about now
        assert handing_over.unsaid(work, team["esra"]) == [team["place"]]
    with begin(NOON + timedelta(minutes=50)) as work:
        assert handing_over.unsaid(work, team["esra"]) == []
        assert handing_over.unsaid(work, team["jeroen"]) == [team["place"]]
    with begin(NOON + timedelta(hours=2)) as work:
        assert handing_over.unsaid(work, team["esra"]) == [team["place"]]
        handing_over.leave_unsaid(work, team["esra"])
    with begin() as work:
        (entry,) = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "left_unsaid"))
        assert entry.chain_id == team["place"]


def test_a_test_alarm_that_nobody_answered_is_nothing_to_hand_over(begin, team) -> None:
    with begin() as work:
        work.session.add(Alarm(kind=AlarmKind.TEST, subject_id=uuid4(), location_id=team["place"], opened_at=NOON))
    with begin() as work:
        assert not handing_over.still_open(work, team["esra"], team["place"])


def test_the_note_is_read_and_signed_by_a_colleague_once(begin, team) -> None:
    with begin() as work:
        given = handing_over.stop(work, team["esra"], team["place"], NOTE)
    with begin() as work:
        assert NOTE.encode() not in (work.session.get_one(Handover, given.id).note or b"")
        told = handovers.latest(work, team["jeroen"], team["place"])
        assert [(one.note, one.given_by, one.taken_by, one.mine) for one in told] == [(NOTE, "Esra", "", False)]
    with pytest.raises(NotAllowedError), begin() as work:
        handovers.take(work, team["esra"], given.id)
    with begin() as work:
        handovers.take(work, team["jeroen"], given.id)
    with pytest.raises(ConflictError), begin() as work:
        handovers.take(work, team["jeroen"], given.id)
    with begin() as work:
        assert handovers.latest(work, team["esra"], team["place"])[0].taken_by == "Jeroen"


def test_the_own_shift_ends_with_it(begin, team) -> None:
    with begin() as work:
        shifts.plan_shift(
            work,
            team["esra"],
            team["place"],
            account_id=team["esra"].account_id,
            role=ShiftRole.MODERATOR,
            starts_at=NOON - timedelta(hours=1),
            ends_at=NOON + timedelta(hours=1),
        )
        assert shifts.on_shift(work, team["place"])
    with begin() as work:
        handing_over.stop(work, team["esra"], team["place"], "")
    with begin() as work:
        assert shifts.on_shift(work, team["place"]) == {}


def test_administrators_youths_and_strangers_read_no_handover(begin, team) -> None:
    with begin() as work:
        given = handing_over.stop(work, team["esra"], team["place"], NOTE)
        stranger = a_clinician(work, a_location(work, "Zuidhaven"))
    for who in (team["karin"], team["noor"], stranger):
        for asked in (handovers.latest, handing_over.still_open):
            with pytest.raises((NotFoundError, NotAllowedError)), begin() as work:
                asked(work, who, team["place"])
        with pytest.raises((NotFoundError, NotAllowedError)), begin() as work:
            handovers.take(work, who, given.id)
