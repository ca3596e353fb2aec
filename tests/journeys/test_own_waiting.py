"""Noor's own post that waits: the page asks for news again and again, and takes nothing out of her hands."""

import pytest
from playwright.sync_api import Page, expect
from stage import path_of, unique_words
from steps import goes_on

pytestmark = pytest.mark.browser
GROUP = "Adem"
FOCUSED = "document.activeElement.dataset.action || document.activeElement.localName"


def asks_for_news(page: Page) -> None:
    """Let the page ask as it does every half minute, and draw what it gets."""
    with page.expect_response("**/eigen"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)


def test_what_is_asked_again_keeps_the_place_of_who_reads(clinic, person) -> None:
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    page = noor.page
    page.locator(".card__link", has_text=GROUP).first.click()
    page.locator("main .card__link[href*='/t/']").first.click()
    page.wait_for_url("**/t/*")
    talk, words = path_of(page.url), unique_words("Over eten praten vind ik moeilijk")
    page.locator(".composer [name=body]").fill(words)
    page.locator(".composer summary").click()
    page.locator(".composer [name=content_notes]").first.check()
    noor.follows(".composer .actions button")
    noor.goes_to(talk)
    own = page.locator(".post--own", has_text=words)
    asks_for_news(page)
    own.locator("summary").click()
    own.locator("[data-action=withdraw]").focus()
    own.evaluate("one => { one.same = true; }")
    for _ in range(2):
        asks_for_news(page)
    assert own.evaluate("one => one.same === true"), "drawn anew although nothing changed"
    assert page.evaluate(FOCUSED) == "withdraw"
    expect(own.get_by_text(words)).to_be_visible()

    other = noor.context.new_page()
    other.goto(own.locator("[data-action=edit]").get_attribute("href") or "")
    newer = unique_words("Over eten praten vind ik lastig")
    other.fill("[name=body]", newer)
    with other.expect_navigation():
        other.locator("main form .actions button").first.click()
    expect(page.locator(".post--own", has_text=newer).get_by_text(newer)).to_be_visible()  # still unfolded
    assert page.evaluate(FOCUSED) == "withdraw"
    noor.is_accessible()
    noor.picture("own-waiting-390")
    page.locator(".post--own", has_text=newer).locator("[data-action=withdraw]").click()
    noor.is_accessible()
    noor.picture("withdraw-390")
    goes_on(noor)
    expect(page.locator(".card__link", has_text=newer)).to_be_visible()
    noor.picture("mine-withdrawn-390")
