"""A page that draws itself again when something changed never takes somebody back who is just leaving it."""

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import begins, decides, finds_row

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
# The next page is slow: the link is taken, and for now nothing comes of it.
SLOW = "addEventListener('click', (event) => event.preventDefault()); window.stays = true;"


def test_who_takes_a_link_is_not_held_back_by_news_and_who_stays_gets_it_after_all(clinic, person) -> None:
    daan, esra = person("Daan"), person("Esra")
    account = clinic.account("youth", 3, group=GROUP)
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    daan.signs_in(account)
    daan.page.locator(".card__link", has_text=GROUP).first.click()
    begins(daan, unique_words("Slecht"), "Het hoeft voor mij niet meer. Soms wil ik dood en dan weet ik niets meer.")
    esra.goes_to("/zorg")
    esra.page.evaluate(SLOW)
    esra.page.get_by_role("link", name="Groepen").click()
    daan.page.get_by_role("button", name="Nee", exact=True).click()
    expect(esra.page.locator(".alarm", has_text="niveau 3").last).to_be_visible(timeout=8_000)  # the news is here
    esra.page.wait_for_timeout(1_000)
    assert esra.page.evaluate("window.stays")
    with esra.page.expect_event("load", timeout=15_000):
        pass
    expect(esra.page.locator("main")).to_contain_text("Niveau 3")


def test_a_row_that_changes_while_it_is_pressed_still_opens(clinic, person) -> None:
    daan, esra, jeroen = person("Daan"), person("Esra", size=DESK), person("Jeroen", size=DESK)
    account = clinic.account("youth", 3, group=GROUP)
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    jeroen.signs_in(clinic.account("clinician", 1, location=account["location"]))
    daan.signs_in(account)
    daan.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Rustig").translate(str.maketrans("0123456789", "ghijklmnop"))
    begins(daan, title, "Het was een gewone dag.")
    row, same = finds_row(esra, title), finds_row(jeroen, title)
    esra.page.wait_for_timeout(1_000)  # the rows are drawn
    row.locator("a").first.hover()
    esra.page.mouse.down()
    same.locator("a").first.click()
    esra.page.wait_for_timeout(1_500)
    esra.page.mouse.up()
    esra.page.wait_for_url("**/wachtrij/*-*")
    decides(esra, "approve")
    esra.page.wait_for_url("**/wachtrij")
