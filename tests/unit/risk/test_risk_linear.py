"""A linear model as plain numbers: what it reads, what it says, and what it refuses to be."""

import json
import math
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.linear import LONGEST_TERM, MOST_TERMS, Linear, LinearInvalid, features_of
from safespace.moderation.risk.masking import MASKS, masked_sentences

FOLDING = Folding()
MODEL = Linear(
    head="urgent",
    version="2026-11-29.1",
    weights={"brug": 2.0, "de brug": 3.0, "voetbal": -2.0, "ik": 0.0},
    bias=-1.0,
    slope=1.5,
    offset=0.25,
)
SOURCES = [
    json.loads(line)["text"]
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
INVISIBLE = st.sampled_from("\u200b\u200c\u200d\u2060\u00ad\ufeff\u034f\u115f\u3164\u2800\ufe0f\u202e\u0000")
TYPED = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ikwldo0163@.-_# '\"\n\u200b\u0301\U0001f1e6IKWL", max_size=200),
    st.sampled_from(SOURCES),
)


def words(text: str, *names: str) -> list[list[str]]:
    return masked_sentences(FOLDING.fold(text), names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ik weeg 45kg en Sanne niet", "ik weeg NUMBER kg en NAME niet"),
        ("Sanne zei dat, want Sanne is lief", "NAME zei dat want NAME is lief"),
        ("vijfenveertig kilo of zes vier drie", "NUMBER kilo of NUMBER"),
        ("bel 06 1234 5678 maar", "bel NUMBER maar"),
        ("bel 06-o12o3o4 8 maar", "bel NUMBER maar"),
        ("mail me op lisa@voorbeeld.nl dan", "mail me op PERSONAL dan"),
        ("kijk op www.voorbeeld.nl/lisa even", "kijk op PERSONAL even"),
        ("ik woon in de dorpsstraat 12 daar", "ik woon in de PERSONAL daar"),
        ("mijn snap is lisaxo toch", "mijn snap is HANDLE toch"),
        ("volg @lisa.x of lisa_x of lisa2006 nu", "volg HANDLE of HANDLE of HANDLE nu"),
        ("hoi ik heet sanne hoor", "hoi ik heet NAME hoor"),
        ("zit op Lyceum Zuidrand daar", "zit op PERSONAL daar"),
        ("bij kliniek de linde vandaag", "bij NAME vandaag"),
        ("neeeeee dat wil ik NIET", "nee dat wil ik niet"),
        ("I think I'm done", "i think im done"),
        ("zo moe \U0001f622", "zo moe \U0001f622"),
    ],
)
def test_what_could_point_at_somebody_is_masked(text: str, expected: str) -> None:
    assert [" ".join(sentence) for sentence in words(text, "kliniek de linde")] == [expected]


def test_whoever_gives_every_word_a_capital_is_still_read() -> None:
    assert words("Ik Wil Echt Niet Meer Verder") == [["ik", "wil", "echt", "niet", "meer", "verder"]]


def test_neighbours_are_pairs_within_a_sentence_only() -> None:
    features = features_of("ik sta hier. de brug", FOLDING)
    assert {"ik", "sta", "hier", "de", "brug", "ik sta", "sta hier", "de brug"} == features
    assert "~<br" in features_of("brug", FOLDING, pieces=True)


def test_no_piece_is_taken_of_a_mask() -> None:
    assert features_of("0612345678", FOLDING, pieces=True) == {"NUMBER"}


@settings(max_examples=200, deadline=None)
@given(TYPED)
def test_any_text_gives_terms_without_figures_or_signs_of_an_account(text: str) -> None:
    for term in features_of(text, FOLDING):
        assert len(term) <= LONGEST_TERM
        assert not set(term) & set("0123456789@_")
        assert all(part in MASKS for part in term.split() if part.isascii() and part != part.lower())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_an_invisible_character_changes_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    hidden = text[:at] + data.draw(INVISIBLE) + text[at:]
    assert features_of(hidden, FOLDING) == features_of(text, FOLDING)


def test_nor_do_many_in_a_long_text() -> None:
    full = ("la " * 4_000)[:9_990] + " de brug"
    assert features_of("\u200b" * 9_000 + full, FOLDING) == features_of(full, FOLDING) >= {"de brug"}


def test_a_probability_is_the_calibrated_score() -> None:
    features = MODEL.read("Ik sta op de brug", FOLDING)
    score = -1.0 + (2.0 + 3.0 + 0.0) / math.sqrt(3)
    assert MODEL.score(features) == pytest.approx(score)
    assert MODEL.probability(features) == pytest.approx(1 / (1 + math.exp(-(1.5 * score + 0.25))))
    assert MODEL.probability(MODEL.read("voetbal", FOLDING)) < MODEL.probability(frozenset()) < 0.5


def test_a_text_of_which_a_model_knows_little_stays_near_the_bias() -> None:
    careful = replace(MODEL, least=4)
    assert careful.score(frozenset({"brug"})) == pytest.approx(-1.0 + 2.0 / 2)
    assert MODEL.score(frozenset({"brug"})) == pytest.approx(-1.0 + 2.0)
    assert careful.score(frozenset()) == -1.0
    stored = careful.to_json()
    assert Linear.from_json(stored) == careful
    del stored["least"]
    assert Linear.from_json(stored) == MODEL


def test_the_reasons_are_the_heaviest_terms_for_a_yes() -> None:
    features = MODEL.read("ik ga na voetbal naar de brug", FOLDING)
    assert MODEL.reasons(features) == ("de brug", "brug")
    assert MODEL.reasons(features, 1) == ("de brug",)
    assert MODEL.reasons(features, 0) == ()


def test_even_the_heaviest_numbers_give_a_probability() -> None:
    for weight in (-1000.0, 1000.0):
        heavy = Linear(head="h", version="v", weights={"a": weight}, bias=weight, slope=1000.0, offset=weight)
        assert 0.0 <= heavy.probability(frozenset({"a"})) <= 1.0


def test_a_model_comes_back_as_it_was_stored() -> None:
    again = Linear.from_json(json.loads(json.dumps(MODEL.to_json())))
    assert again == MODEL


@pytest.mark.parametrize(
    "change",
    [
        {"bias": math.nan},
        {"bias": math.inf},
        {"bias": True},
        {"bias": "0"},
        {"slope": 0},
        {"slope": -1.0},
        {"offset": 1001},
        {"head": ""},
        {"head": 3},
        {"version": "v" * 61},
        {"pieces": 1},
        {"least": 0},
        {"least": True},
        {"least": 101},
        {"weights": []},
        {"weights": {"": 1.0}},
        {"weights": {"a" * (LONGEST_TERM + 1): 1.0}},
        {"weights": {"a": None}},
        {"weights": {str(number): 1.0 for number in range(MOST_TERMS + 1)}},
        {"more": 1},
    ],
)
def test_what_is_no_model_is_refused_without_a_word_of_it(change: dict[str, object]) -> None:
    with pytest.raises(LinearInvalid) as refused:
        Linear.from_json(MODEL.to_json() | change)
    assert "brug" not in str(refused.value)


def test_a_missing_part_or_no_object_is_refused() -> None:
    stored = MODEL.to_json()
    del stored["bias"]
    for wrong in (stored, None, [], "brug"):
        with pytest.raises(LinearInvalid):
            Linear.from_json(wrong)


def test_a_model_shows_no_terms_in_a_log() -> None:
    assert repr(MODEL) == "<Linear urgent 2026-11-29.1>"


def test_hostile_texts_are_read_in_linear_time() -> None:
    for piece in ("1 ", "06-", "a@", "Aa ", "snap is ", "a1_", "heet ", "straat 1 ", "aaaa", "...", "!?", "\n"):
        text = (piece * 10_000)[:10_000]
        started = time.thread_time()
        features_of(text, FOLDING, pieces=True)
        assert time.thread_time() - started < 0.5
