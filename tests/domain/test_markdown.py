"""What staff write as Markdown reaches a page as a few harmless elements, whatever was typed."""

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from safespace.kernel.refusals import InvalidError
from safespace.library.markdown import CAP, REL, TAGS, is_safe_address, sanitise, to_html

ATTRIBUTES = {("a", "href"), ("a", "rel"), ("ol", "start")}


class Seen(HTMLParser):
    """Everything a browser would make an element, an attribute or a declaration of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.odd: list[str] = []
        self.depth = self.deepest = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.depth += tag not in {"br", "hr"}
        self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.depth -= 1

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def assert_harmless(html: str) -> Seen:
    seen = Seen(html)
    assert set(seen.tags) <= TAGS
    assert {(tag, name) for tag, name, _ in seen.attributes} <= ATTRIBUTES
    assert all(is_safe_address(value) for _, name, value in seen.attributes if name == "href")
    assert all(value == REL for _, name, value in seen.attributes if name == "rel")
    assert seen.odd == []
    return seen


def test_the_words_of_an_item_become_headings_lists_and_emphasis() -> None:
    html = to_html("# Slaap\n\n## Probeer\n\n##### Klein\n\n- **rust**\n- *licht uit*\n\n3. slot\n\n> citaat\n\n---")
    assert re.findall(r"<(h\d)>", html) == ["h2", "h2", "h4"]
    for part in ("<strong>rust</strong>", "<em>licht uit</em>", '<ol start="3">', "<blockquote>", "<hr>"):
        assert part in html


@pytest.mark.parametrize(
    ("typed", "href"),
    [
        ("[113](https://www.113.nl)", "https://www.113.nl"),
        ("[bel 113](tel:113)", "tel:113"),
        ("[bel](tel:+31-20-0000000)", "tel:+31-20-0000000"),
        ('[met titel](https://www.113.nl/hulp "titel")', "https://www.113.nl/hulp"),
        ("[é](https://bücher.example/ü)", "https://xn--bcher-kva.example/%C3%BC"),
    ],
)
def test_a_link_goes_to_https_or_a_telephone_and_tells_the_other_side_nothing(typed: str, href: str) -> None:
    assert Seen(to_html(typed)).attributes == [("a", "href", href), ("a", "rel", REL)]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/x",
        "///evil.example",
        "/lezen",
        "x",
        "#anker",
        "http://113.nl",
        "HTTPS:113.nl",
        "https:113.nl",
        "https:/113.nl",
        "https:///113.nl",
        "https://",
        "https://localhost",
        "https://127.0.0.1",
        "https://[::1]/",
        "https://113.nl:8080",
        "https://113.nl@evil.example",
        "https://113.nl\\@evil.example",
        "https://113.nl\t.evil.example",
        "https://xn--a.-b.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript:1",
        "java\nscript:1",
        "\x01javascript:1",
        "javascript&colon;alert(1)",
        "&#106;avascript:1",
        "vbscript:1",
        "data:text/html,x",
        "data:image/svg+xml;base64,AAAA",
        "blob:https://a.example/1",
        "mailto:a@b.example",
        "sms:113",
        "tel:",
        "tel:113;ext=1",
        "tel:*21*113#",
        "tel:abc",
        "ftp://a.example",
        "",
    ],
)
def test_any_other_address_is_no_link(address: str) -> None:
    assert not is_safe_address(address)
    for typed in (f"[klik]({address})", f"[klik](<{address}>)", f"<{address}>", f"[klik][a]\n\n[a]: {address}"):
        assert "<a" not in to_html(typed)
    assert "href" not in sanitise(f'<a href="{address}">klik</a>')


ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "![x](https://a.example/x.png)",
    "![x](javascript:alert(1))",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<p id="x" style="color:red" onclick=alert(1)>x</p>',
    '<a href="https://a.example" onclick=alert(1) target=_blank>x</a>',
    '<a href="https://a.example" rel="opener">x</a>',
    '<a href="tel:113"><a href="javascript:alert(1)">x</a></a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<!--><script>alert(1)</script>-->",
    "<!DOCTYPE html><html><body onload=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<plaintext><b>x",
    "<textarea><script>alert(1)</script></textarea>",
    "<template><script>alert(1)</script></template>",
    "<base href=https://evil.example><a href=/x>x</a>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<x contenteditable onblur=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    '[a](https://a.example/"onmouseover=alert(1))',
    "[a](https://a.example '\"onmouseover=\"alert(1)')",
    "[<img src=x onerror=alert(1)>](https://a.example)",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "\\<script>alert(1)\\</script>",
    "<b\x00><scr\x00ipt>alert(1)</scr\x00ipt>",
    "<<script>script>alert(1)</script>",
    "<p" * 60,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_wants_to_run_is_shown_as_the_characters_it_is(attack: str) -> None:
    assert_harmless(to_html(attack))
    assert_harmless(sanitise(attack))
    assert_harmless(sanitise(to_html(attack)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_cleaning_twice_changes_nothing(attack: str) -> None:
    once = to_html(attack)
    assert sanitise(once) == once


def test_controls_that_turn_or_hide_text_are_gone_also_when_written_out() -> None:
    html = to_html("a\u202eb\u200bc\u2066d\ufeffe [x](https://a.example/\u202egpj) &#x202e;&#8238;&rlm;")
    assert not set(html) & set("\u202e\u200b\u2066\ufeff\u200f")
    assert "abcde" in html
    assert "&amp;#x202e;" in html


def test_more_than_the_cap_is_refused_before_anything_parses_it() -> None:
    assert "aaa" in to_html("a" * CAP)
    with pytest.raises(InvalidError) as refused:
        to_html("a" * (CAP + 1))
    assert refused.value.errors == {"body": "too_long"}


HOSTILE: dict[str, Callable[[int], str]] = {
    "stars around": lambda n: "*" * (n // 2 - 1) + "a" + "*" * (n // 2 - 1),
    "open emphasis": lambda n: "*a **b " * (n // 14) + "b** a* " * (n // 14),
    "half emphasis": lambda n: "a**b_" * (n // 5),
    "brackets": lambda n: "[" * n,
    "brackets both ways": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "links in links": lambda n: "[" * (n // 12) + "](tel:11)" * (n // 12),
    "open links": lambda n: "[a](" * (n // 4),
    "open addresses": lambda n: "[a](<" * (n // 5),
    "quotes in quotes": lambda n: ">" * (n - 1) + "a",
    "quotes line by line": lambda n: (">" * 19 + "a\n") * (n // 21),
    "lists in lists": lambda n: "- " * (n // 2),
    "staircase": lambda n: "".join(" " * (step % 40) + "- a\n" for step in range(n // 24)),
    "loose list": lambda n: "* a\n\n" * (n // 5),
    "raw elements": lambda n: "<b>" * (n // 3),
    "backslashes": lambda n: "\\" * n,
    "empty headings": lambda n: "#\n" * (n // 2),
}


def steps(text: str) -> int:
    """Count the calls that Python makes for this text: work, not seconds."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        to_html(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_nested_text_costs_no_more_than_its_length(name: str) -> None:
    half, whole = HOSTILE[name](CAP // 2), HOSTILE[name](CAP)
    assert len(whole) <= CAP
    few, many = steps(half), steps(whole)
    assert many < 2.3 * few
    assert many < 400 * CAP
    assert assert_harmless(to_html(whole)).deepest <= 30


def test_emphasis_nested_too_deep_keeps_its_words() -> None:
    html = to_html("*a **b *c **d *e **f** g* h** i* j** k*")
    assert re.sub(r"<[^>]+>", "", html).split() == list("abcdefghijk")
