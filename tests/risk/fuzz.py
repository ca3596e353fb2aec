"""Looks for a text that breaks the pre-sorting, led by what the code did with earlier ones: `make fuzz SECONDS=60`.

Atheris exists for few platforms, so it is not among the locked dependencies: `pip install atheris` first. The script
stops at the first text that crashes, gets another answer the second time, has a span outside itself, or is read as less
urgent once an invisible character is added.
"""

import sys
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("make fuzz needs atheris: .venv/bin/python -m pip install 'atheris>=3.0' (Linux, Python 3.11 to 3.13)")

with atheris.instrument_imports(include=["safespace.moderation.risk"]):
    from safespace.moderation.risk.assessment import Severity
    from safespace.moderation.risk.engine import Engine
    from safespace.moderation.risk.evaluation.cases import read_suite

ROOT = Path(__file__).resolve().parents[2]
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u115f\u3164\u2800\ufe0f\u202e"
ENGINE = Engine.load(ROOT / "config" / "risk")
POSTS = [case.text for case in read_suite(ROOT / "tests" / "risk" / "suite")]


def mixed(data: "atheris.FuzzedDataProvider") -> str:
    """Give a post of the suite, bent by noise at one place, with another behind it, or noise alone."""
    post = POSTS[data.ConsumeIntInRange(0, len(POSTS) - 1)]
    at = data.ConsumeIntInRange(0, len(post))
    noise = data.ConsumeUnicodeNoSurrogates(40)
    kind = data.ConsumeIntInRange(0, 3)
    other = POSTS[data.ConsumeIntInRange(0, len(POSTS) - 1)]
    return (post[:at] + noise + post[at:], noise + "\n" + post, post + noise + other, noise)[kind]


def try_one(raw: bytes) -> None:
    """Hold the engine to its promises on one text."""
    data = atheris.FuzzedDataProvider(raw)
    text = mixed(data)
    said = ENGINE.assess(text)
    assert said.severity in tuple(Severity), text
    for signal in said.signals:
        start, end = signal.span
        assert 0 <= start <= end <= len(text), (text, signal)
    again = ENGINE.assess(text)
    if said.assessed and again.assessed:  # running out of time under instrumentation is medium, and no other answer
        assert said == again, text
        at = data.ConsumeIntInRange(0, len(text))
        sign = INVISIBLE[data.ConsumeIntInRange(0, len(INVISIBLE) - 1)]
        hidden = text[:at] + sign + text[at:]
        assert ENGINE.assess(hidden).severity >= said.severity, (text, at, sign)


def main() -> None:
    """Fuzz for as long as libFuzzer's own options say."""
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
