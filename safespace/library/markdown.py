"""From staff's Markdown to safe HTML: few elements, links to https and telephone only, bounded work on any input."""

import re
from typing import Any
from urllib.parse import urlsplit

import bleach
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import clean

CAP = 8000
DEEPEST = 4  # emphasis in emphasis; the sanitiser's work grows with the square of the depth
REL = "noopener noreferrer"
TAGS = frozenset({"h2", "h3", "h4", "p", "br", "hr", "ul", "ol", "li", "em", "strong", "a", "blockquote"})
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}  # the page owns h1
_PHONE = re.compile(r"tel:\+?[0-9][0-9-]{1,19}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.ASCII)


def to_html(text: str) -> Markup:
    """Give the HTML of Markdown of at most `CAP` characters; raises InvalidError(body="too_long") before parsing more.

    Headings become h2 to h4. What is no Markdown we know, raw HTML included, is shown as the characters it is.
    """
    if len(text) > CAP:
        raise InvalidError(body="too_long")
    return sanitise(_PARSER.render(clean(text)))


def sanitise(html: str) -> Markup:
    """Give HTML with only our elements and links; the one user of bleach, and the second wall behind the parser.

    The attribute function judges addresses: with `protocols` alone `//host` and `javascript:1` would pass
    (reference aesthetics §4.6).
    """
    return Markup(bleach.clean(html, tags=TAGS, attributes=_may_stay, protocols={"https", "tel"}))  # noqa: S704  # this is the wall


def is_safe_address(address: str) -> bool:
    """Say whether a link may go there: a telephone number, or a named https host without user name or port."""
    if _PHONE.fullmatch(address):
        return True
    if not address.startswith("https://") or not address.isascii() or not address.isprintable() or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return _HOST.fullmatch(parts.netloc.lower()) is not None


def _may_stay(tag: str, name: str, value: str) -> bool:
    if tag == "ol" and name == "start":
        return value.isascii() and value.isdigit()
    return tag == "a" and ((name == "href" and is_safe_address(value)) or (name == "rel" and value == REL))


def _shape(state: StateCore) -> None:
    """Move headings below the page's own, mark links, and take away empty links and emphasis nested too deep."""
    for token in state.tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        token.children = None if token.children is None else _fitting(token.children)


def _fitting(tokens: list[Token]) -> list[Token]:
    fitting = []
    around: list[bool] = []  # for every element that is open here: whether it stays
    depth = 0
    for token in tokens:
        stays = True
        if token.nesting > 0:
            stays = depth < DEEPEST and (token.type != "link_open" or is_safe_address(str(token.attrs["href"])))
            around.append(stays)
            depth += stays
        elif token.nesting < 0:
            stays = around.pop()
            depth -= stays
        if token.type == "link_open":
            token.attrs = {"href": str(token.attrs["href"]), "rel": REL}
        if stays:
            fitting.append(token)
    return fitting


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False})
    # No "entity": a written-out control character would come back after the gate that took it out.
    parser.enable(["heading", "list", "blockquote", "hr", "newline", "escape", "emphasis", "link"])
    parser.enable(["balance_pairs", "emphasis", "fragments_join"], ignoreInvalid=True)
    parser.core.ruler.push("shape", _shape)
    guard: Any = parser
    guard.validateLink = is_safe_address
    return parser


_PARSER = _make_parser()
