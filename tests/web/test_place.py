"""The help page knows one's own location from signing in on, without asking the database, and not after leaving."""

import pytest
from builders import a_clinician, a_group, a_location, a_member, a_youth, actor_of

from safespace.accounts.models import Account
from safespace.crisis import snapshot
from safespace.groups.models import Membership
from safespace.policy.roles import MembershipState
from safespace.web.help import PLACE


@pytest.fixture
def people(begin, group):
    with begin() as work:
        people = {"youth": a_youth(work, group), "clinician": a_clinician(work, group.location)}
    with begin() as work:
        snapshot.publish(work)
    return people


@pytest.mark.parametrize("who", ["youth", "clinician"])
def test_the_own_location_is_first_right_after_signing_in(people, signed_in, count_queries, who) -> None:
    browser = signed_in(people[who])
    with count_queries() as asked:
        page = browser.get("/help").text
    assert "Jouw locatie, Noorderlicht" in page
    assert asked == []


@pytest.mark.parametrize("way", ["/uit", "/weg"])
def test_it_is_forgotten_with_the_session(people, signed_in, way) -> None:
    browser = signed_in(people["youth"])
    browser.post(way)
    with browser.session_transaction() as cookie:
        assert PLACE not in cookie
    assert "Jouw locatie" not in browser.get("/help").text


def test_a_group_that_was_left_does_not_count(begin, group, signed_in) -> None:
    with begin() as work:
        left = a_member(work, group, "Stille Otter")
        work.session.get_one(Membership, left.id).state = MembershipState.LEFT
        noor = actor_of(work, left.account_id)
    with begin() as work:
        snapshot.publish(work)
    assert "Jouw locatie" not in signed_in(noor).get("/help").text


def test_of_several_groups_the_oldest_counts(begin, group, signed_in) -> None:
    with begin() as work:
        account_id = a_member(work, group, "Stille Otter").account_id
    for name in ("Aan Zee", "Zuidhaven"):
        with begin() as work:
            account = work.session.get_one(Account, account_id)
            a_member(work, a_group(work, a_location(work, name)), f"Reiger {name}", account)
            noor = actor_of(work, account_id)
    with begin() as work:
        snapshot.publish(work)
    assert "Jouw locatie, Noorderlicht" in signed_in(noor).get("/help").text
