"""Every screen, on a phone and a desk, light and dark: axe finds nothing, nothing is cut off, no policy is breached."""

import re

import pytest
from stage import AXE, COLOURS, DESK, PHONE, Person, unique_words
from steps import begins, decides, goes_on, opens_item

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
NOTE = "Dank je wel voor je verhaal, ik zou graag iets meer willen horen van je."
LINK = re.compile(r"https?://\S+/in/welkom#\S+")
NARROW = {"width": 320, "height": 640}

SIGNED_OUT = ["/", "/in", "/in/herstel", "/m", "/help", "/weg/klaar", "/in/welkom", "/demo", "/privacy", "/nergens"]
YOUTH = [
    "/groepen",
    "/mijn",
    "/mijn/wachtzin",
    "/lezen",
    "/g/code",
    "/mijn/noodcontact",
    "/mijn/ingelogd",
    "/mijn/verteld",
    "/help",
]
CLINICIAN = ["/wachtrij", "/opvolgen", "/groepen", "/lezen", "/lezen/nieuw", "/team", "/lezen/vast", "/oefenen"]
CLINICIAN += ["/goed-nieuws", "/voorsortering", "/voorsortering/geleerd"]
CLINICIAN += ["/bureau", "/bureau/steekproef", "/rustmomenten"]
ADMINISTRATOR = ["/beheer", "/beheer/locaties/nieuw", "/beheer/hulplijnen", "/beheer/hulplijnen/nieuw"]
ADMINISTRATOR += ["/voorsortering"]


def holds(person: Person, place: str) -> None:
    """Hold one screen against everything."""
    answer = person.page.goto(place)
    assert answer is not None
    assert answer.status in {200, 404}, place
    stands(person)


def stands(person: Person) -> None:
    """Hold what is on the screen now against everything: also what only a form leads to."""
    page = person.page
    place = page.url
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for scheme, rules in (("light", AXE), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            person.is_accessible(rules)
    page.set_viewport_size(NARROW)
    assert person.fits(), place
    with person.reading_large_letters():
        assert person.fits(), f"{place}, letters of 200 %"
    assert page.evaluate("window.__violations") == [], place
    page.set_viewport_size(PHONE)


def refused(person: Person, form: str = "main form:has(.actions button)") -> None:
    """Send a form as it stands, past what the browser would ask for, and hold the page that says what is wrong."""
    page = person.page
    page.eval_on_selector(
        form, "form => { form.noValidate = true; form.closest('details')?.setAttribute('open', ''); }"
    )
    person.follows(page.locator(form).first.locator(".actions button").first)
    assert page.locator("[data-summary]").count(), page.url
    stands(person)


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


def test_every_step_of_joining_and_of_coming_back(clinic, person) -> None:
    lina = person("Lina")
    page = lina.page
    lina.goes_to("/in")
    refused(lina)
    lina.goes_to("/m")
    refused(lina)
    page.fill("[name=code]", clinic.codes[GROUP].pop())
    goes_on(lina)
    stands(lina)
    refused(lina)
    page.check("input[name=answer] >> nth=0")
    goes_on(lina)
    if page.locator("[name=written_down]").count() == 0:
        stands(lina)
        page.click("main .actions a")
    page.wait_for_url("**/m/naam")
    stands(lina)
    refused(lina)
    name, recovery = page.input_value("[name=sign_in_name]"), page.inner_text("#recovery_code").strip()
    page.check("[name=written_down]")
    goes_on(lina)
    stands(lina)
    page.fill("[name=alias]", "Piet Jansen")
    refused(lina)
    page.fill("[name=alias]", "")
    page.locator("input[name=suggestion]").first.check()
    goes_on(lina)
    stands(lina)
    refused(lina)
    again = person("Lina thuis")
    for tick in ("accept_rules", "accept_anonymity", "accept_privacy"):
        page.check(f"[name={tick}]")
    goes_on(lina)
    page.wait_for_url("**/g/*")
    lina.goes_to(f"{page.url}/nieuw")
    refused(lina)
    lina.goes_to("/mijn/wachtzin")
    refused(lina)
    again.goes_to("/in/herstel")
    refused(again)
    again.page.fill("[name=sign_in_name]", name)
    again.page.fill("[name=recovery_code]", recovery)
    again.page.fill("[name=passphrase]", "vier woorden van thuis vandaag")
    goes_on(again)
    again.page.wait_for_url("**/in/herstel/klaar")
    stands(again)


def test_the_second_factor_and_the_first_day_of_a_colleague(clinic, person) -> None:
    esra, karin, joris = person("Esra", size=DESK), person("Karin", size=DESK), person("Joris")
    account = clinic.account("clinician", group=GROUP)
    esra.signs_in(account | {"totp_secret": ""})
    esra.page.wait_for_url("**/in/bevestigen*")
    stands(esra)
    refused(esra)
    karin.signs_in(clinic.account("administrator"))
    karin.page.wait_for_url("**/beheer")
    location = links(karin, "/beheer", "/beheer/l/")[0]
    karin.goes_to(f"{location}/team")
    making = "form[action$='/team']"
    refused(karin, making)
    karin.page.locator(making).wait_for()
    karin.page.fill(f"{making} [name=staff_name]", "Joris")
    karin.page.fill(f"{making} [name=role_title]", "behandelaar")
    karin.page.check(f"{making} [name=role][value=clinician]")
    karin.follows(karin.page.locator(f"{making} .actions button").first)
    stands(karin)
    joris.goes_to(LINK.search(karin.page.inner_text("main"))[0])
    stands(joris)
    goes_on(joris)
    joris.page.wait_for_url("**/in/welkom/wachtzin")
    stands(joris)
    refused(joris)
    own = {"sign_in_name": joris.page.input_value("[name=sign_in_name]")}
    own["passphrase"] = joris.page.inner_text("#made_passphrase").strip()
    joris.page.check("[name=written_down]")
    goes_on(joris)
    joris.signs_in(own)
    joris.page.wait_for_url("**/in/bevestigen*")
    assert joris.page.locator("#totp_secret").count()
    stands(joris)
    refused(joris)


def test_the_page_that_says_a_colleague_was_first(clinic, person) -> None:
    noor, esra, jeroen = person("Noor"), person("Esra", size=DESK), person("Jeroen", size=DESK)
    account = clinic.account("youth", 2, group=GROUP)
    noor.signs_in(account)
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Wie is er eerst")
    begins(noor, title, "Wie leest er mee?")
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    jeroen.signs_in(clinic.account("clinician", 1, location=account["location"]))
    opens_item(esra, title)
    opens_item(jeroen, title)
    decides(esra, "ask_reword", reason="off_topic", note=NOTE)
    esra.page.wait_for_url("**/wachtrij*")
    decides(jeroen, "ask_reword", reason="off_topic", note=NOTE)
    assert NOTE in jeroen.page.content()
    stands(jeroen)


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


def test_snel_weg_is_on_the_screen_whatever_its_width(clinic, person) -> None:
    esra = person("Esra", size=DESK)
    esra.signs_in(clinic.account("clinician", group=GROUP))
    esra.page.wait_for_url("**/wachtrij")
    esra.goes_to(links(esra, "/oefenen", "/oefenen/bericht/")[0])
    for width in (320, 390, 768, 959, 960, 1024, 1151, 1152, 1280):
        esra.page.set_viewport_size({"width": width, "height": 800})
        assert esra.fits(), width
        bar, door = (esra.page.locator(one).bounding_box() for one in (".top__bar", "[data-exit]"))
        assert 0 <= door["x"] <= width - door["width"], width
        assert width < 390 or bar["height"] < 72, width  # one line


def test_a_clinician(clinic, person) -> None:
    esra = person("Esra", size=DESK)
    esra.signs_in(clinic.account("clinician", group=GROUP))
    esra.page.wait_for_url("**/wachtrij")
    for place in CLINICIAN:
        holds(esra, place)
    sheet = links(esra, "/team", "/team/codes/")[0]
    holds(esra, sheet)
    esra.page.eval_on_selector("[name=number]", "field => { field.options[1].value = '99'; field.selectedIndex = 1; }")
    esra.page.fill("[name=care_reference]", "A-1234")
    refused(esra)
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
    lines = [one for one in links(karin, "/beheer/hulplijnen", "/beheer/hulplijnen/") if not one.endswith("/nieuw")]
    holds(karin, lines[0])
    for form in ("/beheer/locaties/nieuw", "/beheer/hulplijnen/nieuw", f"{location}/groepen/nieuw"):
        holds(karin, form)
        karin.page.eval_on_selector_all("main input[type=time]", "all => all.forEach((one) => { one.value = ''; })")
        refused(karin)
    karin.goes_to(f"{location}/uitnodigingen")
    karin.page.fill("[name=count]", "99")
    refused(karin)
    karin.page.fill("[name=count]", "2")
    goes_on(karin)
    assert karin.page.locator(".print-sheet svg").count() == 2
    stands(karin)
    holds(karin, links(karin, f"{location}/uitnodigingen", "/beheer/uitnodigingen/")[0])
