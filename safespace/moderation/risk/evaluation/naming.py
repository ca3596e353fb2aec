"""Whether a category is named where a post is about it, and only there: recall, false alarms and F1 for each.

A post counts for the recall of one category: the first it lists, which is what it is mainly about. Another one that it
lists may be named as well and counts neither way. A post that lists many was written to try the level alone.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from safespace.moderation.risk.assessment import Category
from safespace.moderation.risk.evaluation.cases import Case
from safespace.moderation.risk.evaluation.figures import Share, intervals_of
from safespace.moderation.risk.evaluation.measuring import Outcome

MOST_LISTED = 3


class Score(NamedTuple):
    """One category's figures: `calm` are false alarms on calm posts, `other` on posts that are about something else."""

    category: Category
    recall: Share
    calm: Share
    other: Share
    f1: float
    interval: tuple[float, float]


def main_of(case: Case) -> Category | None:
    """Promise what a case is mainly about; None where it is calm or accepts too many categories to say."""
    return None if case.calm or not 0 < len(case.categories) <= MOST_LISTED else case.categories[0]


def scores_of(outcomes: Sequence[Outcome]) -> tuple[list[Score], float, tuple[float, float]]:
    """Promise the score of every category that a case is mainly about, and the mean of their F1 with its interval."""
    cases = [one.case for one in outcomes]
    found = [one.categories for one in outcomes]
    *each, mean = f1_of_each(cases, found)
    *spread, mean_spread = intervals_of(f1_of_each, cases, found)
    scores = []
    for category, figure, interval in zip(Category, each, spread, strict=True):
        if math.isnan(figure):
            continue
        mine = [one for one in outcomes if main_of(one.case) is category]
        elsewhere = [one for one in outcomes if category not in one.case.categories]
        calm = [one for one in elsewhere if one.case.calm]
        other = [one for one in elsewhere if not one.case.calm]
        shares = _named(category, mine), _named(category, calm), _named(category, other)
        scores.append(Score(category, *shares, figure, interval))
    return scores, mean, mean_spread


def _named(category: Category, outcomes: Sequence[Outcome]) -> Share:
    return Share(sum(category in one.categories for one in outcomes), len(outcomes))


def f1_of_each(cases: Sequence[Case], found: Sequence[Sequence[Category]]) -> list[float]:
    """Promise the F1 of every category, not a number where no case is about it, and then the mean of those that are."""
    asked: Counter[Category] = Counter()
    hits: Counter[Category] = Counter()
    alarms: Counter[Category] = Counter()
    for case, named in zip(cases, found, strict=True):
        main = main_of(case)
        if main is not None:
            asked[main] += 1
            hits[main] += main in named
        for category in named:
            alarms[category] += category not in case.categories
    each = [2 * hits[one] / (asked[one] + hits[one] + alarms[one]) if asked[one] else math.nan for one in Category]
    known = [one for one in each if not math.isnan(one)]
    return [*each, sum(known) / len(known) if known else math.nan]
