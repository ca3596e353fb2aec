"""What the risk engine says about one text, in words and levels the rest of the service stores and shows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Severity(StrEnum):
    """How soon a human must look at a post; never a score of a person (domain.md 2.7). Ordered by rank."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRISIS = "crisis"

    @property
    def rank(self) -> int:
        """Position on the ladder: 0 for none to 4 for crisis, fit for a sortable column."""
        return _RANKS[self]

    @classmethod
    def of_rank(cls, rank: int) -> Self:
        """Promise the level at `rank`; ranks off the ladder give its nearest end."""
        return cls(_LADDER[max(0, min(rank, len(_LADDER) - 1))])

    @classmethod
    def worst(cls, *levels: "Severity") -> "Severity":
        """Promise the highest of `levels`, none when there are no levels."""
        return max(levels, default=cls.NONE)

    def __lt__(self, other: str) -> bool:
        return _RANKS[self] < _RANKS[other]

    def __le__(self, other: str) -> bool:
        return _RANKS[self] <= _RANKS[other]

    def __gt__(self, other: str) -> bool:
        return _RANKS[self] > _RANKS[other]

    def __ge__(self, other: str) -> bool:
        return _RANKS[self] >= _RANKS[other]


_LADDER = ("none", "low", "medium", "high", "crisis")
_RANKS = {level: rank for rank, level in enumerate(_LADDER)}


class Category(StrEnum):
    """What a signal is about; the names are fixed because they are stored and counted."""

    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    EATING_DISORDER_PROMOTION = "eating_disorder_promotion"
    EATING_DISORDER_DISCLOSURE = "eating_disorder_disclosure"
    NUMBERS = "numbers"
    METHOD_DETAIL = "method_detail"
    PERSONAL_DATA = "personal_data"
    CONTACT_REQUEST = "contact_request"
    GROOMING = "grooming"
    BULLYING = "bullying"
    DISCRIMINATION = "discrimination"
    THREAT = "threat"
    ABUSE_DISCLOSURE = "abuse_disclosure"
    SEXUAL = "sexual"
    DRUGS = "drugs"
    MEDICAL_ADVICE = "medical_advice"
    PSYCHOSIS = "psychosis"
    MEDICAL_EMERGENCY = "medical_emergency"
    HELP_SEEKING_DELAY = "help_seeking_delay"
    RISKY_CONTENT_ENCOUNTER = "risky_content_encounter"
    THIRD_PERSON_CONCERN = "third_person_concern"
    SPAM = "spam"


class Stance(StrEnum):
    """How the writer stands towards the subject: telling about it is welcome, spreading it is not (domain.md 2.4)."""

    PROMOTES = "promotes"
    REQUESTS = "requests"
    DISCLOSES = "discloses"
    RECOVERS = "recovers"
    CONCERN = "concern"
    QUOTES = "quotes"
    NEUTRAL = "neutral"


class Profile(StrEnum):
    """The kind of group a text is meant for; it changes floors, never the rules themselves."""

    GENERAL = "general"
    EATING = "eating"
    AUTISM = "autism"


class SignalKind(StrEnum):
    """What a line of the explanation is: something found, something that changed its weight, or a part that failed.

    `LIKENESS` is a trained model's answer where rules found nothing of weight. `LEARNED` never comes from the engine
    itself: it is added by what was learned from earlier decisions.
    """

    FINDING = "finding"
    CONTEXT = "context"
    EVASION = "evasion"
    FAULT = "fault"
    LIKENESS = "likeness"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True, repr=False)
class Signal:
    """One line of the explanation.

    `span` counts characters of the raw text, `view` names the reading in which the rule was found, `severity` is the
    level this line ended at after context; for a context or evasion line it is the level of the finding it changed.
    """

    span: tuple[int, int]
    view: str
    rule: str
    category: Category | None
    severity: Severity
    reason_nl: str
    reason_en: str
    stance: Stance = Stance.NEUTRAL
    kind: SignalKind = SignalKind.FINDING

    def __repr__(self) -> str:
        return f"<Signal {self.rule}>"

    def to_json(self) -> dict[str, Any]:
        """Promise plain values that survive being stored as JSON and come back equal by `from_json`."""
        return {
            "span": list(self.span),
            "view": self.view,
            "rule": self.rule,
            "category": None if self.category is None else self.category.value,
            "severity": self.severity.value,
            "reason_nl": self.reason_nl,
            "reason_en": self.reason_en,
            "stance": self.stance.value,
            "kind": self.kind.value,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Promise the signal that `to_json` wrote. Raises KeyError or ValueError on anything else."""
        start, end = stored["span"]
        return cls(
            span=(int(start), int(end)),
            view=str(stored["view"]),
            rule=str(stored["rule"]),
            category=None if stored["category"] is None else Category(stored["category"]),
            severity=Severity(stored["severity"]),
            reason_nl=str(stored["reason_nl"]),
            reason_en=str(stored["reason_en"]),
            stance=Stance(stored["stance"]),
            kind=SignalKind(stored["kind"]),
        )


# A name, a number or an account given away is for a human to look at today; it asks nobody whether they are safe.
ANONYMITY: frozenset[Category | None] = frozenset({Category.CONTACT_REQUEST, Category.PERSONAL_DATA, Category.SPAM})


@dataclass(frozen=True, slots=True, repr=False)
class Assessment:
    """Two outputs that are never mixed: `severity` (how soon a human must look) and `concerns` (harm to readers).

    `assessed` is False when a part broke, ran out of time or could not read the text; severity is then at least medium.
    `likely` (0 to 2) orders what is of one level, by what was learned from earlier decisions; the engine leaves it 0.
    """

    severity: Severity
    categories: tuple[Category, ...]
    concerns: tuple[Category, ...]
    signals: tuple[Signal, ...]
    rules_version: str
    assessed: bool = True
    likely: int = 0

    @property
    def risks_anonymity_alone(self) -> bool:
        """Whether it is high by nothing but what could harm anonymity."""
        found = (signal for signal in self.signals if signal.kind is not SignalKind.LEARNED)
        heavy = {signal.category for signal in found if signal.severity >= Severity.HIGH}
        return self.severity >= Severity.HIGH and bool(heavy) and heavy <= ANONYMITY

    @property
    def calls_for_help(self) -> bool:
        """Whether somebody may need help today: high or crisis, and not by what could harm anonymity alone."""
        return self.severity >= Severity.HIGH and not self.risks_anonymity_alone

    def __repr__(self) -> str:
        return f"<Assessment rules {self.rules_version}>"

    def to_json(self) -> dict[str, Any]:
        """Promise plain values that survive being stored as JSON and come back equal by `from_json`."""
        return {
            "severity": self.severity.value,
            "categories": [category.value for category in self.categories],
            "concerns": [category.value for category in self.concerns],
            "signals": [signal.to_json() for signal in self.signals],
            "rules_version": self.rules_version,
            "assessed": self.assessed,
            "likely": self.likely,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Promise the assessment that `to_json` wrote. Raises KeyError or ValueError on anything else."""
        return cls(
            severity=Severity(stored["severity"]),
            categories=tuple(Category(name) for name in stored["categories"]),
            concerns=tuple(Category(name) for name in stored["concerns"]),
            signals=tuple(Signal.from_json(signal) for signal in stored["signals"]),
            rules_version=str(stored["rules_version"]),
            assessed=bool(stored["assessed"]),
            likely=int(stored.get("likely", 0)),
        )
