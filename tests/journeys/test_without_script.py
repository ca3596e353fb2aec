"""JavaScript off: joining, writing, deciding and reading all work."""

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import a_code, begins, decides, joins_with, looks_again_until, opens_item, replies

pytestmark = pytest.mark.browser
GROUP = "Online & offline"


def test_join_post_approve_and_read_without_javascript(clinic, person) -> None:
    noor, esra = person("Noor", script=False), person("Esra", size=DESK, script=False)
    joins_with(noor, a_code(clinic, GROUP))
    title, body = unique_words("Zonder script"), unique_words("dit werkt ook zo")
    begins(noor, title, body)
    expect(noor.page.get_by_role("heading", name="Wordt nagekeken")).to_be_visible()
    esra.signs_in(clinic.account("clinician", group=GROUP))
    opens_item(esra, title)
    decides(esra, "approve")
    looks_again_until(noor, noor.page.get_by_text("Staat in de groep").first)
    noor.page.click("text=Bekijk in het gesprek")
    expect(noor.page.locator("#posts")).to_contain_text(body)
    replies(noor, unique_words("en nog iets"))
    expect(noor.page.locator(".post--pending")).to_have_count(1)
    noor.page.click("text=Hulp nu")
    expect(noor.page.locator("a[href='tel:112']").first).to_be_visible()
