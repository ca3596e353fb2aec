"""What must hold for any text at all, also those that nobody would write."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.legible import LONGEST_READ

ENGINE = Engine.load(Path(__file__).resolve().parents[3] / "config" / "risk")
SOURCES = [
    json.loads(line)["text"]
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
INVISIBLE = st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u115f\u3164\u2800\ufe0f\u202e\u0000")
WORDS = st.sampled_from(sorted({word for text in SOURCES for word in text.split()}))
TYPED = st.one_of(
    st.text(max_size=200),
    st.lists(WORDS, max_size=40).map(" ".join),
    st.text(alphabet="ikwldo0163@.*-_# '\"\n\u200b\u0301\U0001f1e6", max_size=200),
)
CALM = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(TYPED, st.sampled_from(["general", "eating", "autism"]))
def test_every_text_gets_an_answer_with_spans_inside_it(text: str, profile: str) -> None:
    assessment = ENGINE.assess(text, Context(profile=profile))
    for signal in assessment.signals:
        start, end = signal.span
        assert 0 <= start <= end <= len(text)
        assert end > start or not assessment.assessed
    assert assessment.severity >= Severity.worst(*(signal.severity for signal in assessment.signals))


@CALM
@given(TYPED)
def test_the_same_text_gets_the_same_answer(text: str) -> None:
    assert ENGINE.assess(text) == ENGINE.assess(text)


@CALM
@given(st.sampled_from(SOURCES), st.data())
def test_an_invisible_character_never_lowers_a_level(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    hidden = text[:at] + data.draw(INVISIBLE) + text[at:]
    assert ENGINE.assess(hidden).severity >= ENGINE.assess(text).severity


@settings(CALM, max_examples=25)
@given(st.sampled_from(SOURCES), st.integers(0, 3), st.sampled_from([1, 400, 9_990, 30_000]), st.data())
def test_nor_do_many_of_them_in_a_text_of_full_length(text: str, beyond: int, many: int, data: st.DataObject) -> None:
    rules = Context(rules_alone=True)
    full = ("la " * 4_000)[: LONGEST_READ + beyond - len(text) - 1] + "\n" + text
    at = data.draw(st.integers(0, len(full)))
    hidden = full[:at] + data.draw(INVISIBLE) * many + full[at:]
    plain, said = ENGINE.assess(full, rules), ENGINE.assess(hidden, rules)
    assert said.severity >= plain.severity
    assert plain.assessed or not said.assessed
    assert {one.rule for one in plain.signals} <= {one.rule for one in said.signals}


@CALM
@given(st.sampled_from(SOURCES), st.sampled_from(["Hoi allemaal. ", "Vandaag was een rare dag. ", "\n\n"]))
def test_a_span_still_covers_the_same_words_when_text_stands_before_it(text: str, before: str) -> None:
    rules = Context(rules_alone=True)  # a model reads a text as a whole
    alone = {(one.rule, text[slice(*one.span)]) for one in ENGINE.assess(text, rules).signals}
    later = {(one.rule, (before + text)[slice(*one.span)]) for one in ENGINE.assess(before + text, rules).signals}
    assert {entry for entry in alone if entry[0] != "unread"} <= later


def test_however_many_different_signs_were_met_a_text_with_new_ones_is_read() -> None:
    folding = Folding()
    signs = "".join(map(chr, range(0x4E00, 0x4E00 + 30_000)))
    for first in range(0, len(signs), 7_000):
        assert folding.fold(f"ik {signs[first : first + 7_000]}").text.startswith("ik ")


def test_hostile_texts_of_full_length_are_answered() -> None:
    for piece in ("s n i j d e n ", "06-00000000 ", "#ikwilnietmeerleven", "d**d ", "a@", "ik wil dood ", "1.1."):
        text = (piece * 10_000)[:10_000]
        assessment = ENGINE.assess(text)
        assert assessment.severity >= Severity.MEDIUM or assessment.assessed
