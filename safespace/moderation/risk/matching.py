"""Finds the phrases of all rules in the words of a text, every place of the text at once.

Places are the bits of one number: a word keeps the places where it stands and moves them on by one. So a pattern costs
as many steps as it has parts, however long the text is, and only patterns whose needed words are all there are tried.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from safespace.moderation.risk import pattern
from safespace.moderation.risk.moving import Masks, Part, Words, either_of, gap_of, known_as, one_of, row_of
from safespace.moderation.risk.sieve import Ids, Sieve

Needed = pattern.Needed
# A phrase that stands in a text more often than this says nothing new; the first places are kept.
_MOST_ENDS = 100


class Match(NamedTuple):
    """Pattern owner `owner` found on words `start` up to and including `end`; `gaps` are words it only skipped."""

    owner: int
    start: int
    end: int
    gaps: tuple[int, ...] = ()


class Phrase:
    """One pattern without a choice at its top, and the words it cannot do without."""

    __slots__ = ("_part", "_words", "needs", "node")

    def __init__(self, node: pattern.Node) -> None:
        self.node = node
        self.needs = tuple(pattern.required(node))
        self._part: Part | None = None
        self._words: frozenset[int] = frozenset()

    def ready(self) -> tuple[Part, frozenset[int]]:
        """Promise how it moves places on, and all words it names; made when first needed, as most never are."""
        part = self._part
        if part is None:
            self._words = pattern.words_of([self.node])
            part = self._part = _part(self.node)
        return part, self._words


class _Sought(NamedTuple):
    """A phrase, where it may start from its rarest words, and where from those its next rarest must stand, if any."""

    phrase: Phrase
    rare: Words
    starts: tuple[int, int]
    also: Words | None
    stands: tuple[int, int]


def _sought(phrase: Phrase, needs: Sequence[Needed]) -> _Sought:
    rare = needs[0]
    also, low, high = (None, 0, 0) if len(needs) == 1 else needs[1]
    return _Sought(
        phrase,
        known_as(rare.words),
        (-rare.high, -rare.low),
        also and known_as(also),
        (low - rare.high, high - rare.low),
    )


def _part(node: pattern.Node) -> Part:
    if isinstance(node, pattern.Word):
        return gap_of(1) if node.choices is None else one_of(node.choices)
    parts = [_part(part) for part in node.parts]
    if isinstance(node, pattern.Choice):
        # An optional gap of one word is what "~" is made of: up to one word of any kind.
        if node.optional and parts[0].gap:
            return parts[0]
        return either_of(list(zip(map(_fewest, node.parts), parts, strict=True)), optional=node.optional)
    gaps = sum(part.gap for part in parts)
    if gaps and all(part.gap for part in parts):
        return gap_of(gaps)
    return row_of(parts)


def _fewest(node: pattern.Node) -> Words | None:
    """The fewest words that a part of a choice cannot do without: most are in no text. None of a word, or of a gap."""
    needs = [] if isinstance(node, pattern.Word) else pattern.required(node)
    return known_as(min((need.words for need in needs), key=len)) if needs else None


class Matcher:
    """The phrases of all rules, each with the number of its owner; it holds no text."""

    def __init__(self, owned: Sequence[tuple[int, Phrase]]) -> None:
        order = _by_rarity(phrase.needs for _, phrase in owned)
        self._owned = [(owner, _sought(phrase, needs)) for (owner, phrase), needs in zip(owned, order, strict=True)]
        self._sieve = Sieve(order)

    def read(self, words: Sequence[Ids], breaks: Sequence[bool]) -> "Found":
        """Promise what can be found in `words` (the word numbers each stands for); nothing reaches over a break."""
        possible: dict[int, list[_Sought]] = defaultdict(list)
        for number in self._sieve.passing(words, breaks):
            owner, sought = self._owned[number]
            possible[owner].append(sought)
        return Found(_Text(words, breaks), possible)


def _by_rarity(phrases: Iterable[Sequence[Needed]]) -> list[Sequence[Needed]]:
    """The needs of each phrase, those first that few phrases share: a phrase is looked up by its rarest words."""
    given = list(phrases)
    sets = Counter(need.words for needs in given for need in needs)
    shared: dict[int, int] = {}
    for words, times in sets.items():
        for word in words:
            shared[word] = shared.get(word, 0) + times
    weights = {words: sum(map(shared.__getitem__, words)) for words in sets}
    return [needs if len(needs) == 1 else sorted(needs, key=lambda need: weights[need.words]) for needs in given]


class _Masks(dict[Words, int]):
    """The places in one text of every word, and of every set of words, worked out when first asked for."""

    def __init__(self, places: dict[Words, int]) -> None:
        super().__init__(places)
        self._there = frozenset(places)

    def __missing__(self, words: Words) -> int:
        found = 0
        if not isinstance(words, int):
            for word in words & self._there:
                found |= self[word]
        self[words] = found
        return found


class Found:
    """The matches in one text, worked out for an owner when they are first asked for: most never are."""

    def __init__(self, text: "_Text", possible: dict[int, list[_Sought]]) -> None:
        self._text = text
        self._masks = _Masks(text.places())
        self._possible = possible
        self._known: dict[int, list[Match]] = {}
        self.owners = possible.keys()

    def of(self, owner: int) -> list[Match]:
        """Promise the matches of one owner in text order, none inside a longer one."""
        known = self._known.get(owner)
        if known is None:
            found: dict[int, Match] = {}
            for sought in self._possible.get(owner, ()):
                self._seek(owner, sought, found)
            known = self._known[owner] = longest(found.values()) if found else []
        return known

    def _seek(self, owner: int, sought: _Sought, found: dict[int, Match]) -> None:
        phrase, rare, starts, also, stands = sought
        masks = self._masks
        here = masks[rare]
        if also is None:
            if phrase.node.most == 1:
                _each(owner, here, self._text, found)
                return
        elif not masks[also] & _within(here, *stands):
            return
        _find(owner, phrase, self._text, masks, _within(here, *starts), found)


class _Text:
    """The words of a text on a row of places, with an empty place at every break that nothing reaches over."""

    __slots__ = ("at", "open", "whole", "words")

    def __init__(self, words: Sequence[Ids], breaks: Sequence[bool]) -> None:
        self.words: list[Ids] = []
        self.at: list[int] = []
        walls = 0
        for index, ids in enumerate(words):
            if breaks[index] and index:
                walls |= 1 << len(self.words)
                self.words.append(())
                self.at.append(-1)
            self.words.append(ids)
            self.at.append(index)
        self.whole = (1 << len(self.words)) - 1
        self.open = self.whole & ~walls

    def places(self) -> dict[Words, int]:
        """Promise, per word number, the places where it stands."""
        alike: dict[Ids, int] = {}
        bit = 1
        for ids in self.words:
            if ids:
                alike[ids] = alike.get(ids, 0) | bit
            bit <<= 1
        found: dict[Words, int] = {}
        for ids, bits in alike.items():
            for word in ids:
                found[word] = found.get(word, 0) | bits
        return found


def _within(here: int, low: int, high: int) -> int:
    """All places `low` to `high` words behind those in `here`; before them where these are negative."""
    wide, left = 1, high - low + 1
    while wide * 2 <= left:
        here |= here << wide
        wide *= 2
    if wide < left:
        here |= here << (left - wide)
    return here << low if low >= 0 else here >> -low


def _each(owner: int, places: int, text: "_Text", found: dict[int, Match]) -> None:
    """Keep every place of a phrase that is one word."""
    for _ in range(_MOST_ENDS):
        if not places:
            return
        low = places & -places
        places ^= low
        at = text.at[low.bit_length() - 1]
        if at not in found:
            found[at] = Match(owner, at, at)


def _find(owner: int, phrase: Phrase, text: "_Text", masks: Masks, near: int, found: dict[int, Match]) -> None:
    part, words = phrase.ready()
    ends = part.onward(near & text.whole, masks, text.open)
    for _ in range(_MOST_ENDS):
        if not ends:
            return
        low = ends & -ends
        ends ^= low
        starts = part.back(low, masks, text.open)
        _keep(owner, words, text, ((starts & -starts).bit_length() - 1, low.bit_length() - 2), found)


def _keep(owner: int, words: frozenset[int], text: "_Text", place: tuple[int, int], found: dict[int, Match]) -> None:
    """Keep one match, without the words at its ends that only fill a gap."""
    start, end = place
    while start < end and words.isdisjoint(text.words[start]):
        start += 1
    while end > start and words.isdisjoint(text.words[end]):
        end -= 1
    known = found.get(text.at[end])
    if known is None or text.at[start] < known.start:
        gaps = tuple(text.at[at] for at in range(start + 1, end) if words.isdisjoint(text.words[at]))
        found[text.at[end]] = Match(owner, text.at[start], text.at[end], gaps)


_BY_END = attrgetter("end", "start")


def longest(matches: Iterable[Match]) -> list[Match]:
    """Promise the matches that lie in no longer one, in text order."""
    kept: list[Match] = []
    for match in sorted(matches, key=_BY_END):
        while kept and kept[-1].start >= match.start:
            kept.pop()
        if not kept or kept[-1].end < match.end:
            kept.append(match)
    return kept
