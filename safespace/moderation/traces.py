"""Whether a text still holds words that were left out of another one: pure, for when these are to be forgotten."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

_TELLING = 4  # letters; a shorter word, if it is no number, is told apart only as part of what stood together


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What was left out of a text: pieces as they stood together, and telling words that stand nowhere in it now.

    `inside` is what was left out of a word of which the rest stands there still.
    """

    pieces: frozenset[str]
    words: frozenset[str]
    inside: frozenset[str]

    def in_text(self, text: str) -> bool:
        """Say whether a text holds any of it, in capitals or not, whatever white space is between."""
        found = _words(text)
        line = _line(found)
        if any(part in word for part in self.inside for word in found):
            return True
        return not self.words.isdisjoint(found) or any(piece in line for piece in self.pieces)


def traces(before: str, after: str, placeholders: Iterable[str]) -> Traces:
    """Give what of a text is not in its version with placeholders. When in doubt it is more, never less."""
    whole = "|".join(re.escape(one) for one in placeholders)
    old, new = _words(before), [word.casefold() for word in re.findall(rf"{whole}|\w+", after)]
    changed = [
        (old[start:end], new[first:last])
        for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag in {"replace", "delete"}
    ]
    inside = {_rest(word, stays) for gone, stays in changed for word in gone} - {""}
    return Traces(
        pieces=frozenset(_line(gone) for gone, _ in changed),
        words=frozenset({word for word in old if _tells(word)} - set(new)),
        inside=frozenset(part for part in inside if _tells(part)),
    )


def _rest(word: str, stays: list[str]) -> str:
    """Give what is gone of a word when it begins or ends with words that stay; "" when it does not."""
    rest = word
    for one in stays:
        if rest.startswith(one):
            rest = rest[len(one) :]
        elif rest.endswith(one):
            rest = rest[: -len(one)]
    return "" if rest == word else rest


def _tells(word: str) -> bool:
    return len(word) >= _TELLING or word.isdigit()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"\w+", text)]


def _line(words: list[str]) -> str:
    return f" {' '.join(words)} "
