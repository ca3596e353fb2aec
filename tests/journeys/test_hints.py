"""While Noor writes: a gentle word, help at once when it is heavy, and she can always send."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
GROUP = "Online & offline"


def test_a_gentle_word_while_writing_and_help_at_once(clinic, person) -> None:
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    noor.page.click("text=Begin een gesprek")
    text, line, card = (noor.page.locator(one) for one in ("[name=body]", "[data-hint-line]", "[data-hint-help]"))
    text.press_sequentially("Vandaag at ik 2200 kcal")
    line.get_by_text("getallen").wait_for()
    assert not card.is_visible()
    assert "kcal" not in line.inner_text()
    noor.picture("hint-gentle")
    noor.is_accessible()
    text.fill("kms")  # three letters can say it all
    card.get_by_role("link", name="113").first.wait_for()
    assert line.inner_text() == ""
    expect(card.get_by_role("link", name="113").first).to_be_in_viewport()
    noor.picture("hint-help")
    noor.is_accessible()
    text.fill("Laat maar, het gaat wel weer een beetje")
    noor.page.wait_for_timeout(2500)
    assert card.is_visible()
    noor.page.fill("[name=title]", "Vandaag")
    noor.page.click("text=Stuur naar het team")
    noor.page.wait_for_url("**/mijn/*")
