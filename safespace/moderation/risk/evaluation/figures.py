"""The arithmetic of the evaluation: shares with their intervals, F1, and the place of a crisis in a day's queue."""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")
_Z = 1.96
_DRAWS = 400
_DAYS = 300


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with Wilson's interval of 95 per cent, which stays honest for few cases and for 0 or all."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share itself; not a number when there was nothing to count."""
        return self.hits / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The lower and the upper end."""
        if not self.total:
            return math.nan, math.nan
        share, spread = self.value, _Z * _Z / self.total
        centre = (share + spread / 2) / (1 + spread)
        half = _Z * math.sqrt(share * (1 - share) / self.total + spread / (4 * self.total)) / (1 + spread)
        return max(0.0, centre - half), min(1.0, centre + half)

    def __str__(self) -> str:
        if not self.total:
            return "-"
        low, high = self.interval
        return f"{self.value:.3f} ({low:.2f}-{high:.2f}; {self.hits}/{self.total})"


def share(hits: Sequence[bool]) -> Share:
    """Promise the share of true among `hits`."""
    return Share(sum(hits), len(hits))


def f1(expected: Sequence[bool], found: Sequence[bool]) -> float:
    """Promise the F1 of one label; 1 when it was neither expected nor found."""
    both = sum(one and other for one, other in zip(expected, found, strict=True))
    either = sum(expected) + sum(found)
    return 2 * both / either if either else 1.0


def macro_f1(expected: Sequence[bool], found: Sequence[bool]) -> float:
    """Promise the mean F1 of a label and of its absence."""
    return (f1(expected, found) + f1([not one for one in expected], [not one for one in found])) / 2


def f1_of_both(expected: Sequence[bool], found: Sequence[bool]) -> float:
    """Promise the macro-F1; where only a label or only its absence is expected, the F1 of that alone."""
    if all(expected):
        return f1(expected, found)
    if not any(expected):
        return f1([True] * len(expected), [not one for one in found])
    return macro_f1(expected, found)


def interval_of(
    figure: Callable[[Sequence[One], Sequence[Other]], float], expected: Sequence[One], found: Sequence[Other]
) -> tuple[float, float]:
    """Promise the interval of 95 per cent of a figure by drawing the cases again with replacement; always the same."""
    return intervals_of(lambda one, other: (figure(one, other),), expected, found)[0]


def intervals_of(
    figures: Callable[[Sequence[One], Sequence[Other]], Sequence[float]],
    expected: Sequence[One],
    found: Sequence[Other],
) -> list[tuple[float, float]]:
    """Promise the interval of each of several figures of the same cases; draws that give no number are left out."""
    if not expected:
        return [(math.nan, math.nan)] * len(figures(expected, found))
    chance = random.Random(len(expected))  # noqa: S311 - a repeatable draw, no secret
    drawn = []
    for _ in range(_DRAWS):
        picked = chance.choices(range(len(expected)), k=len(expected))
        drawn.append(figures([expected[at] for at in picked], [found[at] for at in picked]))
    return [_middle(column) for column in zip(*drawn, strict=True)]


def _middle(drawn: Iterable[float]) -> tuple[float, float]:
    known = sorted(one for one in drawn if not math.isnan(one))
    if not known:
        return math.nan, math.nan
    return known[int(len(known) * 0.025)], known[int(len(known) * 0.975)]


def with_interval(figure: float, interval: tuple[float, float]) -> str:
    """Promise a figure with its interval as the tables show it."""
    return "-" if math.isnan(figure) else f"{figure:.3f} ({interval[0]:.2f}-{interval[1]:.2f})"


def queue_ranks(crises: Sequence[int], others: Sequence[int], posts_a_day: int = 100) -> tuple[int, int]:
    """Promise the median and the worst place of the one crisis in simulated days of posts, given the ranks of levels.

    Each day has one crisis and ordinary posts in order of arrival; the queue is read by level, then oldest first.
    """
    if not crises or not others:
        return 0, 0
    chance = random.Random(1)  # noqa: S311 - a repeatable draw, no secret
    places = []
    for day in range(_DAYS):
        level = crises[day % len(crises)]
        arrival = chance.randrange(posts_a_day)
        before = 0
        for post in range(posts_a_day - 1):
            other = others[chance.randrange(len(others))]
            before += other > level or (other == level and post < arrival)
        places.append(before + 1)
    places.sort()
    return places[len(places) // 2], places[-1]


def percentile(values: Sequence[float], part: float) -> float:
    """Promise the value below which `part` (0 to 1) of `values` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
