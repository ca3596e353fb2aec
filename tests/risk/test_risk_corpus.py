"""The corpus: labels that exist, every category and level there, and hardly a post that says what another one says."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.evaluation.cases import Half, read_suite

CORPUS = Path(__file__).parent / "corpus"
REPEATED = 0.1  # of its runs of five words


def _rows() -> list[dict[str, object]]:
    lines = (line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines]


def test_it_is_large_balanced_and_halved() -> None:
    cases = read_suite(CORPUS)
    assert len(cases) >= 3_000
    assert len({case.name for case in cases}) == len({case.text for case in cases}) == len(cases)
    calm = sum(case.calm for case in cases)
    assert 0.4 <= calm / len(cases) <= 0.6
    assert 0.45 <= sum(case.half is Half.DEV for case in cases) / len(cases) <= 0.55
    levels = Counter(str(row["severity"]) for row in _rows())
    assert set(levels) == set(Severity)
    assert min(levels.values()) >= 300


def test_every_category_is_there() -> None:
    found = Counter(name for case in read_suite(CORPUS) for name in case.categories)
    assert set(found) == set(Category)
    assert min(found.values()) >= 15


def test_hardly_a_post_repeats_another() -> None:
    said = [_fives(str(row["text"])) for row in _rows()]
    owners = Counter(words for post in said for words in post)
    repeating = [post for post in said if sum(owners[words] > 1 for words in post) > REPEATED * len(post)]
    assert len(repeating) / len(said) <= 0.05


def _fives(text: str) -> set[tuple[str, ...]]:
    words = [word.strip('.,!?:;"()').lower() for word in text.split()]
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def test_neighbours_stay_in_one_half() -> None:
    for one, other in pairwise(read_suite(CORPUS)):
        same = one.name.rsplit("-", 1)[0] == other.name.rsplit("-", 1)[0]
        if same and (int(one.name[-3:]) - 1) // 10 == (int(other.name[-3:]) - 1) // 10:
            assert one.half is other.half
