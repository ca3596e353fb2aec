"""Every word that rules or ordinary posts know: found again in letters without spaces, and behind one slip of the keys.

How often a word stands in ordinary posts says which reading is likelier. One word list of a few bytes a letter, which
is walked in C, serves all of it, so that looking costs little and growth is by the length of what is looked at.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from string import ascii_lowercase

import ahocorasick

from safespace.moderation.risk.rules import RulesInvalid
from safespace.moderation.risk.slips import alike

FILE = "words.txt"
# Costs are tenths of the logarithm of how rare a word is; that of a letter that no word covers is higher than most.
_SCALE = 10
_UNSEEN = 0.3
_LOOSE_LETTER = 55
_STRANGE_LETTER = 500
_UNKNOWN_WORD = 60
_COMMON = 62
_LIKELIER = 40
# Few long words are likelier than many short ones, but not always.
_COARSELY = 12
_FINELY = -25
_LENGTHS = 64
_ANY = "?"
LONGEST_WORD = 24


def read_counts(directory: Path) -> dict[str, int]:
    """Promise how often each ordinary word was counted, if a file says so. Raises RulesInvalid with file, line."""
    path = directory / FILE
    counts: dict[str, int] = {}
    if not path.exists():
        return counts
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        word, _, count = line.partition(" ")
        if line.startswith("#"):
            continue
        if not word.isalpha() or not count.isdecimal():
            raise RulesInvalid(f"{FILE}:{number}: expected a word and how often it was counted")
        counts[word] = int(count)
    return counts


class Lexicon:
    """The words of rules and ordinary posts with what each costs. Built once; may be shared by threads."""

    def __init__(self, words: Iterable[str], counts: Mapping[str, int]) -> None:
        """Take the words of the rules, and those of ordinary posts with how often they were counted."""
        total = sum(counts.values()) + 1
        # In order, so that every process walks them alike.
        costs = dict.fromkeys(ascii_lowercase, _LOOSE_LETTER)
        for word in sorted({*words, *counts}):
            if word.isalpha() and len(word) <= LONGEST_WORD and (len(word) > 1 or word in counts):
                costs[word] = round(_SCALE * math.log(total / (counts.get(word, 0) + _UNSEEN)))
        self._loose = frozenset(char for char in ascii_lowercase if costs[char] >= _LOOSE_LETTER)
        self._words = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for word, cost in costs.items():
            self._words.add_word(word, cost * _LENGTHS + len(word))
        self._words.make_automaton()
        self._costs = costs
        # Whether a word is known as it is written, which is asked of every word; a single letter always is.
        self.knows: Callable[[str], bool] = costs.__contains__

    def cost(self, word: str) -> int:
        """Promise what reading `word` costs: the rarer the more, most when nobody knows it."""
        known = self._costs.get(word)
        return _UNKNOWN_WORD + _LOOSE_LETTER * min(len(word), LONGEST_WORD) if known is None else known

    def common(self, word: str) -> bool:
        """Tell whether `word` is one of the hundred or so of which every sentence holds some."""
        return self.cost(word) < _COMMON

    def split(self, letters: str, *, finely: bool = False) -> tuple[list[str], int]:
        """Promise the likeliest words of a run of letters without spaces, and how many letters no word covers.

        `finely` takes two words rather than one where both are likely: te veel, not teveel.
        """
        each = _FINELY if finely else _COARSELY
        best = list(range(0, (len(letters) + 1) * _STRANGE_LETTER, _STRANGE_LETTER))
        sizes = [1] * len(best)
        for last, packed in self._words.iter(letters):
            size = packed % _LENGTHS
            cost = best[last + 1 - size] + packed // _LENGTHS + (each if size > 1 else 0)
            if cost < best[last + 1]:
                best[last + 1], sizes[last + 1] = cost, size
        pieces: list[str] = []
        at, uncovered, before = len(letters), 0, False
        while at > 0:
            piece = letters[at - sizes[at] : at]
            at -= len(piece)
            loose = piece in self._loose or not self.knows(piece)
            uncovered += loose
            # Letters that no word covers stand together as one unknown word.
            if loose and before:
                pieces[-1] = piece + pieces[-1]
            else:
                pieces.append(piece)
            before = loose
        return pieces[::-1], uncovered

    def lost_or_swapped(self, word: str) -> list[str]:
        """Promise the words that `word` is when it lost a letter inside or had two swapped; the first letter stands."""
        places = self._places(word)
        found: list[str] = []
        for at in places:
            found += self._fitting(word[:at] + _ANY + word[at:])
        swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places if at + 1 < len(word)]
        return list(dict.fromkeys([*found, *(known for known in filter(self.knows, swapped) if known != word)]))

    def near(self, word: str) -> list[str]:
        """Promise all words that `word` is one slip of the keys away from; the first letter stands."""
        found = [*self.lost_or_swapped(word), *self._fitting(word + _ANY)]
        for at in self._places(word):
            changed = ("", *alike(word[at]))
            found += filter(self.knows, [word[:at] + char + word[at + 1 :] for char in changed])
        return list(dict.fromkeys(known for known in found if known != word))

    def likely_slip(self, word: str) -> bool:
        """Tell whether a word that is far more common is one slip of the keys away from `word`."""
        least = self.cost(word) - _LIKELIER
        return any(self.cost(known) < least for known in self.near(word))

    def behind(self, starred: str) -> list[str]:
        """Promise the words that fit a word of the same length with stars for some of its letters."""
        return list(self._fitting(starred.replace("*", _ANY))) if starred[0] != "*" else []

    def _places(self, word: str) -> range:
        """Where a slip may lie: not at the first letter, nor behind the place where no word begins like this one."""
        return range(1, min(self._words.longest_prefix(word) + 1, len(word)))

    def _fitting(self, shape: str) -> Iterator[str]:
        found: Iterator[str] = self._words.keys(shape, _ANY, ahocorasick.MATCH_EXACT_LENGTH)
        return found
