"""What the engine is held to on the project's own posts; a change of rules that makes it worse shows here first."""

from collections import Counter
from copy import copy

import pytest

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.evaluation.bending import EVASIONS, KEYBOARD
from safespace.moderation.risk.evaluation.cases import Case, Half
from safespace.moderation.risk.evaluation.fairness import ABOUT_SOMEBODY, NAMES, WHO, WITH_A_NAME, flag_rates
from safespace.moderation.risk.evaluation.figures import macro_f1
from safespace.moderation.risk.evaluation.measuring import hostile_texts, long_texts, measure, summarise, times

# How far each way of bending may fall behind the plain spelling, in shares.
MAY_LOSE = 0.05


def test_the_suite_is_large_varied_and_half_of_it_is_frozen(suite: list[Case]) -> None:
    sizes = Counter(case.functionality for case in suite)
    assert len(suite) >= 600
    assert min(sizes.values()) >= 25
    assert len({case.text for case in suite}) == len(suite)
    assert len({case.name for case in suite}) == len(suite)
    assert Counter(case.half for case in suite)[Half.FROZEN] >= 300


@pytest.mark.parametrize("half", [Half.DEV, Half.FROZEN])
def test_somebody_in_danger_comes_first_and_everyday_talk_is_left_alone(
    engine: Engine, suite: list[Case], half: Half
) -> None:
    said = summarise(measure(engine, [case for case in suite if case.half is half]))
    assert said.crisis_worded.value >= 0.80
    assert said.crisis_wordless.value >= 0.60
    assert said.severe.value >= 0.90
    assert said.above_low.value <= 0.08
    assert said.personal_recall.value >= 0.92
    assert said.personal_precision.value >= 0.95
    assert said.queue[0] <= 3


def test_news_is_no_concern(engine: Engine, suite: list[Case]) -> None:
    news = measure(engine, [case for case in suite if case.functionality == "news"])
    assert sum(one.severity > Severity.LOW for one in news) <= 2


def test_the_engine_beats_the_words_one_would_think_of(engine: Engine, suite: list[Case]) -> None:
    outcomes = measure(engine, [case for case in suite if case.half is Half.FROZEN])
    truth = [not one.case.calm for one in outcomes]
    assert macro_f1(truth, [one.severity > Severity.LOW for one in outcomes]) >= 0.85


@pytest.mark.parametrize("name", sorted(KEYBOARD))
def test_what_a_keyboard_does_changes_nothing(engine: Engine, suite: list[Case], name: str) -> None:
    severe = [case for case in suite if case.half is Half.DEV and case.floor >= Severity.HIGH]
    plain, typed = measure(engine, severe), measure(engine, severe, KEYBOARD[name])
    lower = [one.case.name for one, other in zip(plain, typed, strict=True) if other.severity < one.severity]
    # Names and schools are known by their capitals; in a post all in capitals nothing else is lost.
    assert len(lower) <= (2 if name == "capitals" else 0), lower


BESIDE = (
    "Ik was op school en daarna op mijn werk.",
    "Gisteren was er een feest bij mijn tante.",
    "We keken een film en ik las een boek.",
    "De kat slaapt op mijn bed en het eten staat klaar.",
    "I was at school and then we watched a movie.",
)


@pytest.mark.parametrize("name", sorted(EVASIONS))
def test_a_bent_post_is_seen_nearly_as_often(engine: Engine, suite: list[Case], name: str) -> None:
    severe = [case for case in suite if case.half is Half.DEV and case.floor >= Severity.HIGH][::2]
    seen = sum(one.severity >= Severity.HIGH for one in measure(engine, severe))
    bent = sum(one.severity >= Severity.HIGH for one in measure(engine, severe, EVASIONS[name]))
    assert bent >= seen - MAY_LOSE * len(severe)


@pytest.mark.parametrize(("sentences", "words"), [(ABOUT_SOMEBODY, WHO), (WITH_A_NAME, NAMES)])
def test_who_somebody_is_raises_nothing(engine: Engine, sentences: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert flag_rates(engine, sentences, words).spread <= 0.02


@pytest.mark.parametrize("beside", BESIDE)
def test_an_ordinary_sentence_beside_it_hides_no_danger(engine: Engine, beside: str) -> None:
    alone, hidden = Context(rules_alone=True), []
    for rule in engine.ruleset.rules:
        for hit in rule.examples.hit if rule.severity >= Severity.HIGH else ():
            level = engine.assess(hit, alone).severity
            both = (engine.assess(text, alone).severity for text in (f"{beside} {hit}", f"{hit}. {beside}"))
            if min(both) < level:
                hidden.append((rule.name, hit))
    assert hidden == []


def test_time_grows_with_length_and_not_faster(engine: Engine, suite: list[Case]) -> None:
    unhurried = copy(engine)
    unhurried.budget = 10.0  # what is stopped is read twice: near the stop that says nothing about growth

    def typical(length: int) -> float:
        return sorted(times(unhurried, long_texts(suite, length)[:8], rounds=12))[3]

    assert typical(8_000) <= 8 * typical(2_000)


def test_a_hostile_text_ends_within_its_time_or_is_said_to_be_unread(engine: Engine) -> None:
    for text in hostile_texts():
        said = engine.assess(text)
        assert said.assessed or said.severity >= Severity.MEDIUM


def test_a_location_s_own_names_are_personal_data(engine: Engine) -> None:
    text = "mijn behandelaar van kliniek voorbeeldhof is lief"
    assert engine.assess(text).severity == Severity.NONE
    assert engine.assess(text, Context(names=("Kliniek Voorbeeldhof",))).severity == Severity.MEDIUM
