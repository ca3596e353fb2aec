"""Karin opens a location and a group, prints cards, and somebody joins with one."""

import re

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import goes_on, joins_with

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


def test_a_card_that_is_scanned_while_the_page_is_open_fills_the_field(person) -> None:
    lina = person("Lina")
    lina.goes_to("/m")
    page = lina.page
    field = page.locator("[name=code]")
    page.evaluate("() => { location.hash = 'ABCD-EFGH-JKMN'; }")
    expect(field).to_have_value("ABCD-EFGH-JKMN")
    assert "#" not in page.url
    page.evaluate("() => { location.hash = 'PQRS-TUVW-XYZ2'; }")
    expect(field).to_have_value("PQRS-TUVW-XYZ2")
    page.evaluate("() => { location.hash = 'f-code'; }")
    page.wait_for_url("**/m#f-code")
    expect(field).to_have_value("PQRS-TUVW-XYZ2")


def test_from_an_empty_location_to_a_first_member(clinic, person) -> None:
    karin, lina = person("Karin", size=DESK), person("Lina")
    karin.signs_in(clinic.account("administrator"))
    page = karin.page
    karin.picture("admin-home-1280")
    page.goto("/beheer/locaties/nieuw")
    name = unique_words("Noord")
    page.fill("[name=name]", name)
    page.fill("[name=crisis_phone]", "nul")
    goes_on(karin)
    assert page.input_value("[name=name]") == name
    page.fill("[name=crisis_phone]", "020-0000000")
    for day in range(5):
        page.fill(f"[name=hours_{day}_opens]", "09:00")
        page.fill(f"[name=hours_{day}_closes]", "17:00")
    goes_on(karin)
    page.get_by_role("heading", name=name).wait_for()
    karin.picture("admin-location-1280")
    karin.follows("text=Nieuwe groep")
    group = unique_words("Woensdag")
    page.fill("[name=name]", group)
    page.check("[name=profile][value=eating]")
    page.check("[name=kind][value=group]")
    goes_on(karin)
    page.goto(page.locator("a[href*='/beheer/l/']").first.get_attribute("href"))
    karin.follows("text=Uitnodigingen")
    page.select_option("[name=group_id]", label=group)
    page.fill("[name=count]", "12")
    goes_on(karin)
    codes = CODE.findall(page.inner_text(".print-sheet"))
    assert len(set(codes)) == 12
    assert page.locator(".print-sheet svg").count() == 12
    sheet = page.inner_text(".print-sheet").lower()
    assert not any(word in sheet for word in ("ggz", "eet", "psych", "behandel", "gezondheid", "groep"))
    karin.picture("admin-sheet-1280")

    alias = joins_with(lina, codes[0])
    expect(lina.page.get_by_role("heading", name=group)).to_be_visible()
    assert alias in lina.page.inner_text("main")
    help_text = person("Wie dan ook")
    help_text.goes_to("/help")
    assert name in help_text.page.inner_text("main")

    sam = person("Sam")
    sam.goes_to("/m")
    sam.page.fill("[name=code]", codes[0])
    goes_on(sam)
    assert "gebruikt" in sam.page.inner_text("main")
    sam.page.fill("[name=code]", "9999-9999-9999")
    goes_on(sam)
    expect(sam.page.locator("[name=code]")).to_be_visible()
