"""Telephone numbers as young people write them: figures, words, the letter o, spaces and signs between."""

from collections.abc import Iterator

import phonenumbers

from safespace.moderation.risk.numerals import DIGIT_WORDS
from safespace.moderation.risk.reading import Stream

_SHORTEST, _LONGEST = 9, 15
_REGIONS = ("NL", "BE", "DE")
_PAIRS = {"dubbel": 2, "double": 2, "driedubbel": 3, "triple": 3}
_LETTER_FIGURES = str.maketrans("oil", "011")
_WIDEST_GAP = 4
# Between two figures these end a number: they belong to dates, scores, prices and clock times.
_ENDS_NUMBER = frozenset(":%\u20ac\n")


def _figures(word: str) -> str | None:
    """Read one word as figures, or None when it stands for none."""
    digits = DIGIT_WORDS.get(word)
    if digits is not None:
        return digits
    plain = word.replace(".", "").replace(",", "")
    if plain.isdecimal():
        return plain if len(plain) <= _LONGEST else None
    if len(plain) <= _LONGEST and any(char.isdecimal() for char in plain):
        swapped = plain.translate(_LETTER_FIGURES)
        return swapped if swapped.isdecimal() else None
    return "0" if word == "o" else None


def _runs(stream: Stream, text: str) -> Iterator[tuple[str, int, int]]:
    """All runs of figures with little between: (digits with a leading plus if written, start, end) in folded text."""
    digits, start, end, repeat = "", 0, 0, 1
    for at, word in enumerate(stream.words):
        times = _PAIRS.get(word)
        if times is not None and digits:
            repeat = times
            continue
        figures = _figures(word)
        gap = text[end : stream.starts[at]] if digits else ""
        far = repeat == 1 and (len(gap) > _WIDEST_GAP or not _ENDS_NUMBER.isdisjoint(gap))
        if digits and (figures is None or far):
            yield digits, start, end
            digits = ""
        if figures is None:
            digits, repeat = "", 1
            continue
        if not digits:
            start = stream.starts[at]
            plus = start > 0 and text[start - 1] == "+"
            digits = "+" if plus else ""
            start -= plus
        digits += figures * repeat
        repeat = 1
        end = stream.ends[at]
    if digits:
        yield digits, start, end


def _is_number(digits: str) -> bool:
    plain = digits.lstrip("+")
    if not _SHORTEST <= len(plain) <= _LONGEST:
        return False
    if plain.startswith("0") and not plain.startswith("00") and len(plain) == 10:
        return True
    candidates = (f"+{plain}",) if digits.startswith("+") or plain[:2] in {"31", "32", "49"} else (plain,)
    if plain.startswith("00"):
        candidates = (f"+{plain[2:]}",)
    for candidate in candidates:
        for region in _REGIONS:
            if not candidate.startswith(("+", "0")) and not plain.startswith("6"):
                continue
            try:
                number = phonenumbers.parse(candidate, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number) or (
                candidate.startswith("+316") and phonenumbers.is_possible_number(number)
            ):
                return True
    return False


def phone_numbers(stream: Stream, text: str, allowed: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the folded span of each telephone number that is no help line in `allowed` (figures only)."""
    for digits, start, end in _runs(stream, text):
        plain = digits.lstrip("+")
        national = f"0{plain[2:]}" if digits.startswith("+31") else plain
        if len(plain) >= _SHORTEST - 1 and not {plain, national} & allowed and _is_number(digits):
            yield start, end
