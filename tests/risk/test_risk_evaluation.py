"""The measuring itself: which cases are read, which stay frozen, and that the arithmetic is right."""

import json
import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from safespace.cli.risk import risk
from safespace.moderation.risk.assessment import Category, Profile, Severity
from safespace.moderation.risk.evaluation.baselines import (
    KEYWORDS,
    by_keywords,
    by_phonenumbers,
    by_profanity,
    by_statistics,
)
from safespace.moderation.risk.evaluation.cases import Case, Half, SuiteInvalid, half_of, read_suite
from safespace.moderation.risk.evaluation.figures import (
    Share,
    f1,
    f1_of_both,
    interval_of,
    macro_f1,
    percentile,
    queue_ranks,
)
from safespace.moderation.risk.evaluation.measuring import Outcome, summarise
from safespace.moderation.risk.evaluation.naming import main_of, scores_of
from safespace.moderation.risk.evaluation.report import by_baseline, by_category, by_functionality

RULES = Path(__file__).resolve().parents[2] / "config" / "risk"
HATECHECK = (
    "mhc_case_id,functionality,test_case,label_gold,target_ident,templ_id\nd-1,derog_h,Ik haat buren.,hateful,,7\n"
)


def _line(**more: object) -> str:
    case = {"id": "a-1", "functionality": "everyday", "expect": ["none", "low"], "categories": [], "text": "hoi"}
    return json.dumps({**case, **more}) + "\n"


def test_a_case_is_read_with_every_level_that_is_right(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(_line() + "\n" + _line(id="a-2", expect=["crisis"], categories=["suicide"]), "utf-8")
    calm, crisis = read_suite(tmp_path)
    assert (calm.calm, calm.floor) == (True, Severity.NONE)
    assert (crisis.calm, crisis.floor, crisis.categories) == (False, Severity.CRISIS, (Category.SUICIDE,))
    assert "hoi" not in repr(calm)


def test_hatecheck_is_read_as_it_is_published(tmp_path: Path) -> None:
    path = tmp_path / "hatecheck.csv"
    path.write_text(HATECHECK, "utf-8")
    (case,) = read_suite(path)
    assert (case.part, case.categories, case.half) == ("hateful", (Category.DISCRIMINATION,), half_of("template:7"))


def test_hatecheck_without_templates_or_names_is_halved_by_the_text(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text('functionality,test_case,label_gold\nderog_h,"Ik haat\nburen.",hateful\nok_nh,Hoi.,x\n', "utf-8")
    one, other = read_suite(path)
    assert (one.text, one.half, one.name) == ("Ik haat\nburen.", half_of("Ik haat\nburen."), "small-3")
    assert (other.calm, other.half, other.name) == (True, half_of("Hoi."), "small-4")


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_a_text_may_hold_any_sign_and_a_file_may_begin_with_a_mark(tmp_path: Path, before: str) -> None:
    path = tmp_path / "a.jsonl"
    text = "een\u2028twee\x85drie\x0b"
    line = {**json.loads(_line()), "text": text}
    path.write_text(before + json.dumps(line, ensure_ascii=False) + "\r\n" + _line(id="a-2"), "utf-8")
    assert [case.text for case in read_suite(path)] == [text, "hoi"]
    path = tmp_path / "hatecheck.csv"
    path.write_text(before + HATECHECK, "utf-8")
    assert [case.name for case in read_suite(path)] == ["d-1"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_file_that_is_not_utf_8_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes("één".encode("latin-1"))
    result = CliRunner().invoke(risk, ["evaluate", str(path)])
    assert result.exit_code == 1
    assert result.stderr == f"Error: {name}: not UTF-8\n"


def test_a_table_that_is_none_is_refused_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HATECHECK + "x" * 200_000, "utf-8")
    with pytest.raises(SuiteInvalid, match=r"^a\.csv:3: not a table$"):
        read_suite(path)


@pytest.mark.parametrize("broken", ["{", _line(expect=["very"]), _line(text=""), _line(categories=["weather"]), "[]\n"])
def test_a_broken_suite_is_refused_by_file_and_line_and_never_quoted(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(_line() + broken, "utf-8")
    with pytest.raises(SuiteInvalid, match=r"^a\.jsonl:2: ") as refusal:
        read_suite(path)
    assert "hoi" not in str(refusal.value)


def test_a_pair_stays_in_one_half_and_halves_do_not_move() -> None:
    assert half_of("pair:z1") is Half.DEV
    assert half_of("pair:z3") is Half.FROZEN
    assert {half_of(f"text {number}") for number in range(20)} == {Half.DEV, Half.FROZEN}


def test_shares_tell_how_sure_they_are() -> None:
    low, high = Share(0, 100).interval
    assert (low, round(high, 2)) == (0.0, 0.04)
    assert Share(95, 100).interval[0] < 0.95 < Share(95, 100).interval[1]
    assert math.isnan(Share(0, 0).value)
    assert str(Share(0, 0)) == "-"


def test_f1_and_percentiles() -> None:
    assert f1([True, True, False], [True, False, False]) == pytest.approx(2 / 3)
    assert macro_f1([True, False], [True, False]) == 1
    assert percentile([3, 1, 2], 0.5) == 2


def test_f1_of_posts_that_are_all_of_one_kind_is_the_f1_of_that_kind() -> None:
    assert f1_of_both([True, True], [True, False]) == pytest.approx(2 / 3)
    assert f1_of_both([False, False], [True, False]) == pytest.approx(2 / 3)
    assert f1_of_both([True, False], [True, True]) == macro_f1([True, False], [True, True])


def test_an_interval_holds_the_figure_and_is_the_same_every_time() -> None:
    truth, found = [True] * 30 + [False] * 30, [True] * 27 + [False] * 33
    low, high = interval_of(macro_f1, truth, found)
    assert low < macro_f1(truth, found) < high
    assert interval_of(macro_f1, truth, found) == (low, high)
    assert math.isnan(interval_of(macro_f1, [], [])[0])


def _outcome(categories: tuple[str, ...], found: tuple[str, ...], level: str = "high") -> Outcome:
    listed = tuple(map(Category, categories))
    case = Case("c", "one", "one", (Severity(level),), listed, "x", Profile.GENERAL, Half.DEV)
    return Outcome(case, Severity.HIGH, tuple(map(Category, found)))


def test_a_category_is_recalled_only_where_it_was_found_in_a_post_that_is_mainly_about_it() -> None:
    outcomes = [
        _outcome(("suicide",), ("suicide",)),
        _outcome(("suicide", "self_harm"), ("self_harm",)),  # for suicide a miss, for self-harm neither way
        _outcome(("self_harm",), ("self_harm", "threat")),
        _outcome(("threat",), ()),
        _outcome(("suicide", "self_harm", "threat", "drugs"), ("drugs",)),  # tries the level
        _outcome((), ("suicide",), "none"),
    ]
    assert [main_of(one.case) for one in outcomes[3:]] == [Category.THREAT, None, None]
    scores, mean, (low, high) = scores_of(outcomes)
    said = {one.category.value: one for one in scores}
    assert list(said) == ["suicide", "self_harm", "threat"]
    suicide, threat = said["suicide"], said["threat"]
    assert (suicide.recall, suicide.calm, suicide.other) == (Share(1, 2), Share(1, 1), Share(0, 2))
    assert said["self_harm"].recall == Share(1, 1)
    assert (threat.recall, threat.calm, threat.other) == (Share(0, 1), Share(0, 1), Share(1, 3))
    assert (suicide.f1, said["self_harm"].f1, threat.f1) == (0.5, 1.0, 0.0)
    assert mean == pytest.approx(0.5)
    assert low <= mean <= high
    assert "1 posts accept more than 3 categories" in by_category(outcomes)[-2]


def test_every_f1_in_the_tables_stands_with_its_interval() -> None:
    outcomes = [_outcome(("suicide",), ("suicide",))] * 9 + [_outcome((), ("suicide",), "none")] * 9
    shown = r"\d\.\d{3} \(\d\.\d\d-\d\.\d\d\) *\|"
    (mean,) = (line for line in by_category(outcomes) if line.startswith("| macro-F1"))
    assert re.search(shown, mean)
    assert re.search(shown, by_functionality(outcomes)[2])
    assert re.search(shown, by_baseline(outcomes, {})[2])


def test_a_crisis_read_as_one_stands_first_and_a_missed_one_does_not() -> None:
    assert queue_ranks([4], [0, 1, 2]) == (1, 1)
    median, worst = queue_ranks([0], [1, 2, 3])
    assert (median, worst) == (100, 100)
    assert queue_ranks([], [1]) == (0, 0)


def test_every_missed_crisis_is_named() -> None:
    case = Case("c-1", "plan", "plan", (Severity.CRISIS,), (Category.SUICIDE,), "x", "general", Half.DEV)  # type: ignore[arg-type] # a plain word will do here
    said = summarise([Outcome(case, Severity.HIGH, (Category.SUICIDE,))])
    assert (said.missed, said.crisis.hits, said.severe.hits) == (("c-1",), 0, 1)


def test_the_simpler_ways(tmp_path: Path, suite: list[Case]) -> None:
    assert len(KEYWORDS) == 37
    assert by_keywords("Ik wil niet meer leven")
    assert not by_keywords("wat een mooie dag")
    assert by_phonenumbers("bel 06-12345678")
    path = tmp_path / "words.txt"
    path.write_text("# a list\nrotwoord\ntwee woorden\n", "utf-8")
    raises = by_profanity(path)
    assert raises("wat een Rotwoord!")
    assert raises("dat zijn twee woorden")
    assert not raises("hallo")
    path.write_bytes("één\n".encode("latin-1"))
    with pytest.raises(SuiteInvalid, match=r"^words\.txt: not UTF-8$"):
        by_profanity(path)
    path.write_text("\ufeffrotwoord\n", "utf-8")
    assert by_profanity(path)("een rotwoord")
    learned = by_statistics([case for case in suite if case.half is Half.DEV])
    assert learned is None or isinstance(learned("hallo allemaal"), bool)
    assert by_statistics([]) is None


def test_the_command_prints_tables_and_never_a_post(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    crisis = {"expect": ["crisis"], "categories": ["suicide"], "text": "stille vlinder"}
    path.write_text(_line(text="zachte regen") + _line(id="a-2", functionality="plan", **crisis), "utf-8")
    result = CliRunner().invoke(risk, ["evaluate", str(path), "--compare", "--bend", "--fair", "--speed"])
    assert result.exit_code == 0, result.output
    assert "Crises read as less (1): a-2." in result.stdout
    assert "| 37 keywords" in result.stdout
    assert "zachte" not in result.stdout
    assert "vlinder" not in result.stdout


def test_the_command_names_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{\n", "utf-8")
    result = CliRunner().invoke(risk, ["evaluate", str(path)])
    assert result.exit_code == 1
    assert "a.jsonl:1: not JSON" in result.stderr
    path.write_text(_line(), "utf-8")
    other = "frozen" if half_of("hoi") is Half.DEV else "dev"
    assert CliRunner().invoke(risk, ["evaluate", str(path), "--half", other]).exit_code == 1
