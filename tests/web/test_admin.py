"""Karin administers her location on screen; she never meets a post, and nobody else meets her pages."""

import csv
import io
import re
from html import unescape
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_youth, actor_of, an_administrator

from safespace.accounts.models import Account, EnrolmentLink
from safespace.audit import chain, log
from safespace.crisis.help import help_page
from safespace.crisis.lines import seed_lines
from safespace.crisis.models import HelpLine
from safespace.groups.invitations import make_batch
from safespace.groups.models import Group, Invitation, Location, StaffRole
from safespace.moderation import claims, intake
from safespace.moderation.models import Review
from safespace.policy.roles import Role
from safespace.threads.models import PostType, Words
from safespace.web.admin_audit import escaped

CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")
OFFICE = {"hours_0_opens": "09:00", "hours_0_closes": "17:00"}


def once(**fields: object) -> dict[str, object]:
    return {"form_key": str(uuid4())} | fields


@pytest.fixture
def place(begin, group):
    with begin() as work:
        seed_lines(work)
    return group.location


@pytest.fixture
def karin(begin, place):
    with begin() as work:
        return an_administrator(work, place)


@pytest.fixture
def browser(karin, signed_in):
    return signed_in(karin)


@pytest.fixture
def south(begin):
    with begin() as work:
        location = a_location(work, "Zuidhaven")
        return a_group(work, location, "Slapen en piekeren")


def test_she_opens_a_location_and_the_help_page_knows_its_number(browser, begin, settings, place) -> None:
    del place
    assert "crisis_phone" in browser.get("/beheer/locaties/nieuw").text
    form = once(name="Noord", crisis_phone="020-0000001", **OFFICE)
    answer = browser.post("/beheer/locaties/nieuw", data=form)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Noord" in page
    assert "9.00 tot 17.00 uur" in page
    assert "020-0000001" in [one.phone for one in help_page(settings).places]
    again = browser.post("/beheer/locaties/nieuw", data=form)
    assert again.location == answer.location
    with begin() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Location)) == 2


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(browser) -> None:
    form = once(name="", crisis_phone="bel de balie", hours_2_opens="17:00", hours_2_closes="09:00")
    answer = browser.post("/beheer/locaties/nieuw", data=form)
    assert answer.status_code == 422
    for field in ("name", "crisis_phone", "hours_2_closes"):
        assert f'href="#f-{field}"' in answer.text
    assert 'value="bel de balie"' in answer.text
    assert 'value="17:00"' in answer.text


def test_a_location_says_when_it_is_open_or_that_it_never_is(browser, begin, place) -> None:
    form = once(name="Noord", crisis_phone="020-0000001")
    empty = browser.post("/beheer/locaties/nieuw", data=form)
    assert empty.status_code == 422
    assert 'href="#f-hours"' in empty.text
    assert 'id="f-hours"' in empty.text
    both = browser.post("/beheer/locaties/nieuw", data=form | OFFICE | {"never_open": "1"})
    assert both.status_code == 422
    opened = browser.post("/beheer/locaties/nieuw", data=form | {"never_open": "1"})
    assert opened.status_code == 303
    assert "niemand leest mee" in browser.get(opened.location).text
    page = browser.get(f"{opened.location}/gegevens").text
    assert re.search(r'name="never_open"[^>]* checked', page)
    assert not re.search(r'name="never_open"[^>]* checked', browser.get(f"/beheer/l/{place.id}/gegevens").text)
    unticked = browser.post(f"{opened.location}/gegevens", data=form | {"version": "1"})
    assert unticked.status_code == 422
    assert not re.search(r'name="never_open"[^>]* checked', unticked.text)


def test_a_second_administrator_who_saves_later_sees_it_and_keeps_the_text(browser, begin, place) -> None:
    url = f"/beheer/l/{place.id}/gegevens"
    seen = {"version": "1", "name": "Noorderlicht", **OFFICE}
    assert browser.post(url, data=seen | {"crisis_phone": "020-0000002"}).status_code == 303
    late = browser.post(url, data=seen | {"crisis_phone": "020-0000003"})
    assert late.status_code == 409
    assert "Iemand anders" in late.text
    assert 'value="020-0000003"' in late.text
    assert 'name="version" value="2"' in late.text
    with begin() as work:
        assert work.session.get(Location, place.id).crisis_phone == "020-0000002"
    assert browser.post(url, data=seen | {"crisis_phone": "020-0000003", "version": "2"}).status_code == 303


def test_she_opens_a_group_and_closes_it(browser, begin, place) -> None:
    url = f"/beheer/l/{place.id}/groepen/nieuw"
    assert browser.get(url).status_code == 200
    form = {"name": "Online en offline", "profile": "general", "kind": "group"}
    taken = browser.post(url, data=once(**form))
    assert taken.status_code == 422
    assert "bestaat al" in taken.text
    assert browser.post(url, data=once(**form | {"name": "Woensdag"})).status_code == 303
    with begin() as work:
        group = work.session.scalars(sa.select(Group).where(Group.name == "Woensdag")).one()
    edit = f"/beheer/groepen/{group.id}"
    assert "Woensdag" in browser.get(edit).text
    closed = {"name": "Woensdag", "about": "", "state": "closed", "version": "1"}
    assert browser.post(edit, data=closed).status_code == 303
    assert browser.post(edit, data=closed).status_code == 409
    assert "Gesloten" in browser.get(f"/beheer/l/{place.id}").text


def test_cards_are_shown_once_and_say_nothing_about_the_clinic(browser, begin, group) -> None:
    url = f"/beheer/l/{group.location_id}/uitnodigingen"
    assert browser.get(url).status_code == 200
    form = once(group_id=group.id, count="12")
    sheet = browser.post(url, data=form)
    assert sheet.status_code == 200
    cards = sheet.text[sheet.text.index("print-sheet") :]
    codes = CODE.findall(cards)
    assert len(set(codes)) == 12
    assert cards.count("<svg") >= 12
    assert "style=" not in cards
    assert "/m" in cards
    assert not re.search(r"ggz|psych|behandel|gezond|eetst|groep|noorderlicht", cards.split("</ol>")[0].lower())
    mark = re.search(r"kaart 12 · vel (\w{4})<", cards)[1]
    assert all(f"kaart {number} · vel {mark}<" in cards for number in range(1, 13))
    assert f">{mark}</a>" in browser.get(url).text
    again = browser.post(url, data=form)
    assert again.status_code == 303
    states = browser.get(again.location).text
    assert not CODE.search(states)
    assert f"vel {mark}" in states
    assert "12 codes zijn nog open" in states
    with begin() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 12


@pytest.mark.parametrize("count", ["0", "51", "-1", "veel", ""])
def test_a_sheet_has_one_to_fifty_cards(browser, group, count) -> None:
    url = f"/beheer/l/{group.location_id}/uitnodigingen"
    answer = browser.post(url, data=once(group_id=group.id, count=count))
    assert answer.status_code == 422
    assert "1 tot en met 50" in answer.text


def test_codes_are_taken_back_one_by_one_and_all_at_once(browser, begin, karin, group) -> None:
    with begin() as work:
        sheet = make_batch(work, karin, group.id, 3)
    with begin() as work:
        first = work.session.scalars(sa.select(Invitation).order_by(Invitation.number)).first()
    url = f"/beheer/uitnodigingen/{sheet.id}"
    assert browser.post(f"{url}/{first.id}/intrekken").status_code == 303
    assert "2 codes zijn nog open" in browser.get(url).text
    browser.post(f"{url}/intrekken")
    page = browser.get(url).text
    assert "0 codes zijn nog open" in page
    assert page.count("ingetrokken") >= 3


def test_a_new_colleague_gets_a_link_that_is_shown_once(browser, begin, place) -> None:
    url = f"/beheer/l/{place.id}/team"
    assert browser.get(url).status_code == 200
    form = once(staff_name="Joris", role_title="behandelaar", role="clinician")
    shown = browser.post(url, data=form)
    link = re.search(r"http://[^<\s]+/in/welkom#([A-Z0-9-]+)", shown.text)
    assert link
    assert browser.post(url, data=form).status_code == 303
    team = browser.get(url).text
    assert link[1] not in team
    assert "wacht op bevestiging" in team
    assert "nog geen wachtzin" in team
    with begin() as work:
        joris = work.session.scalars(sa.select(EnrolmentLink.account_id)).one()
    renewed = browser.post(f"{url}/{joris}/link")
    assert renewed.status_code == 200
    assert link[1] not in renewed.text


def test_what_is_missing_about_a_colleague_is_said(browser, begin, place) -> None:
    url = f"/beheer/l/{place.id}/team"
    answer = browser.post(url, data=once(staff_name="", role_title="behandelaar", role="clinician"))
    assert answer.status_code == 422
    assert 'href="#f-staff_name"' in answer.text
    assert 'value="behandelaar"' in answer.text
    assert browser.post(url, data=once(staff_name="J", role_title="b", role="king")).status_code == 422
    with begin() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(EnrolmentLink)) == 0


def test_a_role_needs_a_second_administrator(browser, begin, place, signed_in) -> None:
    url = f"/beheer/l/{place.id}/team"
    browser.post(url, data=once(staff_name="Joris", role_title="behandelaar", role="clinician"))
    with begin() as work:
        granted = work.session.scalars(sa.select(StaffRole).where(StaffRole.role == Role.CLINICIAN)).one()
        second = an_administrator(work, place, "Mark")
    own = browser.post(f"{url}/{granted.id}/bevestigen")
    assert own.status_code == 403
    assert "andere beheerder" in own.text
    assert signed_in(second).post(f"{url}/{granted.id}/bevestigen").status_code == 303
    with begin() as work:
        assert work.session.get(StaffRole, granted.id).confirmed_by == second.account_id
    assert browser.post(f"{url}/{granted.id}/intrekken").status_code == 303
    assert browser.post(f"{url}/{granted.id}/intrekken").status_code == 409


def test_a_colleague_from_elsewhere_is_found_by_the_name_they_give(browser, begin, place, south) -> None:
    with begin() as work:
        esra = a_clinician(work, south.location)
        name = work.unseal(work.session.get(Account, esra.account_id), "sign_in_name")
    url = f"/beheer/l/{place.id}/team/rol"
    assert browser.post(url, data={"sign_in_name": name, "role": "clinician"}).status_code == 303
    twice = browser.post(url, data={"sign_in_name": name, "role": "clinician"})
    assert twice.status_code == 409
    assert "al een rol" in twice.text
    unknown = browser.post(url, data={"sign_in_name": "rustige-boot", "role": "clinician"})
    assert unknown.status_code == 422
    assert 'href="#f-existing_sign_in_name"' in unknown.text


def test_disabling_ends_all_sessions_and_the_last_administrator_stays(browser, begin, place, karin, signed_in) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
    theirs = signed_in(esra)
    url = f"/beheer/l/{place.id}/team"
    assert browser.post(f"{url}/{esra.account_id}/uitschakelen").status_code == 303
    assert theirs.get("/groepen").status_code == 302
    with begin() as work:
        role = work.session.scalars(sa.select(StaffRole).where(StaffRole.account_id == karin.account_id)).one()
    answer = browser.post(f"{url}/{role.id}/intrekken")
    assert answer.status_code == 409
    assert "laatste beheerder" in answer.text


def waits_in(work, group, reader=None):
    """A post that waits in this group, with this clinician at it."""
    words = Words(body="Vandaag lekker buiten gelopen.", title="Vandaag")
    sent = intake.open_thread(work, a_youth(work, group, f"Otter {uuid4().hex[:6]}"), group.id, PostType.TIP, words)
    review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
    if reader is not None:
        assert claims.claim(work, reader, review.id).mine
    return review


def held(begin, *reviews):
    with begin() as work:
        lasting = sa.select(Review.id).where(Review.held_until > work.now)
        return [one.id in set(work.session.scalars(lasting)) for one in reviews]


def test_whose_account_ends_is_at_no_item_any_more(browser, begin, place, group) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
        one = waits_in(work, group, esra)
    assert held(begin, one) == [True]
    browser.post(f"/beheer/l/{place.id}/team/{esra.account_id}/uitschakelen")
    assert held(begin, one) == [False]


def test_whose_role_ends_is_at_no_item_of_that_location_any_more(browser, begin, place, group, south) -> None:
    with begin() as work:
        asking = a_group(work, a_location(work, "Noord"))
        roles = {"role": Role.CLINICIAN, "granted_at": work.now, "works_from": work.now}
        esra = a_clinician(work, place)
        work.session.add(StaffRole(account_id=esra.account_id, location_id=south.location_id, **roles))
        work.session.flush()
        esra = actor_of(work, esra.account_id)
        asked = waits_in(work, asking)
        asked.asked_location_id = place.id
        work.session.flush()
        claims.claim(work, esra, asked.id)
        here, there = (waits_in(work, one, esra) for one in (group, south))
        mine = StaffRole.account_id == esra.account_id, StaffRole.location_id == place.id
        role = work.session.scalars(sa.select(StaffRole).where(*mine)).one()
    assert held(begin, here, asked, there) == [True, True, True]
    assert browser.post(f"/beheer/l/{place.id}/team/{role.id}/intrekken").status_code == 303
    assert held(begin, here, asked, there) == [False, False, True]


def test_help_lines_are_checked_changed_moved_added_and_removed(browser, begin, settings, place) -> None:
    del place
    assert "nakijken" in browser.get("/beheer/hulplijnen").text
    with begin() as work:
        fier = work.session.scalars(sa.select(HelpLine).where(HelpLine.key == "fier")).one()
    url = f"/beheer/hulplijnen/{fier.id}"
    assert browser.post(f"{url}/nagekeken", data={"version": "1"}).status_code == 303
    assert browser.post(f"{url}/nagekeken", data={"version": "1"}).status_code == 409
    form = {"version": "2", "name_nl": "Fier", "site": "https://chatmetfier.nl", "topics": ["violence"]}
    wrong = browser.post(url, data=form | {"site": "chatmetfier.nl", "hours_nl": "Elke avond"})
    assert wrong.status_code == 422
    assert 'value="Elke avond"' in wrong.text
    assert browser.post(url, data=form).status_code == 303
    assert "Fier" in [line.name_nl for line in help_page(settings).lines]
    assert browser.post(f"{url}/plek", data={"to": "up"}).status_code == 303
    new = {"name_nl": "Een oor", "phone": "020-0000000", "topics": "general"}
    assert browser.post("/beheer/hulplijnen/nieuw", data=once(**new)).status_code == 303
    assert "Een oor" in [line.name_nl for line in help_page(settings).lines]
    assert browser.post(f"{url}/weg", data={"version": "3"}).status_code in (303, 409)
    with begin() as work:
        version = work.session.scalar(sa.select(HelpLine.version).where(HelpLine.id == fier.id))
    if version:
        assert browser.post(f"{url}/weg", data={"version": version}).status_code == 303
    assert "Fier" not in [line.name_nl for line in help_page(settings).lines]


def test_when_the_disk_refuses_the_save_stands_and_that_is_said(browser, begin, place, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("safespace.crisis.snapshot.write", full)
    form = {"version": "1", "name": "Noorderlicht", "crisis_phone": "020-0000004", **OFFICE}
    answer = browser.post(f"/beheer/l/{place.id}/gegevens", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "De hulppagina volgt" in answer.text
    with begin() as work:
        assert work.session.get(Location, place.id).crisis_phone == "020-0000004"


def test_the_log_shows_staff_by_name_and_youths_as_that(browser, begin, group) -> None:
    with begin() as work:
        esra, noor = a_clinician(work, group.location), a_youth(work, group, "Stille Otter")
        log.record(work, esra, "grant_role", location_id=group.location_id, role="clinician")
        log.record(work, noor, "post_sent", location_id=group.location_id, on=("post", uuid4()))
    url = f"/beheer/l/{group.location_id}/logboek"
    page = unescape(browser.get(url).text)
    assert "gaf een rol: behandelaar" in page
    assert "Esra" in page
    assert "jongere" in page
    assert "Stille Otter" not in page
    assert str(noor.account_id) not in page
    filtered = unescape(browser.get(url, query_string={"action": "grant_role"}).text)
    assert "stuurde een bericht in</td>" not in filtered
    assert browser.get(url, query_string={"actor": "x", "since": "gisteren", "before": "-"}).status_code == 200
    assert "las dit logboek" in unescape(browser.get(url).text)


def test_a_long_log_is_read_page_by_page(browser, begin, group) -> None:
    with begin() as work:
        esra = a_clinician(work, group.location)
        for step in range(60):
            log.record(work, esra, "decide", location_id=group.location_id, step=step)
    url = f"/beheer/l/{group.location_id}/logboek"
    older = re.search(r'href="([^"]*before=[^"]*)"', browser.get(url, query_string={"action": "decide"}).text)
    assert older
    page = browser.get(unescape(older[1])).text
    assert page.count("<tr>") == 1 + 10
    with begin() as work:
        assert chain.verify_all(work.session) == []


TOO_MUCH = ("9223372036854775808", "-9223372036854775809", "9" * 5000)


@pytest.mark.parametrize("number", TOO_MUCH)
def test_a_number_that_no_database_holds_breaks_no_page_of_hers(browser, begin, group, place, number) -> None:
    with begin() as work:
        line = work.session.scalars(sa.select(HelpLine)).first().id
    assert browser.get(f"/beheer/l/{place.id}/logboek?before={number}").status_code == 200
    for path in (f"/l/{place.id}/gegevens", f"/l/{place.id}/meelezen", f"/groepen/{group.id}", f"/hulplijnen/{line}"):
        form = once(version=number, count=number, name="Noord", crisis_phone="020-0000001", **OFFICE)
        assert browser.post(f"/beheer{path}", data=form | {"min_age": number}).status_code in {409, 422}
    form = once(group_id=str(group.id), count=number)
    assert browser.post(f"/beheer/l/{place.id}/uitnodigingen", data=form).status_code == 422


@pytest.mark.parametrize("number", TOO_MUCH)
def test_nor_does_it_break_a_page_of_anybody_else(begin, group, place, signed_in, number) -> None:
    with begin() as work:
        actors = a_clinician(work, place), a_youth(work, group)
    esra, noor = map(signed_in, actors)
    for path in ("/wachtrij?pagina=", "/voorsortering?vanaf=", f"/g/{group.id}?page="):
        assert esra.get(f"{path}{number}").status_code in {200, 404}
    assert esra.post(f"/g/{group.id}/live-uur", data=once(minutes=number)).status_code == 422
    together = {"aantal": number, "bericht": f"{uuid4()}.{number}"}
    assert esra.post("/wachtrij/samen/plaatsen", data=together).status_code < 500
    for path in ("/mijn?page=", f"/g/{group.id}/changes?after="):
        assert noor.get(f"{path}{number}").status_code in {200, 404}


def test_the_log_as_a_file_holds_no_formula(browser, begin, group) -> None:
    with begin() as work:
        boss = a_clinician(work, group.location, '=HYPERLINK("x")')
        log.record(work, boss, "decide", location_id=group.location_id, step=1)
    answer = browser.post(f"/beheer/l/{group.location_id}/logboek.csv", data={"action": "decide"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][2] == '\'=HYPERLINK("x")'
    assert len(rows) == 2
    assert escaped("@SUM(1)") == "'@SUM(1)"
    with begin() as work:
        assert chain.verify_all(work.session) == []


def test_nobody_else_finds_these_pages(begin, browser, client, group, south, signed_in) -> None:
    place = group.location
    with begin() as work:
        people = [a_youth(work, group), a_clinician(work, place), an_administrator(work, south.location, "Mark")]
    own = [
        f"/beheer/l/{place.id}",
        f"/beheer/l/{place.id}/gegevens",
        f"/beheer/l/{place.id}/groepen/nieuw",
        f"/beheer/groepen/{group.id}",
        f"/beheer/l/{place.id}/team",
        f"/beheer/l/{place.id}/uitnodigingen",
        f"/beheer/l/{place.id}/logboek",
    ]
    anywhere = ["/beheer", "/beheer/locaties/nieuw", "/beheer/hulplijnen", "/beheer/hulplijnen/nieuw"]
    for path in own + anywhere:
        assert browser.get(path).status_code == 200
        assert client.get(path).status_code == 302
        for person in people[:2]:
            assert signed_in(person).get(path).status_code == 404
        assert signed_in(people[2]).get(path).status_code == (404 if path in own else 200)
    for path in (f"/beheer/l/{south.location_id}", f"/beheer/groepen/{south.id}", f"/beheer/l/{uuid4()}"):
        assert browser.get(path).status_code == 404


def test_every_page_speaks_to_a_screen_reader_in_one_voice(browser, place) -> None:
    for path in ("", f"/l/{place.id}", f"/l/{place.id}/team", f"/l/{place.id}/uitnodigingen", "/hulplijnen"):
        page = browser.get(f"/beheer{path}").text
        assert page.count("<h1") == 1
        assert "style=" not in page
        assert "<title>Beheer</title>" in page
