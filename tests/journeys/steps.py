"""What people do in several journeys, in words: joining with a code, writing, deciding."""

import time

from playwright.sync_api import Locator, expect
from stage import Clinic, Person


def goes_on(person: Person) -> None:
    """Press the button of the form in the middle of the page, and wait for the page that comes of it."""
    person.follows(person.page.locator("main form .actions button").first)


def joins_with(person: Person, code: str, *, alias: str = "") -> str:
    """Go from the code on the card to the group; gives the alias."""
    page = person.page
    page.goto("/m" if person.scriptless else f"/m#{code}")
    if person.scriptless:
        page.fill("[name=code]", code)
    expect(page.locator("[name=code]")).to_have_value(code)  # where there is a script it fills this in, a moment later
    goes_on(person)
    page.check("input[name=answer] >> nth=0")
    goes_on(person)
    if page.locator("input[name=answer]").count() == 0 and page.locator("[name=written_down]").count() == 0:
        person.follows("main .actions a")  # a wrong answer was explained
    person.sign_in_name = page.input_value("[name=sign_in_name]")
    person.passphrase = page.inner_text("#made_passphrase").strip()
    page.check("[name=written_down]")
    goes_on(person)
    if alias:
        page.fill("[name=alias]", alias)
    else:
        choice = page.locator("input[name=suggestion]").first
        alias = choice.get_attribute("value") or ""
        choice.check()
    goes_on(person)
    for tick in ("accept_rules", "accept_anonymity", "accept_privacy"):
        page.check(f"[name={tick}]")
    goes_on(person)
    page.wait_for_url("**/g/*")
    return alias


def begins(person: Person, title: str, body: str, type_: str = "experience") -> None:
    """Begin a conversation from the page of a group."""
    page = person.page
    person.follows("a[href$='/nieuw']")
    page.check(f"input[name=type][value={type_}]")
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)
    goes_on(person)


def replies(person: Person, body: str) -> None:
    """Reply in the conversation that is open."""
    person.page.fill("[name=body]", body)
    person.follows(".composer .actions button")


def looks_again_until(person: Person, shown: Locator, seconds: float = 15.0) -> None:
    """Draw the page again until it shows this: a placing is held for a while, and then waits for the next tick."""
    ends = time.monotonic() + seconds
    while not shown.count():
        assert time.monotonic() < ends, f"{person.name} looked again and again at {person.page.url}"
        person.page.wait_for_timeout(250)
        person.page.reload()


def finds_row(person: Person, words: str) -> Locator:
    """Go through the queue to the page with the row that shows these words, however far it stands."""
    person.page.goto("/wachtrij")
    row = person.page.locator(".queue-row", has_text=words)
    onwards = person.page.locator(".pager a[rel=prev]")
    while not row.count() and onwards.count():
        person.follows(onwards)
    return row


def opens_item(person: Person, words: str) -> None:
    """Open the item of the queue that shows these words."""
    finds_row(person, words).locator("a").first.click()
    person.page.wait_for_url("**/wachtrij/*")


def fills_in(person: Person, action: str, **fields: str) -> Locator:
    """Fill in the form of one action on the open item; gives the button that sends it."""
    form = person.page.locator("form", has=person.page.locator(f"[name=action][value={action}]")).first
    panel = form.locator("xpath=ancestor::details[1]")
    if panel.count() and panel.get_attribute("open") is None:
        panel.locator("summary").first.click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.first.evaluate("f => f.tagName") == "SELECT":
            field.first.select_option(value)
        elif field.first.get_attribute("type") == "checkbox":
            form.locator(f"[name={name}][value={value}]").check()
        else:
            field.first.fill(value)
    return form.locator("button[type=submit], button:not([type])").last


def decides(person: Person, action: str, **fields: str) -> None:
    """Fill in the form of one action on the open item and send it."""
    person.follows(fills_in(person, action, **fields))


def a_code(clinic: Clinic, group: str) -> str:
    """Take an unused code of this group."""
    return clinic.codes[group].pop()


def shows_selection(person: Person, words: str) -> None:
    """Select words in the text of the open item, and take them over into the form for leaving something out."""
    page = person.page
    panel = page.locator("#panel-redact")
    if panel.get_attribute("open") is None:
        panel.locator("summary").first.click()
    page.evaluate(
        """(words) => {
          const walker = document.createTreeWalker(document.querySelector("[data-text]"), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) {
            if (!walker.currentNode.parentElement.closest(".sr, sup")) nodes.push(walker.currentNode);
          }
          const all = nodes.map((node) => node.data).join("");
          const at = (offset) => {
            for (const node of nodes) {
              if (offset <= node.length) return [node, offset];
              offset -= node.length;
            }
            throw new Error("not in the text");
          };
          const start = all.indexOf(words);
          const range = document.createRange();
          range.setStart(...at(start));
          range.setEnd(...at(start + words.length));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        words,
    )
    page.locator("[data-pick-button]").click()
