"""Which of thousands of phrases a text may hold at all: one bit per phrase, all of them asked at once.

A phrase passes where up to three sets of words that it cannot do without are all found within a few words. So the cost
is a few steps per word of the text, however many phrases there are, and it grows with the length of the text alone.
"""

from collections.abc import Iterable, Iterator, Sequence

from safespace.moderation.risk.pattern import Needed

Ids = tuple[int, ...]
_ASKED = 3
# Needed words that can lie farther apart are not asked for together: a window is at least this long.
_WINDOW = 12


class Sieve:
    """The phrases by their rarest needs; holds no text."""

    def __init__(self, phrases: Sequence[Sequence[Needed]]) -> None:
        """Take per phrase what it needs, the rarest first."""
        self._count = len(phrases)
        self._free = 0
        bits: dict[int, int] = {}
        for number, needs in enumerate(phrases):
            bit = 1 << number
            asked = list(_asked(needs))
            for words in asked:
                for word in words:
                    bits[word] = bits.get(word, 0) | bit
                bit <<= self._count
            for _ in range(_ASKED - len(asked)):
                self._free |= bit
                bit <<= self._count
        # Words of one list stand in the same phrases and share one number.
        same: dict[int, int] = {}
        self._bits = {word: same.setdefault(mine, mine) for word, mine in bits.items()}

    def passing(self, words: Iterable[Ids], breaks: Iterable[bool]) -> Iterator[int]:
        """Yield in order the numbers of all phrases that may stand in `words`; nothing reaches over a break."""
        bits, count, free = self._bits, self._count, self._free
        passed = 0
        before = here = free
        left = _WINDOW
        for ids, broken in zip(words, breaks, strict=True):
            if broken or not left:
                window = before | here
                passed |= window & window >> count & window >> 2 * count
                before, here, left = free if broken else here, free, _WINDOW
            left -= 1
            for word in ids:
                mine = bits.get(word)
                if mine is not None:
                    here |= mine
        window = before | here
        passed |= window & window >> count & window >> 2 * count
        # The digits of a number as a string are found faster than its bits one by one.
        digits = f"{passed & (1 << count) - 1:b}"[::-1]
        at = digits.find("1")
        while at >= 0:
            yield at
            at = digits.find("1", at + 1)


def _asked(needs: Sequence[Needed]) -> Iterator[frozenset[int]]:
    """The rarest needs that surely lie within one window."""
    low, high = needs[0].low, needs[0].high
    taken = 0
    for need in needs:
        nearest, farthest = min(low, need.low), max(high, need.high)
        if taken < _ASKED and (farthest - nearest <= _WINDOW or not taken):
            low, high, taken = nearest, farthest, taken + 1
            yield need.words
