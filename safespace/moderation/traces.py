"""Whether a text still holds words that were left out of another one: pure, for when these are to be forgotten."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

_TELLING = 4  # letters; a shorter word, if it is no number, is told apart only as part of what stood together


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What was left out of a text: pieces as they stood together, and telling words that stand nowhere in it now."""

    pieces: frozenset[str]
    words: frozenset[str]

    def in_text(self, text: str) -> bool:
        """Say whether a text holds any of it, in capitals or not, whatever white space is between."""
        found = _words(text)
        line = _line(found)
        return not self.words.isdisjoint(found) or any(piece in line for piece in self.pieces)


def traces(before: str, after: str, placeholders: Iterable[str]) -> Traces:
    """Give what of a text is not in its version with placeholders. When in doubt it is more, never less."""
    whole = "|".join(re.escape(one) for one in placeholders)
    old, new = _words(before), [word.casefold() for word in re.findall(rf"{whole}|\w+", after)]
    pieces = {
        _line(old[start:end])
        for tag, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag in {"replace", "delete"}
    }
    telling = {word for word in old if len(word) >= _TELLING or word.isdigit()}
    return Traces(pieces=frozenset(pieces), words=frozenset(telling - set(new)))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"\w+", text)]


def _line(words: list[str]) -> str:
    return f" {' '.join(words)} "
