"""A shift by keyboard alone: walking the queue, opening, deciding, taking back, passing on; keys that keep quiet."""

import pytest
from playwright.sync_api import expect
from stage import DESK, Person, unique_words
from steps import begins

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
PANELS = {"b": "approve_with_word", "w": "approve_with_notes", "e": "ask_reword", "r": "decline"}


@pytest.fixture
def clinic(unhurried_clinic):
    """What is placed here waits its ten seconds, so that it can be taken back on a slow machine too."""
    return unhurried_clinic


def walks_to(person: Person, words: str) -> None:
    """Press j until the row with these words has the focus."""
    page = person.page
    page.wait_for_function("words => document.querySelector('main').textContent.includes(words)", arg=words)
    for _ in range(60):
        page.keyboard.press("j")
        here = page.evaluate("document.activeElement.closest('.queue-row')?.textContent ?? ''")
        if words in here:
            return
    raise AssertionError(f"j never came to {words}")


def takes_back_from_the_next(page, item: str) -> None:
    """The rhythm of a shift: what was placed is still held while the next one is open; it is placed again after."""
    page.keyboard.press("n")
    page.wait_for_url("**/wachtrij/*-*")
    assert page.url != item
    page.locator("[data-held]").wait_for()
    page.keyboard.press("z")
    page.wait_for_url(item)
    assert "Teruggenomen" in page.inner_text("main")
    page.keyboard.press("a")
    page.wait_for_url("**/wachtrij")


def test_a_whole_shift_by_keyboard(clinic, person) -> None:
    noor, esra = person("Noor"), person("Esra", size=DESK)
    noor.signs_in(clinic.account("youth", 2, group=GROUP))
    first, second = unique_words("Buiten gelopen"), unique_words("Brood gebakken")
    for title in (first, second):
        noor.goes_to("/groepen")
        noor.follows(noor.page.locator(".card__link", has_text=GROUP).first)
        begins(noor, title, "Het was een rustige dag.")
    esra.signs_in(clinic.account("clinician", group=GROUP))
    page = esra.page
    page.wait_for_url("**/wachtrij")

    page.keyboard.press("?")
    assert page.locator("dialog[open] kbd").count() > 10
    page.keyboard.press("n")  # a dialog is open: nothing happens
    assert page.url.endswith("/wachtrij")
    page.keyboard.press("Escape")

    walks_to(esra, first)
    page.keyboard.press("o")
    page.wait_for_url("**/wachtrij/*-*")
    assert page.locator("[data-decide] > [aria-keyshortcuts=a]").count() == 1
    for key, name in PANELS.items():
        page.keyboard.press(key)
        assert page.locator(f"#panel-{name}").get_attribute("open") is not None
        page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.locator("#panel-decline textarea").first.focus()
    page.keyboard.type("nazomer sast")  # letters in a field are letters
    assert page.locator("#panel-decline textarea").first.input_value() == "nazomer sast"
    page.keyboard.press("Escape")
    first_item = page.url
    for pressed in ("Control+a", "Shift+A"):  # with a modifier it is another key
        page.keyboard.press(pressed)
        page.wait_for_timeout(500)
        assert page.url == first_item
    page.keyboard.press("a")
    page.wait_for_url("**/wachtrij")

    page.keyboard.press("z")
    page.wait_for_url("**/wachtrij/*-*")
    assert "Teruggenomen" in page.inner_text("main")
    page.keyboard.press("a")
    page.wait_for_url("**/wachtrij")

    takes_back_from_the_next(page, first_item)

    walks_to(esra, second)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wachtrij/*-*")
    item = page.url
    page.keyboard.press("s")
    page.wait_for_url("**/wachtrij")
    assert "Overgedragen" in page.inner_text("main")
    page.keyboard.press("n")
    page.wait_for_url(lambda url: not url.endswith("/wachtrij"))
    assert page.url != item


def test_keys_can_be_chosen_and_switched_off(clinic, person) -> None:
    jeroen = person("Jeroen", size=DESK)
    jeroen.signs_in(clinic.account("clinician", 1, group=GROUP))
    page = jeroen.page
    page.wait_for_url("**/wachtrij")
    jeroen.goes_to("/bureau")
    page.fill("[name=key_down]", "7")
    jeroen.follows(page.get_by_role("button", name="Bewaar toetsen"))
    jeroen.goes_to("/wachtrij")
    page.wait_for_timeout(500)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") != "queue-row__link"
    page.keyboard.press("7")
    assert page.evaluate("document.activeElement.className") == "queue-row__link"
    jeroen.goes_to("/bureau")
    page.uncheck("[name=aan]")
    jeroen.follows(page.get_by_role("button", name="Bewaar toetsen"))
    jeroen.goes_to("/wachtrij")
    page.wait_for_timeout(500)
    page.keyboard.press("7")
    assert page.evaluate("document.activeElement.className") != "queue-row__link"
    jeroen.goes_to("/bureau")
    page.get_by_role("button", name="Zet alles terug").click()
    expect(page.locator("[name=aan]")).to_be_checked()


def test_two_clinicians_see_each_other_at_an_item(clinic, person) -> None:
    noor, esra, jeroen = person("Noor"), person("Esra", size=DESK), person("Jeroen", size=DESK)
    noor.signs_in(clinic.account("youth", 3, group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Samen kijken")
    begins(noor, title, "Het was een rustige dag.")
    esra.signs_in(clinic.account("clinician", group=GROUP))
    jeroen.signs_in(clinic.account("clinician", 1, group=GROUP))
    for one in (esra, jeroen):
        one.page.wait_for_url("**/wachtrij")
    row = jeroen.page.locator(".queue-row", has_text=title)
    row.wait_for()
    esra.page.locator(".queue-row", has_text=title).locator("a").first.click()
    esra.page.wait_for_url("**/wachtrij/*-*")
    row.locator(".tag--claim").wait_for()
    assert "is hiermee bezig" in row.inner_text()
    row.locator("a").first.click()
    jeroen.page.locator("[data-claim]:not([hidden])").wait_for()
    with jeroen.page.expect_navigation():
        jeroen.page.keyboard.press("t")
    esra.page.locator("[data-claim]:not([hidden])").wait_for()
    jeroen.goes_to("/wachtrij")
    esra.page.locator("[data-claim]").wait_for(state="hidden")
