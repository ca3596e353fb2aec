"""What people do in several journeys, in words: joining with a code, writing, deciding."""

from stage import Clinic, Person


def goes_on(person: Person) -> None:
    """Press the button of the form in the middle of the page, and wait for the page that comes of it."""
    with person.page.expect_navigation():
        person.page.locator("main form .actions button").first.click()


def joins_with(person: Person, code: str, *, alias: str = "") -> str:
    """Go from the code on the card to the group; gives the alias."""
    page = person.page
    page.goto(f"/m#{code}" if not person.scriptless else "/m")
    if page.input_value("[name=code]") == "":
        page.fill("[name=code]", code)
    goes_on(person)
    page.check("input[name=answer] >> nth=0")
    goes_on(person)
    if page.locator("input[name=answer]").count() == 0 and page.locator("[name=written_down]").count() == 0:
        page.click("main .actions a")  # a wrong answer was explained
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
    page.click("a[href$='/nieuw']")
    page.check(f"input[name=type][value={type_}]")
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)
    goes_on(person)


def replies(person: Person, body: str) -> None:
    """Reply in the conversation that is open."""
    person.page.fill("[name=body]", body)
    person.page.locator(".composer .actions button").click()


def opens_item(person: Person, words: str) -> None:
    """Open the item of the queue that shows these words."""
    person.page.goto("/wachtrij")
    person.page.locator(".queue-row", has_text=words).locator("a").first.click()
    person.page.wait_for_url("**/wachtrij/*")


def decides(person: Person, action: str, **fields: str) -> None:
    """Fill in the form of one action on the open item and send it."""
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
    form.locator("button[type=submit], button:not([type])").last.click()


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
