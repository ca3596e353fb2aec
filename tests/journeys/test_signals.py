"""What made the software look is marked on exactly those words, numbered as the reasons beside the text."""

import unicodedata

import pytest
from playwright.sync_api import expect
from stage import DESK, PHONE, unique_words
from steps import begins, decides, opens_item

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
# An emoji of three parts that an invisible joiner holds together, an invisible space in a word, and accents typed as a
# sign of their own: each of them shifts what is counted in letters.
BEFORE = "Vandaag \U0001f469\u200d\U0001f467 dro\u200bnk ik the\u0301e. "
ENERGY, PHONE_NUMBER = "2200 kca\u0301l", "06-00000000"
BODY = (
    f"{BEFORE}In de app stond {ENERGY} op een rij.\n"
    f"Onder het rijtje stond {PHONE_NUMBER}, naast de\u0301 \U0001f98a-serie. \u2728"
)
SAID = """(root) => {
  const shown = root.cloneNode(true);
  for (const one of shown.querySelectorAll(".sr, sup")) one.remove();
  return shown.textContent;
}"""
MARKED = """(mark) => {
  const shown = mark.cloneNode(true);
  const aloud = shown.querySelector(".sr").textContent;
  const small = shown.querySelector("sup").textContent;
  for (const one of shown.querySelectorAll(".sr, sup")) one.remove();
  return [mark.dataset.n, small, aloud.match(/\\d+/g).join(","), shown.textContent];
}"""


def as_kept(text: str) -> str:
    """A text as it is kept: one sign for a letter with its accent, no invisible space."""
    return unicodedata.normalize("NFC", text.replace("\u200b", ""))


def test_marks_stand_on_the_words_that_were_found_and_on_no_others(clinic, person) -> None:
    noor, esra = person("Noor"), person("Esra", size=DESK)
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Caf\u00e9 \U0001f98a")
    begins(noor, title, BODY)
    expect(noor.page.get_by_role("heading", name="Wordt nagekeken")).to_be_visible()

    esra.signs_in(clinic.account("clinician", group=GROUP))
    opens_item(esra, title)
    text = esra.page.locator("main div[data-text]")
    marks = [mark.evaluate(MARKED) for mark in text.locator("mark").all()]
    assert marks == [["1", "1", "1", as_kept(ENERGY)], ["2", "2", "2", PHONE_NUMBER]]
    assert text.evaluate(SAID) == as_kept(f"{title}\n\n{BODY}")

    reasons = {}
    for line in esra.page.locator(".signal__line").all():
        number = line.locator(".signal__n").evaluate(SAID)
        reasons[number] = line.locator(".signal__rule").inner_text()
        expect(line).to_be_visible()
    assert (reasons["1"], reasons["2"]) == ("NUM.ENERGY", "PII.PHONE")  # a line on earlier posts may follow

    for name, size in (("signals-1280", DESK), ("signals-390", PHONE)):
        esra.page.set_viewport_size(size)
        for mark in text.locator("mark").all():
            mark.scroll_into_view_if_needed()
            expect(mark).to_be_in_viewport()
            box = mark.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
        esra.picture(name)
        esra.is_accessible()

    decides(esra, "approve")
    esra.page.wait_for_url("**/wachtrij")
