"""What must hold for any post of the suite, however somebody types, mixes or hides it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.evaluation.bending import EVASIONS, KEYBOARD
from safespace.moderation.risk.evaluation.cases import read_suite

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Engine.load(ROOT / "config" / "risk")
TEXTS = [case.text for case in read_suite(ROOT / "tests" / "risk" / "suite")]
BENDS = [*EVASIONS.values(), *KEYBOARD.values()]
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u115f\u3164\u2800\ufe0f\u202e"
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSTS = st.sampled_from(TEXTS)


@CALM
@given(POSTS, st.sampled_from(BENDS), st.sampled_from(BENDS), st.sampled_from(["general", "eating", "autism"]))
def test_a_post_bent_twice_gets_the_same_answer_twice_with_spans_inside(text, one, other, profile) -> None:
    bent = other(one(text))
    said = ENGINE.assess(bent, Context(profile=profile))
    assert said == ENGINE.assess(bent, Context(profile=profile))
    for signal in said.signals:
        assert 0 <= signal.span[0] <= signal.span[1] <= len(bent)


@CALM
@given(POSTS, st.data())
def test_an_invisible_character_never_lowers_a_level(text, data) -> None:
    at = data.draw(st.integers(0, len(text)))
    hidden = text[:at] + data.draw(st.sampled_from(INVISIBLE)) + text[at:]
    assert ENGINE.assess(hidden).severity >= ENGINE.assess(text).severity


@CALM
@given(POSTS, POSTS)
def test_a_finding_covers_words_of_its_own_post_and_not_of_the_next(text, following) -> None:
    both = f"{text}\n\n\n{following}"
    for signal in ENGINE.assess(both).signals:
        start, end = signal.span
        assert both[start:end] == both[start:end].strip() or not signal.category


@CALM
@given(st.lists(POSTS, min_size=1, max_size=4), st.text(max_size=30))
def test_more_text_never_makes_a_post_unreadable(posts, noise) -> None:
    said = ENGINE.assess("\n".join([*posts, noise]))
    assert said.severity in tuple(Severity)
    assert len(said.signals) <= 400


def test_a_text_is_read_alike_in_every_process() -> None:
    """Of two gaps between letters that are as usual, one process took the one for a space and another the other."""
    texts = ("z.e l f.m.o.o r d", "ik denk aan z-e l f-m-o-o r d", "t.h.i n s p.o")
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
    said = {
        subprocess.run(
            [sys.executable, "-m", "safespace.cli.main", "risk", "assess"],
            input=lines,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(4)
    }
    assert len(said) == 1
    assert all(json.loads(line)["severity"] in {"high", "crisis"} for line in said.pop().splitlines())
