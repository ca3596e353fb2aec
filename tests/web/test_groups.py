"""The page of one's groups says why it is empty: a role that begins later, a group that was closed, or no code yet."""

from datetime import timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.groups.models import GroupState, Membership, StaffRole
from safespace.policy.roles import MembershipState
from safespace.web.words import when_for_staff

NOT_YET = "Je zit nog niet in een groep"


@pytest.fixture
def place(begin):
    with begin() as work:
        return a_group(work, a_location(work))


def test_a_role_that_begins_later_says_from_when(app, begin, place, signed_in) -> None:
    with begin() as work:
        esra = a_clinician(work, place.location)
        role = work.session.scalars(select(StaffRole)).one()
        role.works_from = work.now + timedelta(days=1)
    with app.test_request_context(), begin() as work:
        starts = when_for_staff(work.now + timedelta(days=1), work.now).split(",")[0]
    page = signed_in(esra).get("/groepen").text
    assert f"Je rol bij Noorderlicht begint {starts}" in page
    assert NOT_YET not in page
    with begin() as work:
        work.session.scalars(select(StaffRole)).one().revoked_at = work.now
    page = signed_in(esra).get("/groepen").text
    assert "Je rol bij" not in page
    assert NOT_YET not in page  # a code is nothing for who works here
    assert "Vraag het een beheerder" in page


def test_who_is_in_a_closed_group_hears_that_it_is_closed(begin, place, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, place)
        work.session.get(type(place), place.id).state = GroupState.CLOSED
    page = signed_in(noor).get("/groepen").text
    assert "De groep Online en offline is gesloten" in page
    assert "Mijn plek" in page
    assert NOT_YET not in page


def test_who_left_the_only_group_is_asked_for_a_code(begin, place, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, place)
        work.session.scalars(select(Membership)).one().state = MembershipState.LEFT
        work.session.get(type(place), place.id).state = GroupState.CLOSED
    page = signed_in(noor).get("/groepen").text
    assert NOT_YET in page
    assert "is gesloten" not in page
