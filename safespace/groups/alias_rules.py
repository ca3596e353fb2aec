"""What a nickname of one's own choice may not be: like staff, a full name, a number, or a word that harms; pure."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safespace.accounts.passphrases import word_list
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import fold
from safespace.settings import SettingsInvalidError

_FEWEST_PARTS = 40
_SHORTEST_GIVEN, _SHORTEST_SURNAME = 3, 4  # of two names that are written as one word
_BORDERS = re.compile(r"-|(?<=[^\W\d_A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ])")  # a hyphen, or a capital after a small letter
_STROKES = str.maketrans("ıøłđ", "iold")  # letters that no mark makes, as one types them without
_ROMAN = re.compile(r"(?=...)m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")  # of three letters and more
_SMALL = ("tjes", "tje", "jes", "je")
_STEMMED = ("en", "s", "e")
_ARTICLES = frozenset({"de", "het", "een", "the", "a", "an"})
_ENDINGS = ("e", "s", "en", "je", "jes", "tje", "ing")


@dataclass(frozen=True, kw_only=True)
class AliasWords:
    """Parts of suggestions, and the words that decide about a nickname; the latter folded for comparison.

    `also_words` are given names that are a word as well; `ordinary` is every word that is known to be no name.
    """

    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    titles: frozenset[str]
    title_words: frozenset[str]
    refused_words: frozenset[str]
    refused_starts: tuple[str, ...]
    refused_parts: tuple[str, ...]
    refused_pair: tuple[frozenset[str], frozenset[str]]
    number_words: frozenset[str]
    number_starts: tuple[str, ...]
    number_parts: tuple[str, ...]
    harmless_words: tuple[str, ...]
    harmless_alone: frozenset[str]
    name_particles: frozenset[str]
    also_words: frozenset[str]
    given_names: frozenset[str]
    surnames: frozenset[str]
    surname_endings: tuple[str, ...]
    ordinary: frozenset[str]


@lru_cache(maxsize=4)
def alias_words(config_dir: Path) -> AliasWords:
    """Read `aliases.toml` and the files beside it; raises SettingsInvalidError when a list is missing or too short."""
    try:
        made, rules, names = (
            tomllib.loads((config_dir / f"{name}.toml").read_text(encoding="utf-8"))
            for name in ("aliases", "alias_rules", "alias_names")
        )
        suggested = [*made["adjectives"], *made["nouns"]]
        everyday = [*suggested, *rules["ordinary_words"], *word_list(config_dir / "passphrase_words.txt")]
        words = AliasWords(
            adjectives=tuple(made["adjectives"]),
            nouns=tuple(made["nouns"]),
            titles=_folded(rules["titles"]),
            title_words=_folded(rules["title_words"]),
            refused_words=_folded([*rules["refused_words"], *made.get("refused", [])]),
            refused_starts=tuple(_folded(rules["refused_starts"])),
            refused_parts=tuple(_folded(rules["refused_parts"])),
            refused_pair=(_folded(rules["refused_beside"]), _folded(rules["refused_with"])),
            number_words=_folded(rules["number_words"]),
            number_starts=tuple(_folded(rules["number_starts"])),
            number_parts=tuple(_folded(rules["number_parts"])),
            harmless_words=tuple(_folded(rules["harmless_words"])),
            harmless_alone=_folded(rules["harmless_alone"]),
            name_particles=_folded(names["name_particles"]),
            also_words=_folded(names["also_words"]),
            given_names=_folded(names["given_names"]),
            surnames=_folded(names["surnames"]),
            surname_endings=tuple(_folded(names["surname_endings"])),
            ordinary=_folded(everyday),
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalidError("aliases.toml, alias_rules.toml or alias_names.toml cannot be read") from error
    if min(len(words.adjectives), len(words.nouns)) < _FEWEST_PARTS:
        raise SettingsInvalidError(f"aliases.toml needs at least {_FEWEST_PARTS} adjectives and nouns")
    return words


def refuse_content(words: AliasWords, alias: str, is_risky: Callable[[str], bool], team: frozenset[str]) -> None:
    """Raise InvalidError(alias=…) for what is not fine.

    Codes: `alias_staff`, `alias_unsuitable`, `alias_numbers` or `alias_full_name`.
    """
    parts = [_plain(word) for word in _BORDERS.sub(" ", alias).split()]
    apart = parts_of(alias)
    whole = letters(alias)
    if any(title in whole for title in words.titles) or (team | words.title_words) & {*apart, whole}:
        raise InvalidError(alias="alias_staff")
    if _is_unsuitable(words, parts, {*apart, whole}):
        raise InvalidError(alias="alias_unsuitable")
    if _is_number(words, {*apart, whole}):
        raise InvalidError(alias="alias_numbers")
    if is_full_name(words, parts):
        raise InvalidError(alias="alias_full_name")
    if is_risky(alias) or is_risky(" ".join(parts)):
        raise InvalidError(alias="alias_unsuitable")


def is_full_name(words: AliasWords, parts: list[str]) -> bool:
    """Say whether these words, in this order, look like the name of a person."""
    if any(part in words.name_particles for part in parts[1:-1]) or _is_glued(words, "".join(parts)):
        return True
    for at, part in enumerate(parts):
        others = parts[:at] + parts[at + 1 :]
        # "Iris Jansen" is somebody; "Blauwe Iris" and "Vos Mees" are not.
        given = part in words.given_names and (part not in words.also_words or at == 0)
        if given and any(other in words.surnames or not _is_known(words, other) for other in others):
            return True
        if _is_surname(words, part) and any(not _is_known(words, other) for other in others):
            return True
    return False


def parts_of(name: str) -> frozenset[str]:
    """Give the words of a name, also those that a capital or a hyphen sets apart (JanJansen), for comparison."""
    return frozenset(_plain(word) for word in [*_BORDERS.sub(" ", name).split(), *name.split()])


def letters(name: str) -> str:
    """Give a name as one row of letters, for comparison."""
    return "".join(char for char in _plain(name) if char.isalpha())


def likeness(name: str) -> tuple[str, ...]:
    """Give by what one nickname recalls another: the stems of its words in a fixed order, without articles."""
    apart = {_plain(word) for word in _BORDERS.sub(" ", name).split()} - _ARTICLES
    return tuple(sorted(_stem(word) for word in apart))


def _stem(word: str) -> str:
    """Give a word without what a plural, a small form or an inflection adds: "stille otters" as "stil" and "otter"."""
    bare = _without(_without(word, _SMALL), _STEMMED)
    return re.sub(r"(.)\1", r"\1", bare)  # "still", "katt"; and "boom" is "bom", as in "bomen"


def _without(word: str, endings: tuple[str, ...]) -> str:
    return next((word.removesuffix(end) for end in endings if word.endswith(end) and len(word) > len(end) + 1), word)


def _is_unsuitable(words: AliasWords, parts: list[str], either_way: set[str]) -> bool:
    beside, along = words.refused_pair
    if words.refused_words & (either_way | {_without(part, _SMALL) for part in either_way}) or (
        beside & set(parts) and along & set(parts)
    ):
        return True
    harmful = [part for part in either_way if not part.startswith(words.harmless_words)]
    return any(part.startswith(words.refused_starts) for part in harmful) or any(
        refused in part for part in harmful for refused in words.refused_parts
    )


def _is_number(words: AliasWords, either_way: set[str]) -> bool:
    """Say whether one of these is a number, or holds one: mostly that is an age."""
    known = words.ordinary | words.given_names | words.also_words
    if any(_ROMAN.fullmatch(part) and part not in known for part in either_way):
        return True
    return bool(words.number_words & either_way) or any(
        part.startswith(words.number_starts) or any(number in part for number in words.number_parts)
        for part in either_way
    )


def _is_glued(words: AliasWords, whole: str) -> bool:
    """Say whether this is a given name and a surname written as one word, in either order."""
    if whole in words.ordinary:
        return False
    for at in range(_SHORTEST_GIVEN, len(whole) - _SHORTEST_GIVEN + 1):
        first, last = whole[:at], whole[at:]
        for given, surname in ((first, last), (last, first)):
            if given in words.given_names and surname in words.surnames and len(surname) >= _SHORTEST_SURNAME:
                return True
    return False


def _is_surname(words: AliasWords, part: str) -> bool:
    return not _is_known(words, part) and (part in words.surnames or part.endswith(words.surname_endings))


def _is_known(words: AliasWords, part: str) -> bool:
    """Say whether this is an everyday word, also inflected, or made of two of them (zonnebloem, nachtuil)."""
    if _is_word(words, part):
        return True
    halves = ((part[:at], part[at:]) for at in range(_SHORTEST_GIVEN, len(part) - _SHORTEST_GIVEN + 1))
    return any(_is_word(words, first) and _is_word(words, last) for first, last in halves)


def _is_word(words: AliasWords, part: str) -> bool:
    if part in words.ordinary:
        return True
    return any(part.endswith(end) and part.removesuffix(end) in words.ordinary for end in _ENDINGS)


def _plain(word: str) -> str:
    return fold(word).translate(_STROKES).strip("'’")


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(word) for word in words)
