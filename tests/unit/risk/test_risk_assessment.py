"""The words and levels that are stored: their order, their way through JSON, and that they never show a text."""

import json

import pytest

from safespace.moderation.risk.assessment import Assessment, Category, Severity
from safespace.moderation.risk.engine import Context, Engine, assess
from safespace.moderation.risk.personal import DETECTORS

TEXT = "Mijn vriendin wil niet meer leven. App me op 06-00000000, ik weeg 48 kilo."


def test_levels_are_ordered_by_urgency_and_not_by_letter() -> None:
    assert sorted(Severity, reverse=True) == ["crisis", "high", "medium", "low", "none"]
    assert [level.rank for level in Severity] == [0, 1, 2, 3, 4]
    assert Severity.worst(Severity.LOW, Severity.CRISIS, Severity.HIGH) is Severity.CRISIS
    assert Severity.worst() is Severity.NONE
    assert max(Severity.MEDIUM, Severity.HIGH) is Severity.HIGH


def test_an_assessment_survives_being_stored_as_json(engine: Engine) -> None:
    assessment = engine.assess(TEXT)
    assert Assessment.from_json(json.loads(json.dumps(assessment.to_json()))) == assessment


def test_nothing_of_the_text_shows_when_an_assessment_is_printed(engine: Engine) -> None:
    assessment = engine.assess(TEXT)
    assert "vriendin" not in repr(assessment) + repr(assessment.signals)
    assert "leven" not in repr(assessment.signals)


def test_two_outputs_are_never_mixed(engine: Engine) -> None:
    farewell = engine.assess("Vannacht doe ik het. Zoek me niet.")
    assert (farewell.severity, farewell.concerns) == (Severity.CRISIS, ())
    promotion = engine.assess("iemand thinspo?")
    assert promotion.concerns == (Category.EATING_DISORDER_PROMOTION,)


def test_ten_mild_things_never_outrank_one_plan(engine: Engine) -> None:
    mild = engine.assess("Ik weeg 48 kilo. " * 10)
    assert mild.severity == Severity.MEDIUM


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "\u200b\u200d",
        "\u041f\u0440\u0438\u0432\u0435\u0442 \u0434\u0440\u0443\u0433",
        "\U0001f52a",
        "\u4f60\u597d\u5417",
        "a" * 10_001,
    ],
)
def test_what_cannot_be_read_is_medium_and_not_assessed(engine: Engine, text: str) -> None:
    assessment = engine.assess(text)
    assert assessment.severity >= Severity.MEDIUM
    assert not assessment.assessed


def test_hearts_alone_are_no_concern(engine: Engine) -> None:
    assert engine.assess("\u2764\ufe0f\U0001f49b").severity == Severity.NONE


def test_help_lines_are_always_allowed_and_a_location_adds_its_own(engine: Engine) -> None:
    text = "Bel de kliniek op 020-0000000"
    assert engine.assess(text).severity == Severity.MEDIUM
    assert engine.assess(text, Context(help_lines=("020 000 00 00",))).severity == Severity.NONE
    assert assess("je kunt 0800-0113 bellen, of gewoon 113", Context(), engine).severity == Severity.NONE


def test_context_lowers_one_level_at_most_and_stands_on_its_own_line(engine: Engine) -> None:
    assessment = engine.assess("Vroeger dacht ik vaak aan de dood.")
    assert assessment.severity == Severity.MEDIUM
    assert "past" in {signal.rule for signal in assessment.signals}


def test_a_part_that_breaks_is_a_concern_and_the_others_still_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError

    monkeypatch.setitem(DETECTORS, "phones", breaks)
    calm, severe = engine.assess("hallo daar"), engine.assess("ik wil niet meer leven")
    assert (calm.severity, calm.assessed) == (Severity.MEDIUM, False)
    assert (severe.severity, severe.assessed) == (Severity.HIGH, False)


def test_earlier_signals_add_a_line_and_never_lower(engine: Engine) -> None:
    text = "heb je snap?"
    plain = engine.assess(text)
    again = engine.assess(text, Context(history={Category.CONTACT_REQUEST: 2}))
    assert again.severity >= plain.severity
    assert "history" in {signal.rule for signal in again.signals}
