"""A break and a goodbye: access stops at once, and only who may care for a member can do it."""

from datetime import timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_location, a_youth, actor_of, an_administrator

from safespace.accounts.sessions import ACCESS
from safespace.groups import members
from safespace.groups.reading import groups_of, obtain_group
from safespace.kernel.outbox import cursor_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError


@pytest.fixture
def people(begin, group):
    with begin() as work:
        noor = a_youth(work, group)
        return noor, noor.members[group.id].membership_id, a_clinician(work, group.location)


def test_during_a_break_the_group_is_not_there_and_afterwards_it_is_again(begin, group, people) -> None:
    noor, membership_id, esra = people
    with begin() as work:
        members.pause_member(work, esra, membership_id, NOON + timedelta(days=1), **WHY)
    with begin() as work:
        assert cursor_of(work.session, ACCESS) == 1
        with pytest.raises(NotFoundError):
            obtain_group(work, actor_of(work, noor.account_id), group.id)
    with begin(NOON + timedelta(days=2)) as work:
        assert obtain_group(work, actor_of(work, noor.account_id), group.id).id == group.id


def test_a_clinician_can_end_a_break(begin, group, people) -> None:
    noor, membership_id, esra = people
    with begin() as work:
        members.pause_member(work, esra, membership_id, NOON + timedelta(days=1), **WHY)
    with begin() as work:
        members.end_pause(work, esra, membership_id)
    with begin() as work:
        assert obtain_group(work, actor_of(work, noor.account_id), group.id)
        with pytest.raises(ConflictError):
            members.end_pause(work, esra, membership_id)


def test_who_did_not_come_back_since_a_break_ended_can_be_given_another_one(begin, group, people) -> None:
    noor, membership_id, esra = people
    later = NOON + timedelta(days=2)
    with begin() as work:
        members.pause_member(work, esra, membership_id, NOON + timedelta(days=1), **WHY)
    with begin(NOON + timedelta(hours=1)) as work, pytest.raises(ConflictError):
        members.pause_member(work, esra, membership_id, later, **WHY)
    with begin(later) as work:
        again = members.pause_member(work, esra, membership_id, later + timedelta(days=3), **WHY)
        assert members.has_break(work, again)
        with pytest.raises(NotFoundError):
            obtain_group(work, actor_of(work, noor.account_id), group.id)


def test_a_break_ends_in_the_future(begin, people) -> None:
    _, membership_id, esra = people
    with begin() as work, pytest.raises(InvalidError):
        members.pause_member(work, esra, membership_id, NOON, **WHY)


def test_who_left_finds_nothing_and_cannot_leave_twice(begin, group, people) -> None:
    noor, membership_id, _ = people
    with begin() as work:
        members.leave_group(work, noor, membership_id)
    with begin() as work:
        gone = actor_of(work, noor.account_id)
        assert groups_of(work, gone) == []
        with pytest.raises(NotFoundError):
            obtain_group(work, gone, group.id)
        with pytest.raises(NotFoundError):
            members.leave_group(work, gone, membership_id)


def test_others_may_not(begin, group, people) -> None:
    _, membership_id, _ = people
    with begin() as work:
        strangers = [
            a_youth(work, group, "Rode Vos"),
            a_clinician(work, a_location(work, "Zuidhaven"), "Mark"),
            an_administrator(work, group.location),
        ]
        for stranger in strangers:
            for attempt in (members.remove_member, members.leave_group):
                with pytest.raises(NotFoundError):
                    attempt(work, stranger, membership_id)
