"""C2 Jeroen, what pulls others along: not without a reason and own words, and not on one pair of eyes."""

import pytest
from playwright.sync_api import expect
from stage import DESK, Person, unique_words
from steps import begins, decides, goes_on

pytestmark = pytest.mark.browser
GROUP = "Adem"
NOTE = "Ik hoor ook strijd in je bericht, en ik wil graag weten hoe het met jou gaat."


def test_jeroen_declines_and_another_colleague_looks_again(clinic, person) -> None:
    lina, jeroen, fatima = person("Lina"), person("Jeroen", size=DESK), person("Fatima", size=DESK)
    account = clinic.account("youth", group=GROUP)
    lina.signs_in(account)
    jeroen.signs_in(clinic.account("clinician", group=GROUP))
    fatima.signs_in(clinic.account("clinician", 1, group=GROUP))
    lina.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Samen")
    begins(lina, title, "Wie wil mijn pr0 4na buddy zijn? Samen houden we het vol.")

    jeroen.goes_to("/wachtrij")  # a heavy text is folded: the row names its author
    jeroen.page.locator(".queue-row--high", has_text=account["aliases"][GROUP]).locator("a").first.click()
    jeroen.page.wait_for_url("**/wachtrij/*")
    item = jeroen.page.url.removeprefix(clinic.url)
    assert jeroen.page.locator(".severity--high").count() >= 1  # bent spelling is read as what it stands for
    decides(jeroen, "decline", note=NOTE)
    assert jeroen.page.url.endswith(item)  # without a reason the form is not even sent
    decides(jeroen, "decline", reason="ed_promotion", note="Te kort.", follow_up="own_clinician")
    expect(jeroen.page.get_by_text("ten minste 20 tekens").first).to_be_visible()
    decides(jeroen, "decline", reason="ed_promotion", note=NOTE, follow_up="own_clinician")
    jeroen.page.wait_for_url("**/wachtrij")
    jeroen.goes_to("/opvolgen")
    assert "de eigen behandelaar weet het" in jeroen.page.inner_text("main")
    jeroen.is_accessible()

    lina.page.get_by_role("heading", name="Niet geplaatst").wait_for()
    told = lina.page.inner_text("main")
    assert NOTE in told
    assert "Afspraak 4" in told
    assert "afgewezen" not in told.lower()
    lina.is_accessible()
    lina.picture("declined-390")
    lina.page.click("text=Vraag om een nieuwe blik")
    lina.is_accessible()
    lina.page.fill("[name=words]", "Ik bedoelde het niet zo.")
    goes_on(lina)
    lina.page.get_by_text("Je vroeg om een nieuwe blik").wait_for()

    meets_closed_doors(jeroen, title)

    fatima.goes_to("/wachtrij")
    fatima.page.locator(".queue-row", has_text=title).filter(has_text="nieuwe blik").locator("a").first.click()
    fatima.page.get_by_text("Ik bedoelde het niet zo.").wait_for()
    fatima.is_accessible()
    fatima.picture("fresh-look-1280")
    decides(fatima, "confirm", note="Ik las je bericht opnieuw, los van mijn collega, en kom op hetzelfde uit.")
    lina.page.get_by_role("heading", name="Opnieuw gekeken, het blijft zo").wait_for()
    expect(lina.page.get_by_text("Vraag om een nieuwe blik")).to_have_count(0)

    fatima.goes_to(item)
    assert "om gedrag naar anderen" not in fatima.page.inner_text("main")  # what belongs to an illness is no strike
    for everybody in (lina, jeroen, fatima):
        everybody.left_no_trace_outside()


def meets_closed_doors(jeroen: Person, title: str) -> None:
    """Whoever decided reads the second look and the fresh look, and decides neither."""
    waiting = jeroen.page.locator(".queue-row", has_text=title)
    for at in range(2):
        jeroen.goes_to("/wachtrij")
        expect(waiting).to_have_count(2)
        waiting.nth(at).locator("a").first.click()
        jeroen.page.wait_for_url("**/wachtrij/*")
        assert jeroen.page.get_by_text("Een collega beslist hierover").count() == 1
        assert jeroen.page.locator("[name=action]").count() == 0
