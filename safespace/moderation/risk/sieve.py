"""Which of thousands of phrases a text may hold at all: one bit per phrase, all of them asked at once.

A phrase passes where two sets of words that it cannot do without follow each other closely enough, and a third is near.
So the cost is a few steps per word of the text, however many phrases there are, and grows with the text's length alone.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from safespace.moderation.risk.needing import Needed
from safespace.moderation.risk.nodes import Words, each_of

Ids = tuple[int, ...]
# Needed words that can lie farther apart are not asked for together: a window is at least this long.
_WINDOW = 12
_MOST_KEPT = 1000


class _Asked(NamedTuple):
    """What a phrase is looked up by: `second` up to `reach` words behind `first`, and `third` within a window."""

    first: Words
    second: Words | None = None
    third: Words | None = None
    reach: int = 0


# Up to so many words behind the first one the second is looked for at its very place, farther on within a window.
_NEAREST = 6
# The phrases that a word may be a part of: as first word those that reach at least one, two, ... six words on, and
# farther; as second word; and as third.
_Bits = tuple[int, ...]
_NOTHING = (0,) * (_NEAREST + 3)


class Sieve:
    """The phrases by their rarest needs; holds no text."""

    def __init__(self, phrases: Iterable[Sequence[Needed]]) -> None:
        """Take per phrase what it needs, the rarest first."""
        asked = [_asked(needs) for needs in phrases]
        self._alone: dict[int, list[int]] = {}
        for number, one in enumerate(asked):
            for word in each_of(one.first) if one.second is None else ():
                self._alone.setdefault(word, []).append(number)
        # Those that reach far come first, so that what is kept of them for long are small numbers.
        pairs = (number for number, one in enumerate(asked) if one.second is not None)
        self._phrases = sorted(
            pairs, key=lambda number: (-min(asked[number].reach, _NEAREST + 1), asked[number].third is None)
        )
        in_order = [asked[number] for number in self._phrases]
        self._no_third = sum(1 << at for at, one in enumerate(in_order) if one.third is None)
        self._reaching = [(1 << sum(one.reach > reach for one in in_order)) - 1 for reach in range(_NEAREST + 1)]
        self._first = _by_word(one.first for one in in_order)
        self._second = _by_word(one.second for one in in_order)
        self._third = _by_word(one.third for one in in_order)
        self._kept: dict[Ids, _Bits] = {}

    def passing(self, words: Iterable[Ids], breaks: Iterable[bool]) -> list[int]:
        """Promise the numbers of all phrases that may stand in `words`; nothing reaches over a break."""
        seen: dict[Ids, _Bits] = {(): _NOTHING}
        passed = hits = held = thirds = before = near = here = 0
        one = two = three = four = five = six = _NOTHING  # the words before, the last one first
        around = self._no_third
        left = _WINDOW
        for ids, broken in zip(words, breaks, strict=True):
            if broken or not left:
                # A third word may stand up to a window before or behind the second: in this block or one beside it.
                passed |= held & (around | thirds)
                if broken:
                    passed |= hits & (around | thirds)
                    hits = thirds = before = here = 0
                    one = two = three = four = five = six = _NOTHING
                held, around, before, near = hits, self._no_third | before | thirds, thirds, here
                hits = thirds = here = 0
                left = _WINDOW
            left -= 1
            mine = seen.get(ids)
            if mine is None:
                mine = seen[ids] = self._of(ids)
            far, second, third = mine[_NEAREST:]
            if second:
                hits |= second & (one[0] | two[1] | three[2] | four[3] | five[4] | six[5] | near | here)
            if third:
                thirds |= third
            if far:
                here |= far
            one, two, three, four, five, six = mine, one, two, three, four, five
        passed |= (held | hits) & (around | thirds)
        alone = self._alone
        found = list({number: None for ids in seen for word in ids if word in alone for number in alone[word]})
        # The digits of a number as a string are found faster than its bits one by one.
        digits = f"{passed:b}"[::-1]
        at = digits.find("1")
        while at >= 0:
            found.append(self._phrases[at])
            at = digits.find("1", at + 1)
        return found

    def _of(self, ids: Ids) -> _Bits:
        """The bits of a word; those of some words are kept, of the first that were met: mostly the most usual ones."""
        known = self._kept.get(ids)
        if known is not None:
            return known
        first = second = third = 0
        for word in ids:
            first |= self._first.get(word, 0)
            second |= self._second.get(word, 0)
            third |= self._third.get(word, 0)
        known = (*map(first.__and__, self._reaching), second, third)
        if len(self._kept) < _MOST_KEPT:
            self._kept[ids] = known
        return known


def _by_word(sets: Iterable[Words | None]) -> dict[int, int]:
    """The bits of each word, of all phrases that have it in their set; words of the same sets share one number."""
    of_set: dict[Words, int] = {}
    for at, words in enumerate(sets):
        if words is not None:
            of_set[words] = of_set.get(words, 0) | 1 << at
    mine: dict[int, list[int]] = {}
    for words, bits in of_set.items():
        for word in each_of(words):
            mine.setdefault(word, []).append(bits)
    same: dict[tuple[int, ...], int] = {}
    found: dict[int, int] = {}
    for word, several in mine.items():
        key = tuple(map(id, several))
        if key not in same:
            same[key] = reduce(or_, several)
        found[word] = same[key]
    return found


def _asked(needs: Sequence[Needed]) -> _Asked:
    """The rarest needs that surely lie within one window, two of them in the order in which they stand."""
    rarest, *others = needs
    second = next((need for need in others if _reach(rarest, need) or _reach(need, rarest)), None)
    if second is None:
        return _Asked(rarest.words)
    low, high = min(rarest.low, second.low), max(rarest.high, second.high)
    third = next(
        (need.words for need in others if need is not second and max(high, need.high) - min(low, need.low) <= _WINDOW),
        None,
    )
    reach = _reach(rarest, second)
    if reach:
        return _Asked(rarest.words, second.words, third, reach)
    return _Asked(second.words, rarest.words, third, _reach(second, rarest))


def _reach(one: Needed, other: Needed) -> int:
    """How many words at most `other` stands behind `one`; 0 where it may be before it, or too far."""
    farthest = other.high - one.low
    return farthest if one.high < other.low and farthest <= _WINDOW else 0
