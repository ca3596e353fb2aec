"""Joining in the browser: from a code to the group, back and refresh included, and no step that tells too much."""

import re
from datetime import timedelta

import pytest
from builders import a_group, a_location, a_youth, an_administrator
from flask.testing import FlaskClient
from sqlalchemy import select

from safespace.accounts.models import Account, AccountSession
from safespace.groups.invitations import make_batch, revoke_rest
from safespace.groups.models import Invitation, Membership

TICKS = {"accept_rules": "1", "accept_anonymity": "1", "accept_privacy": "1"}


@pytest.fixture
def place(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def sheet(begin, place):
    with begin() as work:
        return make_batch(work, an_administrator(work, place.location), place.id, 4)


def shown(page: str, name: str) -> str:
    return re.search(rf'id="{name}">([^<]+)<', page)[1]


def up_to_alias(client: FlaskClient, code: str, **own) -> dict[str, str]:
    assert client.post("/m", data={"code": code}).location == "/m/anoniem"
    assert client.post("/m/anoniem", data={"answer": "two_in_danger"}).location == "/m/naam"
    page = client.get("/m/naam").text
    seen = {
        "sign_in_name": re.search(r'name="sign_in_name"[^>]* value="([^"]+)"', page)[1],
        "passphrase": shown(page, "made_passphrase"),
        "recovery_code": shown(page, "recovery_code"),
    }
    answer = client.post("/m/naam", data={"written_down": "1"} | own)
    assert answer.location == "/m/schuilnaam", answer.text
    return seen | own


def joined(client: FlaskClient, code: str, alias: str = "Stille Otter", **own) -> dict[str, str]:
    seen = up_to_alias(client, code, **own)
    assert client.post("/m/schuilnaam", data={"alias": alias}).location == "/m/afspraken"
    answer = client.post("/m/afspraken", data=TICKS)
    assert answer.status_code == 303, answer.text
    return seen | {"at": answer.location}


def test_noor_joins_and_stands_in_her_group(begin, client, place, sheet) -> None:
    seen = joined(client, sheet.codes[0].lower())
    assert seen["at"].endswith(str(place.id))
    assert client.get(seen["at"]).status_code == 200
    with begin() as work:
        membership = work.session.scalars(select(Membership)).one()
        assert work.unseal(membership, "alias") == "Stille Otter"


def test_she_signs_in_later_with_what_she_wrote_down(client, app, sheet) -> None:
    seen = joined(client, sheet.codes[0])
    elsewhere = app.test_client()
    answer = elsewhere.post("/in", data={"sign_in_name": seen["sign_in_name"], "passphrase": seen["passphrase"]})
    assert answer.location == "/"
    assert elsewhere.get("/").location == "/groepen"


def test_her_own_passphrase_counts_instead(client, app, sheet) -> None:
    seen = joined(client, sheet.codes[0], passphrase="mijn kat eet tompoes")
    elsewhere = app.test_client()
    own = {"sign_in_name": seen["sign_in_name"], "passphrase": "mijn kat eet tompoes"}
    assert elsewhere.post("/in", data=own).status_code == 303


@pytest.mark.parametrize(
    ("passphrase", "words"), [("kort", "te kort"), ("wachtwoord123", "makkelijk te raden"), ("x" * 200, "te lang")]
)
def test_a_weak_passphrase_is_told_kindly(client, sheet, passphrase, words) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    client.post("/m/anoniem", data={"answer": "two_in_danger"})
    answer = client.post("/m/naam", data={"written_down": "1", "passphrase": passphrase})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{passphrase}"' not in answer.text


def test_without_the_tick_the_code_stays_on_the_page(client, sheet) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    client.post("/m/anoniem", data={"answer": "two_in_danger"})
    before = client.get("/m/naam").text
    answer = client.post("/m/naam", data={})
    assert answer.status_code == 422
    assert shown(answer.text, "recovery_code") == shown(before, "recovery_code")
    assert shown(client.get("/m/naam").text, "made_passphrase") == shown(before, "made_passphrase")


def test_a_wrong_answer_explains_and_never_blocks(client, sheet) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    answer = client.post("/m/anoniem", data={"answer": "nobody"})
    assert answer.status_code == 200
    assert "Bijna altijd klopt dat" in answer.text
    assert client.get("/m/naam").status_code == 200


def test_no_answer_is_asked_again(client, sheet) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    assert client.post("/m/anoniem", data={}).status_code == 422
    assert client.get("/m/naam").location == "/m"


@pytest.mark.parametrize("path", ["/m/anoniem", "/m/naam", "/m/schuilnaam", "/m/afspraken"])
def test_no_step_is_there_without_a_code(client, path) -> None:
    assert client.get(path).location == "/m"
    assert client.post(path, data=TICKS).location == "/m"


def test_a_full_name_is_refused_with_a_tip_and_stays_typed(client, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    answer = client.post("/m/schuilnaam", data={"alias": "Noor de Vries"})
    assert answer.status_code == 422
    assert "lijkt op een echte naam" in answer.text
    assert 'value="Noor de Vries"' in answer.text
    suggestion = re.search(r'name="suggestion" value="([^"]+)"', answer.text)[1]
    again = client.post("/m/schuilnaam", data={"alias": "Noor de Vries", "suggestion": suggestion})
    assert again.location == "/m/afspraken"
    assert suggestion in client.get("/m/afspraken").text


def test_the_risk_engine_reads_nicknames(client, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    assert client.post("/m/schuilnaam", data={"alias": "Voeg me toe"}).status_code == 422


def test_suggestions_stay_on_refresh_and_change_on_request(client, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    pages = [client.get(f"/m/schuilnaam{ask}").text for ask in ("", "", "?nieuw=1")]
    names = [re.findall(r'name="suggestion" value="([^"]+)"', page) for page in pages]
    assert len(names[0]) == 6
    assert names[0] == names[1] != names[2]
    assert client.post("/m/schuilnaam", data={"suggestion": names[2][0], "alias": ""}).location == "/m/afspraken"


def test_a_taken_nickname_is_told_now_and_at_the_end(begin, client, app, place, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    with begin() as work:
        a_youth(work, place, "stille otter")
    answer = client.post("/m/afspraken", data=TICKS)
    assert answer.location == "/m/schuilnaam"
    assert "heeft iemand in de groep al" in client.get("/m/schuilnaam").text
    assert client.post("/m/schuilnaam", data={"alias": "Stille Otter"}).status_code == 422
    client.post("/m/schuilnaam", data={"alias": "Rode Vos"})
    assert client.post("/m/afspraken", data=TICKS).location.endswith(str(place.id))


@pytest.mark.parametrize("missing", sorted(TICKS))
def test_every_agreement_is_asked_for(client, sheet, missing) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    answer = client.post("/m/afspraken", data={name: "1" for name in TICKS if name != missing})
    assert answer.status_code == 422
    assert f'href="#f-{missing}"' in answer.text


def test_the_last_step_sent_twice_makes_one_account_and_keeps_her_in(begin, client, app, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    twin = app.test_client()
    with client.session_transaction() as kept, twin.session_transaction() as copy:
        copy.update(kept)
    first, second = (browser.post("/m/afspraken", data=TICKS) for browser in (client, twin))
    assert first.location == second.location
    assert twin.get(second.location).status_code == 200
    with begin() as work:
        assert len(work.session.scalars(select(Membership)).all()) == 1


def test_the_last_step_pressed_again_leads_to_the_group(begin, client, app, place, sheet) -> None:
    seen = joined(client, sheet.codes[0])
    app.config["WTF_CSRF_ENABLED"] = True  # its token was of the session before she had an account
    again = client.post("/m/afspraken", data=TICKS | {"csrf_token": "of the session before"})
    assert (again.status_code, again.location) == (303, seen["at"])
    assert client.get("/m/afspraken").location == seen["at"]
    stranger = app.test_client()
    assert stranger.post("/m/afspraken", data=TICKS).status_code == 400
    with client.session_transaction() as kept, stranger.session_transaction() as copy:
        copy["joined"] = kept["joined"]
    assert stranger.post("/m/afspraken", data=TICKS).status_code == 400
    with begin() as work:
        assert len(work.session.scalars(select(Membership)).all()) == 1


def test_a_further_group_joined_twice_leads_to_it_too(begin, app, place, sheet, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, a_group(work, place.location, "Autisme en gamen"), "Blije Vos")
    browser = signed_in(noor)
    browser.post("/g/code", data={"code": sheet.codes[0]})
    browser.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    first, again = (browser.post("/m/afspraken", data=TICKS) for _ in range(2))
    assert first.location == again.location == f"/g/{place.id}"


def test_a_code_used_by_another_meanwhile_leads_back_in_words(client, app, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    joined(app.test_client(), sheet.codes[0], "Rode Vos")
    assert client.post("/m/afspraken", data=TICKS).location == "/m"
    assert "Deze code is al gebruikt" in client.get("/m").text


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN", "", "zomaar iets", "<script>", "x" * 3000])
def test_a_wrong_code_is_told_the_same_way(client, code) -> None:
    answer = client.post("/m", data={"code": code})
    assert answer.status_code == 422
    assert "Deze code klopt niet" in answer.text
    assert "<script>" not in answer.text


def test_who_holds_an_old_code_hears_why(begin, client, app, place, sheet) -> None:
    joined(app.test_client(), sheet.codes[0])
    assert "is al gebruikt" in client.post("/m", data={"code": sheet.codes[0]}).text
    with begin() as work:
        revoke_rest(work, an_administrator(work, place.location, "Mark"), sheet.id)
    assert "doet het niet meer" in client.post("/m", data={"code": sheet.codes[1]}).text


def test_the_code_is_in_no_address_and_not_readable_in_the_cookie(client, sheet) -> None:
    answer = client.post("/m", data={"code": sheet.codes[0]})
    plain = sheet.codes[0].replace("-", "")
    with client.session_transaction() as kept:
        words = repr(dict(kept))
    for text in (answer.location, answer.text, words):
        assert plain not in text
        assert sheet.codes[0] not in text
    seen = up_to_alias(client, sheet.codes[0])
    with client.session_transaction() as kept:
        assert not any(secret in repr(dict(kept)) for secret in seen.values())


def test_guessing_codes_is_slowed_down_and_a_right_guess_too(app, sheet) -> None:
    client = app.test_client()
    codes = [client.post("/m", data={"code": "ABCD-EFGH-JKMN"}).status_code for _ in range(61)]
    assert codes == [422] * 60 + [429]
    refused = client.post("/m", data={"code": sheet.codes[0]})
    assert refused.status_code == 429
    assert "hoeft niet aan jou te liggen" in refused.text


def test_a_ward_behind_one_address_joins_all_at_once(begin, app, place) -> None:
    with begin() as work:
        codes = make_batch(work, an_administrator(work, place.location, "Anna"), place.id, 30).codes
    for code in codes:
        client = app.test_client()
        for form in ({"code": code}, {"code": code}):
            assert client.post("/m", data=form).status_code == 303
        client.post("/m/anoniem", data={"answer": "two_in_danger"})
        client.get("/m/naam")
        assert client.post("/m/naam", data={}).status_code == 422  # a forgotten tick
        assert client.post("/m/naam", data={"written_down": "1"}).status_code == 303


def test_choosing_a_passphrase_without_end_is_slowed_down(client, sheet) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    client.post("/m/anoniem", data={"answer": "two_in_danger"})
    client.get("/m/naam")
    assert [client.post("/m/naam", data={}).status_code for _ in range(31)] == [422] * 30 + [429]


def test_who_is_signed_in_guesses_less(begin, app, place, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, place, "Blije Das")
    browser = signed_in(noor)
    codes = [browser.post("/g/code", data={"code": "ABCD-EFGH-JKMN"}).status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]
    assert app.test_client().post("/m", data={"code": "ABCD-EFGH-JKMN"}).status_code == 422


@pytest.fixture
def later(app):
    """Let the clock of the service go on, once."""

    def go_on(**time):
        here = app.extensions["safespace"]
        was = here.clock()
        here.clock = lambda: was + timedelta(**time)

    return go_on


@pytest.mark.parametrize("form", [{"alias": "Blije Das"}, {"suggestion": "Blije Das"}])
def test_who_took_too_long_hears_that_what_was_written_down_is_void(client, sheet, later, form) -> None:
    seen = up_to_alias(client, sheet.codes[0])
    later(minutes=61)
    assert client.post("/m/schuilnaam", data=form).location == "/m"
    page = client.get("/m").text
    assert "Wat je opschreef geldt niet meer; begin opnieuw." in page
    assert "Dit duurde te lang" not in client.get("/m").text
    again = up_to_alias(client, sheet.codes[0])
    assert set(again.values()).isdisjoint(seen.values())
    assert 'value="Blije Das"' in client.get("/m/schuilnaam").text


def test_the_nickname_comes_back_with_the_same_code_only(client, sheet, later) -> None:
    up_to_alias(client, sheet.codes[0])
    assert client.post("/m/schuilnaam", data={"alias": "Blije Das"}).location == "/m/afspraken"
    later(minutes=61)
    assert client.post("/m/afspraken", data=TICKS).location == "/m"
    assert "Wat je opschreef geldt niet meer" in client.get("/m").text
    up_to_alias(client, sheet.codes[1])
    assert "Blije Das" not in client.get("/m/schuilnaam").text


def test_every_step_begins_a_new_hour(client, sheet, later) -> None:
    up_to_alias(client, sheet.codes[0])
    later(minutes=59)
    assert client.post("/m/schuilnaam", data={"alias": "Blije Das"}).location == "/m/afspraken"
    later(minutes=59)
    assert "/g/" in client.post("/m/afspraken", data=TICKS).location


def test_who_wrote_nothing_down_hears_only_that_it_took_too_long(begin, client, place, sheet, signed_in, later) -> None:
    client.post("/m", data={"code": sheet.codes[0]})
    later(minutes=61)
    assert client.post("/m/anoniem", data={"answer": "two_in_danger"}).location == "/m"
    page = client.get("/m").text
    assert "Dit duurde te lang." in page
    assert "opschreef" not in page


def test_nothing_is_stored_before_the_last_step(begin, client, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    with begin() as work:
        assert work.session.scalars(select(AccountSession)).all() == []
        assert len(work.session.scalars(select(Account)).all()) == 1  # the administrator who made the codes
        assert not any(row.used_at for row in work.session.scalars(select(Invitation)))


def test_she_joins_a_second_group_and_nothing_links_the_two(begin, client, place, sheet) -> None:
    with begin() as work:
        second = a_group(work, place.location, "Autisme en gamen")
        other = make_batch(work, an_administrator(work, place.location, "Mark"), second.id, 1)
    joined(client, sheet.codes[0])
    assert client.get("/m").location == "/g/code"
    typed = {"code": other.codes[0]}  # on a card that was open in another tab
    assert client.post("/m", data=typed).location == f"/g/code#{other.codes[0]}"
    assert client.post("/g/code", data={"code": other.codes[0]}).location == "/m/schuilnaam"
    client.post("/m/schuilnaam", data={"alias": "Rode Vos"})
    assert client.post("/m/afspraken", data=TICKS).location.endswith(str(second.id))
    page = client.get(f"/groepen/{second.id}").text
    assert "Stille Otter" not in page
    with begin() as work:
        assert len({row.account_id for row in work.session.scalars(select(Membership))}) == 1


def test_a_code_for_her_own_group_is_kept_for_somebody_else(begin, client, place, sheet) -> None:
    joined(client, sheet.codes[0])
    answer = client.post("/g/code", data={"code": sheet.codes[1]})
    assert answer.location.endswith(str(place.id))
    assert "Je code is nog niet gebruikt" in client.get(answer.location).text
    with begin() as work:
        assert sum(row.used_at is not None for row in work.session.scalars(select(Invitation))) == 1


def test_strangers_and_staff_do_not_join_further(begin, client, signed_in, place) -> None:
    assert client.get("/g/code").location.startswith("/in")
    with begin() as work:
        karin = an_administrator(work, place.location)
    assert signed_in(karin).get("/g/code").status_code == 404
    assert signed_in(karin).get("/m").location == "/"


def test_the_page_reads_in_english_too(client) -> None:
    client.post("/taal", data={"lang": "en", "next": "/m"})
    assert '<html lang="en"' in client.get("/m").text


def test_a_nickname_of_another_group_is_refused_in_words(begin, client, place, sheet) -> None:
    with begin() as work:
        second = a_group(work, place.location, "Autisme en gamen")
        other = make_batch(work, an_administrator(work, place.location, "Mark"), second.id, 1)
    joined(client, sheet.codes[0], "Stille Otter")
    client.post("/g/code", data={"code": other.codes[0]})
    answer = client.post("/m/schuilnaam", data={"alias": "stille otter"})
    assert answer.status_code == 422
    assert "Zo heet je al in een andere groep." in answer.text


def test_what_is_kept_is_told_before_she_agrees_and_on_every_page(client, sheet) -> None:
    up_to_alias(client, sheet.codes[0])
    client.post("/m/schuilnaam", data={"alias": "Stille Otter"})
    assert 'href="/privacy?van=m"' in client.get("/m/afspraken").text
    page = client.get("/privacy?van=m")
    assert page.status_code == 200
    assert "Privacy: wat we van je bewaren" in page.text
    assert "één alleen kijken" in page.text
    assert 'class="back" href="/m/afspraken"' in page.text
    assert client.post("/m/afspraken", data=TICKS).status_code == 303
    assert 'href="/privacy"' in client.get("/groepen").text


def test_a_stranger_reads_what_is_kept_in_either_language(client) -> None:
    client.post("/taal", data={"lang": "en", "next": "/privacy"})
    page = client.get("/privacy").text
    assert "Privacy: what we keep about you" in page
    assert "Wat we" not in page
