"""Finds all phrases of all rules in one pass over the words of a text, in time that grows with its length alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safespace.moderation.risk.pattern import Places

Ids = tuple[int, ...]
_MOST_STATES = 6_000


@dataclass(frozen=True, slots=True)
class Match:
    """Pattern owner `owner` found on words `start` up to and including `end`; `gaps` are words it only skipped."""

    owner: int
    start: int
    end: int
    gaps: tuple[int, ...] = ()


class _State:
    """One set of places that may be reached at once, with the steps from it that were already worked out."""

    __slots__ = ("accepts", "places", "steps")

    def __init__(self, places: frozenset[int], accepts: tuple[int, ...]) -> None:
        self.places = places
        self.accepts = accepts
        self.steps: dict[Ids, _State] = {}


class Matcher:
    """An automaton over word numbers that builds its states when a text first needs them; it holds no text."""

    def __init__(self, places: Places, numbers: dict[str, int]) -> None:
        self._owner = places.owner
        self._first = frozenset(places.first)
        self._last = frozenset(places.last)
        self._before = [frozenset(earlier) for earlier in places.before]
        self._wanted = [
            None if words is None else frozenset(numbers[word] for word in words) for words in places.choices
        ]
        self._any = [tuple(at for at in after if places.choices[at] is None) for after in places.follow]
        self._starts = self._steps_to(places.first)
        self._onward = [self._steps_to(after) for after in places.follow]
        self._start = _State(frozenset(), ())
        self._states: dict[frozenset[int], _State] = {frozenset(): self._start}

    def _steps_to(self, places: set[int]) -> dict[int, tuple[int, ...]]:
        steps: dict[int, list[int]] = {}
        for place in places:
            for word in self._wanted[place] or ():
                steps.setdefault(word, []).append(place)
        return {word: tuple(after) for word, after in steps.items()}

    def _step(self, state: _State, ids: Ids) -> _State:
        reached: set[int] = set()
        for word in ids:
            reached.update(self._starts.get(word, ()))
        for place in state.places:
            reached.update(self._any[place])
            onward = self._onward[place]
            for word in ids:
                if word in onward:
                    reached.update(onward[word])
        places = frozenset(reached)
        known = self._states.get(places)
        if known is None:
            if len(self._states) >= _MOST_STATES:
                self._forget()
            known = _State(places, tuple(sorted(places & self._last)))
            self._states[places] = known
        state.steps[ids] = known
        return known

    def _forget(self) -> None:
        # Bounded memory whatever is typed: states are only a shortcut and are worked out again when needed.
        self._start.steps.clear()
        self._states = {frozenset(): self._start}

    def scan(self, words: Sequence[Ids], breaks: Sequence[bool]) -> list[Match]:
        """Promise every match in `words` (the word numbers each word stands for); none reaches over a break."""
        found: dict[tuple[int, int], Match] = {}
        state = start = self._start
        for at, ids in enumerate(words):
            if breaks[at]:
                state = start
            following = state.steps.get(ids)
            state = self._step(state, ids) if following is None else following
            for place in state.accepts:
                match = self._walk_back(place, at, words, breaks)
                key = match.owner, at
                known = found.get(key)
                if known is None or match.start < known.start:
                    found[key] = match
        return longest(found.values())

    def _walk_back(self, place: int, at: int, words: Sequence[Ids], breaks: Sequence[bool]) -> Match:
        """Find the earliest first word of a match that ends at `at`, and the words in it that only fill a gap."""
        last = begin = at
        gaps: list[int] = []
        here = {place}
        while here:
            if here & self._first:
                begin = at
            if all(self._wanted[reached] is None for reached in here):
                gaps.append(at)
            if at == 0 or breaks[at]:
                break
            at -= 1
            ids = words[at]
            earlier: set[int] = set()
            for reached in here:
                for candidate in self._before[reached]:
                    wanted = self._wanted[candidate]
                    if wanted is None or not wanted.isdisjoint(ids):
                        earlier.add(candidate)
            here = earlier
        return Match(self._owner[place], begin, last, tuple(gap for gap in gaps if gap > begin))


def longest(matches: Iterable[Match]) -> list[Match]:
    """Promise the matches that lie in no longer one of the same owner, in text order."""
    kept: dict[int, list[Match]] = {}
    for match in sorted(matches, key=lambda match: (match.end, match.start)):
        mine = kept.setdefault(match.owner, [])
        while mine and mine[-1].start >= match.start:
            mine.pop()
        if not mine or mine[-1].end < match.end:
            mine.append(match)
    return sorted((match for mine in kept.values() for match in mine), key=lambda match: (match.start, match.end))
