"""Esra hands out a code with a reference that nobody reads back, and sees who got a role."""

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.groups.invitations import make_batch
from safespace.groups.models import Invitation


@pytest.fixture
def place(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def sheet(begin, place):
    with begin() as work:
        return make_batch(work, an_administrator(work, place.location), place.id, 2)


@pytest.fixture
def esra(begin, place, signed_in):
    with begin() as work:
        actor = a_clinician(work, place.location)
    return signed_in(actor)


def test_esra_hands_out_a_code(begin, esra, sheet) -> None:
    assert f"/team/codes/{sheet.id}" in esra.get("/team").text
    form = {"number": "2", "care_reference": "A-1234"}
    assert esra.post(f"/team/codes/{sheet.id}", data=form).status_code == 303
    page = esra.get(f"/team/codes/{sheet.id}").text
    assert "A-1234" not in page
    assert "al uitgegeven" in page
    assert not any(code in page for code in sheet.codes)
    with begin() as work:
        row = work.session.scalars(select(Invitation).where(Invitation.number == 2)).one()
        assert work.unseal(row, "care_reference") == "A-1234"


def test_the_next_youth_gets_a_code_of_their_own(begin, esra, sheet) -> None:
    path = f"/team/codes/{sheet.id}"
    assert '<option value="" selected>Kies een nummer</option>' in esra.get(path).text
    assert "Vervang de verwijzing" not in esra.get(path).text
    assert esra.post(path, data={"number": "1", "care_reference": "A-1"}).status_code == 303
    page = esra.get(path).text
    assert f"kaart 1 · vel {sheet.mark}" in page
    assert '<option value="" selected>Kies een nummer</option>' in page
    again = esra.post(path, data={"number": "1", "care_reference": "B-2"})
    assert again.status_code == 409
    assert "Bij deze kaart staat al een verwijzing" in again.text
    assert 'value="B-2"' in again.text
    assert '<option value="1" selected>' in again.text
    with begin() as work:
        row = work.session.scalars(select(Invitation).where(Invitation.number == 1)).one()
        assert work.unseal(row, "care_reference") == "A-1"
    assert esra.post(path, data={"number": "1", "care_reference": "B-2", "replace": "1"}).status_code == 303
    with begin() as work:
        row = work.session.scalars(select(Invitation).where(Invitation.number == 1)).one()
        assert work.unseal(row, "care_reference") == "B-2"


def test_she_finds_the_sheet_in_her_hand_by_its_mark(begin, esra, sheet, place) -> None:
    with begin() as work:
        other = make_batch(work, an_administrator(work, place.location, "Mark"), place.id, 2)
    team = esra.get("/team").text
    assert all(f"vel {one.mark}" in team for one in (sheet, other))
    assert f"Vel {sheet.mark}" in esra.get(f"/team/codes/{sheet.id}").text


@pytest.mark.parametrize("typed", ["Jan Jansen 123456782", "Jan Jansen"])
def test_a_name_or_a_citizen_service_number_is_refused_and_stays_typed(esra, sheet, typed) -> None:
    answer = esra.post(f"/team/codes/{sheet.id}", data={"number": "2", "care_reference": typed})
    assert answer.status_code == 422
    assert 'id="f-care_reference-error"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert '<option value="2" selected>' in answer.text


def test_what_is_too_long_stays_typed(esra, sheet) -> None:
    answer = esra.post(f"/team/codes/{sheet.id}", data={"number": "1", "care_reference": "x" * 61})
    assert answer.status_code == 422
    assert "x" * 61 in answer.text


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "9" * 5000, "99", "0", "abc", ""])
def test_a_number_that_is_not_on_the_sheet_is_told_at_its_field(esra, sheet, number) -> None:
    answer = esra.post(f"/team/codes/{sheet.id}", data={"number": number, "care_reference": "A-1234"})
    assert answer.status_code == 422
    assert 'href="#f-number"' in answer.text
    assert 'value="A-1234"' in answer.text
    assert 'value="1" selected' not in answer.text


def test_a_code_that_was_used_meanwhile_is_told_at_its_field(begin, esra, sheet) -> None:
    with begin() as work:
        row = work.session.scalars(select(Invitation).where(Invitation.number == 2)).one()
        row.revoked_at = work.now
    answer = esra.post(f"/team/codes/{sheet.id}", data={"number": "2", "care_reference": "A-1234"})
    assert answer.status_code == 409
    assert 'href="#f-number"' in answer.text
    assert 'value="A-1234"' in answer.text


def test_esra_sees_who_got_a_role(esra, sheet) -> None:
    assert "Karin" in esra.get("/team").text


def test_others_find_no_such_page(begin, client, place, sheet, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, place)
        karin = an_administrator(work, place.location, "Mark")
        elsewhere = a_clinician(work, a_location(work, "Zuidhaven"))
    assert client.get("/team").location.startswith("/in")
    assert signed_in(noor).get("/team").status_code == 404
    assert signed_in(karin).get("/team").status_code == 404
    stranger = signed_in(elsewhere)
    assert str(sheet.id) not in stranger.get("/team").text
    path = f"/team/codes/{sheet.id}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"number": "1", "care_reference": "x"}).status_code == 404
    assert signed_in(karin).post(path, data={"number": "1", "care_reference": "x"}).status_code == 404
