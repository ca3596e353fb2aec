"""The words and levels that are stored: their order, their way through JSON, and that they never show a text."""

import json

import pytest

from safespace.moderation.risk.assessment import Assessment, Category, Severity, SignalKind
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


def test_what_makes_words_ordinary_is_said_and_is_about_no_category(engine) -> None:
    pet = engine.assess("Onze hond weegt 12 kilo en moet van de dierenarts afvallen")
    assert pet.severity is Severity.NONE
    assert pet.signals
    assert (pet.categories, pet.concerns) == ((), ())


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


@pytest.mark.parametrize(
    "foreign",
    [
        "\u6211\u60f3\u6b7b",  # Han
        "\u8c22\u8c22",  # Han, one letter twice
        "\u0645\u0631\u062d\u0628\u0627",  # Arabic
        "\u0645\u200b\u0631",  # with nothing between
        "\u05d0\u05b8\u05d1",  # Hebrew, with a sign below
        "\u0445\u043e\u0447\u0443 \u0436\u0438\u0442\u044c",  # Cyrillic
        "\u03bb\u03cc\u03b3\u03bf\u03c2",  # Greek
        "\u6d88\u3048\u305f\u3044",  # Japanese
    ],
)
def test_a_part_in_another_alphabet_is_not_assessed(engine: Engine, foreign: str) -> None:
    said = engine.assess(f"ik ben ok\u00e9 {foreign} vandaag en ik ga straks met mijn zus naar de markt")
    assert (said.severity, said.assessed) == (Severity.MEDIUM, False)
    assert [signal.rule for signal in said.signals] == ["unread"]
    assert not engine.assess(f"Ik wil niet meer leven, {foreign}.").assessed


@pytest.mark.parametrize(
    "sign",
    [
        "\U0001f33b",
        "\u2764\ufe0f",
        "\u0ca0_\u0ca0",
        "(\u30ce\u0ca0\u76ca\u0ca0)\u30ce",
        "\u00af\\_(\u30c4)_/\u00af",
        "(\uff89\u25d5\u30ee\u25d5)\uff89*:\uff65\uff9f\u2727",
        "\u3160\u3160",
        "\u314b\u314b\u314b",
        "\u10da\u10da",
        "\u0434r\u0430\u0430g",  # bent: Cyrillic within a Latin word
        "h\u03bf\u03bfr",
        "\u03b1 en \u03b2",
        "\u0440\u0430\u0440\u0430",  # bent: all of it reads as a word
    ],
)
def test_a_face_a_sign_and_a_bent_word_are_read_as_before(engine: Engine, sign: str) -> None:
    said = engine.assess(f"ik ben ok\u00e9 {sign} vandaag en ik ga straks met mijn zus naar de markt")
    assert (said.severity, said.assessed) == (Severity.NONE, True)


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


@pytest.mark.parametrize(
    ("step", "level"),
    [
        ("readable_part", "medium"),
        ("unreadable", "medium"),
        ("read", "medium"),
        ("distinct", "high"),
        ("combine", "high"),
        ("with_likeness", "high"),
    ],
)
def test_whatever_step_breaks_the_text_is_medium_at_least_and_not_assessed_and_the_log_says_where(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str, level: str
) -> None:
    def breaks(*said: object) -> None:
        raise RuntimeError(said, "ik wil niet meer leven")

    monkeypatch.setattr(f"safespace.moderation.risk.engine.{step}", breaks)
    said = engine.assess("ik wil niet meer leven")
    # What was found before the step broke still counts.
    assert (said.severity, said.assessed) == (level, False)
    assert [signal.rule for signal in said.signals if signal.kind is SignalKind.FAULT] == ["fault"]
    assert Assessment.from_json(said.to_json()) == said
    (line,) = caplog.records
    assert (line.levelname, line.event, line.kind) == ("ERROR", "risk", "RuntimeError")  # type: ignore[attr-defined] # extra fields
    assert "breaks" in line.where  # type: ignore[attr-defined] # as above
    assert "leven" not in repr(vars(line))


def test_a_kind_of_group_that_is_none_makes_no_post_go_unread(engine: Engine) -> None:
    said = engine.assess("ik wil niet meer leven", Context(profile="weather"))
    assert (said.severity, said.assessed) == (Severity.HIGH, False)


def test_earlier_signals_add_a_line_and_never_lower(engine: Engine) -> None:
    text = "heb je snap?"
    plain = engine.assess(text)
    again = engine.assess(text, Context(history={Category.CONTACT_REQUEST: 2}))
    assert again.severity >= plain.severity
    assert "history" in {signal.rule for signal in again.signals}
