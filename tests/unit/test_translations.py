"""English is whole: every Dutch text has an English one that says the same, and no page has words of its own."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import safespace
from safespace.moderation.models import Action
from safespace.policy.roles import MembershipState
from safespace.web.audit_words import ACTIONS

PACKAGE = Path(safespace.__path__[0])
ROOT = PACKAGE.parent
ENGLISH = PACKAGE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))

# As `make messages` does it; `_l` is a short name for the lazy one.
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None}
# What is said the same in both languages.
THE_SAME = frozenset(
    {
        "Alarm",
        "Code",
        "Codes",
        "Code %(number)s",
        "Contact",
        "Demo",
        "E-mail",
        "Open",
        "Team",
        "crisis",
        "live",
        "open",
        "tip",
    }
)
SAME_SHAPE = frozenset({"%(done)s: %(more)s", "in %(month)s"})
# Words no English sentence has; one of them in a translation means that a piece of Dutch stayed.
DUTCH = re.compile(r"\b(?:je|jij|jouw|het|een|niet|geen|deze|bericht|gesprek|schuilnaam|groep)\b", re.IGNORECASE)
HARSH = re.compile(r"\b(?:rejected|refused|denied|violation|forbidden|invalid|username|patient)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%%\w|%\(\w+\)[a-z]")
# The names of the two languages, each in its own; how a link is written; a class of the page as a whole.
NO_SENTENCES = frozenset({"NL", "Nederlands", "EN", "English", "[113](https://www.113.nl)", "](tel:113)", "wide"})
SPOKEN = ("aria-label", "title", "alt", "placeholder")


def texts(entry: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Give the forms of an entry: one, or singular and plural."""
    return (entry,) if isinstance(entry, str) else tuple(entry)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@lru_cache
def wanted() -> frozenset[tuple[str, ...]]:
    """The Dutch texts that the code and the templates ask for now."""
    with (ROOT / "config" / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping, filename="babel.cfg")
    methods = [(pattern.removeprefix("safespace/"), method) for pattern, method in methods]
    options = {pattern.removeprefix("safespace/"): chosen for pattern, chosen in options.items()}
    found = extract_from_dir(PACKAGE, methods, options, keywords=KEYWORDS)
    return frozenset(texts(message) for _file, _line, message, _comments, _context in found)


@lru_cache
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def entries() -> Iterator[tuple[Message, str, str]]:
    """Every form of every entry, in Dutch and in English."""
    for message in english():
        if message.id:
            for dutch, said in zip(texts(message.id), texts(message.string), strict=True):
                yield message, dutch, said


class TestTheEnglishWords:
    def test_there_is_one_for_every_dutch_text(self) -> None:
        known = {texts(message.id) for message in english() if message.id and all(texts(message.string))}
        assert sorted(wanted() - known) == [], "run `make messages` and translate what is new"

    def test_none_is_left_of_a_text_that_is_gone(self) -> None:
        known = {texts(message.id) for message in english() if message.id}
        assert sorted(known - wanted()) == [], "run `make messages`"
        assert not english().obsolete

    def test_none_is_a_guess(self) -> None:
        assert [message.id for message in english() if message.id and message.fuzzy] == []

    def test_what_is_filled_in_stays_the_same(self) -> None:
        assert [dutch for _, dutch, said in entries() if placeholders(dutch) != placeholders(said)] == []
        # A lone % would break the page that fills the text in.
        assert [said for _, _, said in entries() if "%" in PLACEHOLDER.sub("", said)] == []

    def test_spaces_around_a_text_stay(self) -> None:
        def edges(text: str) -> tuple[bool, bool]:
            return text[:1].isspace(), text[-1:].isspace()

        assert [dutch for _, dutch, said in entries() if edges(dutch) != edges(said)] == []

    def test_it_is_english(self) -> None:
        assert [said for _, dutch, said in entries() if said == dutch and said not in THE_SAME | SAME_SHAPE] == []
        assert [said for _, _, said in entries() if DUTCH.search(said)] == []

    def test_it_is_calm_and_never_judges(self) -> None:
        assert [said for _, _, said in entries() if "!" in said or HARSH.search(said)] == []

    @pytest.mark.parametrize(
        ("dutch", "said"),
        [
            ("Snel weg", "Leave quickly"),
            ("Hulp nu", "Help now"),
            ("Mijn plek", "My place"),
            ("Kies je schuilnaam", "Choose your nickname"),
            ("wordt nagekeken", "being checked"),
            ("graag aanpassen", "please adjust"),
            ("niet geplaatst", "not posted"),
        ],
    )
    def test_it_keeps_to_the_words_of_the_clinic(self, dutch: str, said: str) -> None:
        assert english()[dutch].string == said


def bare(source: str) -> list[str]:
    """Give the words of a template that are on the screen, or read aloud, without having passed a translation."""
    text = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "\n", text, flags=re.DOTALL)
    read_aloud = re.findall(rf'(?:{"|".join(SPOKEN)})="([^"]*)"', text)
    shown = re.sub(r"\s[\w-]+=\"[^\"]*\"?|&\w+;", "\n", re.sub(r"<[^>]*>", "\n", text)).splitlines()
    return [part.strip() for part in [*shown, *read_aloud] if re.search(r"[^\W\d_]{2}", part)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_page_has_no_words_of_its_own(path: Path) -> None:
    assert [words for words in bare(path.read_text(encoding="utf-8")) if words not in NO_SENTENCES] == []


def test_words_that_were_forgotten_are_found() -> None:
    assert bare('<p class="lead">Sluit dit {{ name }} nu</p>') == ["Sluit dit", "nu"]
    assert bare('<button aria-label="Sluit"{% if a %} disabled{% endif %}>{{ _("x") }}</button>') == ["Sluit"]
    assert bare('<p{% if a %} data-a="{{ b }}"{% endif %} class="wide">{# Uitleg #}{{ _("Hallo") }}&nbsp;</p>') == []


def deeds() -> Iterator[str]:
    """Give the names under which the code writes something into the log of a location."""
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith("record") and len(call.args) > 2):
                continue
            if any(word.arg == "location_id" for word in call.keywords):
                deed = call.args[2]
                yield deed.value if isinstance(deed, ast.Constant) else ast.unparse(deed)


def test_the_log_of_a_location_is_in_words() -> None:
    written = set(deeds())
    counted = {
        "f'decide_{verdict.action}'": {f"decide_{action.value}" for action in Action} - {"decide_answer"},
        "action": {"pin", "unpin"},
        "f'member_{state.value}'": {f"member_{state.value}" for state in MembershipState},
        "'learned_live' if goes_live else 'learned_refused'": {"learned_live", "learned_refused"},
        "f'suggestion_{row.state.value}'": {"suggestion_accepted", "suggestion_dropped"},
    }
    assert set(counted) <= written
    for made, names in counted.items():
        written = written - {made} | names
    assert sorted(written - set(ACTIONS)) == []
