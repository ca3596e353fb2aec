"""Runs the engine over labelled posts and keeps, per post, what it said; never the reasons, never the text."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.evaluation.cases import HATEFUL, Case
from safespace.moderation.risk.evaluation.figures import Share, queue_ranks, share

KEYWORD_FREE = ("keyword_free", "no_keyword")
EVERYDAY = Severity.LOW
LENGTH = 1_500
HOSTILE = ("s n i j d e n ", "06-00000000 ", "#ikwilnietmeerleven", "d**d ", "a@", "1.1.", "z3lfm00rd!", "ik wil niet ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine said about one case."""

    case: Case
    severity: Severity
    categories: tuple[Category, ...]

    @property
    def right(self) -> bool:
        """Tell whether the level is one of those that fit, and an expected category is among those found."""
        return self.severity in self.case.expect and (self.named or self.severity <= EVERYDAY)

    @property
    def named(self) -> bool:
        """Tell whether one of the expected categories was found, or none is expected."""
        return not self.case.categories or not set(self.case.categories).isdisjoint(self.categories)

    @property
    def high_enough(self) -> bool:
        """Tell whether a human would look soon enough."""
        return self.severity >= self.case.floor

    @property
    def attack(self) -> bool:
        """Tell whether the post was read as an attack on a group of people."""
        return Category.DISCRIMINATION in self.categories and self.severity >= Severity.MEDIUM


def measure(
    engine: Engine, cases: Sequence[Case], change: Callable[[str], str] = str, *, rules_alone: bool = False
) -> list[Outcome]:
    """Promise one outcome per case, in order, with the text changed first; by rules and models, or the rules alone."""
    outcomes = []
    for case in cases:
        said = engine.assess(change(case.text), Context(profile=case.profile, rules_alone=rules_alone))
        outcomes.append(Outcome(case, said.severity, said.categories))
    return outcomes


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures that the service promises about reading order."""

    crisis: Share
    crisis_worded: Share
    crisis_wordless: Share
    severe: Share
    above_low: Share
    above_medium: Share
    personal_recall: Share
    personal_precision: Share
    queue: tuple[int, int]
    missed: tuple[str, ...]


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Promise the figures over all outcomes, with every missed crisis by its name."""
    crises = [one for one in outcomes if one.case.floor is Severity.CRISIS]
    severe = [one for one in outcomes if one.case.floor >= Severity.HIGH]
    calm = [one for one in outcomes if one.case.calm]
    wordless = [one for one in crises if any(mark in one.case.functionality for mark in KEYWORD_FREE)]
    worded = [one for one in crises if one not in wordless]
    personal = [one for one in outcomes if one.case.functionality.startswith("personal_data")]
    wanted = [one for one in personal if not one.case.calm]
    found = [one for one in personal if Category.PERSONAL_DATA in one.categories]
    return Summary(
        crisis=share([one.high_enough for one in crises]),
        crisis_worded=share([one.high_enough for one in worded]),
        crisis_wordless=share([one.high_enough for one in wordless]),
        severe=share([one.severity >= Severity.HIGH for one in severe]),
        above_low=share([one.severity > Severity.LOW for one in calm]),
        above_medium=share([one.severity > Severity.MEDIUM for one in calm]),
        personal_recall=share([Category.PERSONAL_DATA in one.categories for one in wanted]),
        personal_precision=share([not one.case.calm for one in found]),
        queue=queue_ranks(
            [one.severity.rank for one in crises],
            [one.severity.rank for one in outcomes if one.case.floor < Severity.HIGH],
        ),
        missed=tuple(one.case.name for one in crises if not one.high_enough),
    )


def hateful(outcomes: Sequence[Outcome]) -> tuple[list[bool], list[bool]]:
    """Promise what was expected and what was found on posts of HateCheck, in step."""
    marked = [one for one in outcomes if one.case.part in {HATEFUL, f"non-{HATEFUL}"}]
    return [one.case.part == HATEFUL for one in marked], [one.attack for one in marked]


def times(engine: Engine, texts: Sequence[str], rounds: int = 3) -> list[float]:
    """Promise the seconds of processor time for each text, the best of some rounds as other work disturbs."""
    taken = []
    for text in texts:
        best = float("inf")
        for _ in range(rounds):
            started = time.thread_time()
            engine.assess(text)
            best = min(best, time.thread_time() - started)
        taken.append(best)
    return taken


def long_texts(cases: Sequence[Case], length: int = LENGTH) -> list[str]:
    """Promise posts of `length` characters made of the cases' own sentences, each starting at another case."""
    texts = []
    for first in range(0, len(cases), max(1, len(cases) // 200)):
        text, at = "", first
        while len(text) < length:
            text += cases[at % len(cases)].text + "\n"
            at += 1
        texts.append(text[:length])
    return texts


def hostile_texts(length: int = 10_000) -> list[str]:
    """Promise texts of full length that are made to be slow."""
    return [(piece * length)[:length] for piece in HOSTILE]
