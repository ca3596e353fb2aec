"""The sound of an alarm: on without asking, said plainly where the browser holds it back, kept for the next page."""

import pytest
from playwright.sync_api import expect
from stage import DESK

pytestmark = pytest.mark.browser
MUTED = "Je browser houdt het geluid bij alarm nog tegen."
# What a browser does that allows no sound before a gesture on the page itself, whatever came before.
HELD_BACK = """
const Real = window.AudioContext;
window.AudioContext = class extends Real {
  #free = false;
  constructor() {
    super();
    for (const sign of ["pointerup", "keydown"]) addEventListener(sign, () => (this.#free = true), true);
  }
  get state() {
    return this.#free ? super.state : "suspended";
  }
  async resume() {
    if (!this.#free) return new Promise(() => {});
    await super.resume();
    this.dispatchEvent(new Event("statechange"));
  }
};
"""


def sound_of(page, state: str) -> None:
    expect(page.locator("[data-alarms]")).to_have_attribute("data-audio", state)


def test_sound_is_on_and_stays_on_or_off_from_page_to_page(clinic, person) -> None:
    esra = person("Esra", size=DESK)
    esra.signs_in(clinic.account("clinician"))
    page = esra.page
    page.wait_for_url("**/wachtrij")
    sound_of(page, "on")  # she clicked to sign in: the browser allows it, and nobody had to ask
    page.click("text=Groepen")
    page.wait_for_url("**/groepen")
    sound_of(page, "on")
    button = page.locator("[data-sound]")
    expect(button).to_have_text("Geluid bij alarm staat aan. Zet uit")
    button.click()
    sound_of(page, "off")
    expect(button).to_have_text("Zet geluid bij alarm aan")
    page.click("text=Wachtrij")
    page.wait_for_url("**/wachtrij")
    sound_of(page, "off")
    second = esra.context.new_page()  # another tab of this browser
    second.goto("/groepen")
    sound_of(second, "off")
    second.locator("[data-sound]").click()
    sound_of(second, "on")
    second.close()
    page.reload()
    page.mouse.click(5, 5)
    sound_of(page, "on")


def test_where_the_browser_holds_it_back_the_page_says_so_until_the_first_gesture(clinic, person) -> None:
    esra = person("Esra", size=DESK)
    esra.context.add_init_script(HELD_BACK)
    esra.signs_in(clinic.account("clinician", 1))
    page = esra.page
    page.wait_for_url("**/wachtrij")
    sound_of(page, "muted")
    expect(page.locator("[data-sound]")).to_contain_text(MUTED)
    esra.is_accessible()
    esra.picture("alarm-muted-1280")
    page.locator("h1").first.click()  # anywhere
    sound_of(page, "on")
    page.reload()
    sound_of(page, "muted")
    page.locator("[data-sound]").click()  # the button itself switches it on, never off
    sound_of(page, "on")
