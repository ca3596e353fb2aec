"""What one directory of rule files holds once it is read: rules, slots, lists and the figures that go with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from safespace.moderation.risk.assessment import Category, Profile, Severity, Stance


class RulesInvalid(Exception):  # noqa: N818 - refusals are named for what is wrong
    """A rule file that may not be used; the message names file and line. Nothing is assessed with half a ruleset."""


# About somebody's life: context never takes these below medium, and no lower rule stands in for them.
NEVER_BELOW_MEDIUM = frozenset({Category.SUICIDE, Category.SELF_HARM})
SOMEBODY_IN_DANGER = NEVER_BELOW_MEDIUM | {
    Category.ABUSE_DISCLOSURE,
    Category.GROOMING,
    Category.MEDICAL_EMERGENCY,
    Category.PSYCHOSIS,
    Category.THIRD_PERSON_CONCERN,
    Category.THREAT,
}


class Lowering(StrEnum):
    """Context that may lower a finding by one level; each is shown as a line of its own."""

    NEGATION = "negation"
    PAST = "past"
    RECOVERY = "recovery"
    THIRD_PERSON = "third_person"
    QUOTATION = "quotation"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence for clinicians, in both languages."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Slots that must stand together within `within` sentences, where none of `without` stands, nor of `around` beside.

    All of `needs`, or, where `alike` is given instead, any two different slots of `alike`.
    """

    needs: tuple[str, ...]
    alike: tuple[str, ...]
    without: tuple[str, ...]
    around: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences that a rule must and must not find, given names that a location listed; the test run executes them."""

    hit: tuple[str, ...]
    miss: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look for. Exactly one of `patterns`, `composition` and `detector` says how.

    What it `replaces` is not shown beside it; what it `lightens` is, one level lower at the same mention. `exact` finds
    its words only as they are written in the rule, not those that are mistyped or bent. `written` is the rule as it
    stands in its file, for whoever proposes to change it.
    """

    name: str
    category: Category
    severity: Severity
    stance: Stance
    concern: bool
    reason: Reason
    patterns: tuple[tuple[str, str], ...]
    composition: Composition | None
    detector: str | None
    exact: bool
    guards_over: tuple[str, ...]
    guards_near: tuple[str, ...]
    eased_by: tuple[str, ...]
    lowered_by: frozenset[Lowering]
    replaces: tuple[str, ...]
    lightens: tuple[str, ...]
    profiles: Mapping[Profile, Severity]
    examples: Examples
    place: str
    written: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rule files of a directory together; `version` names their dates and a fingerprint of their bytes.

    `files` holds the version of each file by its name, `counts` how often ordinary words were counted.
    """

    version: str
    rules: tuple[Rule, ...]
    slots: Mapping[str, tuple[tuple[str, str], ...]]
    unions: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[str, ...]]
    red: frozenset[str]
    filler: frozenset[str]
    notes: Mapping[str, Reason]
    profiles: Mapping[Profile, Mapping[Category, Mapping[Severity, Severity]]]
    evasion_ceiling: Mapping[Category, Severity]
    help_lines: frozenset[str]
    domains: frozenset[str]
    counts: Mapping[str, int]
    files: Mapping[str, str]
