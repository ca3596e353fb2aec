"""The language switch leads to a page that can be read, and never costs anybody their words."""

import re
from html import unescape

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.groups.invitations import make_batch
from safespace.groups.staff import create_staff_account
from safespace.moderation import intake, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.policy.roles import Role
from safespace.threads.models import PostType

LONG = "Zo was mijn dag. " * 300
NOTE = "Dank je wel dat je dit met ons deelde, Noor."


@pytest.fixture
def place(begin):
    """A conversation with one post in it, and one that waits."""
    with begin() as work:
        group = a_group(work, a_location(work))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
    with begin() as work:
        words = intake.accept_words(work, "Zo was mijn dag.", title="Mijn dag")
        sent = intake.open_thread(work, noor, group.id, PostType.TIP, words)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        work.now = work.now.replace(year=work.now.year + 1)
        release.release_due(work)
    with begin() as work:
        waits = intake.reply(
            work, noor, group.id, sent.thread_id, PostType.TIP, intake.accept_words(work, "En nog iets.")
        )
        review = work.session.scalars(select(Review).where(Review.post_id == waits.post_id)).one()
    return {
        "youth": noor,
        "clinician": esra,
        "location": group.location,
        "group": group.id,
        "thread": f"/g/{group.id}/t/{sent.thread_id}",
        "review": f"/wachtrij/{review.id}",
        "edit": f"/mijn/{waits.post_id}/aanpassen",
    }


def leads_to(page: str) -> str:
    """Give where the switch leads, "" where the page says that another page has one."""
    found = re.search(r'action="/taal">.*?name="next" value="([^"]+)"', page, re.DOTALL)
    assert bool(found) != ("data-language-waits" in page)
    return unescape(found[1]) if found else ""


def test_it_leads_back_with_the_whole_address(place, signed_in) -> None:
    browser = signed_in(place["youth"])
    address = f"{place['thread']}?page=1&toon=alles"
    there = leads_to(browser.get(address).text)
    assert there == address
    assert browser.post("/taal", data={"lang": "en", "next": there}).location == address


def test_after_a_form_without_words_it_leads_to_the_page_the_form_stood_on(place, signed_in) -> None:
    browser = signed_in(place["youth"])
    answer = browser.post(f"{place['thread']}/reactie", data={"body": " ", "type": "tip"})
    assert answer.status_code == 422
    there = leads_to(answer.text)
    assert there == place["thread"]
    assert browser.get(there).status_code == 200


@pytest.mark.parametrize("form", [{"body": LONG, "type": "tip"}, {"body": "Dit is goed.", "type": "geen soort"}])
def test_a_page_that_gives_words_back_has_no_switch(place, signed_in, form) -> None:
    answer = signed_in(place["youth"]).post(f"{place['thread']}/reactie", data=form)
    assert answer.status_code == 422
    assert leads_to(answer.text) == ""
    assert form["body"].strip() in answer.text


def test_a_note_of_a_clinician_who_was_too_late_stays(place, signed_in) -> None:
    form = {"action": "approve", "seen_version": "77", "note": NOTE, "form_key": "a" * 32}
    answer = signed_in(place["clinician"]).post(f"{place['review']}/besluit", data=form)
    assert answer.status_code == 409
    assert NOTE in answer.text
    assert leads_to(answer.text) == ""


def test_a_refused_care_reference_stays_and_the_page_says_why_it_has_no_switch(begin, place, signed_in) -> None:
    with begin() as work:
        sheet = make_batch(work, an_administrator(work, place["location"]), place["group"], 2)
    browser = signed_in(place["clinician"])
    address = f"/team/codes/{sheet.id}"
    answer = browser.post(address, data={"number": "2", "care_reference": "Jan Jansen"})
    assert answer.status_code == 422
    assert 'value="Jan Jansen"' in answer.text
    assert leads_to(answer.text) == ""
    assert "Jansen" not in f"{answer.headers}"
    assert leads_to(browser.post(address, data={"number": "2", "care_reference": " "}).text) == address
    assert "data-draft" not in answer.text  # no browser keeps it


@pytest.mark.parametrize("path", ["{thread}/reactie", "{review}/besluit"])
def test_an_address_that_only_takes_forms_leads_to_its_page(place, signed_in, path) -> None:
    who = "clinician" if "review" in path else "youth"
    browser = signed_in(place[who])
    answer = browser.get(path.format(**place))
    assert answer.status_code == 405
    assert browser.get(leads_to(answer.text)).status_code == 200


def test_a_page_that_is_not_there_is_not_there_in_the_other_language(client) -> None:
    assert leads_to(client.get("/bestaat-niet?a=1").text) == "/bestaat-niet?a=1"
    assert leads_to(client.post("/bestaat-niet").text) == "/bestaat-niet"


def test_a_page_that_shows_something_once_has_no_switch(begin, signed_in) -> None:
    with begin() as work:
        group = a_group(work, a_location(work))
        karin = an_administrator(work, group.location)
    browser = signed_in(karin)
    base = f"/beheer/l/{group.location_id}"
    form = {"group_id": str(group.id), "count": "2", "form_key": "a" * 32}
    sheet = browser.post(f"{base}/uitnodigingen", data=form)
    assert "print-sheet" in sheet.text
    assert leads_to(sheet.text) == ""
    form = {"staff_name": "Joris", "role_title": "behandelaar", "role": "clinician", "form_key": "b" * 32}
    link = browser.post(f"{base}/team", data=form)
    assert "/in/welkom#" in link.text
    assert leads_to(link.text) == ""
    again = re.search(rf'action="({base}/team/[0-9a-f-]+/link)"', browser.get(f"{base}/team").text)[1]
    renewed = browser.post(again)
    assert "/in/welkom#" in renewed.text
    assert leads_to(renewed.text) == ""


def test_what_was_made_to_sign_in_with_is_the_same_in_the_other_language(begin, client) -> None:
    with begin() as work:
        group = a_group(work, a_location(work))
        karin = an_administrator(work, group.location)
        made = create_staff_account(
            work, karin, group.location_id, role=Role.CLINICIAN, staff_name="Fatima", role_title="behandelaar"
        )
    place = client.post("/in/welkom", data={"token": made.token}).location

    def secrets() -> list[str]:
        return re.findall(r'class="secret"[^>]*>([^<]+)<', client.get(there).text)

    there = leads_to(client.get(place).text)
    dutch = secrets()
    refused = client.post(place, data={"passphrase": "kort"})
    assert leads_to(refused.text) == there
    client.post("/taal", data={"lang": "en", "next": there})
    assert len(dutch) == 2
    assert secrets() == dutch


def test_the_draft_of_a_text_that_is_changed_is_kept_too(place, signed_in) -> None:
    assert 'data-draft="e-' in signed_in(place["youth"]).get(place["edit"]).text


def test_a_topic_that_was_unticked_stays_so_after_an_error(begin, place, signed_in) -> None:
    browser = signed_in(place["youth"])
    key = re.search(r'name="form_key" value="([^"]+)"', browser.get(place["edit"]).text)[1]
    changed = {"body": "En nog iets.", "content_notes": "self_harm", "form_key": key}
    assert browser.post(place["edit"], data=changed).status_code == 303
    assert 'value="self_harm" checked' in browser.get(place["edit"]).text
    answer = browser.post(place["edit"], data={"body": LONG})
    assert answer.status_code == 422
    assert 'value="self_harm" checked' not in answer.text
