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

from safespace.moderation.risk.assessment import Assessment, Category, Profile, SignalKind
from safespace.moderation.risk.combining import combine, note
from safespace.moderation.risk.context import Cues, quotations
from safespace.moderation.risk.findings import (
    Finding,
    distinct,
    found_by_composition,
    found_by_pattern,
    without_replaced,
)
from safespace.moderation.risk.folding import Folded, Folding, foreign_share
from safespace.moderation.risk.likeness import Likeness, shipped, with_likeness
from safespace.moderation.risk.loading import load_rules
from safespace.moderation.risk.local_model import local_model
from safespace.moderation.risk.matching import Match, longest
from safespace.moderation.risk.personal import BY_WORD, DETECTORS, Place
from safespace.moderation.risk.phrasebook import Phrasebook
from safespace.moderation.risk.reading import Stream, read
from safespace.moderation.risk.rules import Rule, Ruleset, RulesInvalid
from safespace.moderation.risk.wholesale import wholly_bent

LONGEST_READ = 10_000
_BUDGET_SECONDS = 0.050
_RULES_A_LOOK = 8
_FOREIGN_SHARE = 0.3
# Hearts, smiles and thumbs: the only texts without words that can be read as harmless.
_HEARTS = (*range(0x1F493, 0x1F4A0), 0x2764, 0x2665, 0x1F5A4, 0x1F90D, 0x1F90E, 0x1F9E1, 0x2728, 0x1F64F, 0x1F4AA)
_SMILES = (0x1F600, 0x1F603, 0x1F604, 0x1F60A, 0x1F642, 0x1F44D, 0x1F917, 0x1F970)
_HARMLESS_SIGNS = frozenset(map(chr, (*_HEARTS, *_SMILES)))


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
    """One assessment under way: when it started and which parts failed."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.late = False
        self._started = time.thread_time()
        self._began = time.perf_counter()

    def overdue(self) -> bool:
        """Tell, and note as a fault, that the budget of processor time is spent."""
        # No thread is busy for longer than time went by, and that is cheaper to ask.
        passed = time.perf_counter() - self._began > _BUDGET_SECONDS
        spent = passed and time.thread_time() - self._started > _BUDGET_SECONDS
        if spent:
            self.late = True
            self.faults.append("fault")
        return spent


class Engine:
    """A ruleset made ready to read texts. Build it once; it may be shared by threads and keeps no text."""

    def __init__(self, ruleset: Ruleset, models: Sequence[Likeness] = (), known: Phrasebook | None = None) -> None:
        for rule in ruleset.rules:
            if rule.detector is not None and rule.detector not in DETECTORS:
                raise RulesInvalid(f"{rule.place}: unknown detector {rule.detector!r}")
        self.ruleset = ruleset
        self.models = tuple(models)
        self._folding = Folding()
        self._book = Phrasebook(ruleset, known)
        numbers = self._book.numbers
        # A slot is found by what its own patterns find, or by those of all slots that it unites.
        self._owners: dict[str, tuple[int, ...]] = {name: (number,) for name, number in numbers.items()}
        self._owners |= {name: tuple(map(numbers.__getitem__, parts)) for name, parts in ruleset.unions.items()}
        self._asked = [self._asks(rule) for rule in ruleset.rules]
        # Nearly every rule asks for words that a text does not hold: only those of which it has some are looked at.
        self._always = [number for number, (asked, _) in enumerate(self._asked) if not asked]
        self._rules_of: dict[int, list[int]] = {}
        for number, (asked, least) in enumerate(self._asked):
            for owner in frozenset().union(*(asked if least < len(asked) else asked[:1])):
                self._rules_of.setdefault(owner, []).append(number)

    def with_rules(self, rules: Iterable[Rule]) -> "Engine":
        """Promise an engine with these rules on the same slots and lists, and no model. Raises RulesInvalid.

        Patterns that both have are not read again: it takes a fraction of the time of a new engine.
        """
        return Engine(replace(self.ruleset, rules=tuple(rules)), known=self._book)

    def _asks(self, rule: Rule) -> tuple[tuple[frozenset[int], ...], int]:
        """Sets of owners of patterns, and of how many of them a text must hold one, or the rule finds nothing in it."""
        if rule.detector is not None:
            return (), 0
        if rule.composition is None:
            return (frozenset(self._owners[rule.name]),), 1
        slots = rule.composition.needs or rule.composition.alike
        asked = sorted((frozenset(self._owners[slot]) for slot in slots), key=len)
        return tuple(asked), len(asked) if rule.composition.needs else 2

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
        folded = self._folding.fold(text[:LONGEST_READ])
        faults = ["unread"] if len(text) > LONGEST_READ or _unreadable(folded) else []
        reading = Reading()
        findings = self._find(folded, given, reading)
        if reading.late:
            # The memory sweep of the interpreter can eat one budget; a text that is truly too slow eats two.
            again = Reading()
            findings += self._find(folded, given, again)
            reading = again
        found = combine(
            distinct(findings),
            folded,
            self.ruleset,
            Profile(given.profile),
            given.history,
            faults + reading.faults,
        )
        if given.rules_alone or not self.models:
            return found
        return with_likeness(found, folded, self.models, note("fault", len(folded.raw), self.ruleset, SignalKind.FAULT))

    def _find(self, folded: Folded, given: Context, reading: Reading) -> list[Finding]:
        help_lines = self.ruleset.help_lines | {_digits(line) for line in given.help_lines}
        findings: list[Finding] = []
        try:
            streams = read(folded, self._book.vocabulary)
            streams += wholly_bent(folded.text, streams[0], self._book.vocabulary)
            listed = self._folding.fold("\n".join(given.names)).text.split("\n")  # one fold for all of them
            names = tuple(filter(None, map(str.strip, listed)))
            for number, stream in enumerate(streams):
                place = Place(folded, self._cues(stream), help_lines, self.ruleset.domains, names)
                findings += self._read_stream(place, reading, first=number == 0)
        except Exception:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
            reading.faults.append("fault")
        return findings

    def _cues(self, stream: Stream) -> Cues:
        found = self._book.matcher.read(stream.ids, stream.breaks)

        def find(name: str) -> list[Match]:
            there = [found.of(owner) for owner in self._owners[name] if owner in found.owners]
            if len(there) > 1:
                return longest(chain.from_iterable(there))
            return there[0] if there else []

        return Cues(stream, find, found.owners)

    def _read_stream(self, place: Place, reading: Reading, *, first: bool) -> list[Finding]:
        """Run every rule on one stream; one that breaks is a fault and the others still run."""
        quoted = quotations(place.folded.text)
        findings: list[Finding] = []
        cues = place.cues
        some = {number for owner in cues.owners for number in self._rules_of.get(owner, ())}
        for count, number in enumerate(sorted(some.union(self._always))):
            if count % _RULES_A_LOOK == 0 and reading.overdue():
                break
            if not cues.may_hold(*self._asked[number]):
                continue
            try:
                findings += _found(self.ruleset.rules[number], place, quoted, first=first)
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
    return found_by_pattern(rule, place.cues.of(rule.name), place.cues, quoted)


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
