"""Finds the phrases of all rules in the words of a text, every place of the text at once.

Places are the bits of one number: a word keeps the places where it stands and moves them on by one. So a pattern costs
as many steps as it has parts, however long the text is, and only patterns whose needed words are all there are tried.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import attrgetter, or_
from typing import NamedTuple

from safespace.moderation.risk.moving import Moves
from safespace.moderation.risk.needing import Needed, required
from safespace.moderation.risk.nodes import Gap, Node, Word, each_of, words_of
from safespace.moderation.risk.sieve import Ids, Sieve
from safespace.moderation.risk.tables import rows_of

try:
    from safespace.moderation.risk._speedups import Book  # compiled, where a compiler was at hand
except ImportError:
    Book = None  # type: ignore[assignment,misc]  # asked before it is used

# A phrase that stands in a text more often than this says nothing new; the first places are kept.
_MOST_ENDS = 100


class Match(NamedTuple):
    """Pattern owner `owner` found on words `start` up to and including `end`; `gaps` are words it only skipped."""

    owner: int
    start: int
    end: int
    gaps: tuple[int, ...] = ()


class Phrase:
    """One pattern without a choice at its top; `length` is how many words it has, None where that differs."""

    __slots__ = ("_named", "length", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.length = node.most if node.least == node.most else None
        self._named: frozenset[int] | None = None

    def named(self) -> frozenset[int]:
        """Promise all words that it names, none where it skips no word; gathered when first needed."""
        if self._named is None:
            self._named = words_of([self.node]) if _skips(self.node) else frozenset()
        return self._named


def _skips(node: Node) -> bool:
    return isinstance(node, Gap) or (not isinstance(node, Word) and any(map(_skips, node.parts)))


class Matcher:
    """The phrases of all rules, each with the number of its owner, in order of the owners; it holds no text.

    `compiled`: find them with the compiled search where it was built, which gives the same answers in far less time.
    """

    def __init__(self, owned: Sequence[tuple[int, Phrase]], *, compiled: bool = True) -> None:
        self._owners = [owner for owner, _ in owned]
        self._phrases = [phrase for _, phrase in owned]
        needs = _by_rarity(phrase.node for phrase in self._phrases)
        self._book = Book(*rows_of(owned, needs)) if compiled and Book is not None else None
        self._sieve = Sieve(() if self._book is not None else needs)

    def read(self, words: list[Ids], breaks: list[bool]) -> "Found | FoundAtOnce":
        """Promise what can be found in `words` (the word numbers each stands for); nothing reaches over a break."""
        if self._book is not None:
            return FoundAtOnce(self._book.read(words, breaks))
        possible: dict[int, list[int]] = {}
        owners = self._owners
        for number in self._sieve.passing(words, breaks):
            owner = owners[number]
            if owner in possible:
                possible[owner].append(number)
            else:
                possible[owner] = [number]
        return Found(_Text(words, breaks), possible, self._phrases)


def _by_rarity(nodes: Iterable[Node]) -> Iterator[Sequence[Needed]]:
    """The needs of each phrase, those first that few phrases share: a phrase is looked up by its rarest words.

    They are let go one by one, so that at the start they never lie beside all that is made of them.
    """
    known: dict[Node, list[Needed]] = {}
    left = [required(node, known) for node in nodes]
    known.clear()
    sets = Counter(need.words for needs in left for need in needs)
    shared: dict[int, int] = {}
    for words, times in sets.items():
        for word in each_of(words):
            shared[word] = shared.get(word, 0) + times
    weights = {words: sum(map(shared.__getitem__, each_of(words))) for words in sets}
    left.reverse()
    while left:
        needs = left.pop()
        yield needs if len(needs) == 1 else sorted(needs, key=lambda need: weights[need.words])


class FoundAtOnce:
    """The matches in one text that the compiled search found, of all owners at once; `owners` has a bit for each."""

    def __init__(self, places: Mapping[int, Sequence[tuple[int, int, int, tuple[int, ...]]]]) -> None:
        self._places = places
        self.owners = reduce(or_, map((1).__lshift__, places), 0)

    def of(self, owner: int) -> list[Match]:
        """Promise the matches of one owner in text order, none inside a longer one."""
        return list(map(Match._make, self._places.get(owner, ())))


class Found:
    """The matches in one text, worked out for an owner when they are first asked for: most never are.

    `owners` has a bit for each owner that may have one.
    """

    def __init__(self, text: "_Text", possible: Mapping[int, Sequence[int]], phrases: Sequence[Phrase]) -> None:
        """Take, by owner, the numbers of those of all `phrases` that may stand in `text`."""
        self._text = text
        self._phrases = phrases
        self._moves = Moves(text.places, text.open)
        self._possible = possible
        self._known: dict[int, list[Match]] = {}
        self.owners = reduce(or_, map((1).__lshift__, possible), 0)

    def of(self, owner: int) -> list[Match]:
        """Promise the matches of one owner in text order, none inside a longer one."""
        known = self._known.get(owner)
        if known is None:
            found: dict[int, Match] = {}
            text, moves = self._text, self._moves
            for number in self._possible.get(owner, ()):
                phrase = self._phrases[number]
                node = phrase.node
                if isinstance(node, Word):
                    _each(owner, moves.masks[node.words], text, found)
                else:
                    ends = moves.onward(node.parts, text.whole)
                    if ends:
                        self._keep(owner, phrase, node.parts, ends, found)
            known = self._known[owner] = longest(found.values()) if found else []
        return known

    def _keep(self, owner: int, phrase: Phrase, parts: Sequence[Node], ends: int, found: dict[int, Match]) -> None:
        at, named, length = self._text.at, phrase.named(), phrase.length
        for _ in range(_MOST_ENDS):
            low = ends & -ends
            ends ^= low
            end = low.bit_length() - 2
            if length is None:
                starts = self._moves.back(parts, low)
                start = (starts & -starts).bit_length() - 1
            else:
                start = end - length + 1
            gaps: tuple[int, ...] = ()
            if named:
                start, end, gaps = self._text.tight(start, end, named)
            match = Match(owner, at[start], at[end], gaps)
            # Of several that end here the longest, and of those the one that skips least: whichever came first.
            if at[end] not in found or match < found[at[end]]:
                found[at[end]] = match
            if not ends:
                return


class _Text:
    """The words of a text on a row of places, with an empty place at every break that nothing reaches over."""

    __slots__ = ("at", "open", "places", "whole", "words")

    def __init__(self, words: Sequence[Ids], breaks: Sequence[bool]) -> None:
        self.words: list[Ids] = []
        self.at: list[int] = []
        walls, bit = 0, 1
        alike: dict[Ids, int] = {}
        for index, ids in enumerate(words):
            if breaks[index] and index:
                walls |= bit
                bit <<= 1
                self.words.append(())
                self.at.append(-1)
            self.words.append(ids)
            self.at.append(index)
            if ids:
                if ids in alike:
                    alike[ids] |= bit
                else:
                    alike[ids] = bit
            bit <<= 1
        self.whole = bit - 1
        self.open = self.whole & ~walls
        # Per word number, the places where it stands.
        self.places: dict[int, int] = {}
        for ids, bits in alike.items():
            for word in ids:
                self.places[word] = self.places.get(word, 0) | bits

    def tight(self, start: int, end: int, named: frozenset[int]) -> tuple[int, int, tuple[int, ...]]:
        """Promise a match without the words at its ends that only fill a gap, and those inside that do."""
        words = self.words
        while start < end and named.isdisjoint(words[start]):
            start += 1
        while end > start and named.isdisjoint(words[end]):
            end -= 1
        return start, end, tuple([self.at[at] for at in range(start + 1, end) if named.isdisjoint(words[at])])


def _each(owner: int, places: int, text: "_Text", found: dict[int, Match]) -> None:
    """Keep every place of a phrase that is one word."""
    for _ in range(_MOST_ENDS):
        if not places:
            return
        low = places & -places
        places ^= low
        at = text.at[low.bit_length() - 1]
        match = Match(owner, at, at)
        if at not in found or match < found[at]:
            found[at] = match


_BY_END = attrgetter("end", "start")


def longest(matches: Iterable[Match]) -> list[Match]:
    """Promise the matches that lie in no longer one, in text order."""
    given = list(matches)
    if len(given) < 2:
        return given
    kept: list[Match] = []
    for match in sorted(given, key=_BY_END):
        while kept and kept[-1].start >= match.start:
            kept.pop()
        if not kept or kept[-1].end < match.end:
            kept.append(match)
    return kept
