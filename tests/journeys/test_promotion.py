"""C2 Jeroen, what pulls others along: a reason and own words, a talk with its author, a second pair of eyes."""

import pytest
from playwright.sync_api import expect
from stage import DESK, Person, path_of, unique_words
from steps import begins, decides, fills_in, goes_on

pytestmark = pytest.mark.browser
GROUP = "Adem"
TALK = "Hoi, ik ben Jeroen. Ik ben niet boos. Hoe is het nu met je?"
ANSWER = "Niet zo goed. Mag ik morgen met mijn eigen behandelaar praten?"
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
    fills_in(jeroen, "decline", note=NOTE).click()
    assert jeroen.page.url.endswith(item)  # without a reason the form is not even sent
    chooses_another_reason(jeroen)
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
    asks_how_lina_is(jeroen, lina, item)
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


def chooses_another_reason(jeroen) -> None:
    """A sample about a threat is offered no more once the reason is another one."""
    samples = jeroen.page.locator("#panel-decline [name=template]")
    fills_in(jeroen, "decline", reason="threat", template="decline_threat")
    fills_in(jeroen, "decline", reason="ed_promotion")
    shown = samples.locator("option:not([hidden])").evaluate_all("all => all.map(one => one.value)")
    assert shown == ["", "decline_eating"]
    assert samples.input_value() == ""


def asks_how_lina_is(jeroen: Person, lina: Person, item: str) -> None:
    """Beside the decision, Jeroen opens a safe talk; Lina finds it by herself, and each reads the other at once."""
    own_post = path_of(lina.page.url)
    lina.goes_to("/mijn")
    jeroen.goes_to(item)
    jeroen.page.locator("summary", has_text="Opschalen").click()
    form = jeroen.page.locator("form[action$='/opschalen']")
    form.locator("[name=level]").select_option("2")
    form.locator("[name=summary]").fill("Zoekt steun bij elkaar in het ziek zijn.")
    form.get_by_role("button", name="Schaal op").click()
    jeroen.page.wait_for_url("**/zorg/*")
    jeroen.is_accessible()
    says(jeroen, TALK)
    card = lina.page.locator(".card", has_text="Veilig gesprek met het team").filter(has_text="Het team schreef je.")
    card.get_by_role("link").first.click()
    expect(lina.page.locator(".talk-line", has_text=TALK)).to_be_visible()
    lina.is_accessible()
    says(lina, ANSWER)
    expect(jeroen.page.locator(".talk-line", has_text=ANSWER)).to_be_visible()
    lina.picture("own-clinician-talk-390")
    jeroen.picture("own-clinician-talk-1280")
    says(jeroen, "Ja. Ik vertel het vandaag, en morgen zien jullie elkaar.")
    expect(lina.page.locator(".talk-line", has_text="morgen zien jullie elkaar")).to_be_visible()
    lina.goes_to(own_post)


def says(one: Person, words: str) -> None:
    """Write a line in the safe talk that is open."""
    one.page.locator("[name=words]").fill(words)
    one.page.get_by_role("button", name="Stuur", exact=True).click()
    expect(one.page.locator(".talk-line", has_text=words)).to_be_visible()
    expect(one.page.locator("[name=words]")).to_have_value("")


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
