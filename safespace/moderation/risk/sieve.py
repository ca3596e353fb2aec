"""Which of thousands of phrases a text may hold at all: one bit per phrase, all of them asked at once.

A phrase passes where up to three sets of words that it cannot do without are all found within a few words. So the cost
is a few steps per word of the text, however many phrases there are, and it grows with the length of the text alone.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from safespace.moderation.risk.pattern import Needed

Ids = tuple[int, ...]
_MOST_ASKED = 3
# Needed words that can lie farther apart are not asked for together: a window is at least this long.
_WINDOW = 12
_MANY = 4
_MOST_FIGURES = 500


class Sieve:
    """The phrases by their rarest needs; holds no text."""

    def __init__(self, phrases: Sequence[Sequence[Needed]]) -> None:
        """Take per phrase what it needs, the rarest first."""
        asked = [_asked(needs) for needs in phrases]
        # Those that ask for most come first, so that a second or third set of words has a bit only where there is one.
        self._phrases = sorted(range(len(phrases)), key=lambda number: -len(asked[number]))
        self._second = len(phrases)
        self._third = self._second + sum(len(sets) > 1 for sets in asked)
        twice, thrice = self._third - self._second, sum(len(sets) > 2 for sets in asked)
        every = (1 << len(phrases)) - 1
        self._one, self._two = every ^ ((1 << twice) - 1), every ^ ((1 << thrice) - 1)
        sets: dict[frozenset[int], int] = {}
        for at, number in enumerate(self._phrases):
            for words, first in zip(asked[number], (0, self._second, self._third), strict=False):
                sets[words] = sets.get(words, 0) | 1 << first + at
        mine: dict[int, list[int]] = {}
        for words, bits in sets.items():
            for word in words:
                mine.setdefault(word, []).append(bits)
        # Words of one list stand in the same sets and share one number.
        same: dict[tuple[int, ...], int] = {}
        self._bits: dict[int, int] = {}
        for word, several in mine.items():
            key = tuple(map(id, several))
            if key not in same:
                same[key] = reduce(or_, several)
            self._bits[word] = same[key]
        self._figures: dict[Ids, int] = {}

    def passing(self, words: Iterable[Ids], breaks: Iterable[bool]) -> list[int]:
        """Promise the numbers of all phrases that may stand in `words`; nothing reaches over a break."""
        bits, seen = self._of_word, dict[Ids, int]()
        passed = before = here = 0
        left = _WINDOW
        for ids, broken in zip(words, breaks, strict=True):
            if broken or not left:
                passed |= self._within(before | here)
                before, here, left = 0 if broken else here, 0, _WINDOW
            left -= 1
            if ids:
                mine = seen.get(ids)
                if mine is None:
                    mine = seen[ids] = self._several(ids) if len(ids) > _MANY else reduce(or_, map(bits, ids))
                here |= mine
        passed |= self._within(before | here)
        # The digits of a number as a string are found faster than its bits one by one.
        digits = f"{passed:b}"[::-1]
        found = []
        at = digits.find("1")
        while at >= 0:
            found.append(self._phrases[at])
            at = digits.find("1", at + 1)
        return found

    def _of_word(self, word: int) -> int:
        return self._bits.get(word, 0)

    def _several(self, ids: Ids) -> int:
        """The bits of a figure, which lies in many ranges: kept, as there are few such sets and no text is in them."""
        known = self._figures.get(ids)
        if known is None:
            known = reduce(or_, map(self._of_word, ids))
            if len(self._figures) < _MOST_FIGURES:
                self._figures[ids] = known
        return known

    def _within(self, window: int) -> int:
        """The phrases of which one window has all sets of words that are asked for; the others' bits are cut off."""
        return window & (window >> self._second | self._one) & (window >> self._third | self._two)


def _asked(needs: Sequence[Needed]) -> list[frozenset[int]]:
    """The rarest needs that surely lie within one window."""
    words, low, high = needs[0]
    asked = [words]
    for words, first, last in needs[1:]:
        nearest, farthest = min(low, first), max(high, last)
        if farthest - nearest <= _WINDOW and len(asked) < _MOST_ASKED:
            low, high = nearest, farthest
            asked.append(words)
    return asked
