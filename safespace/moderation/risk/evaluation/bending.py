"""Ways in which a post is bent to slip past a list, made while measuring so that no bent post need be kept.

What a keyboard does by itself (capitals, invisible signs, accents) is no evasion and stands apart.
"""

import unicodedata
from collections.abc import Callable

Bend = Callable[[str], str]
_LEET = str.maketrans("aeios", "43105")
_CYRILLIC = str.maketrans("aeopcx", "\u0430\u0435\u043e\u0440\u0441\u0445")
_FULLWIDTH = {code: code + 0xFEE0 for code in range(ord("a"), ord("z") + 1)}
_BOLD = {code: code - ord("a") + 0x1D41A for code in range(ord("a"), ord("z") + 1)}
_FLAGS = {code: code - ord("a") + 0x1F1E6 for code in range(ord("a"), ord("z") + 1)}
_SQUARES = {code: code - ord("a") + 0x1F170 for code in range(ord("a"), ord("z") + 1)}
_SHORTEST = 4


def _long_words(change: Bend) -> Bend:
    """Bend every word of four letters or more and leave the others as people do: as they are."""

    def bend(text: str) -> str:
        return " ".join(
            change(word) if len(word) >= _SHORTEST and word.isalpha() and word.isascii() else word
            for word in text.split(" ")
        )

    return bend


def _middle(word: str) -> int:
    return len(word) // 2


KEYBOARD: dict[str, Bend] = {
    "capitals": str.upper,
    "invisible between letters": "\u200b".join,
    "soft hyphens": _long_words(lambda word: word[:2] + "\u00ad" + word[2:]),
    "accents": lambda text: unicodedata.normalize("NFC", text.replace("e", "e\u0301")),
    "double spaces": lambda text: text.replace(" ", "  "),
}
EVASIONS: dict[str, Bend] = {
    "figures for letters": _long_words(lambda word: word.translate(_LEET)),
    "look-alike letters": _long_words(lambda word: word[:1] + word[1:].translate(_CYRILLIC)),
    "fullwidth letters": _long_words(lambda word: word.lower().translate(_FULLWIDTH)),
    "mathematical letters": _long_words(lambda word: word.lower().translate(_BOLD)),
    "emoji letters": _long_words(lambda word: word.lower().translate(_SQUARES)),
    "flag letters": _long_words(lambda word: "\u200c".join(word.lower().translate(_FLAGS))),
    "spaced letters": _long_words(" ".join),
    "dotted letters": _long_words(".".join),
    "starred letter": _long_words(lambda word: word[: _middle(word)] + "*" + word[_middle(word) + 1 :]),
    "stretched letters": _long_words(lambda word: word[:-2] + word[-2] * 4 + word[-1]),
    "one space inside": _long_words(lambda word: word[: _middle(word)] + " " + word[_middle(word) :]),
    "two letters swapped": _long_words(lambda word: word[:1] + word[2:0:-1] + word[3:]),
    "a letter dropped": _long_words(lambda word: word[: _middle(word)] + word[_middle(word) + 1 :]),
    "glued words": lambda text: text.replace(" ", ""),
    "hashtag": lambda text: "#" + "".join(part for part in text if part.isalnum()),
    "reversed": lambda text: text[::-1],
}
