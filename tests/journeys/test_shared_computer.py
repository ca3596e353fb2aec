"""A computer that several people use: who comes next in the same tab finds nothing of what the last one typed."""

import re

import pytest
from playwright.sync_api import expect
from stage import DESK, path_of
from steps import goes_on

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
WORDS = "Dit heb ik nog nooit aan iemand verteld."
KEPT = "Object.values(sessionStorage).join()"


@pytest.fixture
def noor(clinic, person):
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    noor.page.locator(".card").last.click()
    noor.page.wait_for_url("**/t/*")
    noor.page.wait_for_load_state("networkidle")
    noor.page.fill("[name=body]", WORDS)
    assert WORDS in noor.page.evaluate(KEPT)
    return noor


def signs_in_and_opens(person, account, conversation: str) -> str:
    """Sign in in this tab, open the conversation again, and give what stands in its form."""
    person.signs_in(account)
    person.page.wait_for_url("**/groepen")
    person.goes_to(conversation)
    person.page.wait_for_load_state("networkidle")
    return person.page.input_value("[name=body]")


def test_after_signing_out_the_next_one_sees_an_empty_form(noor, clinic) -> None:
    conversation = path_of(noor.page.url)
    noor.page.click("text=Uitloggen")
    noor.page.get_by_text("Je bent uitgelogd.").wait_for()
    assert signs_in_and_opens(noor, clinic.account("youth", 1, group=GROUP), conversation) == ""
    assert WORDS not in noor.page.evaluate(KEPT)


def test_after_a_session_that_ended_by_itself_too(noor, clinic) -> None:
    conversation = path_of(noor.page.url)
    noor.context.clear_cookies()
    noor.signs_in(clinic.account("youth", 1, group=GROUP))
    noor.page.wait_for_url("**/groepen")
    noor.page.wait_for_load_state("networkidle")
    assert WORDS not in noor.page.evaluate(KEPT)
    noor.goes_to(conversation)
    noor.page.wait_for_load_state("networkidle")
    assert noor.page.input_value("[name=body]") == ""


def test_the_same_person_finds_the_own_words_again_after_a_session_that_ended_by_itself(noor, clinic) -> None:
    conversation = path_of(noor.page.url)
    noor.context.clear_cookies()
    assert signs_in_and_opens(noor, clinic.account("youth", group=GROUP), conversation) == WORDS


def test_the_groups_leave_the_screen_when_the_session_is_ended_elsewhere(clinic, person) -> None:
    account = clinic.account("youth", 4, group=GROUP)
    left, noor = person("Noor at school"), person("Noor at home")
    for one in (left, noor):
        one.signs_in(account)
        one.page.wait_for_url("**/groepen")
    left.page.wait_for_load_state("networkidle")
    noor.goes_to("/mijn/ingelogd")
    noor.follows(noor.page.get_by_role("button", name="Overal elders uitloggen"))
    left.page.wait_for_url(re.compile("/in[?]next=/groepen$"), timeout=8_000)
    assert GROUP not in left.page.inner_text("body")
    noor.goes_to("/groepen")
    assert GROUP in noor.page.inner_text("main")


def test_every_quiet_page_of_ones_own_leaves_too_and_keeps_the_words_that_were_typed(clinic, person) -> None:
    account = clinic.account("youth", 4, group=GROUP)
    left, noor = person("Noor at school"), person("Noor at home")
    for one in (left, noor):
        one.signs_in(account)
        one.page.wait_for_url("**/groepen")
    group = left.page.locator(".card__link", has_text=GROUP).first.get_attribute("href")
    left.goes_to(f"{group}/nieuw")
    left.page.wait_for_load_state("networkidle")
    left.page.fill("[name=body]", WORDS)
    tabs = {place: left.context.new_page() for place in ("/mijn/ingelogd", "/mijn/inzage", "/mijn/noodcontact")}
    for place, tab in tabs.items():
        tab.goto(place)
    for tab in (left.page, *tabs.values()):
        tab.wait_for_load_state("networkidle")
    noor.goes_to("/mijn/ingelogd")
    noor.follows(noor.page.get_by_role("button", name="Overal elders uitloggen"))
    for place, tab in (*tabs.items(), (f"{group}/nieuw", left.page)):
        tab.wait_for_url(re.compile(f"/in[?]next={place}$"), timeout=14_000)
    left.signs_in(account)
    left.goes_to(f"{group}/nieuw")
    expect(left.page.locator("[name=body]")).to_have_value(WORDS)


def test_a_page_of_an_administrator_leaves_when_the_other_tab_signs_out(clinic, person) -> None:
    karin = person("Karin")
    karin.signs_in(clinic.account("administrator"))
    karin.page.wait_for_url("**/beheer")
    karin.page.wait_for_load_state("networkidle")
    other = karin.context.new_page()
    other.goto("/mijn/ingelogd")
    other.locator(".foot button").click()
    karin.page.wait_for_url(re.compile("/in[?]next=/beheer$"), timeout=8_000)


def test_words_that_no_draft_keeps_stay_on_the_page_and_are_given_back(clinic, person) -> None:
    karin = person("Karin", size=DESK)
    karin.signs_in(clinic.account("administrator"))
    karin.goes_to("/beheer/hulplijnen/nieuw")
    page = karin.page
    page.wait_for_load_state("networkidle")
    page.fill("[name=name_nl]", WORDS)
    heard = []
    page.on("console", lambda line: heard.append("401" in line.text))
    other = karin.context.new_page()
    other.goto("/mijn/ingelogd")
    with other.expect_navigation():
        other.locator(".foot button").click()
    for _ in range(28):
        page.wait_for_timeout(500)
        if any(heard):
            break
    assert any(heard)  # the page knows, and stays all the same
    page.wait_for_timeout(500)
    expect(page.locator("[name=name_nl]")).to_have_value(WORDS)
    page.eval_on_selector("main form", "form => { form.noValidate = true; }")
    goes_on(karin)
    expect(page.get_by_role("heading", name="Je bent niet meer ingelogd")).to_be_visible()
    expect(page.locator("main")).to_contain_text(WORDS)
