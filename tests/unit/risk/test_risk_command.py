"""`safespace risk assess` as somebody uses it: lines in, lines out, bad lines named but never shown."""

import json
from pathlib import Path

from click.testing import CliRunner

from safespace.cli.risk import risk


def _lines(*posts: object) -> str:
    return "".join(json.dumps(post) + "\n" for post in posts)


def test_answers_come_in_the_order_of_the_posts() -> None:
    posts = _lines({"id": "b", "text": "ik wil niet meer leven", "lang": "nl"}, {"id": 1, "text": "hoi allemaal"})
    result = CliRunner().invoke(risk, ["assess"], input=posts)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(answer["id"], answer["severity"]) for answer in answers] == [("b", "high"), (1, "none")]
    assert set(answers[0]) == {"id", "severity", "categories", "concerns", "signals"}


def test_a_bad_line_is_named_by_number_skipped_and_ends_in_two() -> None:
    text = _lines({"id": 1, "text": "hoi"}) + "geheim kapot\n" + _lines({"id": 2, "text": 5}, {"id": 3, "text": "dag"})
    result = CliRunner().invoke(risk, ["assess"], input=text)
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 3]
    assert "line 2: not JSON" in result.stderr
    assert "line 3: no text" in result.stderr
    assert "geheim" not in result.stderr


def test_a_profile_changes_the_floor_and_an_unknown_one_is_refused() -> None:
    post = {"id": 1, "text": "Vandaag 15000 stappen gezet"}
    posts = _lines(post, {**post, "profile": "eating"}, {**post, "profile": "other"})
    result = CliRunner().invoke(risk, ["assess"], input=posts)
    assert [json.loads(line)["severity"] for line in result.stdout.splitlines()] == ["low", "medium"]
    assert result.exit_code == 2


def test_a_byte_order_mark_before_the_first_line_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(_lines({"id": 1, "text": "hoi"}, {"id": 2.5, "text": "dag"}).encode("utf-8-sig"))
    result = CliRunner().invoke(risk, ["assess", str(path)])
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 2.5]


def test_an_id_is_a_text_or_a_number() -> None:
    odd = [{"id": odd, "text": "geheim"} for odd in (True, False, None, [1], {"a": 1}, float("inf"), float("nan"))]
    result = CliRunner().invoke(risk, ["assess"], input=_lines(*odd, {"text": "geheim"}, {"id": "x", "text": "hoi"}))
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["x"]
    assert result.stderr.splitlines() == [f"line {at}: no id" for at in range(1, 9)]


def test_a_number_of_any_length_is_an_id() -> None:
    long = 10**400
    result = CliRunner().invoke(risk, ["assess"], input=_lines({"id": long, "text": "hoi"}, {"id": 2, "text": "dag"}))
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [long, 2]


def test_a_file_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(_lines({"id": 1, "text": "caf\u00e9"}).encode() + b"\xff\n")
    result = CliRunner().invoke(risk, ["assess", str(path)])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["id"] == 1
    assert "line 2: not UTF-8" in result.stderr


def test_rules_that_are_broken_stop_the_command_and_name_the_line(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("version: 1\n")
    result = CliRunner().invoke(risk, ["assess", "--rules", str(tmp_path)], input="")
    assert result.exit_code == 1
    assert "x.yaml:1: missing" in result.stderr
