"""Words that were glued, parted, mistyped or starred are read as what they were, and ordinary words are left alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.lexicon import FILE, Lexicon, read_counts
from safespace.moderation.risk.rules import RulesInvalid

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "config" / "risk"
RARE = ["wolkenkrabber", "vlinder", "net", "vlinders"]
LEXICON = Lexicon(RARE, {"ik": 90, "wil": 40, "niet": 60, "meer": 30, "een": 80, "te": 50, "i": 40, "en": 70})


def _level(engine: Engine, text: str) -> Severity:
    return engine.assess(text, Context(rules_alone=True)).severity


@pytest.mark.parametrize(
    ("letters", "words", "uncovered"),
    [
        ("ikwilniet", "ik wil niet", 0),
        ("ikwileenvlinder", "ik wil een vlinder", 0),
        ("iwilvlinders", "i wil vlinders", 0),
        ("ikwilqqqniet", "ik wil qqq niet", 3),
        ("ж", "ж", 1),
        ("", "", 0),
    ],
)
def test_letters_without_spaces_are_the_likeliest_words(letters: str, words: str, uncovered: int) -> None:
    assert LEXICON.split(letters) == (words.split(), uncovered)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("vlider", ["vlinder"]), ("vilnder", ["vlinder"]), ("vlindre", ["vlinder"]), ("linder", []), ("vlindder", [])],
)
def test_a_word_that_lost_a_letter_or_had_two_swapped_is_found_when_its_first_letter_stands(
    typed: str, meant: list[str]
) -> None:
    assert LEXICON.lost_or_swapped(typed) == meant


def test_every_slip_of_the_keys_is_near_and_stars_fit_their_letters() -> None:
    assert LEXICON.near("vlindder") == ["vlinder"]
    assert LEXICON.near("flinder") == []
    assert LEXICON.near("vlinter") == ["vlinder"]
    assert LEXICON.near("vlinder") == ["vlinders"]
    assert LEXICON.behind("vl*nd*r") == ["vlinder"]
    assert LEXICON.behind("*linder") == []


def test_a_word_is_dearer_the_rarer_it_is_and_dearest_unknown() -> None:
    assert LEXICON.cost("ik") < LEXICON.cost("meer") < LEXICON.cost("vlinder") < LEXICON.cost("qqq")
    assert LEXICON.knows("vlinder")
    assert not LEXICON.knows("vlind")


@pytest.mark.parametrize("line", ["woord", "woord veel", "twee woorden 3", "w0ord 3"])
def test_a_file_of_counts_with_a_fault_is_refused_by_line(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text(f"# head\nik 3\n{line}\n", "utf-8")
    with pytest.raises(RulesInvalid, match=f"{FILE}:3"):
        read_counts(tmp_path)


def test_without_a_file_nothing_was_counted_and_one_changes_the_version(tmp_path: Path) -> None:
    assert read_counts(tmp_path) == {}
    for file in RULES.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert Engine.load(tmp_path).ruleset.version != Engine.load(RULES).ruleset.version


@pytest.mark.parametrize(
    "text",
    [
        "ikwilnietmeerlevenenhetisgenoeg",
        "#ikwilnietmeerleven",
        "hoi. ikwilnietmeerleven",
        "legemaag=sterkzijn,vergeetdatnooit",
        "ik wi l ni et me er le ven",
        "ik wil ni et me er lev en",
        "ik wil nite meer lveen",
        "ik wil nit mer leen, ik wet het zekr",
        "ik ben zo moe van bes*aan",
        "i k w i l n i e t m e e r l e v e n",
    ],
)
def test_a_sentence_is_read_however_it_was_written(engine: Engine, text: str) -> None:
    assert _level(engine, text) >= Severity.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "de zwaartekracht van de meerkeuzevragen en de ouderenzorg",
        "mijn opvolger heeft hoogtevrees en zit in een kommetje",
        "doe moar rustig an, kump good",
        "Gewichtsdeken?",
        "groeten van Bram, en van Noor. En kan keren ook?",
        "1.1.1.1.1.1.1",
    ],
)
def test_compounds_names_and_dialect_are_what_they_are(engine: Engine, text: str) -> None:
    assert _level(engine, text) <= Severity.LOW


def test_a_mistyped_word_is_read_but_is_no_evasion(engine: Engine) -> None:
    plain = engine.assess("ik ben zo moe van bestaan", Context(rules_alone=True))
    typed = engine.assess("ik ben zo moe van besaan", Context(rules_alone=True))
    assert typed.severity == plain.severity >= Severity.HIGH
    assert [one.rule for one in typed.signals] == [one.rule for one in plain.signals]


def test_figures_for_letters_in_a_sentence_without_spaces_are_an_evasion(engine: Engine) -> None:
    assert "evasion" in {one.rule for one in engine.assess("kw1ln13tm33rl3v3n").signals}


def test_sentences_without_spaces_end_where_they_end(engine: Engine) -> None:
    text = "Hijslaaptniet.Mijnbroerwilnietmeerleven.Ikweetnietwatikmoetdoen."
    (start, end), *_ = (one.span for one in engine.assess(text, Context(rules_alone=True)).signals)
    assert "nietmeerleven" in text[start:end]
    assert "." not in text[start:end]


@pytest.mark.parametrize("hidden", ["", "\u200b", "\u0301"])
def test_a_span_covers_the_raw_letters_of_what_was_mended(engine: Engine, hidden: str) -> None:
    for text in (f"hall{hidden}o. ik wilnietmeerl{hidden}even", f"hall{hidden}o. ik wil ni{hidden}et me er lev en"):
        spans = [one.span for one in engine.assess(text, Context(rules_alone=True)).signals]
        assert any(text[start:end].endswith("en") and "wil" in text[start:end] for start, end in spans), text


def test_every_process_mends_alike() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", MENDS],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


MENDS = """
from pathlib import Path
from safespace.moderation.risk.engine import Engine
engine = Engine.load(Path("config/risk"))
texts = "ik wet nit wat ik hie doe, leen is zwar", "wi l ni et me er lev en", "#ikwilnietmeerleven", "l*ven b*taan"
for text in texts:
    print([(one.rule, one.span) for one in engine.assess(text).signals])
"""
