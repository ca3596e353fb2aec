"""Models made from lessons: silent while there is little, of words that many share, honest about what came later."""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lessons import homework

from safespace.moderation.learning import apart, fitting, phrases
from safespace.moderation.learning.fitting import fit
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.linear import Linear

RULES = str(Path(__file__).resolve().parents[3] / "config" / "risk")
FOLDING = Folding()


def urgent(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = fit(given)["heads"]["urgent"]
    return found


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return fit(homework(rules=RULES))


def test_what_humans_found_heavy_is_recognised_in_later_words(whole) -> None:
    found = whole["heads"]["urgent"]
    assert (found["outcome"], found["decisions"], found["positives"]) == ("live", 240, 60)
    model = Linear.from_json(found["model"])
    heavy = model.read("het is weer een grijze deken vandaag", FOLDING)
    assert model.probability(heavy) > 0.5 > model.probability(model.read("een mooie wandeling gemaakt", FOLDING))
    assert {"grijze deken", "grijze", "deken"} <= set(model.reasons(heavy, 10))
    assert found["figures"]["later"]["auc"] > 0.9


@pytest.mark.parametrize(
    ("given", "counts"),
    [({"number": 199}, (199, 50)), ({"number": 240, "every": 9}, (240, 27))],
)
def test_below_200_decisions_or_30_times_yes_nothing_is_made(given, counts) -> None:
    found = urgent(homework(rules=RULES, **given))
    assert (found["outcome"], found["decisions"], found["positives"]) == ("too_few", *counts)
    assert "model" not in found


def test_only_texts_with_an_answer_to_the_question_count() -> None:
    given = homework(300, rules=RULES)
    for lesson in given["lessons"][:120]:
        lesson["answers"] = {"urgent": None, "high": False, "harm": None}
    found = fit(given)["heads"]
    assert (found["urgent"]["decisions"], found["high"]["decisions"]) == (180, 300)
    assert found["urgent"]["outcome"] == "too_few"


def test_what_fewer_than_five_people_wrote_is_no_part_of_a_model() -> None:
    given = homework(rules=RULES)
    for at, lesson in enumerate(given["lessons"]):
        lesson["text"] += ", zei oma Tinkel" if at % 13 < 4 else ", zei iemand"
        lesson["author"] = at % 13
    terms = Linear.from_json(urgent(given)["model"]).weights
    assert not [term for term in terms if "tinkel" in term or "oma" in term.split()]
    assert "iemand" in terms


def test_no_number_name_or_account_is_part_of_a_model() -> None:
    given = homework(rules=RULES)
    for lesson in given["lessons"]:
        lesson["text"] += ". Ik app Merel op snap: merel_x, 0612345678, ik weeg 51"
    terms = Linear.from_json(urgent(given)["model"]).weights
    assert not [term for term in terms if "merel" in term or any(char.isdigit() for char in term)]
    assert "NUMBER" in terms


def test_answers_by_chance_make_no_model_that_is_used() -> None:
    given = homework(300, rules=RULES)
    chance = random.Random(7)  # noqa: S311 - no secret
    for lesson in given["lessons"]:
        yes = chance.random() < 0.3
        lesson["answers"] = dict.fromkeys(lesson["answers"], yes)
    assert urgent(given)["outcome"] in {"no_pattern", "less_sure", "false_alarms"}


def test_a_time_without_any_yes_makes_no_model() -> None:
    given = homework(300, rules=RULES)
    for lesson in given["lessons"][180:240]:
        lesson["answers"] = dict.fromkeys(lesson["answers"], False)
    assert urgent(given)["outcome"] == "uneven"


def test_the_same_lessons_make_the_same_model_and_nothing_new(whole) -> None:
    again = homework(rules=RULES)
    again["heads"]["urgent"] = {"model": whole["heads"]["urgent"]["model"], "raises_at": 0.5}
    found = fit(again)["heads"]
    assert found["urgent"]["outcome"] == "same"
    assert "model" not in found["urgent"]
    assert found["high"]["model"] == whole["heads"]["high"]["model"]


def test_a_model_that_misses_more_than_the_one_in_use_is_not_used(whole) -> None:
    worse = homework(rules=RULES)
    worse["heads"]["urgent"] = {"model": whole["heads"]["urgent"]["model"], "raises_at": 0.5}
    for lesson in worse["lessons"][:192]:  # what was learned from is wrong; what came later is as it was
        if "glas" not in lesson["text"]:
            lesson["text"] = lesson["text"].replace("grijze deken", "mooie wandeling").replace("watten", "zee")
    assert urgent(worse)["outcome"] == "misses_more"


def test_a_model_that_finds_less_of_what_rules_must_find_is_not_used(whole) -> None:
    given = homework(rules=RULES)
    model = whole["heads"]["urgent"]["model"]
    knowing = {**model["weights"], "dood": 30.0, "snijden": 30.0, "leven": 30.0}
    given["heads"]["urgent"] = {"model": model | {"weights": knowing}, "raises_at": 0.5}
    found = urgent(given)
    assert found["outcome"] == "misses_examples"
    assert found["figures"]["later"] == whole["heads"]["urgent"]["figures"]["later"]  # as good on decisions


def test_a_model_that_raises_more_of_what_must_stay_calm_is_not_used(whole) -> None:
    given = homework(rules=RULES)
    given["heads"]["urgent"] = {"model": whole["heads"]["urgent"]["model"], "raises_at": 0.5}
    for lesson in given["lessons"]:
        lesson["text"] += " met mijn" if lesson["raised"] else ""  # words that say nothing elsewhere
    assert urgent(given)["outcome"] == "false_alarms"


def test_one_in_use_that_cannot_be_read_is_no_measure(whole) -> None:
    given = homework(rules=RULES)
    given["heads"]["urgent"] = {"model": {"head": "urgent"}, "raises_at": 0.5}
    assert urgent(given)["outcome"] == "live"


def test_phrases_that_no_rule_knows_are_found_and_only_those(whole) -> None:
    assert "grijze deken" in whole["phrases"]
    assert "achter glas" in whole["phrases"]
    assert not [one for one in whole["phrases"] if "wandeling" in one or "bakken" in one]


def test_a_phrase_of_few_people_or_of_a_rule_is_no_suggestion() -> None:
    given = homework(rules=RULES)
    for lesson in given["lessons"]:
        lesson["text"] = lesson["text"].replace("achter glas", "ik wil niet meer leven")
        if "grijze deken" in lesson["text"]:
            lesson["author"] %= 4
    found = fit(given)["phrases"]
    assert not [one for one in found if "leven" in one or "deken" in one]


def test_words_around_what_a_rule_found_make_no_phrase_with_each_other() -> None:
    engine = fitting.Engine.load(Path(RULES))
    given = homework()
    for lesson in given["lessons"]:
        lesson["text"] = "zolder ik wil niet meer leven kelder" if lesson["raised"] else "een gewone dag"
    assert set(phrases.phrases_of(given["lessons"], engine, FOLDING)) == {"zolder", "kelder"}


def test_without_scikit_learn_it_says_so(monkeypatch) -> None:
    monkeypatch.setattr(fitting, "LogisticRegression", None)
    assert fit(homework()) == {"missing": True}


def test_it_is_fitted_in_a_process_of_its_own_that_gets_no_secret(monkeypatch) -> None:
    seen = {}
    spawn = os.posix_spawn

    def watched(path, command, env, **how):
        seen.update(command=command, env=env)
        return spawn(path, command, env, **how)

    monkeypatch.setenv("SAFESPACE_SECRET_KEY", "geheim")
    monkeypatch.setattr("os.posix_spawn", watched)
    found = apart.fit_apart(homework(20, rules=RULES))
    assert found["heads"]["high"] == {"outcome": "too_few", "decisions": 20, "positives": 5}
    assert seen["command"] == [sys.executable, "-m", fitting.__name__]
    assert not [name for name in seen["env"] if name.startswith("SAFESPACE")]


def test_a_process_that_breaks_says_what_kind_and_no_word() -> None:
    assert apart.fit_apart(homework(20, rules="/nowhere")) == {"failed": "RulesInvalid"}


def test_a_process_that_takes_too_long_is_ended(monkeypatch) -> None:
    started = []
    spawn = os.posix_spawn
    monkeypatch.setattr("os.posix_spawn", lambda *args, **how: started.append(spawn(*args, **how)) or started[0])
    monkeypatch.setattr(apart, "LONGEST", 0.01)
    assert apart.fit_apart(homework(20, rules=RULES)) == {"failed": "TimeoutError"}
    with pytest.raises(ProcessLookupError):  # none is left behind
        os.kill(started[0], 0)


def test_a_process_that_cannot_be_started_or_says_nothing_is_a_fault_and_no_more(monkeypatch) -> None:
    monkeypatch.setattr(apart, "MODULE", "safespace.nowhere")
    assert apart.fit_apart({})["failed"] in {"JSONDecodeError", "ConnectionResetError", "BrokenPipeError"}
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert apart.fit_apart({}) == {"failed": "FileNotFoundError"}


def test_the_service_itself_never_holds_scikit_learn() -> None:
    asked = "import sys, safespace.app, safespace.realtime.learner; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
