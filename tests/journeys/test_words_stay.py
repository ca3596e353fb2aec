"""Words that were refused stay in their form, and a page that is open loses what was hidden, whatever else happened."""

import pytest
from playwright.sync_api import expect
from stage import DESK, path_of, unique_words
from steps import decides, opens_item, replies

pytestmark = pytest.mark.browser
GROUP = "Adem"
TALKS = "main .card__link[href*='/t/']"
NOTE = "Dank je dat je dit schreef. We praten er eerst samen over verder."


@pytest.fixture
def noor(clinic, person):
    noor = person("Noor")
    noor.signs_in(clinic.account("youth", group=GROUP))
    noor.follows(noor.page.locator(".card__link", has_text=GROUP).first)
    return noor


def test_what_was_refused_is_still_there_after_another_text_was_sent(noor) -> None:
    page = noor.page
    one, other = (link.get_attribute("href") for link in page.locator(TALKS).all()[:2])
    noor.goes_to(one)
    words = unique_words("Dit is een heel lang verhaal") + " en nog iets" * 400
    replies(noor, words)
    expect(page.locator(".summary")).to_contain_text("Dit is te lang")
    noor.goes_to(other)
    page.wait_for_load_state("networkidle")
    replies(noor, unique_words("Eerst even dit"))
    expect(page.locator("[data-sent]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    noor.goes_to(one)
    expect(page.locator(".composer [name=body]")).to_have_value(words)
    noor.goes_to(other)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".composer [name=body]")).to_have_value("")


@pytest.fixture
def late(noor):
    """The script that keeps words, on a slow line: it comes when it is let through."""
    held = []
    noor.page.route("**/draft.js*", lambda route: held.append(route))  # noqa: PLW0108  # Playwright takes no built-in

    def come() -> None:
        for _ in range(200):
            if held:
                break
            noor.page.wait_for_timeout(50)
        with noor.page.expect_response("**/draft.js*"):
            held.pop().continue_()
        noor.page.wait_for_load_state("networkidle")

    return come


def comes_back_to_it(noor, talk: str, words: str, late) -> None:
    """Once the script has come, go elsewhere and back: the words are there."""
    late()
    for place in ("/groepen", talk):
        noor.goes_to(place)
        late()
    expect(noor.page.locator(".composer [name=body]")).to_have_value(words)


def test_what_was_typed_before_the_script_was_there_stays_too(noor, late) -> None:
    page, words = noor.page, unique_words("Ik schrijf sneller dan mijn telefoon")
    talk = page.locator(TALKS).first.get_attribute("href")
    noor.goes_to(talk)
    page.fill(".composer [name=body]", words)
    comes_back_to_it(noor, talk, words, late)


def test_what_was_refused_before_the_script_was_there_stays_too(noor, late) -> None:
    page, words = noor.page, unique_words("Dit is een heel lang verhaal") + " en nog iets" * 400
    talk = page.locator(TALKS).first.get_attribute("href")
    noor.goes_to(talk)
    replies(noor, words)
    expect(page.locator(".summary")).to_contain_text("Dit is te lang")
    comes_back_to_it(noor, talk, words, late)


def test_a_page_asks_again_once_it_listens(noor) -> None:
    page, seen = noor.page, []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: seen.append(frame[:2])))
    with page.expect_request(lambda request: "after=" in request.url and "40" in seen):
        noor.goes_to(page.locator(TALKS).first.get_attribute("href"))


def test_what_is_hidden_leaves_the_screen_also_after_something_was_pinned(clinic, person, noor) -> None:
    sem, esra, page = person("Sem"), person("Esra", size=DESK), noor.page
    account = clinic.account("youth", 1, group=GROUP)
    sem.signs_in(account)
    noor.follows(page.locator(TALKS).first)
    talk, words = path_of(page.url), unique_words("Soms helpt een dekentje")
    sem.goes_to(talk)
    replies(sem, words)
    esra.signs_in(clinic.account("clinician", 0, location=account["location"]))
    opens_item(esra, words)
    decides(esra, "approve")
    page.locator("[data-pill]", has_text="1 nieuw bericht").click(timeout=15_000)
    shown = page.locator(".post", has_text=words)
    expect(shown).to_be_visible()

    esra.goes_to(talk)
    post = esra.page.locator(".post", has_text=words)
    hiding = post.locator("[data-action=hide]").get_attribute("href")
    esra.follows(post.locator("[data-action=pin]"))
    where = esra.page.locator("[name=where]")
    if where.first.evaluate("one => one.localName") == "select":
        where.select_option(index=1)
    else:
        where.nth(1).check()
    esra.follows(esra.page.get_by_role("button", name="Vastzetten", exact=True))
    expect(page.locator("[data-pill]")).to_contain_text("Er is iets veranderd")

    esra.goes_to(hiding)
    form = esra.page.locator("main form.form")
    form.locator("[name=reason]").select_option(index=1)
    form.locator("[name=note]").fill(NOTE)
    esra.follows(form.get_by_role("button", name="Verbergen", exact=True))
    expect(page.get_by_text(words)).to_have_count(0, timeout=12_000)
    expect(page.locator(".support")).to_be_visible()
    expect(page.locator("[data-pill]")).to_contain_text("Er is iets veranderd")


def test_an_own_text_that_waits_stands_on_the_last_page_only(noor) -> None:
    page = noor.page
    talk = page.locator(TALKS).first.get_attribute("href")
    other = noor.context.new_page()
    other.goto(talk)

    def as_an_older_page(route) -> None:
        body = route.fetch().text().replace('data-last="1"', 'data-last="0"')
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(f"**{talk}", as_an_older_page)
    noor.goes_to(talk)
    page.wait_for_load_state("networkidle")
    words = unique_words("Ik wacht even")
    other.fill(".composer [name=body]", words)
    with page.expect_response("**/eigen"), other.expect_navigation():
        other.locator(".composer .actions button").click()
    expect(other.locator(".post--own", has_text=words)).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.locator(".post", has_text=words)).to_have_count(0)
