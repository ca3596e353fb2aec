"""Another language in the middle of writing: the words stay, and the page is the same one."""

import pytest
from playwright.sync_api import expect
from stage import unique_words
from steps import begins

pytestmark = pytest.mark.browser
GROUP = "Adem"


def test_a_text_that_is_being_changed_stays_in_the_other_language(clinic, person) -> None:
    daan = person("Daan")
    daan.signs_in(clinic.account("youth", group=GROUP))
    daan.page.locator(".card__link", has_text=GROUP).first.click()
    first = unique_words("vandaag was een gewone dag")
    begins(daan, unique_words("Gewoon"), first)
    daan.page.click("text=Aanpassen")
    text = daan.page.locator("[name=body]")
    expect(text).to_have_value(first)
    better = unique_words("vandaag was een fijne dag")
    text.fill(better)
    where = daan.page.url
    for language in ("en", "nl"):
        daan.page.click("button[name=lang]")
        expect(daan.page.locator("html")).to_have_attribute("lang", language)
        assert daan.page.url == where
        expect(text).to_have_value(better)
    text.fill("")
    daan.page.reload()
    expect(text).to_have_value(first)
