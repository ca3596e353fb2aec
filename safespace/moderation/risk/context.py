"""What stands around a finding and may make it lighter: negation, past, recovery, somebody else, quotation.

Caution rules (risk.md 4.2 step 4): at most one level, always shown, and suicide and self-harm never below medium. A cue
tells about its own clause; only what is told in the past tense may be placed in time by the clauses beside it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from enum import IntEnum

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.matching import Match
from safespace.moderation.risk.rules import NEVER_BELOW_MEDIUM, SOMEBODY_IN_DANGER, Lowering, Rule
from safespace.moderation.risk.stream import Stream

_REACH = 3
_CLOSEST_QUOTE = 400
_PARTING = re.compile("[,;:()\n\u2013\u2014\u2026]|[.!?]| -+ ")
_CONDITIONS = frozenset({"als", "wanneer", "zodra", "when", "if"})
# What they lead to says something of its own, and explains nothing.
_COORDINATING = frozenset({"maar", "en", "but", "and"})
_CONJUNCTIONS = _COORDINATING | {"want", "dus", "omdat", "because", "so"}
_SPEAKERS = frozenset({"hij", "ze", "zij", "ie", "he", "she", "they"})
_QUOTE_MARK = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]|\n\\s*\n')
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201d", "\u00ab": "\u00bb"}


class Reach(IntEnum):
    """How far what makes words ordinary has to do with a match: not at all, in one statement with it, in its clause."""

    APART = 0
    BESIDE = 1
    WITHIN = 2


class Cues:
    """Every slot found in one stream, by slot name, worked out when first asked for."""

    def __init__(self, stream: Stream, find: Callable[[str], list[Match]], text: str = "") -> None:
        self.stream = stream
        self.text = text
        self._clauses: list[int] = []
        self._statements: list[int] = []
        self._numbers: dict[str, list[int]] = {}
        self._find = find
        self._found: dict[str, list[Match]] = {}
        self._starts: dict[str, list[int]] = {}
        self._sentences: dict[str, list[int]] = {}

    def of(self, slot: str) -> list[Match]:
        """Promise the matches of `slot` in text order."""
        known = self._found.get(slot)
        if known is None:
            known = self._found[slot] = self._find(slot)
        return known

    def sentences(self, match: Match) -> tuple[int, int]:
        """First and last sentence number that `match` touches."""
        return self.stream.sentences[match.start], self.stream.sentences[match.end]

    def clause(self, at: int) -> int:
        """The number of the clause that word `at` stands in: signs and words like *maar*, *en* and *want* part them."""
        if not self._clauses:
            number, statement, end = 0, 0, 0
            stream = self.stream
            for word, start, stop in zip(stream.words, stream.starts, stream.ends, strict=True):
                if word in _CONJUNCTIONS or (start - end > 1 and _PARTING.search(self.text, end, start)):
                    number += 1
                    statement += word in _COORDINATING
                self._clauses.append(number)
                self._statements.append(statement)
                end = stop
        return self._clauses[at]

    def reach(self, guard: Match, match: Match) -> Reach:
        """Tell how far `guard` has to do with `match`: *maar* and *en* end a statement, signs only a clause.

        The clause right behind says what was meant: ik ga het doen, mijn eerste rijles.
        """
        behind = self.clause(guard.start) - self.clause(match.end)
        if behind <= 0 and self.clause(match.start) <= self.clause(guard.end):
            return Reach.WITHIN
        first, last = (match, guard) if behind > 0 else (guard, match)
        together = self._statements[first.end] == self._statements[last.start]
        if not together or self.sentences(first)[1] != self.sentences(last)[0]:
            return Reach.APART
        return Reach.WITHIN if behind == 1 else Reach.BESIDE

    def within_clauses(self, slot: str, first: int, last: int) -> list[Match]:
        """Promise the matches of `slot` that start in clauses `first` to `last`."""
        found = self.of(slot)
        if not found:
            return []
        numbers = self._numbers.get(slot)
        if numbers is None:
            numbers = self._numbers[slot] = [self.clause(match.start) for match in found]
        return found[bisect_left(numbers, first) : bisect_right(numbers, last)]

    def near(self, slot: str, first: int, last: int) -> Match | None:
        """Promise a match of `slot` within sentences `first` to `last`, or None."""
        found = self._found.get(slot)
        if found is None:
            found = self.of(slot)
        if not found:
            return None
        numbers = self._sentences_of(slot, found)
        at = bisect_left(numbers, first)
        if at < len(numbers) and numbers[at] <= last:
            return found[at]
        if at and self.stream.sentences[found[at - 1].end] >= first:
            return found[at - 1]
        return None

    def near_all(self, slot: str, first: int, last: int) -> list[Match]:
        """Promise the matches of `slot` that start within sentences `first` to `last`."""
        found = self.of(slot)
        numbers = self._sentences_of(slot, found)
        return found[bisect_left(numbers, first) : bisect_right(numbers, last)]

    def between(self, slot: str, start: int, end: int) -> list[Match]:
        """Promise the matches of `slot` that start on words `start` to `end`."""
        found = self.of(slot)
        if not found:
            return []
        starts = self._starts_of(slot, found)
        return found[bisect_left(starts, start) : bisect_right(starts, end)]

    def over(self, slot: str, start: int, end: int) -> bool:
        """Tell whether a match of `slot` shares a word with words `start` to `end`."""
        found = self.of(slot)
        if not found:
            return False
        at = bisect_right(self._starts_of(slot, found), end)
        return at > 0 and found[at - 1].end >= start

    def _sentences_of(self, slot: str, found: list[Match]) -> list[int]:
        numbers = self._sentences.get(slot)
        if numbers is None:
            sentences = self.stream.sentences
            numbers = self._sentences[slot] = [sentences[match.start] for match in found]
        return numbers

    def _starts_of(self, slot: str, found: list[Match]) -> list[int]:
        starts = self._starts.get(slot)
        if starts is None:
            starts = self._starts[slot] = [match.start for match in found]
        return starts


def lowering(  # noqa: C901, PLR0911 - one line per kind of context
    rule: Rule, match: Match, cues: Cues, quoted: Sequence[tuple[int, int]]
) -> tuple[Lowering, Match] | None:
    """Promise the one reason to read `match` a level lighter and where it stands, or None."""
    allowed = rule.lowered_by
    first, last = cues.sentences(match)
    for slot in rule.eased_by:
        other_subject = cues.near(slot, first, last)
        if other_subject is not None and not meant(rule, match, cues):
            return Lowering.ELSEWHERE, other_subject
    if not allowed:
        return None
    if Lowering.NEGATION in allowed:
        cue = _negated(match, cues)
        if cue is not None:
            return Lowering.NEGATION, cue
    if Lowering.RECOVERY in allowed or Lowering.PAST in allowed:
        over = _over(rule, match, cues)
        if over is not None:
            return over
    if Lowering.THIRD_PERSON in allowed:
        other = cues.near("third_person", first, last)
        if other is not None and not cues.between("first_person", match.start - _REACH, match.end + 1):
            return Lowering.THIRD_PERSON, other
    if Lowering.QUOTATION in allowed and _quoted(match, cues, quoted):
        return Lowering.QUOTATION, match
    return None


def _over(rule: Rule, match: Match, cues: Cues) -> tuple[Lowering, Match] | None:
    """A word of recovery or of former days, unless something says that it is so now."""
    first, last = cues.sentences(match)
    begin, end = cues.clause(match.start), cues.clause(match.end)
    # Wilde, sneed, wanted: other clauses may then say when it was, or how it is now; never of what is so today.
    told = bool(cues.within_clauses("past_tense", begin, end))
    own = rule.category in NEVER_BELOW_MEDIUM
    recovery = _reaching(cues.near_all("recovery", first - (not own), last + 1), match, cues, own=own, told=told)
    past = _reaching(cues.near_all("past", first, last), match, cues, own=True, told=told)
    cue = recovery if Lowering.RECOVERY in rule.lowered_by else None
    anchored = [
        anchor
        for anchor in cues.within_clauses("present", begin, end)
        if recovery is None or anchor.end < recovery.start or anchor.start > recovery.end
    ]
    if anchored and (own or recovery is None):
        return None
    if cue is not None and cues.near("relapse", first - 1, last + 1) is None:
        return Lowering.RECOVERY, cue
    if Lowering.PAST in rule.lowered_by and past is not None and cues.near("relapse", first, last + own) is None:
        return Lowering.PAST, past
    return None


def _reaching(found: list[Match], match: Match, cues: Cues, *, own: bool, told: bool) -> Match | None:
    """The first cue in the clause of `match`, or, of what is told in the past tense, in its sentence or behind it."""
    begin, end = cues.clause(match.start), cues.clause(match.end)
    first = cues.sentences(match)[0]
    for cue in found:
        beside = begin <= cues.clause(cue.end) and cues.clause(cue.start) <= end
        if beside or not own or (told and cues.sentences(cue)[0] >= first):
            return cue
    return None


def told_apart(match: Match, partners: Sequence[Match], cues: Cues) -> bool:
    """Tell whether `match` itself is told as over or as a case (when the urge comes), not another one near it."""
    begin, end = cues.clause(match.start), cues.clause(match.end)
    if any(begin <= cues.clause(partner.end) and cues.clause(partner.start) <= end for partner in partners):
        return True
    if not _CONDITIONS.isdisjoint(cues.stream.words[match.start : match.end + 1]):
        return True
    return bool(cues.within_clauses("past_tense", begin, end)) and not cues.within_clauses("present", begin, end)


def meant(rule: Rule, match: Match, cues: Cues) -> bool:
    """Tell whether the writer says in the sentence of `match` to mean it, so that nothing may explain it away."""
    if rule.category not in SOMEBODY_IN_DANGER or rule.severity <= Severity.LOW or rule.lightens:
        return False
    return cues.near("own_meant", *cues.sentences(match)) is not None


def _negated(match: Match, cues: Cues) -> Match | None:
    """A negation just before, inside (in a gap) or just after the match, in the same clause."""
    for cue in cues.between("negation", match.start - _REACH - 1, match.end):
        inside = cue.start in match.gaps and cues.clause(cue.end) == cues.clause(match.end)
        before = 0 < match.start - cue.end <= _REACH and cues.clause(cue.end) == cues.clause(match.start)
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
        0 < match.start - cue.end <= _REACH and _leads_to(cue, match, cues)
        for cue in cues.between("quote_verb", match.start - _REACH - 1, match.start)
    )


def _leads_to(verb: Match, match: Match, cues: Cues) -> bool:
    """Tell whether a verb of saying leads to `match`: in its clause, or with nothing but who speaks before the sign."""
    words, at = cues.stream.words, verb.end + 1
    if cues.clause(verb.end) == cues.clause(match.start):
        return True
    at += words[at] in _SPEAKERS and cues.clause(at) == cues.clause(verb.end)
    led = cues.clause(at) == cues.clause(match.start) == cues.clause(verb.end) + 1 and words[at] not in _CONJUNCTIONS
    return led and cues.sentences(verb)[1] == cues.sentences(match)[0]


def quotations(text: str) -> list[tuple[int, int]]:
    """Promise the spans between quotation marks of a folded text; an open mark without an end quotes nothing.

    An empty line ends what is quoted, and a mark right behind a figure opens nothing: it says inches.
    """
    spans: list[tuple[int, int]] = []
    opened, closing = -1, ""
    for found in _QUOTE_MARK.finditer(text):
        mark, char = found.start(), found.group()
        if opened >= 0 and char == closing:
            if mark - opened <= _CLOSEST_QUOTE:
                spans.append((opened, mark))
            opened = -1
        elif char not in _QUOTES:
            opened = -1
        elif not (char == '"' and text[mark - 1 : mark].isdigit()):
            opened, closing = mark, _QUOTES[char]
    return spans
