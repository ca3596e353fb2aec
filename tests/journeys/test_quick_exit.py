"""Snel weg: gone at once, the session ended on the server, and nothing behind Back, with the back-forward cache on."""

import pytest
from stage import DESK

pytestmark = pytest.mark.browser
GROUP = "Online & offline"


@pytest.fixture
def noor(clinic, person):
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    noor.page.locator(".card").last.click()
    noor.page.wait_for_url("**/t/*")
    return noor


def nothing_is_left(person) -> None:
    shown = person.page.inner_text("body")
    assert GROUP not in shown
    assert "Reageer" not in shown


def test_back_twice_shows_nothing(noor) -> None:
    noor.page.click("[data-exit]")
    noor.page.wait_for_url("**/weg/klaar")
    noor.picture("left-390")
    for _ in range(2):
        noor.page.go_back(wait_until="commit")
        noor.page.wait_for_timeout(600)
        nothing_is_left(noor)
    noor.goes_to("/groepen")
    assert noor.page.url.endswith("/in?next=/groepen") or "/in" in noor.page.url


def test_the_session_is_dead_on_the_server(noor, clinic) -> None:
    cookies = noor.context.cookies()
    noor.page.click("[data-exit]")
    noor.page.wait_for_url("**/weg/klaar")
    noor.context.clear_cookies()
    noor.context.add_cookies(cookies)
    noor.goes_to("/groepen")
    assert "/in" in noor.page.url
    nothing_is_left(noor)


def test_three_times_shift_does_the_same(clinic, person) -> None:
    noor = person("Noor", size=DESK)
    noor.signs_in(clinic.account("youth", 1, group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    noor.page.wait_for_url("**/g/*")
    noor.page.wait_for_load_state("networkidle")
    for _ in range(3):
        noor.page.keyboard.press("Shift")
    noor.page.wait_for_url("**/weg/klaar")
    noor.page.go_back(wait_until="commit")
    noor.page.wait_for_timeout(600)
    nothing_is_left(noor)


def test_without_javascript_the_exit_is_a_page_whose_link_leaves(clinic, person) -> None:
    noor = person("Noor", script=False)
    noor.signs_in(clinic.account("youth", 2, group=GROUP))
    noor.follows("[data-exit]")
    assert GROUP not in noor.page.inner_text("body")
    noor.goes_to("/groepen")
    assert "/in" in noor.page.url


def test_a_draft_is_gone_too(noor) -> None:
    noor.page.fill("[name=body]", "Dit schreef ik net.")
    noor.page.wait_for_timeout(600)
    noor.page.click("[data-exit]")
    noor.page.wait_for_url("**/weg/klaar")
    assert noor.page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
