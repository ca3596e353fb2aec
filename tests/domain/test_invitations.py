"""Invitations: a sheet of codes, each once, for one group; what the clinician writes along, nobody reads back."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.groups.claiming import InvitationState, claim, find_invitation
from safespace.groups.invitations import (
    batches,
    enter_care_reference,
    make_batch,
    mark_of,
    revoke_one,
    revoke_rest,
    states,
)
from safespace.groups.models import GroupState, Invitation
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError


@pytest.fixture
def karin(begin, group):
    with begin() as work:
        return an_administrator(work, group.location)


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def sheet(begin, group, karin):
    with begin() as work:
        return make_batch(work, karin, group.id, 3)


def refusal(begin, code: str, now=NOON) -> str:
    with pytest.raises(InvalidError) as refused, begin(now) as work:
        find_invitation(work, code)
    return refused.value.errors["code"]


def test_karin_prints_codes_that_the_database_does_not_know(begin, group, sheet) -> None:
    assert len(set(sheet.codes)) == 3
    assert all(len(code) == 14 and code.count("-") == 2 for code in sheet.codes)
    assert sheet.codes[0] not in repr(sheet)
    with begin() as work:
        stored = [row.code_index for row in work.session.scalars(select(Invitation))]
        assert not any(code.replace("-", "") in index.upper() for code in sheet.codes for index in stored)
        place = find_invitation(work, sheet.codes[1].lower().replace("-", " "))
        assert (place.group_id, place.location_name) == (group.id, "Noorderlicht")


@pytest.mark.parametrize("count", [0, 51, -1])
def test_a_sheet_has_one_to_fifty_codes(begin, group, karin, count) -> None:
    with pytest.raises(InvalidError), begin() as work:
        make_batch(work, karin, group.id, count)


def test_no_codes_for_a_closed_group_and_none_lead_there(begin, group, karin, sheet) -> None:
    with begin() as work:
        work.session.get(type(group), group.id).state = GroupState.CLOSED
    with pytest.raises(ConflictError), begin() as work:
        make_batch(work, karin, group.id, 3)
    assert refusal(begin, sheet.codes[0]) == "code_group_closed"


@pytest.mark.parametrize("code", ["", "ABCD-EFGH-JKMN", "a", "0" * 12, "🦦" * 12, "x" * 5000])
@pytest.mark.usefixtures("sheet")
def test_what_is_no_code_is_simply_wrong(begin, code) -> None:
    assert refusal(begin, code) == "code_wrong"


def test_who_holds_a_code_hears_what_became_of_it(begin, karin, sheet) -> None:
    used, revoked, late = sheet.codes
    with begin() as work:
        claim(work, find_invitation(work, used).invitation_id)
        revoke_one(work, karin, sheet.id, find_invitation(work, revoked).invitation_id)
    assert refusal(begin, used) == "code_used"
    assert refusal(begin, revoked) == "code_revoked"
    assert refusal(begin, late, NOON + timedelta(days=15)) == "code_expired"
    with begin() as work:
        found = [one.state for one in states(work, karin, sheet.id)]
    assert found == [InvitationState.USED, InvitationState.REVOKED, InvitationState.OPEN]
    with begin(NOON + timedelta(days=15)) as work:
        assert states(work, karin, sheet.id)[2].state is InvitationState.EXPIRED


def test_the_rest_of_a_sheet_is_revoked_the_used_one_stays_used(begin, group, karin, sheet) -> None:
    with begin() as work:
        claim(work, find_invitation(work, sheet.codes[0]).invitation_id)
    with begin() as work:
        assert revoke_rest(work, karin, sheet.id) == 2
    with begin() as work:
        assert [one.state.value for one in states(work, karin, sheet.id)] == ["used", "revoked", "revoked"]
        assert [(one.codes, one.open) for one in batches(work, karin, group.location_id)] == [(3, 0)]


def test_esra_writes_a_reference_along_that_nobody_reads(begin, esra, karin, sheet) -> None:
    with begin() as work:
        enter_care_reference(work, esra, sheet.id, 2, "  A-1234 ")
    with begin() as work:
        row = work.session.scalars(select(Invitation).where(Invitation.number == 2)).one()
        assert b"A-1234" not in row.care_reference
        assert work.unseal(row, "care_reference") == "A-1234"
        seen = states(work, karin, sheet.id)
        assert [one.has_reference for one in seen] == [False, True, False]
        assert "A-1234" not in repr(seen)
        facts = [entry.facts for entry in work.session.scalars(select(AuditEntry))]
        assert "A-1234" not in repr(facts)


def test_only_who_hands_a_code_out_writes_its_reference(begin, group, esra, karin, sheet) -> None:
    with begin() as work:
        colleague = a_clinician(work, group.location, "Jeroen")
        elsewhere = a_clinician(work, a_location(work, "Zuidhaven"))
        noor = a_youth(work, group)
    for stranger in (karin, elsewhere, noor):
        with pytest.raises(NotFoundError), begin() as work:
            enter_care_reference(work, stranger, sheet.id, 1, "A-1")
    with begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, "A-1")
    for replace in (False, True):
        with pytest.raises(ConflictError) as taken, begin() as work:
            enter_care_reference(work, colleague, sheet.id, 1, "B-1", replace=replace)
        assert taken.value.code == "handed_out"
    with pytest.raises(InvalidError) as refused, begin() as work:
        enter_care_reference(work, esra, sheet.id, 9, "A-1")
    assert refused.value.errors == {"number": "unknown_choice"}
    with pytest.raises(InvalidError), begin() as work:
        enter_care_reference(work, esra, sheet.id, 2, "  ")


def test_a_reference_is_replaced_only_when_that_is_asked_for(begin, esra, sheet) -> None:
    with begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, "A-1")
    with pytest.raises(ConflictError) as refused, begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, "B-2")
    assert refused.value.code == "has_reference"

    def kept(work) -> str:
        return work.unseal(
            work.session.scalars(select(Invitation).where(Invitation.number == 1)).one(), "care_reference"
        )

    with begin() as work:
        assert kept(work) == "A-1"
        enter_care_reference(work, esra, sheet.id, 1, "A-2", replace=True)
    with begin() as work:
        assert kept(work) == "A-2"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Jan Jansen 123456782", "care_bsn"),
        ("123456782", "care_bsn"),
        ("A-1, 1234.56.782", "care_bsn"),
        ("bsn123 456 782", "care_bsn"),
        ("Jan Jansen", "care_name"),
        ("12 Jansen, Noor", "care_name"),
        ("Fatima el Idrissi 7", "care_name"),
        ("Jan van der Berg", "care_name"),
    ],
)
def test_no_name_and_no_citizen_service_number_is_a_reference(begin, esra, sheet, typed, code) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, typed)
    assert refused.value.errors == {"care_reference": code}


@pytest.mark.parametrize(
    "typed",
    [
        "A-1234",
        "123456783",
        "1234567820",
        "12345678",
        "kaart twee",
        "Dossier 12",
        "Team Noord 123",
        "JAN-0042",
        "GGZ Noord 7",
    ],
)
def test_a_number_of_the_clinic_is_a_reference(begin, esra, sheet, typed) -> None:
    with begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, typed)


def test_a_sheet_has_a_short_mark_that_makes_no_word(begin, group, karin, sheet) -> None:
    assert re.fullmatch(r"\d[BCDFGHJKLMNPQRSTVWXZ]\d\d", sheet.mark)
    with begin() as work:
        other = make_batch(work, karin, group.id, 1)
        assert [one.mark for one in batches(work, karin, group.location_id) if one.id == sheet.id] == [sheet.mark]
        assert mark_of(sheet.id) == sheet.mark
        assert mark_of(UUID(int=other.id.int ^ 1)) != other.mark


def test_a_reference_goes_with_its_revoked_code(begin, esra, karin, sheet) -> None:
    with begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, "A-1")
        revoke_rest(work, karin, sheet.id)
    with begin() as work:
        assert {row.care_reference for row in work.session.scalars(select(Invitation))} == {None}
    with pytest.raises(ConflictError), begin() as work:
        enter_care_reference(work, esra, sheet.id, 1, "A-1")


def test_sheets_of_another_location_are_not_there(begin, group, sheet) -> None:
    with begin() as work:
        zuid = a_location(work, "Zuidhaven")
        a_group(work, zuid)
        stranger = an_administrator(work, zuid)
    with begin() as work:
        assert batches(work, stranger, zuid.id) == []
    for look in (
        lambda work: batches(work, stranger, group.location_id),
        lambda work: states(work, stranger, sheet.id),
        lambda work: revoke_rest(work, stranger, sheet.id),
        lambda work: make_batch(work, stranger, group.id, 1),
    ):
        with pytest.raises(NotFoundError), begin() as work:
            look(work)
