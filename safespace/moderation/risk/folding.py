"""The first reading of a text: one folded character string, with a way back to every raw character.

Each raw character folds on its own, never by its neighbours. So an invisible character added anywhere folds to nothing
and leaves the folded text exactly as it was: it can never lower a level.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain, compress, repeat

# Letters of other scripts that are drawn like a Latin one and are used to slip a word past a list.
_CYRILLIC = dict(zip("авекмнорстухіјѕһԁԛԝгпьєёзч", "abekmhopctyxijshdqwrnbee34", strict=True))
_GREEK = dict(zip("αβεηικνορτυχωγμς", "abenikvoptuxwyuc", strict=True))
_OTHER = {"ո": "n", "ս": "u", "օ": "o", "հ": "h", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ɑ": "a", "ɡ": "g", "ʟ": "l"}
_LOOKALIKES = {**_CYRILLIC, **_GREEK, **_OTHER, "æ": "ae", "œ": "oe", "þ": "th"}
# Drawn as nothing, though Unicode counts them as letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Apostrophes fold away so that "foto's" and "don't" stay one word.
_APOSTROPHES = frozenset("'\u2018\u2019\u02bc`\u00b4")
_ACCENT_FREE = frozenset("ßæœøłđıþ\u0133\u00b2\u00b3\u00b9\u00aa\u00ba")
_LETTER_SHEETS = ((0x1F1E6, 26), (0x1F150, 26), (0x1F170, 26))
_SHEET_LIGATURES = {0x1F18E: "ab", 0x1F191: "cl", 0x1F192: "cool", 0x1F193: "free", 0x1F198: "sos"}
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs", "Cn", "Co"})
_SMALL_CAPITAL = "LATIN LETTER SMALL CAPITAL "
_REMEMBERED = 20_000
_LAST_LATIN = 0x24F
_MAYBE_CAPITAL = re.compile(r"[^\W\d_a-z]")


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text and, per folded character, the raw index it came from (None when they run side by side)."""

    raw: str
    text: str
    origin: tuple[int, ...] | None
    styled: frozenset[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Promise the raw span behind folded characters `start` up to `end`; never empty, always inside the text."""
        if self.origin is None:
            return start, end
        last = self.origin[end - 1] + 1
        # Accents, keycaps and the like belong to the character they stand on.
        while last < len(self.raw) and unicodedata.category(self.raw[last]) in _DROPPED:
            last += 1
        return self.origin[start], last

    def cased(self, start: int = 0, end: int | None = None) -> str:
        """Promise folded characters `start` up to `end` with the writer's capitals: same length, same places."""
        text = self.text[start:end]
        if self.raw.isascii() and self.origin is None:
            return self.raw[start:end]
        raw = self.raw[start:end]
        if self.origin is not None:
            raw = "".join(map(self.raw.__getitem__, self.origin[start:end]))
        letters = list(text)
        for found in _MAYBE_CAPITAL.finditer(raw):
            at = found.start()
            if found[0].isupper() and text[at].isascii():
                letters[at] = text[at].upper()
        return "".join(letters)


def _sheet_letter(code: int) -> str | None:
    for first, count in _LETTER_SHEETS:
        if first <= code < first + count:
            return chr(ord("a") + code - first)
    return _SHEET_LIGATURES.get(code)


def _fold_character(char: str) -> str:  # noqa: PLR0911 - one line per kind of character
    if char in "\n\t\r":
        return "\n" if char == "\n" else " "
    if char in _BLANKS or char in _APOSTROPHES:
        return ""
    letter = _sheet_letter(ord(char))
    if letter is not None:
        return letter
    category = unicodedata.category(char)
    if category in _DROPPED or category == "Cc":
        return ""
    if category in {"Zl", "Zp"}:
        return "\n"
    name = unicodedata.name(char, "")
    if name.startswith(_SMALL_CAPITAL) and len(name) == len(_SMALL_CAPITAL) + 1:
        return name[-1].lower()
    kept = (part for part in unicodedata.normalize("NFKD", char) if unicodedata.category(part) not in _DROPPED)
    small = "".join(kept).casefold()
    return "".join(_plainly(part) for part in small if part not in _APOSTROPHES)


def _plainly(part: str) -> str:
    """The Latin letter that one of another script is drawn like, or the plain figure behind one of another script."""
    figure = unicodedata.decimal(part, None)
    return _LOOKALIKES.get(part, part) if figure is None else str(figure)


def _is_styled(char: str, folded: str) -> bool:
    """Tell whether a raw character is a letter or digit in disguise: fullwidth, emoji letter, look-alike."""
    if not folded.isascii() or not folded.isalnum() or char.casefold() in _ACCENT_FREE:
        return False
    plain = unicodedata.normalize("NFD", char)[0].casefold()
    return not plain.isascii()


# What most texts are made of folds a whole text at a time.
_PLAIN = {code: _fold_character(chr(code)) for code in range(128)}


def _letters() -> dict[str, str]:
    return {chr(code): folded for code, folded in _PLAIN.items()}


class Folding:
    """Folds texts and remembers single characters only, never a text."""

    def __init__(self) -> None:
        self._table = _letters()
        self._styled: set[str] = set()

    def _learn(self, char: str) -> str:
        folded = _fold_character(char)
        if _is_styled(char, folded):
            self._styled.add(char)
        return folded

    def fold(self, raw: str) -> Folded:
        """Promise the folded reading of `raw`: small Latin letters where any are meant, invisible characters gone."""
        if raw.isascii():
            text = raw.translate(_PLAIN)
            if len(text) == len(raw):
                return Folded(raw, text, None, frozenset())
        if len(self._table) > _REMEMBERED:
            self._table = _letters()
        # This text is read with one table to the end, also when another thread begins a new one meanwhile.
        table = self._table
        written = set(raw)
        for char in written:
            if char not in table:
                table[char] = self._learn(char)
        parts = list(map(table.__getitem__, raw))
        text = "".join(parts)
        origin: tuple[int, ...] | None = None
        if len(text) != len(raw) or "" in parts:
            if max(map(len, parts)) > 1:
                origin = tuple(chain.from_iterable(map(repeat, range(len(parts)), map(len, parts))))
            else:
                origin = tuple(compress(range(len(parts)), parts))
        styled: frozenset[int] = frozenset()
        disguised = self._styled & written
        if disguised:
            where = range(len(text)) if origin is None else origin
            styled = frozenset(at for at, index in enumerate(where) if raw[index] in disguised)
        return Folded(raw, text, origin, styled)


def foreign_share(raw: str) -> float:
    """Promise the share (0 to 1) of letters in `raw` that belong to no Latin alphabet, look-alikes included."""
    if raw.isascii():
        return 0.0
    # Each sign is looked at once however often it stands there, and nearly no text holds a foreign one.
    foreign = set(filter(_is_foreign, set(raw)))
    return sum(map(foreign.__contains__, raw)) / sum(map(str.isalpha, raw)) if foreign else 0.0


def _is_foreign(char: str) -> bool:
    return (
        ord(char) > _LAST_LATIN
        and char.isalpha()
        and not unicodedata.normalize("NFKD", char)[0].isascii()
        and not unicodedata.name(char, "").startswith("LATIN")
    )
