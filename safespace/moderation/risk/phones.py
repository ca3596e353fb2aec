"""Telephone numbers as young people write them: figures, words, the letter o, spaces and signs between."""

import re
from collections.abc import Iterator

import phonenumbers

from safespace.moderation.risk.numerals import DIGIT_WORDS, NUMERALS
from safespace.moderation.risk.stream import Stream

_SHORTEST, _LONGEST = 9, 15
_REGIONS = ("NL", "BE", "DE")
_PAIRS = {"dubbel": 2, "double": 2, "driedubbel": 3, "triple": 3}
# How often the next figure stands there: vier keer nul; and both in one: zes nullen.
_TIMES = frozenset({"keer", "maal", "times"})
_MANY = dict(zip(("nullen", "enen", "zessen", "zevens", "achten", "negens", "zeros"), "0167890", strict=True))
_TENS = {word: str(value) for word, value in NUMERALS.items() if 10 <= value <= 99}
_FIGURES = {**_TENS, **DIGIT_WORDS, **_MANY, "o": "0"}
_DIGIT_WORD = re.compile(
    "nul|een|twee|drie|vier|vijf|zes|zeven|acht|negen|zero|oh|one|two|three|four|five|six|seven|eight|nine"
)
# Numbers in words and in figures glued to each other: nulzes, vierentachtig11.
_GLUED = "|".join([*sorted(_TENS, key=len, reverse=True), _DIGIT_WORD.pattern, r"\d"])
# The longest first and for good: zestien is never tried as zes and tien too, which doubles the ways with each of them.
_MIXED_DIGITS = re.compile(f"(?:{_GLUED}){{2,}}+")
_ONE_DIGIT = re.compile(_GLUED)
# How such a word begins and ends: nearly no other word does.
_GLUED_FIRST = frozenset(word[:3] for word in (*_TENS, *_DIGIT_WORD.pattern.split("|")))
_GLUED_LAST = frozenset(word[-3:] for word in (*_TENS, *_DIGIT_WORD.pattern.split("|")))
# Words that lead from one part of a number to the next.
_LEADING_ON = frozenset({"en", "dan", "daarna", "vervolgens", "then", "and", "streepje", "spatie", "min"})
_MOST_LEADING_ON = 2
# Service numbers belong to no person; every help line that is free or shared is among them.
_SERVICE = ("0800", "0900", "0906", "0909", "+31800", "+31900")
_LETTER_FIGURES = str.maketrans("oilsb", "01158")
_WIDEST_GAP = 4
_SHORTEST_GLUED = 4
_MOST_TRIES = 60
# Between two figures these end a number: they belong to dates, scores, prices and clock times.
_ENDS_NUMBER = frozenset(":%\u20ac\n")
_SAYS_HOW_OFTEN = frozenset({*_PAIRS, *_TIMES})
_COUNTING = frozenset({*_FIGURES, *_SAYS_HOW_OFTEN})
_HOW_OFTEN = frozenset("23456789")
# A mobile number in pieces with words between them: ten figures in all, and never more than so many words on the way.
_MOBILE, _TEN = "06", 10
_PIECES, _LONGEST_PIECE = 3, 5
_WORDS_BETWEEN = 14
_NO_PIECE = re.compile(r"\s?[.,:%\u20ac/-]\s?")  # alone between figures: a date, a score, a price, a time


# A mobile number said to lack what each of them begins with: zonder de nul en de zes 12345678, zet er 06 voor.
_LACKED = 8
_LACKING = re.compile(
    r"\b(?:mijn|mn|my) 06 is\b|\bzonder (?:de )?(?:06|nul ?(?:en (?:de )?)?zes)\b"
    r"|\b(?:06|nul ?zes)(?: (?:er|zelf|nog)){0,2} ?(?:voor|ervoor)\b"
)


def _may_count(word: str) -> bool:
    """Tell whether a word may stand for figures, or say how often; of nearly all it is seen at a glance that not."""
    return word in _COUNTING or word[:3] in _GLUED_FIRST or not (word.isalpha() and word.strip("o"))


def _figures(word: str) -> str | None:
    """Read one word as figures, or None when it stands for none."""
    if word.isalpha():
        figure = _FIGURES.get(word) or ("0" * len(word) if not word.strip("o") else None)  # oooo is four noughts
        if figure is None and len(word) >= _SHORTEST_GLUED and word[:3] in _GLUED_FIRST and word[-3:] in _GLUED_LAST:
            return _unglued(word)
        return figure
    plain = word.replace(".", "").replace(",", "")
    if plain.isdecimal():
        return plain if len(plain) <= _LONGEST else None
    if any(map(str.isdecimal, plain)):
        glued = _unglued(plain)
        if glued is not None:
            return glued if len(glued) <= _LONGEST else None
    if len(plain) <= _LONGEST:
        swapped = plain.translate(_LETTER_FIGURES)
        return swapped if swapped.isdecimal() else None
    return None


def _unglued(word: str) -> str | None:
    """Promise the figures of a word that is nothing but numbers glued to each other."""
    if _MIXED_DIGITS.fullmatch(word) is None:
        return None
    return "".join(part if part.isdecimal() else _FIGURES.get(part, "0") for part in _ONE_DIGIT.findall(word))


def _runs(stream: Stream, text: str) -> Iterator[list[tuple[str, int, int]]]:
    """All runs of figures with little between: groups of (figures, start, end) in folded text."""
    run: list[tuple[str, int, int]] = []
    repeat = 1
    words = {word for word in set(stream.words) if _may_count(word)}
    known = {word: figures for word in words if (figures := _figures(word)) or word in _SAYS_HOW_OFTEN}
    before = -1
    for at in [at for at, word in enumerate(stream.words) if word in known]:
        led = (
            bool(run)
            and 0 < at - before - 1 <= _MOST_LEADING_ON
            and _LEADING_ON.issuperset(stream.words[before + 1 : at])
        )
        if at > before + 1 and not led:
            if run:
                yield run
                run = []
            repeat = 1
        before = at
        word = stream.words[at]
        figures = known[word]
        if word in _TIMES or word in _MANY:
            repeat = _taken_off(run)
        if figures is None:
            repeat = _PAIRS[word] if word in _PAIRS and run else repeat if word in _TIMES else 1
            continue
        if word == "een" and repeat > 1 and stream.words[at - 1] in _TIMES:
            continue
        start = stream.starts[at]
        if run:
            gap = text[run[-1][2] : start]
            if repeat == 1 and not led and (len(gap) > _WIDEST_GAP or not _ENDS_NUMBER.isdisjoint(gap)):
                yield run
                run = []
        run.append((figures * repeat, start, stream.ends[at]))
        repeat = 1
    if run:
        yield run


def _taken_off(run: list[tuple[str, int, int]]) -> int:
    """Take the last figure off a run, where it says how often the next one stands there."""
    return int(run.pop()[0]) if run and run[-1][0] in _HOW_OFTEN else 1


def _windows(run: list[tuple[str, int, int]], text: str) -> Iterator[tuple[str, int, int]]:
    """Every stretch of whole groups that could be a number: (figures, start, end), longest first from each start."""
    at = 0
    while at < len(run):
        first, start, _ = run[at]
        plus = "+" if start > 0 and text[start - 1] == "+" else ""
        if plus or first[0] in "0346":
            figures = plus
            stretches = []
            for index in range(at, min(len(run), at + _LONGEST)):
                figures += run[index][0]
                if len(figures) - len(plus) > _LONGEST:
                    break
                if len(figures) - len(plus) >= _SHORTEST:
                    stretches.append((figures, start - len(plus), run[index][2]))
            yield from reversed(stretches)
        at += 1


def _is_number(digits: str) -> bool:
    plain = digits.lstrip("+")
    if not _SHORTEST <= len(plain) <= _LONGEST:
        return False
    if plain.startswith("0") and not plain.startswith("00") and len(plain) == 10:
        return True
    if digits.startswith("+") and len(plain) > _SHORTEST and _possible(digits):
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


def _possible(number: str) -> bool:
    """Tell whether a number with the sign of a country before it can be one of that country's."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _scattered(stream: Stream, text: str) -> Iterator[tuple[str, int, int]]:
    """A mobile number whose pieces stand apart: (figures, start, end)."""
    pieces = [at for at, word in enumerate(stream.words) if word.isdecimal() and len(word) <= _LONGEST_PIECE]
    for first, at in enumerate(pieces):
        figures, before = stream.words[at], at
        if not figures.startswith(_MOBILE):
            continue
        for count, following in enumerate(pieces[first + 1 : first + _TEN], 2):
            figures += stream.words[following]
            gap = text[stream.ends[before] : stream.starts[following]]
            if following - before > _WORDS_BETWEEN or len(figures) > _TEN or _NO_PIECE.fullmatch(gap):
                break
            if len(figures) == _TEN and count >= _PIECES:
                yield figures, stream.starts[at], stream.ends[following]
                break
            before = following


def _whole(run: list[tuple[str, int, int]], start: int, end: int) -> bool:
    """Tell whether a stretch is all the figures that stand together, but for a nought that is told apart."""
    return all(figures == "0" for figures, first, last in run if last <= start or first >= end)


def phone_numbers(stream: Stream, text: str, allowed: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the folded span of each telephone number that is no help line in `allowed` (figures only)."""
    tried = 0
    lacking = ("06" in text or "zes" in text) and _LACKING.search(text) is not None
    for run in _runs(stream, text):
        reached = 0
        if lacking and sum(len(group[0]) for group in run) == _LACKED and run[0][0][0] != "0":
            yield run[0][1], run[-1][2]
        for figures, start, end in _windows(run, text):
            plain = figures.lstrip("+")
            national = f"0{plain[2:]}" if figures.startswith("+31") else plain
            if start < reached or not {plain, national}.isdisjoint(allowed) or figures.startswith(_SERVICE):
                reached = max(reached, end) if start >= reached else reached
                continue
            # Without its nought a mobile number is nine figures and nothing beside them.
            if figures[0] == "6" and (len(figures) != _SHORTEST or not _whole(run, start, end)):
                continue
            tried += 1
            if tried > _MOST_TRIES:
                return
            if _is_number(figures):
                reached = end
                yield start, end
    for figures, start, end in _scattered(stream, text):
        if figures not in allowed:
            yield start, end
