"""Reads one text with one ruleset and says how soon a human must look, and why.

Pure: no database, no network, no clock but the processor's own: the same text and context give the same answer.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Self

from safespace.moderation.risk.assessment import Assessment, Category, Profile, Severity, SignalKind
from safespace.moderation.risk.combining import combine, note
from safespace.moderation.risk.context import Cues, quotations
from safespace.moderation.risk.faults import told
from safespace.moderation.risk.findings import (
    Finding,
    distinct,
    found_by_composition,
    found_by_pattern,
    without_replaced,
)
from safespace.moderation.risk.folding import Folded, Folding
from safespace.moderation.risk.legible import readable_part, unreadable
from safespace.moderation.risk.likeness import Likeness, shipped, with_likeness
from safespace.moderation.risk.loading import load_rules
from safespace.moderation.risk.local_model import local_model
from safespace.moderation.risk.matching import Match, longest
from safespace.moderation.risk.personal import BY_WORD, DETECTORS, SLOTS
from safespace.moderation.risk.phrasebook import Phrasebook
from safespace.moderation.risk.place import Place
from safespace.moderation.risk.prospects import Prospects
from safespace.moderation.risk.reading import read
from safespace.moderation.risk.rules import Rule, Ruleset, RulesInvalid
from safespace.moderation.risk.stream import Stream
from safespace.moderation.risk.wholesale import wholly_bent

_BUDGET_SECONDS = 0.050
_RULES_A_LOOK = 8
# Views in which a word has the letters that a rule gives it, however they are drawn.
AS_WRITTEN = frozenset({"folded", "letters"})


@dataclass(frozen=True, slots=True)
class Context:
    """What the engine may know besides the text: kind of group, own help lines and names, counts of earlier signals.

    `names` are those of staff, clinics and schools around the location, which a post must not hold. `history` counts
    signals per category that earlier posts of this author in this group had in the last 14 days. `rules_alone` asks
    no trained model: for a word or two, such as a nickname, and to measure what models add.
    """

    profile: Profile | str = Profile.GENERAL
    help_lines: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    first_post: bool = False
    rules_alone: bool = False
    history: Mapping[Category, int] = field(default_factory=lambda: MappingProxyType({}))


class Reading:
    """One assessment under way: when it started, how many seconds it may take, and which parts failed."""

    def __init__(self, budget: float) -> None:
        self.faults: list[str] = []
        self._budget = budget
        self.late = False
        self._started = time.thread_time()
        self._began = time.perf_counter()

    def overdue(self) -> bool:
        """Tell, and note as a fault, that the budget of processor time is spent."""
        # No thread is busy for longer than time went by, and that is cheaper to ask.
        passed = time.perf_counter() - self._began > self._budget
        spent = passed and time.thread_time() - self._started > self._budget
        if spent:
            self.late = True
            self.faults.append("fault")
        return spent


class Engine:
    """A ruleset made ready to read texts. Build it once; it may be shared by threads and keeps no text.

    `budget`: the seconds of processor time after which a reading stops.
    """

    def __init__(self, ruleset: Ruleset, models: Sequence[Likeness] = (), known: Phrasebook | None = None) -> None:
        for rule in ruleset.rules:
            if rule.detector is not None and rule.detector not in DETECTORS:
                raise RulesInvalid(f"{rule.place}: unknown detector {rule.detector!r}")
            for slot in SLOTS.get(rule.detector, ()):
                if slot not in ruleset.slots and slot not in ruleset.unions:
                    raise RulesInvalid(f"{rule.place}: the detector {rule.detector!r} needs the slot {slot!r}")
        self.budget = _BUDGET_SECONDS
        self.ruleset = ruleset
        self.models = tuple(models)
        self._folding = Folding()
        self._book = Phrasebook(ruleset, known)
        numbers = self._book.numbers
        # A slot is found by what its own patterns find, or by those of all slots that it unites.
        self._owners: dict[str, tuple[int, ...]] = {name: (number,) for name, number in numbers.items()}
        self._owners |= {name: tuple(map(numbers.__getitem__, parts)) for name, parts in ruleset.unions.items()}
        self._prospects = Prospects(ruleset, self._owners)

    def with_rules(self, rules: Iterable[Rule]) -> "Engine":
        """Promise an engine with these rules on the same slots and lists, and no model. Raises RulesInvalid.

        Patterns that both have are not read again: it takes a fraction of the time of a new engine.
        """
        return Engine(replace(self.ruleset, rules=tuple(rules)), known=self._book)

    @classmethod
    def load(cls, directory: Path, model: Path | None = None) -> Self:
        """Promise an engine with all rule files of `directory`, the model beside them and the one in `model`, if any.

        Raises RulesInvalid with file and line.
        """
        own = () if model is None else (local_model(model),)
        return cls(load_rules(directory), (*shipped(directory), *own))

    def assess(self, text: str, context: Context | None = None) -> Assessment:
        """Promise severity, concerns and the reasons for them; never raises on any text.

        What cannot be read, breaks or takes more than 50 ms of processor time is medium and `assessed=False`.
        """
        given = Context() if context is None else context
        findings: list[Finding] = []
        found: Assessment | None = None
        try:
            folded, whole = readable_part(text, self._folding)
            reads = whole and not unreadable(folded, self._book.vocabulary.lexicon.knows, self._folding)
            reading = Reading(self.budget)
            findings += self._find(folded, given, reading)
            if reading.late:
                # The memory sweep of the interpreter can eat one budget; a text that is truly too slow eats two.
                again = Reading(self.budget)
                findings += self._find(folded, given, again)
                reading = again
            faults = [*([] if reads else ["unread"]), *reading.faults]
            found = combine(distinct(findings), folded, self.ruleset, Profile(given.profile), given.history, faults)
            if given.rules_alone or not self.models:
                return found
            fault = note("fault", len(folded.raw), self.ruleset, SignalKind.FAULT)
            return with_likeness(found, folded, self.models, fault)
        except Exception as broken:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
            return self._broken(told(broken), len(text), findings, found)

    def _broken(self, name: str, length: int, findings: Sequence[Finding], found: Assessment | None) -> Assessment:
        """Promise what was found before a step broke, medium at least and not assessed."""
        fault = note(name, length, self.ruleset, SignalKind.FAULT)
        if found is None:
            level = Severity.worst(*(finding.rule.severity for finding in findings))
            there = {finding.rule.category for finding in findings}
            categories = tuple(category for category in Category if category in there)
            found = Assessment(level, categories, (), (), self.ruleset.version)
        level = max(found.severity, Severity.MEDIUM)
        return replace(found, severity=level, signals=(*found.signals, fault), assessed=False)

    def _find(self, folded: Folded, given: Context, reading: Reading) -> list[Finding]:
        help_lines = self.ruleset.help_lines | {_digits(line) for line in given.help_lines}
        findings: list[Finding] = []
        try:
            streams = read(folded, self._book.vocabulary)
            streams += wholly_bent(folded.text, streams[0], self._book.vocabulary)
            listed = self._folding.fold("\n".join(given.names)).text.split("\n")  # one fold for all of them
            names = tuple(filter(None, map(str.strip, listed)))
            for number, stream in enumerate(streams):
                cues, there = self._cues(stream, folded.text)
                knows = self._book.vocabulary.lexicon.knows
                place = Place(folded, cues, help_lines, self.ruleset.domains, names, knows)
                findings += self._read_stream(place, there, reading, first=number == 0)
        except Exception as broken:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
            reading.faults.append(told(broken))
        return findings

    def _cues(self, stream: Stream, text: str) -> tuple[Cues, int]:
        found = self._book.matcher.read(stream.ids, stream.breaks)

        def find(name: str) -> list[Match]:
            owners = self._owners[name]
            if len(owners) == 1:
                return found.of(owners[0])
            return longest(chain.from_iterable(map(found.of, owners)))

        return Cues(stream, find, text), found.owners

    def _read_stream(self, place: Place, there: int, reading: Reading, *, first: bool) -> list[Finding]:
        """Run every rule on one stream; one that breaks is a fault and the others still run."""
        quoted = quotations(place.folded.text)
        findings: list[Finding] = []
        cues = place.cues
        # Nearly every rule asks for words that a text does not hold: only those that may find all are looked at.
        for count, number in enumerate(self._prospects.among(there)):
            if count % _RULES_A_LOOK == 0 and reading.overdue():
                break
            try:
                if not all(map(cues.of, self._prospects.slots[number])):
                    continue
                findings += _found(self.ruleset.rules[number], place, quoted, first=first)
            except Exception as broken:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
                reading.faults.append(told(broken))
        return without_replaced(findings)


def _found(rule: Rule, place: Place, quoted: list[tuple[int, int]], *, first: bool) -> list[Finding]:
    if rule.detector is not None:
        if not first and rule.detector not in BY_WORD:
            return []
        return [
            Finding(rule, span, "folded", evasive=False, sentences=(-9, -9)) for span in DETECTORS[rule.detector](place)
        ]
    cues = _exactly(rule, place.cues) if rule.exact else place.cues
    if rule.composition is not None:
        return found_by_composition(rule, rule.composition, cues, quoted)
    return found_by_pattern(rule, cues.of(rule.name), cues, quoted)


def _exactly(rule: Rule, cues: Cues) -> Cues:
    """What a rule looks for only as it is written; what guards it or makes it lighter may be bent as ever."""
    composition, views = rule.composition, cues.stream.views
    looked_for = {rule.name} if composition is None else {*composition.needs, *composition.alike}

    def find(name: str) -> list[Match]:
        found = cues.of(name)
        if name not in looked_for:
            return found
        return [
            match
            for match in found
            if all(views[at] in AS_WRITTEN for at in range(match.start, match.end + 1) if at not in match.gaps)
        ]

    return Cues(cues.stream, find, cues.text)


def _digits(line: str) -> str:
    return "".join(char for char in line if char.isdigit())


def assess(text: str, context: Context, engine: Engine) -> Assessment:
    """Promise the same as `engine.assess`, for callers that hold text, context and engine side by side."""
    return engine.assess(text, context)
