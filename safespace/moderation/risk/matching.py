"""Finds all phrases of all rules in one pass over the words of a text, in time that grows with its length alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from safespace.moderation.risk.pattern import Places

Ids = tuple[int, ...]
_MOST_STATES = 6_000


@dataclass(frozen=True, slots=True)
class Match:
    """Pattern owner `owner` found on words `start` up to and including `end` of a stream."""

    owner: int
    start: int
    end: int


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
        found: dict[tuple[int, int], int] = {}
        state = start = self._start
        for at, ids in enumerate(words):
            if breaks[at]:
                state = start
            following = state.steps.get(ids)
            state = self._step(state, ids) if following is None else following
            for place in state.accepts:
                begin = self._begin(place, at, words, breaks)
                key = (self._owner[place], at)
                found[key] = min(begin, found.get(key, begin))
        return longest(found)

    def _begin(self, place: int, at: int, words: Sequence[Ids], breaks: Sequence[bool]) -> int:
        """Walk back from a match's last word to its earliest first word."""
        begin = at
        here = {place}
        while here:
            if here & self._first:
                begin = at
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
        return begin


def longest(found: dict[tuple[int, int], int]) -> list[Match]:
    """Promise, of matches (owner, end) → start, those that lie in no longer match of the same owner, in text order."""
    kept: dict[int, list[Match]] = {}
    for (owner, end), start in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        mine = kept.setdefault(owner, [])
        while mine and mine[-1].start >= start:
            mine.pop()
        if mine and mine[-1].start <= start and mine[-1].end >= end:
            continue
        mine.append(Match(owner, start, end))
    return sorted((match for mine in kept.values() for match in mine), key=lambda match: (match.start, match.end))
