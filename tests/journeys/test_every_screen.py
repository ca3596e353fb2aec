"""Every screen, on a phone and a desk, light and dark: axe finds nothing, nothing is cut off, no policy is breached."""

import pytest
from stage import DESK, PHONE, Person

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
NARROW = {"width": 320, "height": 640}

SIGNED_OUT = ["/", "/in", "/in/herstel", "/m", "/help", "/weg/klaar", "/in/welkom", "/demo", "/privacy", "/nergens"]
YOUTH = ["/groepen", "/mijn", "/lezen", "/g/code", "/mijn/noodcontact", "/mijn/ingelogd", "/mijn/verteld", "/help"]
CLINICIAN = ["/wachtrij", "/opvolgen", "/groepen", "/lezen", "/lezen/nieuw", "/team", "/lezen/vast", "/oefenen"]
CLINICIAN += ["/goed-nieuws", "/voorsortering", "/voorsortering/geleerd"]
CLINICIAN += ["/bureau", "/bureau/steekproef"]
ADMINISTRATOR = ["/beheer", "/beheer/locaties/nieuw", "/beheer/hulplijnen", "/beheer/hulplijnen/nieuw"]
ADMINISTRATOR += ["/voorsortering"]


def holds(person: Person, place: str) -> None:
    """Hold one screen against everything."""
    page = person.page
    answer = page.goto(place)
    assert answer is not None
    assert answer.status in {200, 404}, place
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            person.is_accessible()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], place
    assert page.evaluate("window.__violations") == [], place
    page.set_viewport_size(PHONE)


def links(person: Person, place: str, pattern: str) -> list[str]:
    """Give the addresses on a page that match, in order."""
    person.goes_to(place)
    found = person.page.eval_on_selector_all(
        f"main a[href*='{pattern}']", "all => all.map(a => a.getAttribute('href'))"
    )
    assert found, f"{place} has no link to {pattern}"
    return list(dict.fromkeys(found))


def test_signed_out(person) -> None:
    somebody = person("Iemand")
    for place in SIGNED_OUT:
        holds(somebody, place)


def test_a_youth(clinic, person) -> None:
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.page.wait_for_url("**/groepen")
    for place in YOUTH:
        holds(noor, place)
    group = links(noor, "/groepen", "/g/")[0]
    for place in (group, f"{group}/nieuw", links(noor, group, "/t/")[0], links(noor, "/lezen", "/lezen/")[0]):
        holds(noor, place)
    thread = links(noor, group, "/t/")[0]
    for place in links(noor, thread, "/bericht/")[:2]:
        holds(noor, place)
    noor.goes_to(thread)
    noor.page.get_by_role("button", name="Dit is me te veel").click()
    noor.page.get_by_role("button", name="Vouw weer open").wait_for()
    holds(noor, thread)
    noor.goes_to(thread)
    noor.page.get_by_role("button", name="Vouw weer open").click()
    for own in [one for one in links(noor, "/mijn", "/mijn/") if len(one) > 30][:3]:
        holds(noor, own)
        noor.goes_to(own)
        if noor.page.locator("main a[href$='/aanpassen']").count():
            holds(noor, f"{own}/aanpassen")
            holds(noor, f"{own}/terughalen")


def test_a_clinician(clinic, person) -> None:
    esra = person("Esra", size=DESK)
    esra.signs_in(clinic.account("clinician", group=GROUP))
    esra.page.wait_for_url("**/wachtrij")
    for place in CLINICIAN:
        holds(esra, place)
    for item in links(esra, "/wachtrij", "/wachtrij/")[:3]:
        holds(esra, item)
        holds(esra, f"{item}/verloop")
    group = links(esra, "/groepen", "/g/")[0]
    roster = links(esra, "/team", "/rooster/")[0]
    for place in (group, f"{group}/live-uur", roster, f"{roster}/stoppen"):
        holds(esra, place)
    thread = links(esra, group, "/t/")[0]
    holds(esra, f"{group}/leden")
    holds(esra, links(esra, f"{group}/leden", "/lid/")[0])
    holds(esra, f"{thread}/sluiten")
    holds(esra, links(esra, thread, "/bericht/")[0])
    for place in (thread, links(esra, thread, "/goed-nieuws/")[0], links(esra, "/oefenen", "/oefenen/bericht/")[0]):
        holds(esra, place)


def test_an_administrator(clinic, person) -> None:
    karin = person("Karin", size=DESK)
    karin.signs_in(clinic.account("administrator"))
    karin.page.wait_for_url("**/beheer")
    for place in ADMINISTRATOR:
        holds(karin, place)
    location = links(karin, "/beheer", "/beheer/l/")[0]
    for place in (
        location,
        f"{location}/meelezen",
        f"{location}/gegevens",
        f"{location}/team",
        f"{location}/uitnodigingen",
    ):
        holds(karin, place)
    holds(karin, f"{location}/logboek")
    holds(karin, links(karin, location, "/beheer/groepen/")[0])
