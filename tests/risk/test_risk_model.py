"""The model that ships: what its numbers may hold, that it helps on posts it never saw, and what it costs there."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from safespace.cli.risk import risk
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.evaluation.cases import Case, Half, read_suite
from safespace.moderation.risk.evaluation.fairness import NAMES
from safespace.moderation.risk.evaluation.measuring import measure
from safespace.moderation.risk.likeness import FILE, Trained
from safespace.moderation.risk.linear import PIECE
from safespace.moderation.risk.masking import MASKS, NUMBER

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "config" / "risk"
LARGEST = 600_000


@pytest.fixture(scope="session")
def model(engine: Engine) -> Trained:
    (found,) = engine.models
    assert isinstance(found, Trained)
    return found


@pytest.fixture(scope="session")
def unseen() -> list[Case]:
    return [case for case in read_suite(HERE / "corpus") if case.half is Half.FROZEN]


def test_it_is_small_dated_owned_and_waits_for_clinicians() -> None:
    assert (RULES / FILE).stat().st_size <= LARGEST
    stored = json.loads((RULES / FILE).read_text("utf-8"))
    assert stored["owner"] == "clinical content group"
    assert stored["reviewed"] == "to be reviewed by clinicians"
    assert stored["version"] == stored["linear"]["version"] == stored["date"].replace("-", ".")


def test_its_terms_point_at_nobody(model: Trained) -> None:
    terms = [term for term in model.linear.weights if not term.startswith(PIECE)]
    words = {word for term in terms for word in term.split()}
    assert max(len(term.split()) for term in terms) == 2
    assert not words & ((MASKS - {NUMBER}) | {name.lower() for name in NAMES})
    assert all(char.isalpha() or not char.isalnum() for word in words for char in word)
    assert not any(sign in word for word in words for sign in "@_./")
    assert max(map(len, model.linear.weights)) <= 61


def test_it_helps_on_posts_that_it_never_saw(engine: Engine, unseen: list[Case]) -> None:
    alone, both = measure(engine, unseen, rules_alone=True), measure(engine, unseen)
    careful = [at for at, case in enumerate(unseen) if case.floor >= Severity.MEDIUM]
    calm = [at for at, case in enumerate(unseen) if case.calm]

    def raised(outcomes: list, among: list[int]) -> float:
        return sum(outcomes[at].severity > Severity.LOW for at in among) / len(among)

    more, wrongly = raised(both, careful) - raised(alone, careful), raised(both, calm) - raised(alone, calm)
    assert wrongly <= 0.035
    # It must be worth several times its false alarms; the better the rules, the less is left for it.
    assert more >= 3 * wrongly
    assert more >= 0.05
    assert all(one.severity <= max(other.severity, Severity.MEDIUM) for one, other in zip(both, alone, strict=True))


def test_the_evaluation_shows_with_and_without(tmp_path: Path) -> None:
    suite = tmp_path / "a.jsonl"
    lines = [
        {"id": "a-1", "functionality": "everyday", "expect": ["none", "low"], "categories": [], "text": "zachte regen"},
        {
            "id": "a-2",
            "functionality": "plan",
            "expect": ["crisis"],
            "categories": ["suicide"],
            "text": "stille zee hier en daar",
        },
    ]
    suite.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    own = tmp_path / "own"
    own.mkdir()
    linear = {
        "head": "care",
        "version": "own",
        "pieces": False,
        "bias": 0.0,
        "slope": 1.0,
        "offset": 0.0,
        "weights": {"stille": 9.0} | dict.fromkeys(("zee", "hier", "en", "daar"), 0.0),
    }
    head = {"version": "own", "owner": "clinic", "date": "2026-11-29", "reviewed": "no", "threshold": 0.9}
    (own / FILE).write_text(json.dumps(head | {"linear": linear}), "utf-8")
    result = CliRunner().invoke(risk, ["evaluate", str(suite), "--short", "--model", str(own)])
    assert result.exit_code == 0, result.output
    (crisis,) = [line for line in result.stdout.splitlines() if line.startswith("| Crisis   ")]
    assert [cell.split()[0] for cell in crisis.strip("|").split("|")] == ["Crisis", "0.000", "1.000"]
    assert "Models: 2026." in result.stdout
    assert "Level and category fit" not in result.stdout
    assert "stille" not in result.stdout
    (own / FILE).write_text("{", "utf-8")
    for asked in (["evaluate", str(suite)], ["explain", "hoi"], ["assess", str(suite)]):
        refused = CliRunner().invoke(risk, [*asked, "--model", str(own)])
        assert refused.exit_code == 1
        assert "model.json: not JSON" in refused.stderr


def test_without_a_model_the_evaluation_says_so(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in RULES.glob("*.yaml"):
        (rules / file.name).write_bytes(file.read_bytes())
    result = CliRunner().invoke(
        risk, ["evaluate", str(HERE / "suite" / "later.jsonl"), "--short", "--rules", str(rules)]
    )
    assert "No model beside the rules." in result.stdout
