"""Finds the phrases of all rules in the words of a text, every place of the text at once.

Places are the bits of one number: a word keeps the places where it stands and moves them on by one. So a pattern costs
as many steps as it has parts, however long the text is, and only patterns whose needed words are all there are tried.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from safespace.moderation.risk import pattern
from safespace.moderation.risk.moving import Part, either_of, gap_of, one_of, row_of

Ids = tuple[int, ...]
# A phrase that stands in a text more often than this says nothing new; the first places are kept.
_MOST_ENDS = 100


@dataclass(frozen=True, slots=True)
class Match:
    """Pattern owner `owner` found on words `start` up to and including `end`; `gaps` are words it only skipped."""

    owner: int
    start: int
    end: int
    gaps: tuple[int, ...] = ()


class _Phrase:
    """One pattern: whose it is, and where its rare words and other needs stand; made ready when first needed."""

    __slots__ = ("needed", "needs", "node", "owner", "part", "rare", "starts", "words")

    def __init__(
        self,
        owner: int,
        node: pattern.Node,
        rare: int,
        starts: tuple[int, int],
        needs: tuple[tuple[int, int, int], ...],
    ) -> None:
        self.owner = owner
        self.node = node
        # The sets of words of which a text must hold one each, and the rarest of them.
        self.needed = frozenset((rare, *(number for number, _, _ in needs)))
        self.rare = rare
        # From its rare word: how far away it may start, and per other set of words how far away one must stand.
        self.starts = starts
        self.needs = needs
        self.part: Part | None = None
        self.words: frozenset[int] = frozenset()


class Matcher:
    """The patterns of all rules; it holds no text."""

    def __init__(self, patterns: Iterable[tuple[int, pattern.Node]], numbers: Mapping[str, int]) -> None:
        self._numbers = numbers
        self._sets: dict[frozenset[str], int] = {}
        self._members: list[frozenset[int]] = []
        self._sets_of: dict[int, list[int]] = {}
        self._making = threading.Lock()
        self._phrases: dict[int, list[_Phrase]] = {}
        nodes = [(owner, node, pattern.required(node)) for owner, node in _apart(patterns)]
        # A word that many patterns cannot do without is a common one; a pattern is looked up by its rarest words.
        common = Counter(word for _, _, needs in nodes for need in needs for word in need.words)
        for owner, node, needs in nodes:
            rare, *others = sorted(needs, key=lambda need: sum(common[word] for word in need.words))
            away = tuple((self._set(need.words), need.low - rare.high, need.high - rare.low) for need in others)
            phrase = _Phrase(owner, node, self._set(rare.words), (-rare.high, -rare.low), away)
            self._phrases.setdefault(phrase.rare, []).append(phrase)

    def _set(self, words: frozenset[str]) -> int:
        number = self._sets.get(words)
        if number is None:
            number = self._sets[words] = len(self._members)
            members = frozenset(self._numbers[word] for word in words)
            self._members.append(members)
            for word in members:
                self._sets_of.setdefault(word, []).append(number)
        return number

    def ready(self, phrase: _Phrase) -> Part:
        """Promise the moving part of a phrase, made once."""
        part = phrase.part
        if part is None:
            with self._making:
                phrase.words = frozenset(map(self._numbers.__getitem__, pattern.literals(phrase.node)))
                part = phrase.part = self._part(phrase.node)
        return part

    def _part(self, node: pattern.Node) -> Part:
        if isinstance(node, pattern.Word):
            return gap_of(1) if node.choices is None else one_of(self._set(node.choices))
        parts = [self._part(part) for part in node.parts]
        if isinstance(node, pattern.Choice):
            # An optional gap of one word is what "~" is made of: up to one word of any kind.
            return parts[0] if node.optional and parts[0].gap else either_of(parts, optional=node.optional)
        gaps = sum(part.gap for part in parts)
        if gaps and all(part.gap for part in parts):
            return gap_of(gaps)
        return row_of(parts)

    def read(self, words: Sequence[Ids], breaks: Sequence[bool]) -> "Found":
        """Promise what can be found in `words` (the word numbers each stands for); nothing reaches over a break."""
        text = _Text(words, breaks)
        masks = _Masks(self._members, self._sets_of, text.places())
        there = frozenset(masks)
        possible: dict[int, list[_Phrase]] = {}
        for number in there & self._phrases.keys():
            for phrase in self._phrases[number]:
                if phrase.needed <= there:
                    possible.setdefault(phrase.owner, []).append(phrase)
        return Found(self, text, masks, possible)


class _Masks(dict[int, int]):
    """The places of every set of words in one text, by the number of the set; of a newer set when it is asked for."""

    def __init__(
        self, members: Sequence[frozenset[int]], sets_of: Mapping[int, Sequence[int]], places: Mapping[int, int]
    ) -> None:
        super().__init__()
        self._members = members
        self._known = len(members)
        self._places = places
        for word, bits in places.items():
            for number in sets_of.get(word, ()):
                self[number] = self.get(number, 0) | bits

    def __missing__(self, number: int) -> int:
        found = 0
        if number >= self._known:
            for word in self._members[number]:
                found |= self._places.get(word, 0)
            self[number] = found
        return found


def _apart(patterns: Iterable[tuple[int, pattern.Node]]) -> Iterator[tuple[int, pattern.Node]]:
    for owner, whole in patterns:
        for node in pattern.branches(whole):
            yield owner, node


class Found:
    """The matches in one text, worked out for an owner when they are first asked for: most never are."""

    def __init__(
        self, matcher: Matcher, text: "_Text", masks: _Masks, possible: Mapping[int, Sequence[_Phrase]]
    ) -> None:
        self._matcher = matcher
        self._text = text
        self._masks = masks
        self._possible = possible
        self.owners = frozenset(possible)

    def of(self, owner: int) -> list[Match]:
        """Promise the matches of one owner in text order, none inside a longer one."""
        found: dict[int, Match] = {}
        masks = self._masks
        for phrase in self._possible.get(owner, ()):
            here = masks[phrase.rare]
            for need, low, high in phrase.needs:
                places = masks[need]
                if not places or not places & _within(here, low, high):
                    break
            else:
                near = _within(here, *phrase.starts)
                _find(phrase, self._matcher.ready(phrase), self._text, masks, near, found)
        return longest(found.values()) if found else []


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

    def places(self) -> dict[int, int]:
        """Promise, per word number, the places where it stands."""
        found: dict[int, int] = {}
        bit = 1
        for ids in self.words:
            for word in ids:
                found[word] = found.get(word, 0) | bit
            bit <<= 1
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


def _find(
    phrase: _Phrase, part: Part, text: "_Text", masks: Mapping[int, int], near: int, found: dict[int, Match]
) -> None:
    ends = part.onward(near & text.whole, masks, text.open)
    for _ in range(_MOST_ENDS):
        if not ends:
            return
        low = ends & -ends
        ends ^= low
        end = low.bit_length() - 2
        starts = part.back(low, masks, text.open)
        _keep(phrase, text, (starts & -starts).bit_length() - 1, end, found)


def _keep(phrase: _Phrase, text: "_Text", start: int, end: int, found: dict[int, Match]) -> None:
    """Keep one match, without the words at its ends that only fill a gap."""
    words = phrase.words
    while start < end and words.isdisjoint(text.words[start]):
        start += 1
    while end > start and words.isdisjoint(text.words[end]):
        end -= 1
    known = found.get(text.at[end])
    if known is None or text.at[start] < known.start:
        gaps = tuple(text.at[at] for at in range(start + 1, end) if words.isdisjoint(text.words[at]))
        found[text.at[end]] = Match(phrase.owner, text.at[start], text.at[end], gaps)


def longest(matches: Iterable[Match]) -> list[Match]:
    """Promise the matches that lie in no longer one, in text order."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.end, match.start)):
        while kept and kept[-1].start >= match.start:
            kept.pop()
        if not kept or kept[-1].end < match.end:
            kept.append(match)
    return kept
