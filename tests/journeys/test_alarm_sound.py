"""The sound of an alarm: on without asking, said plainly where the browser holds it back, kept for the next page."""

import pytest
from playwright.sync_api import expect
from stage import DESK, PHONE, unique_words
from steps import begins, goes_on, opens_item

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
HEAVY = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
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


def test_the_page_an_alarm_is_about_rings_too(clinic, person) -> None:
    noor, esra = person("Noor"), person("Esra", size=DESK)
    account = clinic.account("youth", 3, group=GROUP)
    noor.signs_in(account)
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Slecht geslapen")
    begins(noor, title, "Ik lag lang wakker.")
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    opens_item(esra, title)
    page = esra.page
    sound_of(page, "on")
    place = page.url
    noor.follows("a[href$='/aanpassen']")
    noor.page.fill("[name=body]", HEAVY)
    goes_on(noor)
    own = page.locator("[data-alarm-list] .alarm", has=page.locator(f"a[href$='{place.rsplit('/', 1)[1]}'][hidden]"))
    expect(own).to_be_visible(timeout=10_000)
    expect(page.locator("[data-alarms]")).to_have_attribute("data-sounding", "yes")
    expect(own.get_by_role("button", name="Ik ga erop af")).to_be_visible()
    expect(own.get_by_role("link", name="Bekijk")).to_be_hidden()
    for name, size in (("1280", DESK), ("390", PHONE)):
        page.set_viewport_size(size)
        page.evaluate("scrollTo(0, 0)")
        band, words = own.bounding_box(), page.locator("h1").first.bounding_box()
        assert band["y"] + band["height"] <= words["y"]  # above the post, never over it
        esra.is_accessible()
        esra.picture(f"alarm-own-page-{name}")
    page.reload()  # drawn by the server it says the same
    expect(own.get_by_role("button", name="Ik ga erop af")).to_be_visible()
    expect(own.get_by_role("link", name="Bekijk")).to_be_hidden()
    own.get_by_role("button", name="Ik ga erop af").click()
    expect(page).to_have_url(place)
    expect(own).to_be_hidden()
