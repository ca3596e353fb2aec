"""Whatever refuses a form, every word that somebody typed is on the page that says so."""

import re
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from flask_wtf.csrf import CSRFError

import safespace
from safespace.kernel.refusals import TooManyError
from safespace.moderation.redacting import MOST_PARTS
from safespace.web.errors import TYPED

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
NOT_SENT = "Je bericht is niet verstuurd, dus het team leest het niet."
TITLE, BODY = "Slapen lukt niet", "Ik lig al weken wakker. <b>"
SHOWN = (TITLE, "Ik lig al weken wakker. &lt;b&gt;")
TEMPLATES = Path(safespace.__path__[0]) / "templates"
MACRO = re.compile(r"(?<![\w.])(?:textarea_)?field\((?:_\((?:'[^']*'|[^()])*\)|[\w\[\]]+), (?:'(\w+)'|([^,]+)),(.*)")
PLAIN = re.compile(r"<(?:textarea|input)\b[^>]*?\bname=\"([^\"]+)\"[^>]*")
NO_WORDS = re.compile(r"type='(?:password|time|date|number)'|inputmode='numeric'|type=\"(?:hidden|radio|checkbox)\"")
# Secrets and codes, and a reference that names a youth.
NOT_GIVEN_BACK = {"sign_in_name", "token", "recovery_code", "code", "care_reference"}
# Names that are put together: hours and keys are no words; the parts that are left out are.
PUT_TOGETHER = {"name", "'key_' ~ name", "{{ name }}"}


def fields_for_words() -> set[str]:
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        if path.name == "forms.html":
            continue
        source = path.read_text()
        for literal, built, rest in MACRO.findall(source):
            if not NO_WORDS.search(rest.split("}}")[0]):
                found.add(literal or built)
        found |= {hit[1] for hit in PLAIN.finditer(source) if not NO_WORDS.search(hit[0])}
    return found


@pytest.fixture
def place(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return {"group": group.id, "youth": a_youth(work, group), "clinician": a_clinician(work, group.location)}


def new(place) -> str:
    return f"/g/{place['group']}/nieuw"


def all_words_are_there(page: str) -> None:
    assert all(words in page for words in SHOWN)
    assert page.count('class="kept__text"') == 2


def test_when_the_session_has_ended(client, place) -> None:
    answer = client.post(new(place), data={"title": TITLE, "body": BODY})
    assert answer.status_code == 401
    all_words_are_there(answer.text)


def test_a_form_of_somebody_who_signed_out_elsewhere_says_so(app, signed_in, place) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    browser = signed_in(place["youth"])
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(new(place)).text)[1]
    assert browser.post("/uit", data={"csrf_token": token}).status_code == 303
    answer = browser.post(new(place), data={"title": TITLE, "body": BODY, "csrf_token": token})
    assert answer.status_code == 401
    assert "Je bent niet meer ingelogd" in answer.text
    assert f'href="/in?next={new(place)}"' in unquote(answer.text)
    all_words_are_there(answer.text)
    assert browser.post("/in", data={"csrf_token": token}).status_code == 400  # of a page that is open to everybody


def test_signing_in_again_leads_back_to_where_one_was(client, place) -> None:
    """After a form to the page it stood on, after a page to that page with all it asked for."""
    for form, page in ((new(place), new(place)), (f"/g/{place['group']}/t/{uuid4()}/reactie", "")):
        there = page or form.removesuffix("/reactie")
        answer = client.post(form, data={"title": TITLE, "body": BODY})
        assert f'href="/in?next={there}"' in unquote(answer.text)
    page = f"/g/{place['group']}?voor={uuid4()}&dag=1"
    door = client.get(page).location
    assert parse_qs(urlsplit(door).query) == {"next": [page]}
    assert f'name="next" value="{escape(page)}"' in client.get(door).text


def test_a_cry_for_help_comes_back_with_help_and_other_words_do_not(client, place, signed_in) -> None:
    heavy = {"title": TITLE, "body": CRISIS}
    for browser in (client, signed_in(place["youth"])):  # signed out, and a form without its key
        answer = browser.post(new(place), data=heavy)
        assert answer.status_code in {401, 422}
        assert CRISIS in answer.text
        assert NOT_SENT in answer.text
        assert NOT_SENT not in browser.post(new(place), data={"title": TITLE, "body": "Ik slaap."}).text
    large = client.post("/in", data={**heavy, "more": "x" * 300_000})
    assert large.status_code == 413
    assert NOT_SENT in large.text
    quoted = signed_in(place["clinician"]).post(new(place), data=heavy)  # a clinician who copies what a youth wrote
    assert quoted.status_code in {403, 404, 422}
    assert NOT_SENT not in quoted.text


def test_who_asks_only_whether_a_page_is_there_is_led_to_the_same_door(client, place) -> None:
    asked, read = client.head(new(place)), client.get(new(place))
    assert (asked.status_code, asked.headers["Location"]) == (read.status_code, read.headers["Location"])


def test_when_the_page_was_open_for_too_long(app, place, signed_in) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = signed_in(place["youth"]).post(new(place), data={"title": TITLE, "body": BODY})
    assert answer.status_code == 400
    all_words_are_there(answer.text)


@pytest.mark.parametrize("refusal", [TooManyError(), CSRFError(), RuntimeError()])
def test_when_it_is_too_much_or_breaks(app, client, refusal, monkeypatch) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def refuse():
        raise refusal

    monkeypatch.setitem(app.before_request_funcs, None, [*app.before_request_funcs[None], refuse])
    answer = client.post("/in", data={"title": TITLE, "body": BODY})
    assert answer.status_code in {400, 429, 500}
    all_words_are_there(answer.text)


def test_what_a_clinician_wrote_for_the_team_is_there_too(client, place) -> None:
    del place
    sent = {"note": "Wat fijn dat je dit schrijft.", "internal_note": "Overleg met Karin.", "action": "ask_reword"}
    page = client.post("/wachtrij/00000000-0000-4000-8000-000000000000/besluit", data=sent).text
    assert "Wat fijn dat je dit schrijft." in page
    assert "Alleen voor het team" in page
    assert "Overleg met Karin." in page


@pytest.mark.parametrize("name", TYPED)
def test_every_field_for_words_comes_back(client, place, name) -> None:
    page = client.post(new(place), data={name: "Mijn woorden", "title_nobody_knows": "Iets anders"}).text
    assert "Mijn woorden" in page
    assert "Iets anders" not in page


def test_every_field_for_words_in_a_template_is_known() -> None:
    found = fields_for_words()
    assert {"body", "question", "return_plan", "safety_contact", "note", "staff_name"} <= found
    assert found - NOT_GIVEN_BACK - PUT_TOGETHER <= set(TYPED)
    assert set(TYPED) - found == {f"part_{number}" for number in range(1, MOST_PARTS + 1)}
    assert found >= NOT_GIVEN_BACK | PUT_TOGETHER


def test_as_much_as_a_browser_lets_somebody_type_comes_back(place, signed_in) -> None:
    browser = signed_in(place["youth"])
    most = int(re.search(r'<textarea[^>]* maxlength="(\d+)"', browser.get(new(place)).text)[1])
    answer = browser.post(new(place), data={"title": TITLE, "body": "€" * most, "form_key": "k" * 32})
    assert answer.status_code == 422
    assert "€" * most in answer.text


def test_too_much_for_the_server_says_where_the_text_still_is(client, place) -> None:
    answer = client.post(new(place), data={"title": TITLE, "body": "a" * 300_000})
    assert answer.status_code == 413
    assert "Ga terug" in answer.text
    assert "Daar staat je tekst er nog" in answer.text


def test_what_came_in_of_too_large_a_form_comes_back(client, place) -> None:
    form = {"title": TITLE, "passphrase": "geheim 123", "body": f"{BODY} {'€ ' * 100_000}"}
    answer = client.post(new(place), data=form)
    assert answer.status_code == 413
    all_words_are_there(answer.text)
    assert "Het einde kan ontbreken" in answer.text
    assert "geheim 123" not in answer.text
    client.post("/taal", data={"lang": "en"})
    english = client.post(new(place), data=form)
    assert "Go back. Your text is still there" in english.text
    assert "The end may be missing" in english.text


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_of_anything_else_that_is_too_large_nothing_is_read(client, place, kind) -> None:
    answer = client.post(new(place), data=b"body=" + b"a" * 300_000, content_type=kind)
    assert answer.status_code in {413, 415}
    assert "kept__text" not in answer.text


@pytest.mark.parametrize("name", ["passphrase", "current", "totp", "recovery_code", "code", "sign_in_name", "token"])
def test_no_secret_comes_back(client, place, name) -> None:
    page = client.post(new(place), data={name: "geheim 123"}).text
    assert "geheim 123" not in page
    assert "kept__text" not in page


def test_an_empty_form_shows_nothing_of_it(client, place) -> None:
    assert "kept__text" not in client.post(new(place), data={"title": " ", "body": ""}).text
