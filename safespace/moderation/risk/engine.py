"""Reads one text with one ruleset and says how soon a human must look, and why.

Pure: no database, no network, no clock but the processor's own: the same text and context give the same answer.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

from safespace.moderation.risk.assessment import Assessment, Category, Profile
from safespace.moderation.risk.combining import combine
from safespace.moderation.risk.context import Cues, quotations
from safespace.moderation.risk.findings import (
    Finding,
    distinct,
    found_by_composition,
    found_by_pattern,
    without_replaced,
)
from safespace.moderation.risk.folding import Folded, Folding, foreign_share
from safespace.moderation.risk.loading import load_rules
from safespace.moderation.risk.matching import Match, Matcher, longest
from safespace.moderation.risk.pattern import Node, PatternInvalid, Places, parse
from safespace.moderation.risk.personal import BY_WORD, DETECTORS, Place
from safespace.moderation.risk.reading import Stream, read
from safespace.moderation.risk.rules import Rule, Ruleset, RulesInvalid
from safespace.moderation.risk.vocabulary import Vocabulary

LONGEST_READ = 10_000
_BUDGET_SECONDS = 0.050
_FOREIGN_SHARE = 0.3
# Hearts, smiles and thumbs: the only texts without words that can be read as harmless.
_HEARTS = (*range(0x1F493, 0x1F4A0), 0x2764, 0x2665, 0x1F5A4, 0x1F90D, 0x1F90E, 0x1F9E1, 0x2728, 0x1F64F, 0x1F4AA)
_SMILES = (0x1F600, 0x1F603, 0x1F604, 0x1F60A, 0x1F642, 0x1F44D, 0x1F917, 0x1F970)
_HARMLESS_SIGNS = frozenset(map(chr, (*_HEARTS, *_SMILES)))


@dataclass(frozen=True, slots=True)
class Context:
    """What the engine may know besides the text: kind of group, own help lines, and counts of earlier signals.

    `history` counts signals per category that earlier posts of this author in this group had in the last 14 days.
    """

    profile: Profile | str = Profile.GENERAL
    help_lines: tuple[str, ...] = ()
    first_post: bool = False
    history: Mapping[Category, int] = field(default_factory=lambda: MappingProxyType({}))


class Reading:
    """One assessment under way: when it started and which parts failed."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.late = False
        self._started = time.thread_time()

    def overdue(self) -> bool:
        """Tell, and note as a fault, that the budget of processor time is spent."""
        spent = time.thread_time() - self._started > _BUDGET_SECONDS
        if spent:
            self.late = True
            self.faults.append("fault")
        return spent


class Engine:
    """A ruleset made ready to read texts. Build it once; it may be shared by threads and keeps no text."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._folding = Folding()
        lists = {name: list(entries) for name, entries in ruleset.lists.items()}
        places = Places()
        self._owners: list[str] = []
        self._slots = len(ruleset.slots)
        for name, patterns in ruleset.slots.items():
            self._add(places, name, patterns, lists)
        self._pattern_rules = [rule for rule in ruleset.rules if rule.patterns]
        for rule in self._pattern_rules:
            self._add(places, rule.name, rule.patterns, lists)
        for rule in ruleset.rules:
            if rule.detector is not None and rule.detector not in DETECTORS:
                raise RulesInvalid(f"{rule.place}: unknown detector {rule.detector!r}")
        literals = {word for words in places.choices if words is not None for word in words}
        self._vocabulary = Vocabulary(literals | ruleset.red | ruleset.filler, ruleset.red)
        self._matcher = Matcher(places, self._vocabulary.numbers)

    def _add(
        self, places: Places, owner: str, patterns: tuple[tuple[str, str], ...], lists: Mapping[str, list[str]]
    ) -> None:
        number = len(self._owners)
        self._owners.append(owner)
        for text, place in patterns:
            try:
                node: Node = parse(text, lists)
                places.add(node, number)
            except PatternInvalid as wrong:
                raise RulesInvalid(f"{place}: {wrong}") from wrong

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Promise an engine with all rule files of `directory`. Raises RulesInvalid with file and line."""
        return cls(load_rules(directory))

    def assess(self, text: str, context: Context | None = None) -> Assessment:
        """Promise severity, concerns and the reasons for them; never raises on any text.

        What cannot be read, breaks or takes more than 50 ms of processor time is medium and `assessed=False`.
        """
        given = Context() if context is None else context
        folded = self._folding.fold(text[:LONGEST_READ])
        faults = ["unread"] if len(text) > LONGEST_READ or _unreadable(folded) else []
        reading = Reading()
        findings = self._find(folded, given, reading)
        if reading.late:
            # The memory sweep of the interpreter can eat one budget; a text that is truly too slow eats two.
            again = Reading()
            findings += self._find(folded, given, again)
            reading = again
        return combine(
            distinct(findings),
            folded,
            self.ruleset,
            Profile(given.profile),
            given.history,
            faults + reading.faults,
        )

    def _find(self, folded: Folded, given: Context, reading: Reading) -> list[Finding]:
        help_lines = self.ruleset.help_lines | {_digits(line) for line in given.help_lines}
        findings: list[Finding] = []
        try:
            for number, stream in enumerate(read(folded, self._vocabulary)):
                place = Place(folded, self._cues(stream), help_lines, self.ruleset.domains)
                findings += self._read_stream(place, reading, first=number == 0)
        except Exception:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
            reading.faults.append("fault")
        return findings

    def _cues(self, stream: Stream) -> Cues:
        by_owner: dict[str, list[Match]] = {}
        for match in self._matcher.scan(stream.ids, stream.breaks):
            by_owner.setdefault(self._owners[match.owner], []).append(match)
        for name, members in self.ruleset.unions.items():
            united = [match for member in members for match in by_owner.get(member, ())]
            if united:
                by_owner[name] = longest(replace(match, owner=0) for match in united)
        return Cues(stream, by_owner)

    def _read_stream(self, place: Place, reading: Reading, *, first: bool) -> list[Finding]:
        """Run every rule on one stream; one that breaks is a fault and the others still run."""
        quoted = quotations(place.folded.text)
        findings: list[Finding] = []
        for rule in self.ruleset.rules:
            if reading.overdue():
                break
            try:
                findings += _found(rule, place, quoted, first=first)
            except Exception:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
                reading.faults.append("fault")
        return without_replaced(findings)


def _found(rule: Rule, place: Place, quoted: list[tuple[int, int]], *, first: bool) -> list[Finding]:
    if rule.detector is not None:
        if not first and rule.detector not in BY_WORD:
            return []
        return [
            Finding(rule, span, "folded", evasive=False, sentences=(-9, -9)) for span in DETECTORS[rule.detector](place)
        ]
    if rule.composition is not None:
        return found_by_composition(rule, rule.composition, place.cues, quoted)
    return found_by_pattern(rule, place.cues.found.get(rule.name, ()), place.cues, quoted)


def _digits(line: str) -> str:
    return "".join(char for char in line if char.isdigit())


def _unreadable(folded: Folded) -> bool:
    if foreign_share(folded.raw) > _FOREIGN_SHARE:
        return True
    if any(char.isalnum() for char in folded.text):
        return False
    signs = {char for char in folded.text if not char.isspace()}
    return not signs or not signs <= _HARMLESS_SIGNS


def assess(text: str, context: Context, engine: Engine) -> Assessment:
    """Promise the same as `engine.assess`, for callers that hold text, context and engine side by side."""
    return engine.assess(text, context)
