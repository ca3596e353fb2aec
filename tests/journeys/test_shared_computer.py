"""A computer that several people use: who comes next in the same tab finds nothing of what the last one typed."""

import pytest
from stage import path_of

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
