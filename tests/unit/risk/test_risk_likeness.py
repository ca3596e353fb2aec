"""A trained model beside the rules: it asks for a careful reading, explains itself, and can do nothing else."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safespace.moderation.risk.assessment import Assessment, Severity, SignalKind
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.folding import Folded, Folding
from safespace.moderation.risk.likeness import FILE, LEAST_KNOWN, Trained, shipped, terms_of
from safespace.moderation.risk.linear import Linear
from safespace.moderation.risk.loading import load_rules
from safespace.moderation.risk.rules import RulesInvalid

RULES = Path(__file__).resolve().parents[3] / "config" / "risk"
RULESET = load_rules(RULES)
LINEAR = Linear(
    head="care",
    version="2026.11.29",
    weights={
        "stil": 3.0,
        "stil water": 2.0,
        "~<wat": 1.0,
        "voetbal": -3.0,
        **dict.fromkeys(("de", "zee", "water", "NUMBER", "is", "vandaag"), 0.1),
    },
    bias=-1.0,
    pieces=True,
)
STORED = {
    "version": "2026.11.29",
    "owner": "clinic",
    "date": "2026-11-29",
    "reviewed": "to be reviewed by clinicians",
    "threshold": 0.6,
    "linear": LINEAR.to_json(),
}
STILL = "de zee is stil water"
SOURCES = [
    json.loads(line)["text"]
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
INVISIBLE = st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u115f\u3164\u2800\ufe0f\u202e\u0000")
TYPED = st.one_of(st.text(max_size=200), st.sampled_from(SOURCES))


@dataclass
class Stub:
    """A model that answers as it is told."""

    answer: Callable[[Folded], bool]
    version: str = "stub"
    asked: int = 0

    def likens(self, folded: Folded) -> bool:
        self.asked += 1
        return self.answer(folded)


def by(*models: Any) -> Engine:
    return Engine(RULESET, models)


def trained(threshold: float = 0.6) -> Trained:
    return Trained(version="2026.11.29", threshold=threshold, linear=LINEAR)


ALWAYS = by(Stub(lambda _: True))
OWN = Engine.load(RULES)


def said(assessment: Assessment, kind: SignalKind) -> list[str]:
    return [signal.rule for signal in assessment.signals if signal.kind is kind]


def test_it_raises_what_no_rule_saw_and_says_so_in_both_languages() -> None:
    found = by(trained()).assess(STILL)
    assert (found.severity, found.assessed, found.categories, found.concerns) == (Severity.MEDIUM, True, (), ())
    (line,) = found.signals
    assert (line.kind, line.rule, line.category) == (SignalKind.LIKENESS, "likeness@2026.11.29", None)
    assert (line.span, line.severity) == ((0, len(STILL)), Severity.MEDIUM)
    assert line.reason_nl == "Lijkt op berichten die zorg vroegen; geen regel herkende iets."
    assert line.reason_en == "Like posts that called for care; no rule recognised anything."
    assert Assessment.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_below_its_threshold_it_is_silent() -> None:
    assert by(trained(0.999)).assess(STILL).signals == ()
    assert by(trained()).assess("de wedstrijd voetbal is vandaag op zee").signals == ()


def test_a_word_or_two_that_it_knows_say_too_little() -> None:
    assert LEAST_KNOWN == 5
    assert by(trained()).assess("de zee is water, stil").severity is Severity.MEDIUM
    assert by(trained()).assess("de zee is stil").severity is Severity.NONE
    assert by(trained()).assess("de zee lijkt stil stil stil en zwijgt").severity is Severity.NONE


def test_the_rules_can_be_asked_alone() -> None:
    assert by(trained()).assess(STILL, Context(rules_alone=True)) == by().assess(STILL)


def test_what_rules_raised_or_could_not_read_is_not_asked_about() -> None:
    stub = Stub(lambda _: True)
    engine = by(stub)
    for text in ("ik wil niet meer leven", "привет как у тебя дела", "\u200b", "a" * 10_001):
        assert engine.assess(text) == engine.assess(text, Context(rules_alone=True))
    assert stub.asked == 0


def test_several_models_each_have_a_line_and_one_yes_is_enough() -> None:
    found = by(Stub(lambda _: False, "a"), Stub(lambda _: True, "b"), Stub(lambda _: True, "c")).assess("hoi daar")
    assert said(found, SignalKind.LIKENESS) == ["likeness@b", "likeness@c"]
    assert found.severity is Severity.MEDIUM


def test_one_that_breaks_is_medium_and_not_assessed() -> None:
    found = by(Stub(lambda _: 1 / 0 > 0), Stub(lambda _: bool({}["no"])), Stub(lambda _: False)).assess("hoi daar")
    assert (found.severity, found.assessed) == (Severity.MEDIUM, False)
    assert said(found, SignalKind.FAULT) == ["fault"]


def test_one_that_is_slow_twice_over_is_medium_and_not_assessed() -> None:
    def slow(_: Folded) -> bool:
        until = time.thread_time() + 0.06
        while time.thread_time() < until:
            pass
        return False

    stub = Stub(slow)
    found = by(stub).assess("hoi daar")
    assert (found.severity, found.assessed, stub.asked) == (Severity.MEDIUM, False, 2)
    once = Stub(lambda folded: slow(folded) if once.asked == 1 else False)
    assert by(once).assess("hoi daar").assessed


@settings(max_examples=150, deadline=None)
@given(TYPED, st.sampled_from(["general", "eating", "autism"]))
def test_it_never_lowers_and_never_says_more_than_medium(text: str, profile: str) -> None:
    alone = ALWAYS.assess(text, Context(profile=profile, rules_alone=True))
    for engine in (ALWAYS, OWN):
        both = engine.assess(text, Context(profile=profile))
        assert both.severity >= alone.severity
        assert both.severity in {alone.severity, Severity.MEDIUM}
        assert both.signals[: len(alone.signals)] == alone.signals
        assert (both.categories, both.concerns, both.assessed) == (alone.categories, alone.concerns, alone.assessed)
        assert all(0 <= start < end <= len(text) for start, end in (one.span for one in both.signals) if alone.assessed)
        assert engine.assess(text, Context(profile=profile)) == both


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_an_invisible_character_changes_none_of_its_answers(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    hidden = text[:at] + data.draw(INVISIBLE) + text[at:]
    (model,) = OWN.models
    assert isinstance(model, Trained)
    assert model.weight(Folding().fold(hidden)) == model.weight(Folding().fold(text))


@settings(max_examples=150, deadline=None)
@given(TYPED)
def test_the_weight_is_that_of_all_its_terms(text: str) -> None:
    folded = Folding().fold(text)
    terms = terms_of(folded.text, pieces=True)
    known = [term for term in terms if " " not in term and not term.startswith("~") and term in LINEAR.weights]
    expected = LINEAR.probability(terms) if len(known) >= LEAST_KNOWN else 0.0
    assert trained().weight(folded) == expected


def test_it_reads_words_pairs_and_pieces_and_of_a_figure_only_that_it_is_one() -> None:
    assert terms_of("nee. 06-12 zooooo", pieces=False) == {"nee", "NUMBER", "zoo", "NUMBER NUMBER", "NUMBER zoo"}
    assert terms_of("ja 5", pieces=True) == {"ja", "NUMBER", "ja NUMBER", "~<ja", "~ja>", "~<ja>"}


def test_the_model_beside_the_rules_is_used_and_without_one_the_rules_read_alone(tmp_path: Path) -> None:
    assert shipped(tmp_path) == ()
    (tmp_path / FILE).write_text(json.dumps(STORED), "utf-8")
    assert shipped(tmp_path) == (trained(),)
    assert [model.version for model in OWN.models] == [json.loads((RULES / FILE).read_text("utf-8"))["version"]]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"threshold": 0}, "threshold"),
        ({"threshold": 1}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"threshold": "0.5"}, "threshold"),
        ({"version": ""}, "version"),
        ({"owner": "x" * 201}, "owner"),
        ({"reviewed": None}, "reviewed"),
        ({"date": "yesterday"}, "date"),
        ({"linear": {}}, "not a linear model: fields"),
        ({"linear": LINEAR.to_json() | {"bias": None}}, "not a linear model: bias"),
        ({"more": 1}, "expected"),
        ({"onnx": {}}, "expected"),
    ],
)
def test_a_broken_model_stops_the_start_by_the_name_of_its_file(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    (tmp_path / FILE).write_text(json.dumps(STORED | change), "utf-8")
    with pytest.raises(RulesInvalid, match=rf"^model\.json: .*{complaint}") as refusal:
        shipped(tmp_path)
    assert "stil" not in str(refusal.value)


@pytest.mark.parametrize("text", ["{", "[]", "3", "\xff", "[" * 100_000, " " * 2_000_001])
def test_what_is_no_model_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(RulesInvalid, match=r"^model\.json: "):
        shipped(tmp_path)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(RulesInvalid, match=r"^model\.json: cannot be read"):
        shipped(tmp_path)
