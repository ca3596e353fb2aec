"""Noor gets a break while she types: the page says so, and her words are still there to read."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from stage import unique_words
from steps import goes_on

pytestmark = pytest.mark.browser
GROUP = "Adem"


def test_what_was_being_typed_stands_on_the_page_that_explains_the_break(clinic, person) -> None:
    noor, esra = person("Noor"), person("Esra")
    account = clinic.account("youth", 2, group=GROUP)
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    noor.signs_in(account)
    page = noor.page
    noor.follows(page.locator(".card__link", has_text=GROUP).first)
    group = page.url
    alias = page.locator(".small.quiet b").first.inner_text()
    page.locator("main .card__link[href*='/t/']").first.click()
    page.wait_for_url("**/t/*")
    words = unique_words("Ik wilde net zeggen dat het beter gaat")
    page.locator(".composer [name=body]").fill(words)

    esra.goes_to(f"{group}/leden")
    member = esra.page.locator("main li", has_text=alias)
    member.get_by_role("link", name="Geef een rustmoment").click()
    esra.page.fill("[name=until]", (datetime.now(UTC) + timedelta(days=3)).date().isoformat())
    esra.page.fill("[name=reason]", "Even tot rust komen.")
    esra.page.fill("[name=return_plan]", "Samen kijken wat fijn blijft.")
    goes_on(esra)

    page.wait_for_url("**/rust", timeout=10_000)
    expect(page.get_by_role("heading", name="Je hebt even een rustmoment")).to_be_visible()
    expect(page.locator(".kept__text", has_text=words)).to_be_visible()
    noor.is_accessible()
    noor.picture("break-while-typing-390")
    assert not esra.saw(words)

    member.get_by_role("button", name="Beëindig het rustmoment").click()
    expect(esra.page.locator("main")).to_contain_text("Het rustmoment is voorbij")
