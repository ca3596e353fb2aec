"""The words that were counted are those of the dev halves as they are, and the everyday ones beside them."""

import runpy
from pathlib import Path

from safespace.moderation.risk.lexicon import read_counts

MAKER = Path(__file__).with_name("words.py")


def test_the_words_counted_are_those_of_the_corpus() -> None:
    made = runpy.run_path(str(MAKER))
    assert read_counts(made["ROOT"] / "config" / "risk") == made["counted"]()
