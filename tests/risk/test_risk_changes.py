"""Before a rule goes live: its examples are executed, and its effect on real posts is shown without showing a post."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from safespace.cli.risk import risk

RULES = Path(__file__).resolve().parents[2] / "config" / "risk"
NEW_RULE = """
version: "2026.11.9"
owner: clinic
date: 2026-11-24
reviewed: to be reviewed by clinicians
rules:
  - id: NEW.ONE
    category: suicide
    severity: high
    reason: {nl: "Een proef.", en: "A trial."}
    any: {nl: ["blauwe vlinder"]}
    examples: {hit: ["een blauwe vlinder"], miss: ["een rode vlinder"]}
"""


@pytest.fixture
def changed_rules(tmp_path: Path) -> Path:
    directory = tmp_path / "rules"
    shutil.copytree(RULES, directory)
    (directory / "new.yaml").write_text(NEW_RULE, "utf-8")
    return directory


def test_all_rules_keep_their_word() -> None:
    result = CliRunner().invoke(risk, ["rules", "check"])
    assert result.exit_code == 0, result.stderr
    assert "all examples hold" in result.stdout


def test_an_example_that_does_not_hold_is_named_by_file_and_line(changed_rules: Path) -> None:
    wrong = NEW_RULE.replace("een rode vlinder", "weer een blauwe vlinder")
    (changed_rules / "new.yaml").write_text(wrong, "utf-8")
    result = CliRunner().invoke(risk, ["rules", "check", str(changed_rules)])
    assert result.exit_code == 1
    assert "new.yaml:7: NEW.ONE: example miss 1 does not hold" in result.stderr


def test_the_effect_of_a_change_is_shown_per_post_without_its_text(changed_rules: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    texts = ["ik zag een blauwe vlinder", "ik wil niet meer leven, blauwe vlinder", "hallo"]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
    posts.write_text("\n".join(lines), "utf-8")
    result = CliRunner().invoke(risk, ["diff", str(RULES), str(changed_rules), str(posts)])
    assert result.exit_code == 0, result.output
    assert "0: none -> high +NEW.ONE" in result.stdout
    assert "1: high -> high +NEW.ONE" in result.stdout
    assert "raised: 1, lowered: 0, same level, other rules: 1, unchanged: 1" in result.stdout
    assert "vlinder" not in result.stdout
    back = CliRunner().invoke(risk, ["diff", str(changed_rules), str(RULES), str(posts)])
    assert "0: high -> none -NEW.ONE" in back.stdout
    assert "raised: 0, lowered: 1" in back.stdout


def test_a_bad_line_in_the_posts_is_named_and_ends_in_two(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text("geheim\n", "utf-8")
    result = CliRunner().invoke(risk, ["diff", str(RULES), str(RULES), str(posts)])
    assert result.exit_code == 2
    assert "line 1: not JSON" in result.stderr
    assert "geheim" not in result.output


def test_an_explanation_shows_steps_reasons_and_version() -> None:
    result = CliRunner().invoke(risk, ["explain", "Vroeger dacht ik vaak aan de dood."])
    assert result.exit_code == 0
    assert "SUI.WISH" in result.stdout
    assert "Het gaat over vroeger." in result.stdout
    assert "rules 2026." in result.stdout
    english = CliRunner().invoke(risk, ["explain", "Vroeger dacht ik vaak aan de dood.", "--lang", "en"])
    assert "It is about the past." in english.stdout


def test_nothing_found_is_not_called_safe() -> None:
    result = CliRunner().invoke(risk, ["explain", "wat een mooie dag"])
    assert "dat is niet hetzelfde als veilig" in result.stdout


def test_what_harms_readers_and_what_was_not_read_is_said() -> None:
    assert "publication: eating_disorder_promotion" in CliRunner().invoke(risk, ["explain", "iemand thinspo?"]).stdout
    assert "niet (helemaal) beoordeeld" in CliRunner().invoke(risk, ["explain", "\u200b"]).stdout
