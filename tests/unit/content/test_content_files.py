"""What clinicians write in config/ keeps its shape, says the same in both languages, and keeps the tone we promised."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).resolve().parents[3] / "config"
TOML_FILES = (
    "helplines", "house_rules", "onboarding", "reasons", "templates", "content_notes", "redaction", "aliases",
    "reports", "training", "offline_ideas", "privacy",
)  # fmt: skip
ANSWERED = ("keep", "hide", "redact", "close", "hold")  # what can be decided about what a member told
TOPICS_OF_HELP = {
    "suicide", "self_harm", "eating", "violence", "sexual_violence", "online", "general", "drugs", "someone_else",
}  # fmt: skip
REASONS = {
    "personal_data", "contact_request", "numbers", "method_detail", "ed_promotion", "sh_promotion",
    "suicide_promotion", "bullying", "discrimination", "sexual", "grooming", "threat", "medical_advice",
    "third_party_privacy", "spam", "off_topic", "duplicate", "needs_contact_first",
}  # fmt: skip
LIBRARY_TOPICS = {
    "distraction", "overstimulation", "avoidance", "sleep", "mood", "comparing", "risky_content", "support",
    "friends", "inspiration", "offline", "help", "rules", "safety",
}  # fmt: skip
# Words that judge, blame or hurt, and office Dutch (the list of the clinic's language guide).
NEVER = re.compile(
    r"\bzelfmoord(?!preventie)|geslaagde? poging|mislukte? poging|automutil|pati[eë]nt|verslaafd|overdr[ei]|\bgewoon\b"
    r"|\bje moet\b|aandacht vragen|aandachttrekker|afgewezen|geweigerd|\bmiddels\b|betreffende|creëren|\boeps\b"
    r"|maar je hebt toch|denk aan je ouders|je mag dit niet zeggen"
    r"|commit(?:ted)? suicide|\bpatients?\b|\baddict|attention.seeking|\byou must\b|\brejected\b|\brefused\b"
    r"|overreact|!",
    re.IGNORECASE,
)
PHONE = re.compile(r"\b0\d{2,3}[- ]?\d{3,4}(?: ?\d{2,3}){0,2}\b|\b11[23]\b(?!\.nl)")


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / f"{name}.toml").read_text("utf-8"))


def item(path: Path) -> tuple[dict[str, Any], str]:
    _, head, body = path.read_text("utf-8").split("+++\n", 2)
    return tomllib.loads(head), body.strip()


def tables(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from tables(value)


def texts(name: str, language: str) -> list[str]:
    found: list[str] = []
    for table in tables(read(name)):
        for key, value in table.items():
            if key.endswith(f"_{language}"):
                found += [value] if isinstance(value, str) else value
    return found


def library() -> list[Path]:
    return sorted((CONFIG / "library").glob("*.md"))


def plain(markdown: str) -> str:
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", markdown)


def sentences(text: str) -> list[int]:
    """The length in words of every sentence; a line of a list or a heading ends one too."""
    prose = re.sub(r"\{\w+\}", "", plain(text)).replace("113.nl", "de chat")
    prose = re.sub(r"(?<=\d)\.(?=\d)", ":", prose)
    parts = re.split(r"[.?:](?:\s|\"|$)|\n", prose)
    lengths = [len(re.findall(r"\w[\w'’-]*", part)) for part in parts]
    return [length for length in lengths if length]


@pytest.mark.parametrize("name", TOML_FILES)
def test_every_file_says_its_version_owner_and_date(name: str) -> None:
    content = read(name)
    assert re.fullmatch(r"2026-11-[12]", content["version"])
    assert content["owner"] == "clinical board"
    assert dt.date(2026, 11, 23) <= content["date"] <= dt.date(2026, 11, 29)
    assert content["reviewed"]


@pytest.mark.parametrize("name", TOML_FILES)
def test_dutch_and_english_say_the_same_things(name: str) -> None:
    for table in tables(read(name)):
        for key, value in table.items():
            if not key.endswith(("_nl", "_en")):
                continue
            other = table[key[:-2] + {"nl": "en", "en": "nl"}[key[-2:]]]
            assert value, key
            assert type(other) is type(value), key
            if isinstance(value, list):
                assert len(other) == len(value), key
            else:
                assert set(re.findall(r"\{\w+\}", other)) == set(re.findall(r"\{\w+\}", value)), value


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", [name for name in TOML_FILES if name != "aliases"])
def test_texts_are_kind_and_sentences_short(name: str, language: str) -> None:
    said = texts(name, language)
    assert said
    lengths = [length for text in said for length in sentences(text)]
    assert sum(lengths) / len(lengths) <= 15
    for text in said:
        assert not NEVER.search(text), text
        assert max(sentences(text)) <= 22, text


def test_help_numbers_named_in_texts_are_the_ones_we_keep() -> None:
    known = {re.sub(r"\D", "", line["phone"]) for line in read("helplines")["line"]}
    prose = [text for name in TOML_FILES if name != "helplines" for text in texts(name, "nl") + texts(name, "en")]
    prose += [item(path)[1] for path in library()]
    named = {re.sub(r"\D", "", number) for text in prose for number in PHONE.findall(text)}
    assert {"112", "113", "08002000"} <= named <= known


def test_help_lines_can_be_called_or_opened_and_nothing_else() -> None:
    lines = read("helplines")["line"]
    assert len({line["key"] for line in lines}) == len(lines)
    for line in lines:
        digits = re.sub(r"\D", "", line["phone"])
        assert line["tel"] == (f"tel:{digits}" if digits else "")
        assert line["tel"] or line["chat"] or line["site"], line["key"]
        for address in (line["chat"], line["site"]):
            assert address == "" or re.fullmatch(r"https://[a-z0-9.]+", address)
        assert line["topics"]
        assert set(line["topics"]) <= TOPICS_OF_HELP
        assert line.get("min_age", 0) <= line.get("max_age", 99)
        assert line["verified_on"] == "" or dt.date.fromisoformat(line["verified_on"])


def test_112_and_113_are_fixed_and_verified_and_come_first() -> None:
    lines = read("helplines")["line"]
    assert [line["phone"] for line in lines if line["fixed"]] == ["112", "113"]
    assert [line["phone"] for line in lines[:2]] == ["112", "113"]
    assert all(line["verified_on"] for line in lines if line["fixed"])
    assert {topic for line in lines for topic in line["topics"]} == TOPICS_OF_HELP


@pytest.mark.parametrize("age", range(16, 24))
def test_everyone_from_16_to_23_finds_a_line_for_every_topic(age: int) -> None:
    for topic in TOPICS_OF_HELP:
        fitting = [
            line
            for line in read("helplines")["line"]
            if topic in line["topics"]
            and not line["fixed"]
            and line.get("min_age", 0) <= age <= line.get("max_age", 99)
        ]
        assert fitting or topic == "suicide", topic


def test_there_are_ten_house_rules_in_order() -> None:
    rules = read("house_rules")["rule"]
    assert [rule["number"] for rule in rules] == list(range(1, 11))
    assert len({rule["key"] for rule in rules}) == 10
    assert read("house_rules")["footer_nl"]


def test_the_check_question_has_one_right_answer_and_never_scolds() -> None:
    options = read("onboarding")["check"]["option"]
    assert [option["right"] for option in options].count(True) == 1
    assert len(options) == 3
    for option in options:
        assert option["explanation_nl"]
        assert not re.search(r"\b(fout|onjuist|wrong|incorrect)\b", option["explanation_nl"] + option["explanation_en"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_about_looking_somebody_up_says_that_one_may_do_it_alone(language: str) -> None:
    """What crisis/reveals.py lets happen: two together, in an emergency one alone, always checked and always told."""
    never_alone = re.compile(r"niemand kan het alleen|nobody can (?:look it up|read it) alone", re.IGNORECASE)
    two = re.compile(r"\btwee medewerkers\b|\btweeën\b|\btwo (?:staff|of them)\b|\btwo together\b", re.IGNORECASE)
    alone = re.compile(r"\b(?:mag één|bij nood één)\b|\bone (?:staff member )?(?:may|alone|in an)\b")
    intro, privacy = read("onboarding"), read("privacy")
    options = {option["key"]: option for option in intro["check"]["option"]}
    consent = next(one for one in intro["consent"] if one["key"] == "anonymity")
    places = [
        " ".join(intro["anonymity"][f"paragraphs_{language}"]),
        options["nobody"][f"explanation_{language}"],
        options["every_clinician"][f"explanation_{language}"],
        options["two_in_danger"][f"text_{language}"],
        consent[f"detail_{language}"],
        " ".join(intro["safety_contact"][f"paragraphs_{language}"]),
        *(text for part in privacy["part"] if two.search(text := " ".join(part[f"lines_{language}"]))),
    ]
    assert len(places) == 7
    for text in places:
        assert not never_alone.search(text)
        assert two.search(text) or "samen" in text or "together" in text, text
        assert alone.search(text), text


def test_what_is_needed_to_join_and_what_may_stay_open() -> None:
    consents = {consent["key"]: consent["required"] for consent in read("onboarding")["consent"]}
    assert consents == {
        "house_rules": True,
        "anonymity": True,
        "privacy": True,
        "safety_contact": False,
        "research": False,
    }


def test_every_reason_names_a_rule_and_an_action() -> None:
    reasons = read("reasons")["reason"]
    assert {reason["code"] for reason in reasons} == REASONS
    assert len(reasons) == len(REASONS)
    for reason in reasons:
        assert reason["rule"] in range(1, 11)
        assert reason["actions"]
        assert set(reason["actions"]) <= {"ask_reword", "redact", "decline", "hide", "hold"}
        assert reason["severity"] in {"none", "low", "medium", "high", "crisis"}


def test_only_behaviour_towards_others_counts_and_what_pulls_others_along_gets_a_second_reader() -> None:
    reasons = {reason["code"]: reason for reason in read("reasons")["reason"]}
    counting = {code for code, reason in reasons.items() if reason["strike"]}
    assert counting == {"bullying", "contact_request", "discrimination", "grooming", "sexual", "threat"}
    second = {code for code, reason in reasons.items() if reason["second_reader"]}
    assert second == {"ed_promotion", "sh_promotion", "suicide_promotion", "bullying"}


def test_a_placeholder_is_neutral_and_stands_in_brackets() -> None:
    kinds = read("redaction")["kind"]
    assert len({kind["key"] for kind in kinds}) == len(kinds)
    assert all(re.fullmatch(r"\[[a-z ]+ weggelaten\]", kind["placeholder"]) for kind in kinds)


def test_every_reason_has_a_starting_text_for_each_of_its_actions() -> None:
    wanted = {(reason["code"], action) for reason in read("reasons")["reason"] for action in reason["actions"]}
    offered = {(code, template["action"]) for template in read("templates")["template"] for code in template["reasons"]}
    assert offered == wanted


def test_a_template_leaves_the_first_words_to_the_clinician() -> None:
    templates = read("templates")["template"]
    assert len(templates) >= 14
    assert len({template["key"] for template in templates}) == len(templates)
    actions = {"approve", "ask_reword", "redact", "decline", "hide", "hold", "close", "confirm"}
    assert {template["action"] for template in templates} == actions
    for template in templates:
        for text in (template["text_nl"], template["text_en"]):
            assert text.startswith("{personal} ")
            assert re.findall(r"\{\w+\}", text) == ["{personal}"]
        if template["action"] == "hold":
            assert "112" in template["text_nl"]
            assert "112" in template["text_en"]


def test_a_content_note_says_what_a_post_is_about_and_no_more() -> None:
    notes = read("content_notes")["note"]
    assert [note["key"] for note in notes] == ["eating", "self_harm", "death", "violence", "substances", "grief"]
    for note in notes:
        assert note["line_nl"].startswith("Gaat over: ")
        assert note["line_en"].startswith("About: ")


def test_any_two_parts_make_a_neutral_nickname() -> None:
    adjectives, nouns = read("aliases")["adjectives"], read("aliases")["nouns"]
    assert len(set(adjectives)) == len(adjectives) >= 80
    assert len(set(nouns)) == len(nouns) >= 120
    assert all(re.fullmatch(r"[A-Z][a-z]+e", word) for word in adjectives)
    assert all(re.fullmatch(r"[A-Z][a-z]+", word) for word in nouns)
    assert not re.search(
        r"dik|dun|slank|mager|klein|groot|zwaar|licht|bruin|zwart|wit|bleek|ziek|dood|gevaar|giftig|lelijk|mooi",
        " ".join(adjectives),
        re.IGNORECASE,
    )


def test_passphrase_words_are_many_plain_and_unmistakable() -> None:
    words = (CONFIG / "passphrase_words.txt").read_text("ascii").splitlines()
    known = set(words)
    assert words == sorted(known)
    assert len(words) >= 2048
    assert all(re.fullmatch(r"[a-z]{3,9}", word) for word in words)
    glued = [w for w in words if any(w[:i] in known and w[i:] in known for i in range(3, len(w) - 2))]
    assert glued == []
    doubles = [w for w in words if w + "en" in known or w + "s" in known or w + w[-1] + "en" in known]
    assert doubles == []


def test_the_library_has_every_item_in_both_languages() -> None:
    names = [path.name.removesuffix(".nl.md") for path in library() if path.name.endswith(".nl.md")]
    assert names[0] == "01-you-and-your-screen"
    assert len(names) == 14
    assert {path.name for path in library()} == {f"{name}.{lang}.md" for name in names for lang in ("nl", "en")}
    for name in names:
        dutch, english = (item(CONFIG / "library" / f"{name}.{lang}.md") for lang in ("nl", "en"))
        assert dutch[0]["topic"] == english[0]["topic"]
        assert re.findall(r"^(?:#+|-|\d\.) ", dutch[1], re.MULTILINE) == re.findall(
            r"^(?:#+|-|\d\.) ", english[1], re.MULTILINE
        )
        assert re.findall(r"\]\(([^)]+)\)", dutch[1]) == re.findall(r"\]\(([^)]+)\)", english[1])


@pytest.mark.parametrize("path", library(), ids=lambda path: path.name)
def test_a_library_item_is_short_plain_and_safe_to_show(path: Path) -> None:
    head, body = item(path)
    assert set(head) == {"title", "topic", "version", "owner", "date", "reviewed", "review_due"}
    assert head["topic"] in LIBRARY_TOPICS
    assert head["date"] < head["review_due"]
    assert 80 <= len(re.findall(r"\w[\w'’-]*", plain(body))) <= 150
    assert not re.search(r"^# |^####|<|&\w+;|!\[", body, re.MULTILINE)
    assert not NEVER.search(head["title"] + "\n" + body)
    kept = {line[kind] for line in read("helplines")["line"] for kind in ("tel", "chat", "site")}
    assert set(re.findall(r"\]\(([^)]+)\)", body)) <= kept
    lengths = sentences(body)
    assert sum(lengths) / len(lengths) <= 12
    assert max(lengths) <= 20


def test_exercises_hold_no_amounts_and_reports_have_words_for_every_answer() -> None:
    for post in read("training")["post"]:
        assert not re.search(r"\d+ ?(?:kg|kilo|kcal|mg|ml|cm|pillen)", post["text"]), post["key"]
        assert len(post["key"]) <= 40
    file = read("reports")
    answers = {(answer["kind"], action) for answer in file["answer"] for action in answer["actions"]}
    assert answers == {(kind, action) for kind in ("worried", "not_right") for action in ANSWERED}
    assert (CONFIG / "library" / f"{file['coping']}.nl.md").exists()
    assert not {choice["severity"] for choice in file["choice"] if choice["kind"] == "worried"} & {"none", "low"}
