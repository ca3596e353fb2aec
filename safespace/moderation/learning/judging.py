"""How good a model is, on decisions it was not made from and on the examples of the rules; and whether it may go live.

Pure: it sees features and answers, never a text.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from safespace.moderation.risk.linear import Features, Linear

# Below this a model never raises a level: a human would more likely than not say no.
RAISES_AT = 0.5
# What counts as no worse: a hundredth, since a few decisions more or less move a figure that far by chance.
TOLERANCE = 0.01
KNOWS_SOMETHING = 0.6
# Of what must stay calm, at most one in twenty may be raised.
MOST_FALSE = 0.05
Case = tuple[Features, bool]


@dataclass(frozen=True, kw_only=True, repr=False)
class Learned:
    """A model with the probability from which it raises; from half of it, it orders."""

    model: Linear
    raises_at: float = RAISES_AT

    @property
    def orders_at(self) -> float:
        """The probability from which it orders what is of one level."""
        return self.raises_at / 2


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`auc`: how often a yes stands above a no (0.5 is guessing). `brier`: the mean squared error of the probability.

    `caught` of `yes` and `false` of `no` are how many were raised.
    """

    auc: float
    brier: float
    yes: int
    caught: int
    no: int
    false: int

    def to_json(self) -> dict[str, Any]:
        """Give plain values to keep."""
        rounded = {"auc": round(self.auc, 4), "brier": round(self.brier, 4)}
        return asdict(self) | rounded


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A model on later decisions (`later`) and on the examples of the rules (`examples`).

    What rules find in an example stays found, since a model only raises. What counts there is what it would raise by
    itself: of the hits no fewer than the one in use, of what must stay calm no more.
    """

    later: Figures
    examples: Figures

    def to_json(self) -> dict[str, Any]:
        """Give plain values to keep."""
        return {"later": self.later.to_json(), "examples": self.examples.to_json()}


def with_threshold(model: Linear, *sets: Sequence[Case]) -> Learned:
    """Give a model the lowest threshold at which it raises at most one in twenty of the noes of each set of cases."""
    least = [RAISES_AT]
    for cases in sets:
        calm = sorted((model.probability(features) for features, answer in cases if not answer), reverse=True)
        if calm:
            least.append(round(calm[int(MOST_FALSE * len(calm))] + 1e-6, 6))
    return Learned(model=model, raises_at=max(least))


def figures_of(learned: Learned, cases: Sequence[Case]) -> Figures:
    """Measure a model on cases; without a yes or without a no, nothing can be told apart and `auc` is 0.5."""
    told = [(learned.model.probability(features), answer) for features, answer in cases]
    yes = [probability for probability, answer in told if answer]
    no = [probability for probability, answer in told if not answer]
    return Figures(
        auc=_auc(yes, no),
        brier=sum((probability - answer) ** 2 for probability, answer in told) / max(1, len(told)),
        yes=len(yes),
        caught=sum(probability >= learned.raises_at for probability in yes),
        no=len(no),
        false=sum(probability >= learned.raises_at for probability in no),
    )


def why_not(candidate: Measured, live: Measured | None) -> str:
    """Give why a new model may not go live: a code, "" when it may. Without a live one it must beat knowing nothing."""
    if live is None:
        return _worse_than_nothing(candidate)
    if candidate.later.caught < live.later.caught or candidate.later.auc < live.later.auc - TOLERANCE:
        return "misses_more"
    if candidate.later.brier > live.later.brier + TOLERANCE:
        return "less_sure"
    return _worse_on_examples(candidate.examples, live.examples)


def _worse_on_examples(candidate: Figures, live: Figures) -> str:
    """The examples of the rules, both ways: a hundredth of them more or less is the same."""
    if candidate.caught < live.caught - TOLERANCE * candidate.yes:
        return "misses_examples"
    return "false_alarms" if candidate.false > live.false + TOLERANCE * candidate.no else ""


def _worse_than_nothing(candidate: Measured) -> str:
    later, examples = candidate.later, candidate.examples
    share = later.yes / max(1, later.yes + later.no)
    if later.auc < KNOWS_SOMETHING:
        return "no_pattern"
    if later.brier > share * (1 - share) + TOLERANCE:
        return "less_sure"
    return "false_alarms" if examples.false > MOST_FALSE * examples.no else ""


def _auc(yes: list[float], no: list[float]) -> float:
    if not yes or not no:
        return 0.5
    order = sorted([(probability, True) for probability in yes] + [(probability, False) for probability in no])
    won, at = 0.0, 0
    below = 0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        yes_here = sum(answer for _, answer in order[at:end])
        no_here = end - at - yes_here
        won += yes_here * (below + no_here / 2)
        below += no_here
        at = end
    return won / (len(yes) * len(no))
