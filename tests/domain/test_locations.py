"""Karin opens a location and its groups; nobody else's places are hers to touch."""

from dataclasses import replace

import pytest
from builders import a_clinician, a_group, a_location, a_youth, actor_of, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.groups import locations
from safespace.groups.locations import GroupDraft, LocationDraft
from safespace.groups.models import GroupState, StaffRole
from safespace.kernel.outbox import Audience, AudienceKind, after
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import allows

OFFICE = [[0, 540, 1020]]
NORTH = LocationDraft(name="Noord", crisis_phone="020-0000000", hours=OFFICE)


@pytest.fixture
def karin(begin, group) -> Actor:
    with begin() as work:
        return an_administrator(work, group.location)


def test_who_opens_a_location_administers_it_and_reads_nothing_there(begin, karin) -> None:
    with begin() as work:
        north = locations.open_location(work, karin, NORTH)
    with begin() as work:
        again = actor_of(work, karin.account_id)
        assert again.roles[north.id] is Role.ADMINISTRATOR
        assert allows(again, Permission.MANAGE_LOCATION, Scope(location_id=north.id))
        assert not allows(again, Permission.READ_QUEUE, Scope(location_id=north.id))
        assert not allows(again, Permission.READ_GROUP, Scope(location_id=north.id))
        told = work.session.scalars(select(AuditEntry.action).where(AuditEntry.chain_id == north.id)).all()
        assert sorted(told) == ["become_administrator", "open_location"]


@pytest.mark.parametrize("who", ["clinician", "youth"])
def test_only_an_administrator_opens_a_location(begin, group, who) -> None:
    with begin() as work:
        actor = a_clinician(work, group.location) if who == "clinician" else a_youth(work, group)
    with pytest.raises(NotFoundError), begin() as work:
        locations.open_location(work, actor, NORTH)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"crisis_phone": ""}, {"crisis_phone": "empty"}),
        ({"crisis_phone": "bel de balie"}, {"crisis_phone": "phone_wrong"}),
        ({"crisis_phone": "020-0"}, {"crisis_phone": "phone_wrong"}),
        ({"name": " \u200b "}, {"name": "empty"}),
        ({"name": "N" * 81}, {"name": "too_long"}),
        ({"hours": [[7, 0, 60]]}, {"hours": "time_wrong"}),
        ({"hours": []}, {"hours": "hours_needed"}),
        ({"never_open": True}, {"hours": "hours_or_never"}),
        ({"name": "", "crisis_phone": ""}, {"name": "empty", "crisis_phone": "empty"}),
        ({"name": "Noorderlicht"}, {"name": "taken"}),
    ],
)
def test_a_location_needs_a_name_and_a_number_that_can_be_called(begin, karin, change, errors) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        locations.open_location(work, karin, replace(NORTH, **change))
    assert refused.value.errors == errors


def test_two_administrators_change_hours_at_once_and_the_second_hears_it(begin, group, karin) -> None:
    place = group.location_id
    with begin() as work:
        joris = an_administrator(work, group.location, "Joris")
    with begin() as work:
        draft = LocationDraft(name="Noorderlicht", crisis_phone="020-0000001", hours=OFFICE)
        locations.change_location(work, karin, place, 1, draft)
    with pytest.raises(ConflictError) as refused, begin() as work:
        locations.change_location(work, joris, place, 1, replace(draft, crisis_phone="020-0000002"))
    assert refused.value.facts["crisis_phone"] == "020-0000001"
    with begin() as work:
        (entry,) = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "change_location"))
        assert entry.facts == {"changed": ["crisis_phone", "hours"]}
        assert entry.role == "administrator"


def test_a_location_may_not_take_the_name_of_another(begin, group, karin) -> None:
    with begin() as work:
        a_location(work, "Zuidhaven")
    with pytest.raises(InvalidError) as refused, begin() as work:
        locations.change_location(work, karin, group.location_id, 1, replace(NORTH, name="Zuidhaven"))
    assert refused.value.errors == {"name": "taken"}


def test_a_place_elsewhere_does_not_exist_for_her(begin, karin) -> None:
    with begin() as work:
        south = a_location(work, "Zuidhaven")
        there = a_group(work, south)
    with pytest.raises(NotFoundError), begin() as work:
        locations.managed_location(work, karin, south.id)
    with pytest.raises(NotFoundError), begin() as work:
        locations.open_group(work, karin, south.id, GroupDraft(name="Slapen en piekeren"))
    with pytest.raises(NotFoundError), begin() as work:
        locations.change_group(work, karin, there.id, 1, GroupDraft(name="Weg", state="closed"))
    with begin() as work:
        assert [place.name for place in locations.managed_locations(work, karin)] == ["Noorderlicht"]


def test_a_group_is_opened_with_its_profile(begin, group, karin) -> None:
    with begin() as work:
        made = locations.open_group(
            work, karin, group.location_id, GroupDraft(name="Eten en spiegels", profile="eating", kind="waiting_list")
        )
    with begin() as work:
        by_place = locations.groups_of(work, [work.session.merge(group.location)])
        assert [one.name for one in by_place[group.location_id]] == ["Eten en spiegels", "Online en offline"]
        assert made.profile == "eating"
    with pytest.raises(InvalidError) as refused, begin() as work:
        locations.open_group(work, karin, group.location_id, GroupDraft(name="Eten en spiegels"))
    assert refused.value.errors == {"name": "taken"}
    with pytest.raises(InvalidError) as refused, begin() as work:
        locations.open_group(work, karin, group.location_id, GroupDraft(name="Anders", profile="secret"))
    assert refused.value.errors == {"profile": "unknown_choice"}


def test_closing_a_group_rings_everybody_in_it(begin, group, karin) -> None:
    with begin() as work:
        locations.change_group(work, karin, group.id, 1, GroupDraft(name=group.name, state="closed"))
    with begin() as work:
        (rung,) = after(work.session, Audience(AudienceKind.GROUP, group.id), 0, limit=10)
        assert (rung.name, rung.group_id) == ("group_changed", group.id)
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "change_group")).one()
        assert entry.facts == {"changed": ["state"], "state": "closed", "was": "open"}
    with pytest.raises(ConflictError) as refused, begin() as work:
        locations.change_group(work, karin, group.id, 1, GroupDraft(name="Oud", state="open"))
    assert refused.value.facts["state"] is GroupState.CLOSED


def test_the_opener_of_a_location_holds_exactly_one_role_there(begin, karin) -> None:
    with begin() as work:
        north = locations.open_location(work, karin, NORTH)
        roles = work.session.scalars(select(StaffRole).where(StaffRole.location_id == north.id)).all()
        assert [role.role for role in roles] == [Role.ADMINISTRATOR]
