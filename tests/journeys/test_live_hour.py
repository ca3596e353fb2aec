"""C4, Mark's live hour: what he planned to be read comes by itself, several write at once, nothing is lost, it ends.

That thirty listen at once is played without browsers, in tests/faults/test_live_hour.py.
"""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from stage import DESK, path_of, unique_words
from steps import begins, decides, goes_on, looks_again_until, opens_item, replies

pytestmark = pytest.mark.browser
GROUP = "Online & offline"
PIECE, OTHER_PIECE = "Slaap en schermen", "Iets heftigs gezien, wat nu?"
CLOSING = "Dank jullie wel voor vanavond, ik las graag mee. We stoppen hier. Leg je telefoon weg en kies iets offline."
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


def pins(mark, piece: str, *, instead_of: str, soon: bool = False) -> None:
    """Mark pins something of the library for the group, now or soon; three fit, so another piece makes place."""
    mark.goes_to("/lezen")
    mark.page.locator("main .card__link", has_text=piece).click()
    mark.page.locator("main").get_by_role("link", name=GROUP, exact=True).click()
    mark.page.locator(".pin", has_text=instead_of).get_by_role("button").click()
    expect(mark.page.locator(".pin", has_text=instead_of)).to_have_count(0)
    if soon:
        mark.page.click("summary:has-text('Pas later laten zien')")
        mark.is_accessible()
        at = next_minute()
        mark.page.fill("[name=day]", f"{at:%Y-%m-%d}")
        mark.page.fill("[name=starts]", f"{at:%H:%M}")
        mark.picture("live-hour-plan-1280")
    goes_on(mark)
    expect(mark.page.locator(".pin", has_text=piece)).to_be_visible()


def next_minute() -> datetime:
    """The beginning of the next minute that is not about to begin, as clocks show it there."""
    soon = datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(seconds=85)
    return soon.replace(second=0, microsecond=0)


def reads_the_piece(noor) -> None:
    """It comes to stand on top of the group by itself, while her page is open."""
    expect(noor.page.locator("[data-pill]")).to_contain_text("Er is iets veranderd", timeout=100_000)
    noor.page.locator("[data-pill]").click()
    noor.page.locator(".pin", has_text=PIECE).get_by_role("link").click()
    expect(noor.page.get_by_role("heading", name=PIECE, level=1)).to_be_visible()
    noor.page.go_back()
    noor.page.wait_for_url("**/g/*")


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
    noor.goes_to("/groepen")
    noor.page.locator(".card__link", has_text=GROUP).first.click()
    for youth in (noor, *others):
        looks_again_until(youth, youth.page.get_by_text(title))
        youth.page.get_by_text(title).click()
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


def closes_the_conversation(mark, youths) -> str:
    """Mark closes the conversation with a word, and everybody hears it live. Gives what Daan was still typing."""
    noor, _sem, daan = youths
    typed = calm_words("nog een laatste ding")
    daan.page.fill("[name=body]", typed)
    mark.goes_to(path_of(noor.page.url))
    mark.page.click("text=Sluit het gesprek")
    mark.page.fill("[name=note]", CLOSING)
    mark.is_accessible()
    mark.picture("live-hour-lock-1280")
    goes_on(mark)
    expect(mark.page.get_by_role("button", name="Open het gesprek weer")).to_be_visible()
    mark.picture("live-hour-locked-1280")
    for youth in youths:
        expect(youth.page.locator("[data-pill]")).to_contain_text("Er is iets veranderd")
    expect(daan.page.locator("[name=body]")).to_have_value(typed)  # nothing typed is taken away
    noor.picture("live-hour-lock-told-390")
    return typed


def finds_it_closed(youth, *, kept: str = "") -> None:
    """Who looks now reads why it stopped and cannot write; who sent something after all gets the own text back."""
    if kept:
        youth.follows(".composer .actions button")
        expect(youth.page.locator(".kept__text")).to_have_text(kept)
    else:
        youth.follows("[data-pill]")
    expect(youth.page.get_by_text(CLOSING)).to_be_visible()
    expect(youth.page.locator("[name=body]")).to_have_count(0)
    youth.is_accessible()


def says_goodbye(mark, youths) -> None:
    """Mark closes the hour: every page that is open shows something to do offline, the closed conversation too."""
    mark.page.click("text=Groepen")
    mark.page.locator(".card__link", has_text=GROUP).first.click()
    mark.page.click("text=Sluit het live-uur")
    goes_on(mark)
    for youth in youths:
        youth.page.get_by_role("heading", name="Het live-uur is voorbij").wait_for()
        expect(youth.page.locator("[data-goodbye] li")).to_have_count(3)
        expect(youth.page.locator(".presence--live")).to_have_count(0)
    mark.picture("live-hour-over-1280")
    youths[0].page.locator("[data-goodbye]").scroll_into_view_if_needed()
    youths[0].picture("live-hour-over-390")


def others_go_on(sem) -> None:
    """Only that conversation was closed: the others of the group take what somebody writes."""
    place = path_of(sem.page.url)
    sem.goes_to(place.split("/t/")[0])
    sem.page.locator(f".card__link:not([href='{place}'])").first.click()
    expect(sem.page.locator("[data-goodbye] li")).to_have_count(3)
    expect(sem.page.locator("[name=body]")).to_be_visible()


def test_mark_opens_a_live_hour_and_three_youths_write_at_once(clinic, person) -> None:
    youths = [person("Noor"), person("Sem"), person("Daan")]
    location = clinic.account("youth", group=GROUP)["location"]
    clinicians = [person("Mark", size=DESK), person("Esra", size=DESK)]
    for number, clinician in enumerate(clinicians):
        clinician.signs_in(clinic.account("clinician", number, location=location))
        clinician.page.wait_for_url("**/wachtrij")
    mark = clinicians[0]
    noor, sem, daan = youths
    noor.signs_in(clinic.account("youth", 0, group=GROUP))
    opens_group(noor)
    pins(mark, PIECE, instead_of=OTHER_PIECE, soon=True)
    expect(noor.page.locator("[data-pill]")).to_contain_text("Er is iets veranderd")  # the other piece went
    noor.page.locator("[data-pill]").click()
    expect(noor.page.locator(".pin", has_text=OTHER_PIECE)).to_have_count(0)
    expect(noor.page.locator(".pin", has_text=PIECE)).to_have_count(0)
    for number, youth in enumerate(youths[1:], 1):
        youth.signs_in(clinic.account("youth", number, group=GROUP))
        opens_group(youth)
    reads_the_piece(noor)
    opens_the_hour(mark, youths)
    asks_first(mark, youths)
    sent = write_at_once(youths, clinicians)
    for youth in youths:
        stays_until_all_are_there(youth, sent)
    for youth in youths:
        youth.page.reload()
    noor.picture("live-hour-thread-390")
    orders = [reads(youth, sent) for youth in youths]
    assert orders[0] == orders[1] == orders[2]
    assert sorted(orders[0]) == sorted(sent)
    late = closes_the_conversation(mark, youths)
    finds_it_closed(noor)
    noor.picture("live-hour-locked-390")
    finds_it_closed(daan, kept=late)
    daan.picture("live-hour-too-late-390")
    says_goodbye(mark, youths)
    finds_it_closed(sem)
    others_go_on(sem)
    assert not any(one.saw(late) for one in (noor, sem, *clinicians))
    pins(mark, OTHER_PIECE, instead_of=PIECE)
    for one in (*youths, *clinicians):
        one.left_no_trace_outside()
