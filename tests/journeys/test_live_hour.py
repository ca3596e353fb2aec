"""C4, Mark's live hour: the group sees that he is there, several youths write at once, nothing is lost, and it ends."""

import time

import pytest
from playwright.sync_api import expect
from stage import DESK, unique_words
from steps import begins, decides, goes_on, opens_item, replies

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
SHOWN_WITHIN = 60.0  # seconds from sending to standing in the group, with two clinicians reading (norm: 3 minutes)


def calm_words(prefix: str) -> str:
    """Words that stand nowhere else, without figures: those can look like a number to call, and fold the text away."""
    return unique_words(prefix).translate(str.maketrans("0123456789", "ghijklmnop"))


def opens_group(person) -> None:
    person.page.wait_for_url("**/groepen")
    person.page.locator(".card__link", has_text=GROUP).first.click()
    person.page.wait_for_url("**/g/*")


def reads(person, words: list[str]) -> list[str]:
    """Give these words in the order in which they stand in the conversation."""
    shown = person.page.inner_text("#posts")
    return sorted((one for one in words if one in shown), key=shown.index)


def shows_news(person) -> None:
    """Press the pill with new posts, if there is one."""
    pill = person.page.locator("[data-pill]")
    if pill.is_visible():
        pill.click()


def stays_until_all_are_there(person, words: list[str]) -> None:
    ends = time.monotonic() + SHOWN_WITHIN
    while len(reads(person, words)) < len(words):
        assert time.monotonic() < ends, f"{person.name} misses {set(words) - set(reads(person, words))}"
        shows_news(person)
        person.page.wait_for_timeout(200)


def opens_the_hour(mark, youths) -> None:
    """Mark opens it, and the pages that are open say so by themselves."""
    mark.page.click("text=Groepen")
    mark.page.locator(".card__link", has_text=GROUP).first.click()
    mark.page.click("text=Open een live-uur")
    mark.picture("live-hour-form-1280")
    goes_on(mark)
    mark.page.wait_for_url("**/g/*")
    for youth in youths:
        youth.page.locator(".presence--live", has_text="een behandelaar is er nu").wait_for()
    youths[0].picture("live-hour-group-390")


def asks_first(mark, youths) -> None:
    """One begins a conversation; whatever else waits, it is on top of the queue, below a crisis only."""
    noor, *others = youths
    title = calm_words("Vraag voor Mark")
    begins(noor, title, calm_words("hoe slaap je zonder telefoon"), "question")
    assert "binnen een paar minuten" in noor.page.inner_text("main")
    mark.goes_to("/wachtrij")
    rows = mark.page.locator(".queue-row:not(.queue-row--crisis)").all_inner_texts()
    at = next(number for number, row in enumerate(rows) if title in row)
    assert all("live-uur" in row for row in rows[: at + 1])
    assert not all("live-uur" in row for row in rows)
    mark.picture("live-hour-queue-1280")
    opens_item(mark, title)
    decides(mark, "approve")
    mark.page.wait_for_url("**/wachtrij*")
    mark.page.wait_for_timeout(3500)
    noor.goes_to("/groepen")
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    for youth in (noor, *others):
        youth.page.reload()
        youth.page.click(f"text={title}")
        youth.page.wait_for_url("**/t/*")
        youth.page.locator(".presence--live").wait_for()


def write_at_once(youths, clinicians) -> list[str]:
    """Everybody writes two times; the last one loses the connection while the team reads."""
    sent: list[str] = []
    for _turn in range(2):
        for youth in youths:
            sent.append(calm_words("ik lees graag mee"))
            replies(youth, sent[-1])
            youth.page.locator("#posts", has_text=sent[-1]).wait_for()
    youths[-1].page.wait_for_load_state("networkidle")
    youths[-1].context.set_offline(True)
    for turn, words in enumerate(sent):
        clinician = clinicians[turn % 2]
        opens_item(clinician, words)
        decides(clinician, "approve")
        clinician.page.wait_for_url("**/wachtrij*")
    youths[-1].context.set_offline(False)
    return sent


def says_goodbye(mark, youths) -> None:
    """Mark closes it: something to do offline, and the conversation stays open."""
    mark.page.click("text=Groepen")
    mark.page.locator(".card__link", has_text=GROUP).first.click()
    mark.page.click("text=Sluit het live-uur")
    goes_on(mark)
    for youth in youths:
        youth.page.get_by_role("heading", name="Het live-uur is voorbij").wait_for()
        expect(youth.page.locator("[data-goodbye] li")).to_have_count(3)
        expect(youth.page.locator(".presence--live")).to_have_count(0)
        expect(youth.page.locator("[name=body]")).to_be_visible()
    youths[0].picture("live-hour-over-390")


def test_mark_opens_a_live_hour_and_three_youths_write_at_once(clinic, person) -> None:
    youths = [person("Noor"), person("Sem"), person("Daan")]
    for number, youth in enumerate(youths):
        youth.signs_in(clinic.account("youth", number, group=GROUP))
        opens_group(youth)
    location = clinic.account("youth", group=GROUP)["location"]
    clinicians = [person("Mark", size=DESK), person("Esra", size=DESK)]
    for number, clinician in enumerate(clinicians):
        clinician.signs_in(clinic.account("clinician", number, location=location))
        clinician.page.wait_for_url("**/wachtrij")
    mark = clinicians[0]
    opens_the_hour(mark, youths)
    asks_first(mark, youths)
    sent = write_at_once(youths, clinicians)
    for youth in youths:
        stays_until_all_are_there(youth, sent)
    for youth in youths:
        youth.page.reload()
    youths[0].picture("live-hour-thread-390")
    orders = [reads(youth, sent) for youth in youths]
    assert orders[0] == orders[1] == orders[2]
    assert sorted(orders[0]) == sorted(sent)
    says_goodbye(mark, youths)
    for one in (*youths, *clinicians):
        one.left_no_trace_outside()
