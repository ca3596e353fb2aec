"""Y4, Daan's bad night: outside the hours his words are kept with help beside them, or somebody on call is rung."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from services import Mailbox
from stage import DESK, Person, path_of, unique_words
from steps import begins, decides, goes_on

pytestmark = pytest.mark.browser
PLACE, GROUP = "Zuidhaven", "Helder"
HEAVY = "Het hoeft voor mij niet meer. Soms wil ik dood en dan weet ik niets meer."
ADDRESS = "achterwacht@kliniek.example"
RUNG_WITHIN = 10.0  # seconds from the answer to the message
NOTE = "Dank je dat je dit schreef. Ik wil nu eerst met jou praten, voordat anderen het lezen."
GOODBYE = "Fijn dat je broer nu bij je is. Morgen om tien uur bel ik je."
LINK = re.compile(r"http://\S+/alarm/\S+")
NEVER = re.compile("afgewezen|geweigerd")


@contextmanager
def night(karin: Person) -> Iterator[str]:
    """Let it be night: Karin opens the location tomorrow at nine. Gives its page; afterwards all is as it was."""
    page = karin.page
    karin.goes_to("/beheer")
    place = page.locator("main a[href*='/beheer/l/']", has_text=PLACE).first.get_attribute("href") or ""
    times = page.locator("main input[type=time]")
    karin.goes_to(f"{place}/gegevens")
    week = times.evaluate_all("all => all.map((one) => one.value)")
    times.evaluate_all("all => all.forEach((one) => { one.value = ''; })")
    tomorrow = (datetime.now(ZoneInfo("Europe/Amsterdam")).weekday() + 1) % 7
    page.fill(f"[name=hours_{tomorrow}_opens]", "09:00")
    page.fill(f"[name=hours_{tomorrow}_closes]", "17:00")
    goes_on(karin)
    try:
        yield place
    finally:
        chooses(karin, place, "drafts_only")
        karin.goes_to(f"{place}/gegevens")
        times.evaluate_all("(all, week) => all.forEach((one, at) => { one.value = week[at]; })", week)
        goes_on(karin)


def chooses(karin: Person, place: str, mode: str) -> None:
    """Say what becomes of posts outside the hours."""
    karin.goes_to(f"{place}/meelezen")
    karin.page.check(f"[name=after_hours][value={mode}]")
    goes_on(karin)


@contextmanager
def on_call(fatima: Person, name: str, place: str, mailbox: Mailbox) -> Iterator[None]:
    """Fatima can be reached: a test comes by e-mail, and she answers it. Afterwards nothing goes there any more."""
    page, routes, before = fatima.page, f"/bereik/{place.rsplit('/', 1)[1]}", len(to_her(mailbox))
    fatima.goes_to(routes)
    page.select_option("[name=account_id]", label=name)
    page.select_option("[name=channel]", "email")
    page.fill("[name=address]", ADDRESS)
    goes_on(fatima)
    try:
        fatima.follows(page.get_by_role("button", name="Stuur proef"))
        fatima.goes_to(message(fatima, mailbox, before))
        page.get_by_role("button", name="Ik heb dit bericht gekregen").click()
        expect(page.locator("main")).to_contain_text("de proef is gelukt")
        yield
    finally:
        fatima.goes_to(routes)
        page.get_by_role("button", name="Weghalen").click()
        expect(page.get_by_role("button", name="Weghalen")).to_have_count(0)


def answers_what_rings(fatima: Person) -> None:
    """Fatima answers what rang before; of the draft nothing rings, so that from now on only this night does."""
    fatima.goes_to("/wachtrij")
    band = fatima.page.locator("[data-alarm-id]")
    while band.count():
        fatima.follows(band.first.get_by_role("button", name="Ik ga erop af"))


def to_her(mailbox: Mailbox) -> list[Any]:
    """Give what was sent to the one on call."""
    return [mail for to, mail in mailbox.taken if to == [ADDRESS]]


def message(fatima: Person, mailbox: Mailbox, before: int) -> str:
    """Wait for the next message to the one on call, and give the link in it; no word of anybody stands there."""
    ends = time.monotonic() + RUNG_WITHIN
    while len(to_her(mailbox)) == before:
        assert time.monotonic() < ends, "nobody was rung"
        fatima.page.wait_for_timeout(50)
    text = to_her(mailbox)[before].get_payload(decode=True).decode()
    assert GROUP not in text
    found = LINK.search(text)
    assert found
    return found[0]


def help_is_there(daan: Person, phone: str) -> None:
    """112, 113 and the number of the location, and the one question, before anybody could look."""
    for number in ("112", "113", phone):
        expect(daan.page.locator(f".help-card a[href='tel:{number}']").first).to_be_visible()
    expect(daan.page.get_by_role("group", name="Ben je nu veilig?")).to_be_visible()
    assert not NEVER.search(daan.page.inner_text("main").lower())
    daan.is_accessible()


def opens_group(one: Person, says: str) -> None:
    """Open the group; it says whether somebody reads along now."""
    one.goes_to("/groepen")
    one.page.locator(".card__link", has_text=GROUP).first.click()
    one.page.wait_for_url("**/g/*")
    expect(one.page.locator("[data-presence]")).to_contain_text(says)
    expect(one.page.locator("[data-presence]")).to_contain_text("vanaf 09.00 uur weer.")


def is_kept(daan: Person, title: str) -> None:
    """Nobody on call: the text stays with Daan, and the page says so beside the help."""
    opens_group(daan, "Nu leest er niemand mee.")
    begins(daan, title, HEAVY)
    expect(daan.page.get_by_role("heading", name="Bewaard, nog niet verstuurd")).to_be_visible()
    expect(daan.page.get_by_role("heading", name="Je hoeft dit niet alleen te doen")).to_be_visible()
    expect(daan.page.locator("main")).to_contain_text("Je tekst is nog niet verstuurd, dus niemand leest hem nu.")
    help_is_there(daan, "0200000021")
    daan.picture("night-draft-390")


def replies_once(sem: Person) -> None:
    """A reply is kept as a draft; the form in the conversation is empty again, so that nobody sends it twice."""
    words = unique_words("Wandelen helpt mij")
    page = sem.page
    page.locator("main .card__link[href*='/t/']").first.click()
    page.wait_for_url("**/t/*")
    talk = path_of(page.url)
    page.locator(".composer [name=body]").fill(words)
    sem.follows(".composer .actions button")
    expect(page.get_by_role("heading", name="Bewaard, nog niet verstuurd")).to_be_visible()
    expect(page.locator("[data-sent]")).to_have_text("Je tekst is bewaard.")
    sem.goes_to(talk)
    page.wait_for_function(
        "() => document.querySelector('.composer [name=body]') && document.readyState === 'complete'"
    )
    page.wait_for_timeout(500)  # draft.js is fetched by another script
    expect(page.locator(".composer [name=body]")).to_have_value("")
    sem.goes_to("/mijn")
    expect(page.locator(".card__link", has_text=words)).to_have_count(1)


def says_that_he_does_not_know(daan: Person, title: str) -> None:
    """With somebody on call it is sent; first comes contact, and Daan says how he is."""
    opens_group(daan, "Nu leest er niemand mee, behalve bij nood.")
    begins(daan, title, HEAVY)
    expect(daan.page.get_by_role("heading", name="We willen eerst even contact met je")).to_be_visible()
    expect(daan.page.locator("main")).to_contain_text("Er leest nu niemand mee, behalve bij nood.")
    help_is_there(daan, "0200000021")
    daan.picture("night-sent-390")
    daan.page.get_by_role("button", name="Weet ik niet", exact=True).click()
    daan.page.wait_for_url("**/veilig/*")


def talk(daan: Person, fatima: Person) -> None:
    """Fatima goes to him; each reads the other at once."""
    goes_on(fatima)
    fatima.page.wait_for_url("**/zorg/*")
    expect(fatima.page.locator(".talk-line", has_text="Ben je nu veilig? Weet ik niet")).to_be_visible()
    fatima.is_accessible()
    fatima.picture("night-worry-390")
    for one, other, words in ((fatima, daan, "Hoi, ik ben er. Wie is er bij je?"), (daan, fatima, "Mijn broer.")):
        one.page.locator("[name=words]").fill(words)
        one.page.get_by_role("button", name="Stuur", exact=True).click()
        expect(other.page.locator(".talk-line", has_text=words)).to_be_visible()
    daan.is_accessible()
    daan.picture("night-talk-390")


def holds(fatima: Person) -> str:
    """Fatima keeps the post out of the group; gives where it lies."""
    fatima.page.get_by_role("link", name="Open in de wachtrij").click()
    fatima.page.wait_for_url("**/wachtrij/*")
    item = path_of(fatima.page.url)
    decides(fatima, "hold", reason="needs_contact_first", note=NOTE)
    fatima.page.wait_for_url("**/zorg/*")
    return item


def closes(fatima: Person, daan: Person) -> None:
    """After contact: Daan hears that it is closed, and reads what was agreed."""
    fatima.page.locator("summary", has_text="Afsluiten").click()
    fatima.page.select_option("[name=outcome]", "contact_plan_made")
    fatima.page.fill("[name=closing_note]", "Broer is bij hem, plan gemaakt, morgen bellen.")
    fatima.page.fill("[name=note_to_author]", GOODBYE)
    fatima.page.get_by_role("button", name="Sluit af").click()
    expect(daan.page.locator("[data-talk-status]")).to_have_text("Dit gesprek is gesloten.", timeout=10_000)
    daan.page.reload()
    expect(daan.page.locator("main")).to_contain_text(GOODBYE)
    daan.is_accessible()
    daan.picture("night-closed-390")


def test_a_bad_night_without_and_with_somebody_on_call(clinic, person, mailbox) -> None:
    daan, sem = person("Daan"), person("Sem")
    karin, fatima = person("Karin", size=DESK), person("Fatima")
    daan.signs_in(clinic.account("youth", 0, group=GROUP))
    sem.signs_in(clinic.account("youth", 1, group=GROUP))
    karin.signs_in(clinic.account("administrator", location=PLACE))
    karin.page.wait_for_url("**/beheer")
    account = clinic.account("clinician", location=PLACE)
    fatima.signs_in(account)
    fatima.page.wait_for_url("**/wachtrij")
    with night(karin) as place:
        opens_group(sem, "Nu leest er niemand mee.")
        replies_once(sem)
        kept, title = unique_words("Alleen"), unique_words("Deze nacht")
        is_kept(daan, kept)
        answers_what_rings(fatima)
        chooses(karin, place, "queue")
        expect(karin.page.locator("main")).to_contain_text("Dit kan pas als iemand van het team bij nood bereikbaar is")
        karin.picture("night-not-proven-1280")
        with on_call(fatima, account["display"].split(",")[0], place, mailbox):
            chooses(karin, place, "queue")
            expect(karin.page.get_by_text("Opgeslagen.")).to_be_visible()
            rung = len(to_her(mailbox))
            says_that_he_does_not_know(daan, title)
            fatima.goes_to(message(fatima, mailbox, rung))
            expect(daan.page.locator("main")).to_contain_text("We roepen nu iemand van het team.")
            talk(daan, fatima)
            item = holds(fatima)
            sem.page.reload()
            answer = karin.page.goto(item)
            assert answer.status == 404  # for an administrator it is not even there
            closes(fatima, daan)
            karin.goes_to(f"{place}/logboek")
    for one in (sem, karin):
        assert not one.saw(title)
        assert not one.saw("Mijn broer.")
    for one in (sem, karin, fatima):
        assert not one.saw(kept)
