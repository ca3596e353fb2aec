"""Asked to write it differently: the own text, the reason and a human's note are there, and it can be sent again."""

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import begins, decides, goes_on, opens_item

pytestmark = pytest.mark.browser
GROUP = "Adem"
NOTE = "Wat goed dat je dit durft te vertellen. Laat je de getallen weg? Je gevoel mag blijven."


def test_daan_is_asked_to_reword_and_sends_it_again(clinic, person) -> None:
    daan, sem, esra = person("Daan"), person("Sem"), person("Esra", size=DESK)
    daan.signs_in(clinic.account("youth", group=GROUP))
    daan.page.locator(".card__link", has_text=GROUP).first.click()
    first, title = unique_words("vroeger woog ik 58 kilo en dat blijft in mijn hoofd"), unique_words("Getallen")
    begins(daan, title, first)

    esra.signs_in(clinic.account("clinician", group=GROUP))
    opens_item(esra, title)
    assert esra.page.locator("mark").count() >= 1
    esra.picture("review-1280")
    decides(esra, "ask_reword", reason="numbers", note="Te kort.")
    expect(esra.page.locator("text=ten minste 20 tekens").first).to_be_visible()
    assert esra.page.locator("[name=note]").evaluate_all("all => all.some(f => f.value === 'Te kort.')")
    decides(esra, "ask_reword", reason="numbers", note=NOTE)
    esra.page.wait_for_url("**/wachtrij")

    daan.page.get_by_role("heading", name="Graag aanpassen").wait_for()
    assert "Wat goed dat je dit durft te vertellen." in daan.page.inner_text("main")
    assert "afgewezen" not in daan.page.content().lower()
    daan.picture("youth-reword-390")
    daan.follows("text=Anders opschrijven")
    assert first in daan.page.input_value("[name=body]")
    better = unique_words("vroeger was mijn hoofd vol met getallen")
    daan.page.fill("[name=body]", better)
    goes_on(daan)
    expect(daan.page.get_by_role("heading", name="Wordt nagekeken")).to_be_visible()

    opens_item(esra, title)
    assert NOTE[:40] in esra.page.inner_text("main")
    decides(esra, "approve_with_notes", content_notes="eating")
    daan.page.get_by_text("Staat in de groep", exact=True).wait_for()

    sem.signs_in(clinic.account("youth", 1, group=GROUP))
    sem.page.locator(".card__link", has_text=GROUP).first.click()
    sem.page.click(f"text={title}")
    folded = sem.page.get_by_text("Toon bericht")
    expect(folded).to_be_visible()
    assert not sem.page.get_by_text(better).is_visible()
    folded.click()
    expect(sem.page.get_by_text(better)).to_be_visible()
    assert not sem.saw(first)
