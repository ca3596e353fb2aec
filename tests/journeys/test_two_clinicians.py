"""Two clinicians open the same item: one decision counts, the other one reads who decided what and keeps the note."""

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import begins, decides, finds_row, opens_item

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
HELD_MS = 10_000
NOTE = "Dank je wel voor je verhaal, ik zou graag iets meer willen horen van je."


@pytest.fixture
def clinic(unhurried_clinic):
    """What is placed here waits its ten seconds."""
    return unhurried_clinic


def test_the_second_one_loses_nothing(clinic, person) -> None:
    noor, esra, jeroen = person("Noor"), person("Esra", size=DESK), person("Jeroen", size=DESK, script=False)
    noor.signs_in(clinic.account("youth", 3, group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Samen lezen")
    begins(noor, title, "Wie leest er mee?")
    location = clinic.account("youth", 3, group=GROUP)["location"]
    esra.signs_in(clinic.account("clinician", 0, location=location))
    jeroen.signs_in(clinic.account("clinician", 1, location=location))
    opens_item(esra, title)
    opens_item(jeroen, title)
    decides(esra, "approve")
    esra.page.get_by_role("button", name="Ongedaan maken").first.wait_for()
    decides(jeroen, "ask_reword", reason="off_topic", note=NOTE)
    who = clinic.account("clinician", 0, location=location)["display"].split(",")[0]
    expect(jeroen.page.locator("main")).to_contain_text(who)
    said = jeroen.page.inner_text("main")
    assert NOTE in said or NOTE in jeroen.page.locator("textarea").first.input_value()
    jeroen.picture("lost-1280")


def test_an_approval_that_is_taken_back_never_reaches_the_group(clinic, person) -> None:
    noor, sem, esra = person("Noor"), person("Sem"), person("Esra", size=DESK)
    noor.signs_in(clinic.account("youth", 4, group=GROUP))
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    title = unique_words("Toch nog even")
    begins(noor, title, "Even wachten.")
    sem.signs_in(clinic.account("youth", 5, group=GROUP))
    sem.page.locator(".card__link", has_text=GROUP).first.click()
    esra.signs_in(clinic.account("clinician", group=GROUP))
    opens_item(esra, title)
    decides(esra, "approve")
    esra.page.get_by_role("button", name="Ongedaan maken").first.click()
    esra.page.wait_for_timeout(HELD_MS + 1_500)
    assert not sem.saw(title)
    expect(finds_row(esra, title)).to_have_count(1)
