"""C1 Esra, an ordinary shift: what is left out is seen first and reaches nobody else; what is hidden is comforted."""

import re

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import begins, opens_item, shows_selection

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
BODY = (
    "Vroeger telde ik elke dag tot 2200\nkcal. Nu eet ik weer mee met de anderen. "
    "Op de Vermeerschool ging dat niet, op een andere school wel."
)
NOTE = "Wat mooi dat je vertelt hoe het nu met je gaat, ik lees hoeveel moeite het kostte."


def selects_inside_a_word(esra, form) -> None:
    """Exactly that piece is taken over, or the whole word where it would be left out elsewhere only."""
    second = form.locator("[name=part_2]")
    shows_selection(esra, "meersch")
    assert second.input_value() == "meersch"
    second.fill("")
    shows_selection(esra, "school")  # it stands alone as well, and there it is not meant
    assert second.input_value() == "Vermeerschool"
    form.locator("[name=kind_2]").select_option("school")


def test_esra_leaves_a_number_out_and_the_author_agrees(clinic, person) -> None:
    noor, sem = person("Noor"), person("Sem")
    esra, jeroen = person("Esra", size=DESK), person("Jeroen", size=DESK)
    noor.signs_in(clinic.account("youth", group=GROUP))
    sem.signs_in(clinic.account("youth", 1, group=GROUP))
    esra.signs_in(clinic.account("clinician", group=GROUP))
    jeroen.signs_in(clinic.account("clinician", 1, group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Weer een stap")
    begins(noor, title, BODY)

    opens_item(esra, title)
    place = esra.page.url
    jeroen.goes_to("/wachtrij")
    jeroen.page.get_by_text(re.compile("is hiermee bezig")).first.wait_for()  # a colleague sees who is at it

    shows_selection(esra, "2200\nkcal")
    form = esra.page.locator("#panel-redact form")
    assert form.locator("[name=part_1]").input_value() == "2200\nkcal"  # over the end of a line
    form.locator("[name=kind_1]").select_option("number")
    selects_inside_a_word(esra, form)
    form.locator("[name=reason]").select_option("numbers")
    form.locator("[name=template]").select_option("redact_piece")
    form.locator("[name=note]").fill(NOTE)
    esra.picture("redact-1280")
    form.get_by_role("button", name="Bekijk eerst").click()
    esra.page.get_by_role("heading", name="Zo leest de schrijver het").wait_for()
    assert "telde ik elke dag tot [een getal weggelaten]. Nu eet ik" in esra.page.inner_text("[data-after]")
    esra.is_accessible()
    esra.picture("redact-preview-1280")
    esra.page.get_by_role("button", name="Plaats zo").click()
    esra.page.wait_for_url("**/wachtrij")

    noor.page.get_by_role("heading", name="Staat in de groep, zonder een stukje").wait_for()
    assert "2200\nkcal" in noor.page.inner_text("[data-before]")
    assert NOTE in noor.page.inner_text("main")
    noor.is_accessible()
    noor.picture("redacted-390")
    noor.page.get_by_role("button", name="Zo is het goed").click()
    noor.page.get_by_text("Jij vond dit goed").wait_for()

    sem.page.locator(".card__link", has_text=GROUP).first.click()
    sem.page.click(f"text={title}")
    sem.page.get_by_text("[een getal weggelaten]").wait_for()
    assert not sem.saw("2200")
    assert not sem.saw("Vermeer")

    jeroen.goes_to(place)
    assert "2200\nkcal" in jeroen.page.inner_text("main")  # the team still reads the original
    jeroen.follows("text=Verloop en versies")
    assert jeroen.page.locator("del", has_text="2200 kcal").count() == 1
    jeroen.is_accessible()
    for everybody in (noor, sem, esra, jeroen):
        everybody.left_no_trace_outside()


def test_what_is_hidden_is_a_tombstone_at_once_with_support_for_who_read_it(clinic, person) -> None:
    noor, sem, esra = person("Noor"), person("Sem"), person("Esra", size=DESK)
    noor.signs_in(clinic.account("youth", group=GROUP))
    sem.signs_in(clinic.account("youth", 1, group=GROUP))
    esra.signs_in(clinic.account("clinician", group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title, body = unique_words("Buiten"), unique_words("Ik was vandaag buiten")
    begins(noor, title, body)
    opens_item(esra, title)
    esra.page.locator("form[data-decide] button", has_text="Plaatsen").first.click()
    esra.page.wait_for_url("**/wachtrij")
    noor.page.get_by_text("Staat in de groep", exact=True).wait_for()
    sem.page.locator(".card__link", has_text=GROUP).first.click()
    sem.page.click(f"text={title}")
    sem.page.get_by_text(body).wait_for()

    esra.goes_to(sem.page.url.removeprefix(clinic.url))
    esra.page.locator("li", has_text=body).get_by_text("Verbergen").first.click()
    esra.page.get_by_role("heading", name="Wil je dit bericht verbergen?").wait_for()
    esra.page.wait_for_load_state("networkidle")
    esra.is_accessible()
    esra.page.select_option("[name=reason]", "off_topic")
    esra.page.fill("[name=note]", "Ik lees je graag, en dit hoort in een ander gesprek. Schrijf je het daar?")
    esra.page.get_by_role("button", name="Verbergen").click()

    sem.page.get_by_text("Er is net een bericht verborgen").wait_for()
    expect(sem.page.get_by_text(body)).to_have_count(0)
    sem.is_accessible()
    sem.picture("support-card-390")
    noor.page.get_by_role("heading", name="Niet meer te zien").wait_for()


def pins_of_the_group(page) -> list[str]:
    """Give what is pinned for the whole group, on the page of pins."""
    return page.locator("h3:has-text('De hele groep') + .pins .pin a").all_inner_texts()


def test_the_fourth_pin_is_refused_and_the_shift_ends_with_a_note(clinic, person) -> None:
    esra, jeroen = person("Esra", size=DESK), person("Jeroen", size=DESK)
    esra.signs_in(clinic.account("clinician", group=GROUP))
    jeroen.signs_in(clinic.account("clinician", 1, group=GROUP))
    page = esra.page
    page.wait_for_url("**/wachtrij")
    esra.goes_to("/lezen")
    pieces = [one.get_attribute("href") for one in page.locator("main .card__link").all()]
    added = 0
    for piece in pieces:
        esra.goes_to(piece)
        esra.follows(page.locator("main").get_by_role("link", name=GROUP, exact=True))
        esra.follows("main form .actions button")
        if page.get_by_text("Er staan al drie dingen vast.").count():
            break
        added += page.get_by_text("Dit staat al vast.").count() == 0
    expect(page.get_by_text("Er staan al drie dingen vast. Haal er eerst één weg.").first).to_be_visible()
    assert len(pins_of_the_group(page)) == 3
    esra.is_accessible()
    esra.picture("fourth-pin-1280")
    for _ in range(added):  # the last ones are hers; the group keeps what it had
        esra.follows(page.locator("h3:has-text('De hele groep') + .pins .pin form button").last)
    assert len(pins_of_the_group(page)) == 3 - added

    esra.goes_to("/wachtrij")
    page.locator(".queue-row a").first.click()
    page.wait_for_url("**/wachtrij/*")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/stoppen?out=1")
    expect(page.get_by_text("Voor je uitlogt")).to_be_visible()
    expect(page.get_by_role("button", name="Log uit zonder overdracht")).to_be_visible()
    esra.is_accessible()
    esra.picture("stop-and-sign-out-1280")
    note, team = unique_words("Egel wacht op antwoord"), page.url.split("/stoppen")[0]
    page.fill("[name=note]", note)
    page.get_by_role("button", name="Ik stop en log uit").click()
    page.get_by_text("Je bent uitgelogd.").wait_for()
    esra.goes_to("/wachtrij")
    assert "/in?" in page.url
    jeroen.goes_to(team)
    expect(jeroen.page.locator("main")).to_contain_text(note)
    jeroen.page.get_by_role("button", name="Ik neem dit over").first.click()
    expect(jeroen.page.locator("main")).to_contain_text("Je hebt de overdracht overgenomen.")
