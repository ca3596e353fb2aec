"""Whether a new model may go live: measured on what it never saw, beside the one in use, or beside knowing nothing."""

from dataclasses import replace

import pytest

from safespace.moderation.learning.judging import Figures, Learned, Measured, figures_of, why_not, with_threshold
from safespace.moderation.risk.linear import Linear

GOOD = Figures(auc=0.85, brier=0.1, yes=20, caught=12, no=80, false=2)
CALM = Figures(auc=0.5, brier=0.3, yes=300, caught=5, no=300, false=3)
MEASURED = Measured(later=GOOD, examples=CALM)


def later(**changes: float) -> Measured:
    return replace(MEASURED, later=replace(GOOD, **changes))


def examples(**changes: float) -> Measured:
    return replace(MEASURED, examples=replace(CALM, **changes))


def test_figures_are_of_all_pairs_and_of_what_is_raised() -> None:
    model = Linear(head="urgent", version="v", weights={"a": 2.0, "b": -2.0}, bias=0.0)
    cases = [(frozenset({"a"}), True), (frozenset({"b"}), False), (frozenset(), False), (frozenset({"b"}), True)]
    found = figures_of(Learned(model=model), cases)
    assert found.auc == pytest.approx((2 + 0.5) / 4)  # of four pairs: two right, one even, one wrong
    assert (found.yes, found.caught, found.no, found.false) == (2, 1, 2, 1)
    assert 0.2 < found.brier < 0.3
    assert figures_of(Learned(model=model), []).auc == 0.5


def test_a_model_raises_what_is_more_likely_than_not_and_at_most_one_in_twenty_of_what_is_calm() -> None:
    model = Linear(head="urgent", version="v", weights={"a": 4.0, "b": 1.0, "c": -4.0}, bias=0.0)
    a, b, c = (frozenset({term}) for term in "abc")
    assert with_threshold(model, [(c, False)] * 20 + [(a, True)]).raises_at == 0.5
    few = with_threshold(model, [(c, False)] * 39 + [(b, False), (b, False), (a, True)])
    assert few.raises_at == 0.5  # two of 41 may be raised
    many = with_threshold(model, [(c, False)] * 17 + [(b, False)] * 3 + [(a, True)])
    assert model.probability(b) < many.raises_at < model.probability(a)
    assert many.orders_at == many.raises_at / 2
    assert with_threshold(model, [(a, True)]).raises_at == 0.5
    both = with_threshold(model, [(c, False)] * 20, [(b, False), (a, True)])
    assert both.raises_at == many.raises_at


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (MEASURED, ""),
        (later(auc=0.845, brier=0.105), ""),
        (later(auc=0.83), "misses_more"),
        (later(caught=11), "misses_more"),
        (later(brier=0.12), "less_sure"),
        (examples(false=6), ""),
        (examples(false=7), "false_alarms"),
        (examples(caught=2), ""),
        (examples(caught=1), "misses_examples"),
    ],
)
def test_it_must_be_no_worse_than_the_one_in_use(candidate, why) -> None:
    assert why_not(candidate, MEASURED) == why


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (MEASURED, ""),
        (later(auc=0.59), "no_pattern"),
        (later(brier=0.18), "less_sure"),
        (examples(false=16), "false_alarms"),
    ],
)
def test_the_first_one_must_beat_knowing_nothing(candidate, why) -> None:
    assert why_not(candidate, None) == why


def test_a_few_examples_more_or_less_than_the_one_in_use_are_no_worse() -> None:
    assert why_not(examples(false=22), examples(false=19)) == ""
    assert why_not(examples(false=23), examples(false=19)) == "false_alarms"
    assert why_not(examples(caught=97), examples(caught=100)) == ""
    assert why_not(examples(caught=96), examples(caught=100)) == "misses_examples"
