"""What stands around a finding and may make it lighter: negation, past, recovery, somebody else, quotation.

Caution rules (risk.md 4.2 step 4): at most one level, always shown, and suicide and self-harm never below medium.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from safespace.moderation.risk.matching import Match
from safespace.moderation.risk.reading import Stream
from safespace.moderation.risk.rules import Lowering, Rule

_REACH = 3
_CLOSEST_QUOTE = 400
_QUOTE_MARK = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201d", "\u00ab": "\u00bb"}


class Cues:
    """Every slot found in one stream, by slot name, worked out when first asked for."""

    def __init__(self, stream: Stream, find: Callable[[str], list[Match]], owners: AbstractSet[int]) -> None:
        self.stream = stream
        self._find = find
        self.owners = owners
        self._found: dict[str, list[Match]] = {}
        self._starts: dict[str, list[int]] = {}
        self._sentences: dict[str, list[int]] = {}

    def may_hold(self, asked: Sequence[frozenset[int]], least: int) -> bool:
        """Tell whether of so many of these sets of pattern owners one has its words in this stream."""
        return len(asked) - sum(map(self.owners.isdisjoint, asked)) >= least

    def of(self, slot: str) -> list[Match]:
        """Promise the matches of `slot` in text order."""
        known = self._found.get(slot)
        if known is None:
            known = self._found[slot] = self._find(slot)
            if known:
                starts = self._starts[slot] = [match.start for match in known]
                self._sentences[slot] = list(map(self.stream.sentences.__getitem__, starts))
        return known

    def sentences(self, match: Match) -> tuple[int, int]:
        """First and last sentence number that `match` touches."""
        return self.stream.sentences[match.start], self.stream.sentences[match.end]

    def near(self, slot: str, first: int, last: int) -> Match | None:
        """Promise a match of `slot` within sentences `first` to `last`, or None."""
        found = self.of(slot)
        if not found:
            return None
        numbers = self._sentences[slot]
        at = bisect_left(numbers, first)
        if at < len(numbers) and numbers[at] <= last:
            return found[at]
        if at and self.sentences(found[at - 1])[1] >= first:
            return found[at - 1]
        return None

    def between(self, slot: str, start: int, end: int) -> list[Match]:
        """Promise the matches of `slot` that start on words `start` to `end`."""
        found = self.of(slot)
        if not found:
            return []
        starts = self._starts[slot]
        return found[bisect_left(starts, start) : bisect_right(starts, end)]

    def over(self, slot: str, start: int, end: int) -> bool:
        """Tell whether a match of `slot` shares a word with words `start` to `end`."""
        found = self.of(slot)
        if not found:
            return False
        at = bisect_right(self._starts[slot], end)
        return at > 0 and found[at - 1].end >= start


def lowering(  # noqa: C901, PLR0911 - one line per kind of context
    rule: Rule, match: Match, cues: Cues, quoted: Sequence[tuple[int, int]]
) -> tuple[Lowering, Match] | None:
    """Promise the one reason to read `match` a level lighter and where it stands, or None."""
    allowed = rule.lowered_by
    first, last = cues.sentences(match)
    for slot in rule.eased_by:
        other_subject = cues.near(slot, first, last)
        if other_subject is not None:
            return Lowering.ELSEWHERE, other_subject
    if not allowed:
        return None
    if Lowering.NEGATION in allowed:
        cue = _negated(match, cues)
        if cue is not None:
            return Lowering.NEGATION, cue
    recovery = cues.near("recovery", first - 1, last + 1)
    present = cues.near("present", first, last)
    if Lowering.RECOVERY in allowed and recovery is not None and cues.near("relapse", first - 1, last + 1) is None:
        return Lowering.RECOVERY, recovery
    if Lowering.PAST in allowed and (present is None or recovery is not None):
        past = cues.near("past", first, last)
        if past is not None and cues.near("relapse", first, last) is None:
            return Lowering.PAST, past
    if Lowering.THIRD_PERSON in allowed:
        other = cues.near("third_person", first, last)
        if other is not None and not cues.between("first_person", match.start - _REACH, match.end + 1):
            return Lowering.THIRD_PERSON, other
    if Lowering.QUOTATION in allowed and _quoted(match, cues, quoted):
        return Lowering.QUOTATION, match
    return None


def _negated(match: Match, cues: Cues) -> Match | None:
    """A negation just before, inside (in a gap) or just after the match, in the same sentence."""
    sentences = cues.stream.sentences
    for cue in cues.between("negation", match.start - _REACH - 1, match.end):
        inside = cue.start in match.gaps
        before = 0 < match.start - cue.end <= _REACH and sentences[cue.end] == sentences[match.start]
        if (inside or before) and not cues.over("pseudo_negation", cue.start, cue.end):
            return cue
    return None


def _quoted(match: Match, cues: Cues, quoted: Sequence[tuple[int, int]]) -> bool:
    stream = cues.stream
    start, end = stream.starts[match.start], stream.ends[match.end]
    at = bisect_right(quoted, (start, len(stream.words) + end))
    if at and end <= quoted[at - 1][1]:
        return True
    return any(
        0 < match.start - cue.end <= _REACH and stream.sentences[cue.end] == stream.sentences[match.start]
        for cue in cues.between("quote_verb", match.start - _REACH - 1, match.start)
    )


def quotations(text: str) -> list[tuple[int, int]]:
    """Promise the spans between quotation marks of a folded text; an open mark without an end quotes nothing."""
    spans: list[tuple[int, int]] = []
    opened, closing = -1, ""
    for found in _QUOTE_MARK.finditer(text):
        mark, char = found.start(), found.group()
        if opened >= 0 and char == closing:
            if mark - opened <= _CLOSEST_QUOTE:
                spans.append((opened, mark))
            opened = -1
        elif char in _QUOTES:
            opened, closing = mark, _QUOTES[char]
    return spans
