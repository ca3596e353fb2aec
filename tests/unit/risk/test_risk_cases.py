"""What the engine must see and what it must leave alone, told in posts; and the same posts bent to slip past a list."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine

CASES = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
KNOWN_BY_CAPITALS = {"pii-13", "pii-14", "pii-15", "second_medium-6"}
SEVERE = [case for case in CASES if Severity(case["at_least"]) >= Severity.HIGH]
LEET = str.maketrans("aeio", "4310")
CYRILLIC = str.maketrans("aeopcx", "\u0430\u0435\u043e\u0440\u0441\u0445")
FULLWIDTH = {code: code + 0xFEE0 for code in range(ord("a"), ord("z") + 1)}
INVISIBLE = "\u200b\u200d\u00ad\ufe0f\u2060\u034f\u3164\U000e0041"


def _inside_long_words(text: str, bend: Callable[[str], str]) -> str:
    return " ".join(bend(word) if len(word) >= 4 and word.isalpha() else word for word in text.split(" "))


ACCIDENTS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "invisible between all letters": "\u200b".join,
    "soft hyphens": lambda text: _inside_long_words(text, lambda word: word[:2] + "\u00ad" + word[2:]),
    "accents": lambda text: text.replace("e", "e\u0301"),
    "double spaces": lambda text: text.replace(" ", "  "),
    "no apostrophes": lambda text: text.replace("'", "\u2019"),
}
EVASIONS: dict[str, Callable[[str], str]] = {
    "figures for letters": lambda text: _inside_long_words(text, lambda word: word.translate(LEET)),
    "cyrillic look-alikes": lambda text: _inside_long_words(text, lambda word: word[:2] + word[2:].translate(CYRILLIC)),
    "fullwidth letters": lambda text: _inside_long_words(text, lambda word: word.lower().translate(FULLWIDTH)),
    "spaced letters": lambda text: _inside_long_words(text, " ".join),
    "dotted letters": lambda text: _inside_long_words(text, ".".join),
    "stretched letters": lambda text: _inside_long_words(text, lambda word: word[:-2] + word[-2] * 4 + word[-1]),
}


def _level(engine: Engine, case: dict[str, Any], text: str) -> Severity:
    return engine.assess(text, Context(profile=case.get("profile", "general"))).severity


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_post_gets_a_level_that_fits(engine: Engine, case: dict[str, Any]) -> None:
    assessment = engine.assess(case["text"], Context(profile=case.get("profile", "general"), rules_alone=True))
    assert Severity(case["at_least"]) <= assessment.severity <= Severity(case["at_most"])
    if case["category"] is not None and assessment.severity > Severity.NONE:
        assert case["category"] in assessment.categories


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 150
    assert len({case["kind"] for case in CASES}) >= 30
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({case["text"] for case in CASES if "profile" not in case}) == len(CASES) - 5


@pytest.mark.parametrize("name", ACCIDENTS)
def test_what_a_keyboard_does_by_itself_never_lowers_a_level(engine: Engine, name: str) -> None:
    lowered = [
        case["id"]
        for case in CASES
        if _level(engine, case, ACCIDENTS[name](case["text"])) < _level(engine, case, case["text"])
    ]
    # Full names and schools are known by their capitals alone, so a post all in capitals hides those and nothing else.
    assert set(lowered) <= (KNOWN_BY_CAPITALS if name == "capitals" else set())


@pytest.mark.parametrize("name", ["capitals", "invisible between all letters", "soft hyphens"])
def test_what_a_keyboard_does_by_itself_never_raises_a_level(engine: Engine, name: str) -> None:
    raised = [
        case["id"]
        for case in CASES
        if _level(engine, case, ACCIDENTS[name](case["text"])) > _level(engine, case, case["text"])
    ]
    assert raised == []


@pytest.mark.parametrize("name", EVASIONS)
def test_a_bent_post_is_seen_as_often_as_the_plain_one(engine: Engine, name: str) -> None:
    missed = [
        case["id"] for case in SEVERE if _level(engine, case, EVASIONS[name](case["text"])) < Severity(case["at_least"])
    ]
    assert len(missed) <= 0.05 * len(SEVERE), missed


def test_bending_a_word_about_suicide_raises_one_level_and_says_so(engine: Engine) -> None:
    plain, bent = engine.assess("ik denk aan zelfmoord"), engine.assess("ik denk aan z3lfm00rd")
    assert (plain.severity, bent.severity) == (Severity.HIGH, Severity.CRISIS)
    assert "evasion" in {signal.rule for signal in bent.signals}


def test_bending_a_word_of_promotion_stays_high_because_nobody_is_dying(engine: Engine) -> None:
    assert engine.assess("wie is er ook pr0 4n4").severity == Severity.HIGH


@pytest.mark.parametrize(
    "text", ["ik doe weer aan zelfb*sch@diging", "heb mezelf gesn**den", "weer z*lfm**rdgedachten"]
)
def test_stars_and_signs_in_one_word_and_stars_that_nobody_counted_hide_nothing(engine: Engine, text: str) -> None:
    assert engine.assess(text).severity >= Severity.HIGH


def test_stars_in_a_word_that_is_not_red_mean_nothing(engine: Engine) -> None:
    assert engine.assess("k*t, alweer een d*zelfde toets", Context(rules_alone=True)).severity == Severity.NONE
