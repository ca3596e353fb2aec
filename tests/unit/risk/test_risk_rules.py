"""Every rule proves itself by its own examples, and a rule file with a fault is refused by file and line."""

import re
from datetime import date
from pathlib import Path

import pytest

from safespace.moderation.risk.assessment import SignalKind
from safespace.moderation.risk.drafting import DraftKind, draft_of, fragment
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.rules import Rule, RulesInvalid

RULES = Path(__file__).resolve().parents[3] / "config" / "risk"
ENGINE = Engine.load(RULES)
ALL = ENGINE.ruleset.rules
HEAD = 'version: "1"\nowner: clinic\ndate: 2026-11-23\nreviewed: to be reviewed by clinicians\n'
RULE = """rules:
  - id: X.ONE
    category: suicide
    severity: high
    reason: {nl: "Een.", en: "One."}
    any: {nl: ["vlinder ~ net"]}
    examples: {hit: ["vlinder in het net"], miss: ["rups"]}
"""


def _found(text: str, names: tuple[str, ...] = ()) -> set[str]:
    assessment = ENGINE.assess(text, Context(names=names))
    return {signal.rule for signal in assessment.signals if signal.kind is SignalKind.FINDING}


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rule_finds_its_examples_and_leaves_the_others_alone(rule: Rule) -> None:
    for text in rule.examples.hit:
        assert rule.name in _found(text, rule.examples.names), text
    for text in rule.examples.miss:
        assert rule.name not in _found(text, rule.examples.names), text


def test_every_rule_explains_itself_in_both_languages_and_waits_for_review() -> None:
    for rule in ALL:
        assert rule.reason.nl.endswith(".")
        assert rule.reason.en.endswith(".")
    for path in RULES.glob("*.yaml"):
        assert "reviewed: to be reviewed by clinicians" in path.read_text("utf-8")


def test_the_version_names_the_date_and_the_bytes() -> None:
    assert re.fullmatch(r"2026\.\d+\.\d+\+[0-9a-f]{8}", ENGINE.ruleset.version)


def test_reading_the_rules_twice_gives_the_same_answers() -> None:
    again = Engine.load(RULES)
    text = "ik wil niet meer leven, app me maar op 06-00000000"
    assert again.assess(text) == ENGINE.assess(text)


@pytest.mark.parametrize(
    ("broken", "line", "words"),
    [
        (HEAD.replace("owner: clinic\n", ""), 1, "missing owner"),
        (HEAD + "surprise: 1\n", 5, "unknown key 'surprise'"),
        (HEAD.replace("2026-11-23", "soon"), 3, "date"),
        (HEAD + RULE.replace("high", "very"), 8, "unknown severity 'very'"),
        (HEAD + RULE.replace("suicide", "sadness"), 7, "unknown category 'sadness'"),
        (HEAD + RULE.replace("vlinder ~ net", "(vlinder"), 10, "never closed"),
        (HEAD + RULE.replace("vlinder ~ net", "<none> net"), 10, "unknown list <none>"),
        (HEAD + RULE.replace("vlinder ~ net", "vlinder?"), 10, "matches an empty text"),
        (HEAD + RULE.replace("vlinder ~ net", "een ~9 net"), 10, "gap longer"),
        (HEAD + RULE.replace('miss: ["rups"]', "miss: []"), 11, "at least one example"),
        (HEAD + RULE.replace(', en: "One."', ""), 9, "missing en"),
        (HEAD + RULE.replace("any:", "detector: x\n    any:"), 6, "exactly one of"),
        (HEAD + RULE.replace('any: {nl: ["vlinder ~ net"]}', "all: [nowhere]"), 6, "unknown slot 'nowhere'"),
        (HEAD + RULE.replace('any: {nl: ["vlinder ~ net"]}', "detector: magic"), 6, "unknown detector 'magic'"),
        (HEAD + RULE.replace('any: {nl: ["vlinder ~ net"]}', "detector: handles"), 6, "needs the slot 'platform"),
        (HEAD + RULE + RULE.removeprefix("rules:\n"), 12, "stands in two places"),
        (HEAD + "rules: [\n", 6, "not valid YAML"),
        (HEAD + RULE + "    fuzzy: 2\n", 12, "expected 0 or 1, not '2'"),
        (HEAD + RULE + "    fuzzy: []\n", 12, "expected a text"),
        (HEAD + RULE.replace('any: {nl: ["vlinder ~ net"]}', "detector: phones\n    fuzzy: 0"), 11, "with words"),
        (HEAD + "unions:\n  both:\n    - past\n    - nowhere\n", 8, "'both' unites the unknown slot 'nowhere'"),
    ],
)
def test_a_faulty_file_is_refused_by_file_and_line(tmp_path: Path, broken: str, line: int, words: str) -> None:
    for path in RULES.glob("common.yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "faulty.yaml").write_text(broken, "utf-8")
    with pytest.raises(RulesInvalid) as refusal:
        Engine.load(tmp_path)
    assert str(refusal.value).startswith(f"faulty.yaml:{line}: ")
    assert words in str(refusal.value)


BENT = ("vlindder in het net", "vlidner in het net", "vl1nder in het net", "v l i n d e r in het net")


@pytest.mark.parametrize("fuzzy", ["", "    fuzzy: 1\n", "    fuzzy: 0\n"])
@pytest.mark.parametrize(
    "way",
    ['any: {nl: ["vlinder ~ net"]}', "all: [butterfly, net]", "two_of: [butterfly, net]"],
)
def test_a_rule_finds_words_that_are_bent_unless_it_wants_them_exactly(tmp_path: Path, fuzzy: str, way: str) -> None:
    (tmp_path / "common.yaml").write_text((RULES / "common.yaml").read_text("utf-8"), "utf-8")
    slots = "slots: {butterfly: [vlinder], net: [net]}\nsettings: {red: [vlinder]}\n"
    rule = RULE.replace('any: {nl: ["vlinder ~ net"]}', way)
    (tmp_path / "own.yaml").write_text(HEAD + slots + rule + fuzzy, "utf-8")
    engine = Engine.load(tmp_path)

    def finds(text: str) -> bool:
        return any(signal.rule == "X.ONE" for signal in engine.assess(text).signals)

    for written in ("vlinder in het net", "VL\u0130NDER in h\u00e9t net", "vl\u0456nder in het net", "vlinder hte net"):
        assert finds(written), written
    for bent in BENT:
        assert finds(bent) is ("0" not in fuzzy), bent
    rule = engine.ruleset.rules[-1]
    proposed = fragment(draft_of(rule, DraftKind.CHANGE), rule, date(2026, 11, 30))
    assert f"\n{fuzzy}" in proposed  # who proposes a change keeps it


def test_a_note_that_is_missing_is_said_where_the_others_stand(tmp_path: Path) -> None:
    text = (RULES / "common.yaml").read_text("utf-8")
    lines = text.splitlines()
    line = lines.index("  notes:") + 2  # the first of the notes
    path = tmp_path / "common.yaml"
    path.write_text(re.sub(r"(?m)^    unread: .*\n(?:      .*\n)*", "", text), "utf-8")
    with pytest.raises(RulesInvalid, match=rf"^common\.yaml:{line}: no note for unread$"):
        Engine.load(tmp_path)
    path.write_text(HEAD, "utf-8")
    with pytest.raises(RulesInvalid, match=r"^common\.yaml:1: no note for negation, "):
        Engine.load(tmp_path)


def test_a_directory_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match="no rule files"):
        Engine.load(tmp_path)


@pytest.mark.parametrize(
    ("guard", "finds"), [("", (True, True, True)), ("none", (False, True, True)), ("around", (False, False, True))]
)
def test_what_makes_words_ordinary_reaches_the_next_sentence_only_around(
    tmp_path: Path, guard: str, finds: tuple[bool, ...]
) -> None:
    (tmp_path / "common.yaml").write_text((RULES / "common.yaml").read_text("utf-8"), "utf-8")
    slots = "slots: {butterfly: [vlinder], net: [net], garden: [tuin]}\n"
    rule = RULE.replace('any: {nl: ["vlinder ~ net"]}', "all: [butterfly, net]\n    within: 1")
    (tmp_path / "own.yaml").write_text(HEAD + slots + rule + (f"    {guard}: [garden]\n" if guard else ""), "utf-8")
    engine = Engine.load(tmp_path)
    texts = ("Vlinder in de tuin. Een net.", "De tuin. Vlinder in een net.", "De tuin. Een dag. Vlinder in een net.")
    assert tuple(any(one.rule == "X.ONE" for one in engine.assess(text).signals) for text in texts) == finds
