"""Signing in and leaving in the browser: one answer for every guess, a second factor for staff, nothing left behind."""

import base64
import json
import re
import zlib
from datetime import timedelta
from html import escape

import pyotp
import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator

from safespace.accounts.credentials import hash_secret
from safespace.accounts.models import Account
from safespace.accounts.registration import sign_in_index
from safespace.accounts.signing_in import recovery_secret
from safespace.groups.models import Membership
from safespace.groups.staff import create_staff_account
from safespace.kernel.work import utc_now
from safespace.policy.roles import Role

WORDS = "fiets lamp rivier stoel maan"
CODE = "ABCD-EFGH-JKMN-PQRS-TVWX"


@pytest.fixture
def place(begin):
    with begin() as work:
        return a_group(work, a_location(work))


def can_sign_in(work, settings, account_id, name: str) -> None:
    account = work.session.get(Account, account_id)
    account.sign_in_index = sign_in_index(work.keys, name)
    work.seal(account, "sign_in_name", name)
    account.passphrase_hash = hash_secret(settings, WORDS)
    account.recovery_hash = hash_secret(settings, recovery_secret(CODE))


@pytest.fixture
def noor(begin, place, settings):
    with begin() as work:
        actor = a_youth(work, place)
        can_sign_in(work, settings, actor.account_id, "noor-test-42")
        return actor


@pytest.fixture
def esra(begin, place, settings):
    with begin() as work:
        actor = a_clinician(work, place.location)
        can_sign_in(work, settings, actor.account_id, "esra-test-42")
        return actor


def sign_in(client, name="noor-test-42", words=WORDS, **more):
    return client.post("/in", data={"sign_in_name": name, "passphrase": words} | more)


def stripped(answer) -> str:
    """The page without what differs at every answer, and without the typed name."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
    return text.replace("noor-test-42", "NAME").replace("nobody-test-42", "NAME")


def test_everybody_starts_where_they_belong(client, signed_in, begin, place, noor, esra) -> None:
    with begin() as work:
        karin = an_administrator(work, place.location)
    page = client.get("/")
    assert page.status_code == 200
    for words in ("Ik heb een code", "Inloggen", "Hulp nu"):
        assert words in page.text
    assert "Uitloggen" not in page.text
    places = [signed_in(one).get("/").location for one in (noor, esra, karin)]
    assert places[0] == "/groepen"
    assert len(set(places)) == 3


def test_unknown_wrong_and_disabled_get_the_same_bytes(begin, client, noor) -> None:
    client.get("/in")
    wrong, unknown = (sign_in(client, name, "not these words") for name in ("noor-test-42", "nobody-test-42"))
    with begin() as work:
        work.session.get(Account, noor.account_id).disabled_at = utc_now()
    disabled = sign_in(client)
    assert wrong.status_code == unknown.status_code == disabled.status_code == 422
    assert stripped(wrong) == stripped(unknown) == stripped(disabled)
    assert dict(wrong.headers).keys() == dict(unknown.headers).keys() == dict(disabled.headers).keys()


def test_guessing_one_account_is_slowed_down_whether_it_exists_or_not(client, noor) -> None:
    for name in ("noor-test-42", "nobody-test-42"):
        codes = [sign_in(client, name, "x").status_code for _ in range(11)]
        assert codes == [422] * 10 + [429]


@pytest.mark.usefixtures("noor")
def test_signing_in_leads_on_within_this_site_only(client) -> None:
    assert sign_in(client, next="/lezen").location == "/lezen"
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\n/b"):
        assert sign_in(client, next=evil).location == "/"


@pytest.mark.usefixtures("noor")
def test_the_session_is_new_at_every_sign_in_and_the_old_one_dead(app, client) -> None:
    sign_in(client)
    with client.session_transaction() as kept:
        old = dict(kept)
    sign_in(client)
    thief = app.test_client()
    with thief.session_transaction() as kept:
        kept.update(old)
    assert thief.get("/mijn/ingelogd").location.startswith("/in")
    assert client.get("/mijn/ingelogd").status_code == 200


@pytest.mark.usefixtures("noor")
def test_a_signed_out_cookie_is_dead(app, client) -> None:
    sign_in(client)
    with client.session_transaction() as kept:
        old = dict(kept)
    assert client.post("/uit").location == "/"
    with client.session_transaction() as kept:
        kept.update(old)
    assert client.get("/mijn/ingelogd").location.startswith("/in")


@pytest.mark.usefixtures("noor")
def test_the_cookie_depends_on_no_address(app) -> None:
    seen = []
    for address in ("203.0.113.77", "198.51.100.9"):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        sign_in(client)
        raw = client.get_cookie("plek").value
        assert address not in raw
        with client.session_transaction() as kept:
            seen.append({name: value for name, value in kept.items() if name not in {"_user_id", "csrf_token"}})
        assert address not in readable(raw)
    assert seen[0] == seen[1]


def readable(cookie: str) -> str:
    body = cookie.lstrip(".").split(".")[0]
    data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return json.dumps(json.loads(zlib.decompress(data) if cookie.startswith(".") else data))


@pytest.mark.usefixtures("esra")
def test_staff_reaches_nothing_before_the_second_factor(client) -> None:
    assert sign_in(client, "esra-test-42").location == "/in/bevestigen"
    for path in ("/mijn/ingelogd", "/lezen", "/groepen"):
        assert client.get(path).location == "/in/bevestigen"
    assert client.get("/").location == "/in/bevestigen"
    assert client.get("/weg/klaar").status_code == 200
    assert client.get("/help").status_code in {200, 404}


def secret_of(begin, account_id) -> str:
    with begin() as work:
        return work.unseal(work.session.get(Account, account_id), "totp_secret")


def test_esra_scans_once_and_proves_herself_at_every_sign_in(begin, app, client, esra) -> None:
    sign_in(client, "esra-test-42", next="/lezen")
    page = client.get("/in/bevestigen?next=/lezen").text
    secret = secret_of(begin, esra.account_id)
    assert "<svg width=" in page
    assert "style=" not in page
    assert secret == re.search(r'id="totp_secret">([^<]+)<', page)[1].replace("-", "")
    code = pyotp.TOTP(secret).now()
    assert client.post("/in/bevestigen", data={"totp": code, "next": "/lezen"}).location == "/lezen"
    assert client.get("/mijn/ingelogd").status_code == 200
    again = app.test_client()
    sign_in(again, "esra-test-42")
    assert secret not in again.get("/in/bevestigen").text
    answer = again.post("/in/bevestigen", data={"totp": code})
    assert answer.status_code == 422
    assert "al gebruikt" in answer.text
    assert again.get("/mijn/ingelogd").location == "/in/bevestigen"


@pytest.mark.usefixtures("esra")
def test_wrong_codes_are_told_and_slowed_down(client) -> None:
    sign_in(client, "esra-test-42")
    answers = [client.post("/in/bevestigen", data={"totp": "12345"}) for _ in range(11)]
    assert [one.status_code for one in answers] == [422] * 10 + [429]
    assert "Deze code klopt niet" in answers[0].text


def test_the_second_factor_page_sends_others_away(client, signed_in, noor) -> None:
    assert client.get("/in/bevestigen").location == "/in"
    assert signed_in(noor).get("/in/bevestigen").location == "/"


def test_a_new_colleague_enrols_with_the_link(app, begin, client, place) -> None:
    with begin() as work:
        karin = an_administrator(work, place.location)
        made = create_staff_account(
            work, karin, place.location_id, role=Role.CLINICIAN, staff_name="Fatima", role_title="behandelaar"
        )
    assert client.get("/in/welkom").status_code == 200
    assert client.post("/in/welkom", data={"token": "ABCD-EFGH"}).status_code == 422
    assert client.post("/in/welkom", data={"token": made.token}).location == "/in/welkom/wachtzin"
    page = client.get("/in/welkom/wachtzin").text
    assert "Fatima" in page
    assert made.sign_in_name in page
    words = re.search(r'id="made_passphrase">([^<]+)<', page)[1]
    assert client.post("/in/welkom/wachtzin", data={}).status_code == 422
    assert client.post("/in/welkom/wachtzin", data={"written_down": "1"}).location == "/in"
    assert sign_in(client, made.sign_in_name, words).location == "/in/bevestigen"
    assert app.test_client().post("/in/welkom", data={"token": made.token}).status_code == 422


def test_who_made_the_link_cannot_use_it(begin, signed_in, place) -> None:
    with begin() as work:
        karin = an_administrator(work, place.location)
        made = create_staff_account(
            work, karin, place.location_id, role=Role.CLINICIAN, staff_name="Fatima", role_title="behandelaar"
        )
    answer = signed_in(karin).post("/in/welkom", data={"token": made.token})
    assert answer.status_code == 403
    assert "zelf gemaakt" in answer.text


def test_noor_recovers_with_her_code_and_gets_a_new_one(app, client, noor) -> None:
    sign_in(client)
    elsewhere = app.test_client()
    form = {"sign_in_name": "noor-test-42", "recovery_code": CODE.lower(), "passphrase": "zo maar vier andere woorden"}
    assert elsewhere.post("/in/herstel", data=form).location == "/in/herstel/klaar"
    page = elsewhere.get("/in/herstel/klaar").text
    assert re.search(r'id="recovery_code">([^<]+)<', page)[1] != CODE
    assert client.get("/mijn/ingelogd").location.startswith("/in")
    assert elsewhere.post("/in/herstel", data=form).status_code == 422
    assert sign_in(elsewhere, words="zo maar vier andere woorden").location == "/"


def test_the_new_recovery_code_stays_until_it_was_written_down_or_for_some_minutes(app, client, noor) -> None:
    form = {"sign_in_name": "noor-test-42", "recovery_code": CODE, "passphrase": "zo maar vier andere woorden"}
    client.post("/in/herstel", data=form)
    shown = [re.search(r'id="recovery_code">([^<]+)<', client.get("/in/herstel/klaar").text)[1] for _ in range(2)]
    assert shown[0] == shown[1]  # a reload loses nothing
    here = app.extensions["safespace"]
    now = here.clock()
    here.clock = lambda: now + timedelta(minutes=11)
    assert client.get("/in/herstel/klaar").location == "/in"
    assert "staat hier niet meer" in client.get("/in").text
    client.post("/in/herstel", data=form | {"recovery_code": shown[0]})
    assert client.get("/in/herstel/klaar").status_code == 200
    assert client.post("/in/herstel/klaar").location == "/in"
    assert client.get("/in/herstel/klaar").location == "/in"


def test_a_new_colleague_who_took_too_long_hears_it(app, begin, client, place) -> None:
    with begin() as work:
        karin = an_administrator(work, place.location)
        made = create_staff_account(
            work, karin, place.location_id, role=Role.CLINICIAN, staff_name="Fatima", role_title="behandelaar"
        )
    client.post("/in/welkom", data={"token": made.token})
    here = app.extensions["safespace"]
    now = here.clock()
    here.clock = lambda: now + timedelta(minutes=61)
    assert client.post("/in/welkom/wachtzin", data={"written_down": "1"}).location == "/in/welkom"
    assert "Wat je opschreef geldt niet meer" in client.get("/in/welkom").text


def test_recovery_tells_nobody_which_names_exist(client, noor) -> None:
    wrong, unknown = (
        client.post(
            "/in/herstel",
            data={"sign_in_name": name, "recovery_code": "ABCD", "passphrase": "zo maar vier andere woorden"},
        )
        for name in ("noor-test-42", "nobody-test-42")
    )
    assert wrong.status_code == unknown.status_code == 422
    assert stripped(wrong) == stripped(unknown)


def test_recovery_of_staff_still_asks_for_the_second_factor(begin, client, esra) -> None:
    form = {"sign_in_name": "esra-test-42", "recovery_code": CODE, "passphrase": "zo maar vier andere woorden"}
    client.post("/in/herstel", data=form)
    assert sign_in(client, "esra-test-42", "zo maar vier andere woorden").location == "/in/bevestigen"
    assert client.get("/mijn/ingelogd").location == "/in/bevestigen"


def test_noor_ends_her_other_sessions(app, begin, client, noor) -> None:
    other, third = app.test_client(), app.test_client()
    for browser in (client, other, third):
        sign_in(browser)
    page = client.get("/mijn/ingelogd").text
    ends = re.findall(r'action="(/mijn/ingelogd/[0-9a-f-]{36}/einde)"', page)
    assert len(ends) == 3
    assert client.post("/mijn/ingelogd/einde").location == "/mijn/ingelogd"
    assert other.get("/mijn/ingelogd").location.startswith("/in")
    assert client.get("/mijn/ingelogd").status_code == 200


def test_nobody_ends_the_session_of_another(client, signed_in, begin, place, noor) -> None:
    sign_in(client)
    end = re.search(r'action="(/mijn/ingelogd/[0-9a-f-]{36}/einde)"', client.get("/mijn/ingelogd").text)[1]
    with begin() as work:
        sem = a_youth(work, place, "Rode Vos")
    assert signed_in(sem).post(end).status_code == 404
    assert client.get("/mijn/ingelogd").status_code == 200


@pytest.mark.usefixtures("noor")
def test_another_passphrase_needs_the_one_of_now(client) -> None:
    sign_in(client)
    form = {"current": "not this one", "passphrase": "zo maar vier andere woorden"}
    assert client.post("/mijn/wachtzin", data=form).status_code == 422
    assert client.post("/mijn/wachtzin", data=form | {"current": WORDS, "passphrase": "kort"}).status_code == 422
    assert client.post("/mijn/wachtzin", data=form | {"current": WORDS}).location == "/mijn/ingelogd"


def test_a_safety_contact_is_given_never_shown_and_taken_back(begin, client, signed_in, place, noor) -> None:
    browser = signed_in(noor)
    form = {"group_id": str(place.id), "safety_contact": "tante Lies, 06-00000000"}
    assert browser.post("/mijn/noodcontact", data=form).status_code == 303
    page = browser.get("/mijn/noodcontact").text
    assert "Je hebt hier een noodcontact opgegeven" in page
    assert "Lies" not in page
    too_long = browser.post("/mijn/noodcontact", data=form | {"safety_contact": "x" * 121})
    assert too_long.status_code == 422
    assert "x" * 121 in too_long.text
    for typed, sentence in (("", "Hier staat nog niets"), ("mama &", "Zet er ook een telefoonnummer bij")):
        refused = browser.post("/mijn/noodcontact", data=form | {"safety_contact": typed})
        assert refused.status_code == 422
        assert 'href="#f-safety_contact"' in refused.text
        assert refused.text.count('id="f-safety_contact"') == 1
        assert 'aria-describedby="f-safety_contact-error"' in refused.text
        assert sentence in refused.text
        assert f'value="{escape(typed)}"' in refused.text or not typed
        with begin() as work:
            assert work.session.query(Membership).one().safety_contact is not None
    gone = browser.post("/mijn/noodcontact", data=form | {"safety_contact": "", "remove": "1"}, follow_redirects=True)
    assert "weggehaald" in gone.text
    with begin() as work:
        assert work.session.query(Membership).one().safety_contact is None
    assert browser.post("/mijn/noodcontact", data=form | {"group_id": "nonsense"}).status_code == 422


@pytest.mark.usefixtures("noor")
def test_leaving_ends_the_session_and_replaces_the_cookie(app, client) -> None:
    sign_in(client)
    with client.session_transaction() as kept:
        old = dict(kept)
    answer = client.post("/weg")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "plek=" in answer.headers["Set-Cookie"]
    thief = app.test_client()
    with thief.session_transaction() as kept:
        kept.update(old)
    assert thief.get("/mijn/ingelogd").location.startswith("/in")


@pytest.mark.usefixtures("noor")
def test_leaving_without_javascript_shows_a_page_that_looks_like_nothing(client) -> None:
    sign_in(client)
    answer = client.get("/weg")
    assert answer.status_code == 200
    assert "<title>Pagina</title>" in answer.text
    assert 'href="/weg/klaar"' in answer.text
    left = client.get("/weg/klaar").text
    assert "<a" not in left
    for telling in ("Plek", "groep", "Inloggen", "hulp", "Snel weg"):
        assert telling not in left
        assert telling not in answer.text


def test_leaving_is_open_to_strangers_and_needs_no_token(app, client) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/weg").status_code == 204
    assert client.post("/uit").status_code == 400


@pytest.mark.parametrize("next_", ["/m", "", "//evil.example", "https://evil.example"])
def test_the_language_is_kept_and_leads_back_here_only(client, next_) -> None:
    answer = client.post("/taal", data={"lang": "en", "next": next_})
    assert answer.location == ("/m" if next_ == "/m" else "/")
    assert "taal=en" in answer.headers["Set-Cookie"]
    assert "Set-Cookie" not in client.post("/taal", data={"lang": "xx"}).headers


def test_the_team_writes_in_the_language_that_was_chosen_and_another_phone_speaks_it_too(
    begin, noor, signed_in, app
) -> None:
    signed_in(noor).post("/taal", data={"lang": "en", "next": "/mijn"})
    with begin() as work:
        account = work.session.get_one(Account, noor.account_id)
        assert account.language == "en"
        account.sign_in_index = sign_in_index(work.keys, "noor")
        account.passphrase_hash = hash_secret(work.settings, "vier woorden van noor")
    form = {"sign_in_name": "noor", "passphrase": "vier woorden van noor"}
    other = app.test_client()
    assert "taal=en" in " ".join(other.post("/in", data=form).headers.getlist("Set-Cookie"))
    chosen = app.test_client()
    chosen.set_cookie("taal", "nl")
    assert "taal=" not in " ".join(chosen.post("/in", data=form).headers.getlist("Set-Cookie"))


def test_one_click_sign_in_exists_in_a_demonstration_on_this_computer_only(app, client, settings) -> None:
    assert settings.is_demo is False
    assert client.get("/demo").status_code == 404
    assert client.post("/demo/in", data={"sign_in_name": "x"}).status_code == 404
