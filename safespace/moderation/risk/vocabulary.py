"""Every word the rules know, and how a word that somebody bent, masked or mistyped is still recognised."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import ahocorasick

from safespace.moderation.risk.lexicon import LONGEST_WORD, Lexicon
from safespace.moderation.risk.numerals import NUMERALS, value_of
from safespace.moderation.risk.slips import SHORTEST_FUZZY, losses, one_slip, slips

Ids = tuple[int, ...]
_RANGE = re.compile(r"\{num(?: (\d+)-(\d+))?\}")
_REPEATS = re.compile(r"(.)\1+")
_LONG_REPEAT = re.compile(r"(.)\1\1")
LEET = (str.maketrans("01345789@$!|€+¥", "oieastbgasiiety"), str.maketrans("01345789@$!|€+¥", "oleastbgasllety"))
_STARS = re.compile(r"(\*+)")
_SHORTEST_BENT = 5
_SHORTEST_SWAPPED = 5
_SHORTEST_SLIPPED = 5
# Longer words that nobody knows are compounds.
_LONGEST_SLIPPED = 12
_SHORTEST_NEAR = 4
_LIKELIER = 30
_UNLIKELIER = 45
_FEWEST_SEEN = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What a written word stands for: the numbers of the words it is read as, and the view that showed it."""

    ids: Ids
    view: str


UNKNOWN = Known((), "folded")


def skeleton(word: str) -> str:
    """Promise a word without its doubled letters and with one sign for i, y and ij."""
    return _REPEATS.sub(r"\1", word).replace("ij", "i").replace("y", "i").replace("ii", "i")


class Vocabulary:
    """The literal words of all patterns. `red` words are those that people bend on purpose to slip past a list."""

    def __init__(self, numbers: Mapping[str, int], red: Iterable[str], counts: Mapping[str, int]) -> None:
        """Take the number of every word, by which patterns name it, and how often ordinary words were counted."""
        self.red = frozenset(red)
        self._everyday = counts
        exact: dict[str, list[int]] = {}
        self._ranges: list[tuple[int, float, float]] = []
        affixes: dict[tuple[str, str], list[int]] = {}
        for literal, number in numbers.items():
            limits = _RANGE.fullmatch(literal)
            if limits is not None:
                low, high = limits.groups(default="")
                self._ranges.append((number, float(low or 0), float(high or "1e15")))
            elif "*" in literal:
                kind = ("^" if not literal.startswith("*") else "") + ("$" if not literal.endswith("*") else "")
                affixes.setdefault((literal.strip("*"), kind), []).append(number)
            else:
                exact.setdefault(literal, []).append(number)
        for word, value in NUMERALS.items():
            exact.setdefault(word, []).extend(self._ranges_of(value))
        self._exact = {word: tuple(ids) for word, ids in exact.items() if ids}
        self.lexicon = Lexicon(self._exact, counts)
        self._affixes = _automaton(affixes)
        self._bends: dict[str, str] = {}
        self._slipped: dict[str, list[str]] = {}
        self._by_length: dict[int, list[str]] = {}
        self._swapped: dict[str, str] = {}
        self._shapes: dict[str, Ids] = {}
        for word, ids in self._exact.items():
            shape = skeleton(word)
            self._shapes[shape] = tuple(dict.fromkeys((*self._shapes.get(shape, ()), *ids)))
        for word in sorted(self.red):
            self._learn_red(word)

    def _learn_red(self, word: str) -> None:
        """Note every way in which a red word is read although it is bent."""
        self._by_length.setdefault(len(word), []).append(word)
        if len(word) >= _SHORTEST_BENT:
            self._bends.setdefault(skeleton(word), word)
        if len(word) >= _SHORTEST_SWAPPED:
            for at in range(1, len(word) - 1):
                self._swapped.setdefault(word[:at] + word[at + 1] + word[at] + word[at + 2 :], word)
        if word.isalpha():
            for lost in losses(word):
                self._swapped.setdefault(lost, word)
        if len(word) >= SHORTEST_FUZZY:
            for slip in (word, *slips(word)):
                self._slipped.setdefault(slip, []).append(word)

    def _ranges_of(self, value: float) -> list[int]:
        return [number for number, low, high in self._ranges if low <= value <= high]

    def exact(self, word: str) -> Ids:
        """Promise the numbers of `word` as it is written, affixes included; empty when no rule knows it."""
        ids = self._exact.get(word, ())
        extra = tuple(i for _, _, found in self.affixes(word, {0: 0}, {len(word): 0}) for i in found)
        return tuple(dict.fromkeys((*ids, *extra))) if extra else ids

    def plain(self, word: str) -> Ids:
        """Promise the numbers of `word` exactly as it is written, without affixes."""
        return self._exact.get(word, ())

    def number(self, digits: str) -> Ids:
        """Promise the numbers of every range that the value of `digits` lies in."""
        return tuple(self._ranges_of(value_of(digits)))

    def affixes(
        self, text: str, starts: dict[int, int], ends: dict[int, int]
    ) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yield (start, end, numbers) of word parts found in `text`, given where its words start and end."""
        if self._affixes is None:
            return
        for last, found in self._affixes.iter(text):
            for length, kind, ids in found:
                start, end = last - length + 1, last + 1
                if ("^" not in kind or start in starts) and ("$" not in kind or end in ends):
                    yield start, end, ids

    def bent(self, word: str, *, slips: bool = True) -> Known:
        """Promise what an unknown word was bent from: figures for letters, a stretch, one slip of the keys if asked."""
        if len(word) > LONGEST_WORD * 2:
            return UNKNOWN
        if not word.isalpha():
            return self.leet(word)
        if _LONG_REPEAT.search(word):
            shaped = self._shapes.get(skeleton(word))
            if shaped is not None:
                return Known(shaped, "skeleton")
        red = self._red_behind(word)
        if red.ids or not slips or not _SHORTEST_SLIPPED <= len(word) <= _LONGEST_SLIPPED or self.lexicon.knows(word):
            return red
        return self._mistyped(word)

    def _mistyped(self, word: str) -> Known:
        """The one word that lost a letter or had two swapped, or of several the one that is far likelier."""
        near = sorted(self.lexicon.lost_or_swapped(word), key=lambda known: (self.lexicon.cost(known), known))
        sure = near and (len(near) == 1 or self.lexicon.cost(near[0]) + _LIKELIER <= self.lexicon.cost(near[1]))
        ids = self.exact(near[0]) if sure else ()
        return Known(ids, "fuzzy") if ids else UNKNOWN

    def _red_behind(self, word: str) -> Known:
        if len(word) < _SHORTEST_BENT:
            lost = self._swapped.get(word)
            return UNKNOWN if lost is None else Known(self.exact(lost), "fuzzy")
        meant, view = self._bends.get(skeleton(word)), "skeleton"
        if meant is None and word[::-1] in self.red:
            meant, view = word[::-1], "reversed"
        if meant is None:
            meant, view = self._swapped.get(word), "fuzzy"
        if meant is None and len(word) >= SHORTEST_FUZZY - 1:
            near = (known for slip in (word, *slips(word)) for known in self._slipped.get(slip, ()))
            meant = next((known for known in near if one_slip(word, known)), None)
        return UNKNOWN if meant is None else Known(self.exact(meant), view)

    def one_slip_from(self, word: str, *, everyday: bool = False) -> Ids:
        """Promise the numbers of all words that `word` is one slip of the keys away from, red or not.

        If `everyday`, a word of ordinary posts is never read as one that only rules know.
        """
        near = [known for known in self.lexicon.near(word) if len(known) >= _SHORTEST_NEAR]
        if everyday and word in self._everyday:
            near = [known for known in near if known in self._everyday]
        least = min(map(self.lexicon.cost, (word, *near))) + _UNLIKELIER
        likely = (known for known in near if self.lexicon.cost(known) <= least)
        return tuple(dict.fromkeys(i for known in likely for i in self.exact(known)))

    def behind_stars(self, word: str) -> Ids:
        """Promise the numbers of all words that fit a word with stars for letters, red or not."""
        return tuple(dict.fromkeys(i for known in self.lexicon.behind(word) for i in self.plain(known)))

    def leet(self, word: str) -> Known:
        """Promise what a word with figures or signs for letters stands for; unknown when it holds no letter."""
        if "*" in word:
            masked = (self._masked(word.translate(table)) for table in LEET)
            return next((known for known in masked if known.ids), UNKNOWN)
        if word.isdigit() or len(word) > LONGEST_WORD:
            return UNKNOWN
        for table in LEET:
            plain = word.translate(table)
            if plain.isalpha():
                ids = self.exact(plain)
                if ids:
                    return Known(ids, "leet")
                meant = self._bends.get(skeleton(plain)) if len(plain) >= _SHORTEST_BENT else None
                if meant is not None:
                    return Known(self.exact(meant), "leet")
        return UNKNOWN

    def _masked(self, word: str) -> Known:
        letters = sum(char.isalpha() for char in word)
        if letters < 2 or letters + word.count("*") != len(word):
            return UNKNOWN
        for meant in self._by_length.get(len(word), ()):
            if all(char in {"*", real} for char, real in zip(word, meant, strict=True)):
                return Known(self.exact(meant), "masked")
        if letters < _FEWEST_SEEN or "**" not in word:
            return UNKNOWN
        # Nobody counts the stars: two or more may hide one letter fewer or more.
        parts = (f".{{1,{len(one) + 1}}}" if one[:1] == "*" else re.escape(one) for one in _STARS.split(word))
        hidden = re.compile("".join(parts))
        near = (meant for length in (len(word) - 1, len(word) + 1) for meant in self._by_length.get(length, ()))
        found = next((meant for meant in near if hidden.fullmatch(meant)), None)
        return UNKNOWN if found is None else Known(self.exact(found), "masked")


def _automaton(affixes: dict[tuple[str, str], list[int]]) -> ahocorasick.Automaton | None:
    if not affixes:
        return None
    by_text: dict[str, list[tuple[int, str, tuple[int, ...]]]] = {}
    for (text, kind), ids in affixes.items():
        by_text.setdefault(text, []).append((len(text), kind, tuple(ids)))
    automaton = ahocorasick.Automaton()
    for text, entries in by_text.items():
        automaton.add_word(text, tuple(entries))
    automaton.make_automaton()
    return automaton
