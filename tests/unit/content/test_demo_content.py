"""The words of the demo clinic: complete, connected, and within the house rules wherever a young person reads them."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).parents[3] / "config"
GROUPS = ("general", "eating", "autism", "waiting")
TYPES = {"experience", "tip", "question", "offline_idea"}
SEVERITIES = {"none", "low", "medium", "high", "crisis"}
MEASURE = re.compile(
    r"\b(?:kg|kilo\w*|kcal|calorie\w*|calories|bmi|gram|cm|lbs|pounds?|weegschaal|gewicht|gewogen|maatje?|streefgewicht)\b",
    re.IGNORECASE,
)
CONTACT = re.compile(
    r"@\w|https?:|www\.|\b\w+\.(?:nl|com|org|gg)\b|\+31|\b0\d{1,3}[-\s]?\d{3}|\b(?:snap|insta|discord|tiktok)\s*:\s*\w",
    re.IGNORECASE,
)
PHONE = re.compile(r"\b0\d{1,3}[-\s]?\d{6,8}\b")
# Means and hiding stay out everywhere, whoever reads it. A coarse net of single words; the risk rules know more.
METHOD = re.compile(
    r"\b(?:mes(?:sen)?|touw|brug|spoor(?:weg|baan)?|overdosis|laxeer\w*|braken|overgeven|snij\w*|"
    r"knife|rope|bridge|overdos\w+|laxative\w*|purg\w+|cutting)\b|\b\d+\s*(?:mg|ml|pillen|pills|stuks)\b",
    re.IGNORECASE,
)
BELITTLING = re.compile(
    r"\b(?:gewoon|verslaafd\w*|aandacht vragen|overdrij\w+|je moet|maar je hebt toch|afgewezen)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(r"\b(?:the|and|you|is|my|to|it|of|that|was|for|they|with|she|this)\b", re.IGNORECASE)
DUTCH = re.compile(r"\b(?:ik|de|het|een|en|je|dat|niet|is|van|die|mijn|mn|maar|te)\b", re.IGNORECASE)


def toml(name: str) -> dict[str, Any]:
    """Read one file of the clinic's content."""
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


NOTES = {note["key"] for note in toml("content_notes.toml")["note"]}
REASONS = {reason["code"] for reason in toml("reasons.toml")["reason"]}
PEOPLE = toml("demo/people.toml")
THREADS = {group: toml(f"demo/threads-{group}.toml")["thread"] for group in GROUPS}
WAITING = toml("demo/waiting.toml")["waiting"]
OUTCOMES = toml("demo/waiting.toml")["outcome"]
PINS = toml("demo/library.toml")["pin"]
YOUTHS = {youth["key"]: youth for youth in PEOPLE["youth"]}
STAFF = {staff["key"]: staff for staff in PEOPLE["staff"]}
GROUP = {group["key"]: group for group in PEOPLE["group"]}


def threads() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every published conversation with its group."""
    for group, found in THREADS.items():
        for thread in found:
            yield group, thread


def posts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every published post with its group; the opening post of a conversation comes first."""
    for group, thread in threads():
        yield group, thread
        for post in thread["post"]:
            yield group, post


def members(group: str) -> set[str]:
    """Return the keys of the youths that belong to a group."""
    return {key for key, youth in YOUTHS.items() if any(m["group"] == group for m in youth["memberships"])}


def words(body: str) -> int:
    """Count the words of a body."""
    return len(body.split())


def test_the_clinic_has_the_promised_people_and_places() -> None:
    assert len(PEOPLE["location"]) == 2
    assert {group["location"] for group in PEOPLE["group"]} == {place["key"] for place in PEOPLE["location"]}
    assert Counter((group["kind"], group["profile"]) for group in PEOPLE["group"]) == {
        ("group", "general"): 1,
        ("group", "eating"): 1,
        ("group", "autism"): 1,
        ("waiting_list", "general"): 1,
    }
    assert set(GROUP) == set(GROUPS)
    assert len(YOUTHS) == len(PEOPLE["youth"]) == 14
    for place in PEOPLE["location"]:
        roles = Counter(staff["role"] for staff in PEOPLE["staff"] if place["key"] in staff["locations"])
        assert roles == {"administrator": 1, "clinician": 2}


def test_every_phone_number_of_a_location_is_fictional() -> None:
    for place in PEOPLE["location"]:
        assert re.fullmatch(r"020-00000\d\d", place["phone"])
        assert re.fullmatch(r"020-00000\d\d", place["crisis_phone"])
        assert place["phone"] != place["crisis_phone"]


def test_nobody_can_be_followed_from_one_group_to_another_by_alias() -> None:
    aliases = [m["alias"] for youth in PEOPLE["youth"] for m in youth["memberships"]]
    assert len(set(aliases)) == len(aliases)
    assert all(re.fullmatch(r"[A-Z][a-zë]+ [A-Z][a-zë]+", alias) for alias in aliases)
    assert sum(len(youth["memberships"]) == 2 for youth in PEOPLE["youth"]) >= 4
    for youth in PEOPLE["youth"]:
        groups = [m["group"] for m in youth["memberships"]]
        assert len(set(groups)) == len(groups)
        assert len({GROUP[group]["location"] for group in groups}) == 1


def test_there_is_enough_to_read() -> None:
    assert 28 <= sum(1 for _ in threads()) <= 33
    assert 190 <= sum(1 for _ in posts()) <= 220
    assert sum(1 + len(thread["post"]) >= 25 for _, thread in threads()) == 2
    keys = [thread["key"] for _, thread in threads()]
    assert len(set(keys)) == len(keys)
    assert {thread["type"] for _, thread in threads()} == TYPES
    lengths = [words(post["body"]) for _, post in posts()]
    assert min(lengths) <= 6
    assert 140 <= max(lengths) <= 190


def test_clinicians_answer_in_about_a_third_of_the_conversations_and_briefly() -> None:
    answered = [thread for _, thread in threads() if any(p["author"].startswith("staff:") for p in thread["post"])]
    assert 0.28 <= len(answered) / sum(1 for _ in threads()) <= 0.45
    for group, post in posts():
        if post["author"].startswith("staff:"):
            staff = STAFF[post["author"].removeprefix("staff:")]
            assert staff["role"] == "clinician"
            assert GROUP[group]["location"] in staff["locations"]
            assert words(post["body"]) <= 90
            assert not BELITTLING.search(post["body"])


@pytest.mark.parametrize("group", GROUPS)
def test_only_members_write_and_never_before_what_they_answer(group: str) -> None:
    for thread in THREADS[group]:
        assert thread["author"] in members(group)
        assert len({post["author"] for post in thread["post"]} | {thread["author"]}) >= 3
        hours = [post["hours_after"] for post in thread["post"]]
        assert hours == sorted(set(hours))
        assert hours[0] > 0
        assert hours[-1] < thread["days_ago"] * 24
        for post in thread["post"]:
            assert post["author"].startswith("staff:") or post["author"] in members(group)


def test_people_come_back_to_the_conversation_they_began() -> None:
    returned = sum(any(post["author"] == thread["author"] for post in thread["post"]) for _, thread in threads())
    assert returned / sum(1 for _ in threads()) >= 0.8


def test_every_post_has_a_type_and_at_most_two_content_notes() -> None:
    for _, post in posts():
        assert post["type"] in TYPES
        assert set(post["notes"]) <= NOTES
        assert len(post["notes"]) <= 2
        assert post["body"] == post["body"].strip()


def test_conversations_about_eating_say_so() -> None:
    noted = [thread for thread in THREADS["eating"] if "eating" in thread["notes"]]
    assert noted == THREADS["eating"]


def test_what_is_published_holds_no_measure_contact_or_method() -> None:
    for group, post in posts():
        body = post["body"]
        assert not MEASURE.search(body), (group, body)
        assert not CONTACT.search(body), (group, body)
        assert not METHOD.search(body), (group, body)


def test_the_eating_group_and_every_post_about_eating_read_without_a_single_figure() -> None:
    for group, post in posts():
        if group == "eating" or "eating" in post["notes"]:
            assert not re.search(r"\d", post["body"]), post["body"]


def test_about_one_in_ten_posts_is_english() -> None:
    english = sum(len(ENGLISH.findall(p["body"])) > len(DUTCH.findall(p["body"])) for _, p in posts())
    assert 0.07 <= english / sum(1 for _ in posts()) <= 0.14


def test_what_waits_covers_every_severity() -> None:
    assert len(WAITING) == 15
    found = Counter(post["expect"] for post in WAITING)
    assert set(found) == SEVERITIES
    assert found["none"] + found["low"] >= 5
    assert found["high"] in {2, 3}
    assert found["crisis"] == 2
    assert {post["group"] for post in WAITING} == set(GROUPS)


def test_what_waits_comes_from_a_member_and_answers_a_conversation_of_that_group() -> None:
    for post in WAITING:
        keys = {thread["key"] for thread in THREADS[post["group"]]}
        assert post["author"] in members(post["group"])
        assert post["thread"] in keys or " " in post["thread"]
        assert post["type"] in TYPES
        assert 0 < post["minutes_ago"] <= 120


def test_no_waiting_post_tells_how_or_where_and_its_numbers_lead_to_nobody() -> None:
    for post in [*WAITING, *OUTCOMES]:
        assert not METHOD.search(post["body"])
        assert all(number == "06-00000000" for number in PHONE.findall(post["body"]))


def test_an_earlier_outcome_always_comes_with_a_reason_and_a_warm_word_of_a_clinician() -> None:
    assert len(OUTCOMES) == 5
    assert {outcome["action"] for outcome in OUTCOMES} == {"ask_reword", "decline", "hold"}
    for outcome in OUTCOMES:
        staff = STAFF[outcome["clinician"]]
        assert outcome["author"] in members(outcome["group"])
        assert outcome["reason"] in REASONS
        assert len(outcome["note"]) >= 40
        assert not BELITTLING.search(outcome["note"])
        assert staff["role"] == "clinician"
        assert GROUP[outcome["group"]]["location"] in staff["locations"]
        assert outcome["days_ago"] > 0
        opened = {thread["key"]: thread["days_ago"] for thread in THREADS[outcome["group"]]}
        assert outcome["days_ago"] < opened.get(outcome["thread"], 14)


def test_no_group_has_more_than_three_things_pinned() -> None:
    assert [pin["group"] for pin in PINS] == list(GROUPS)
    for pin in PINS:
        for item in pin["items"]:
            assert (CONFIG / "library" / f"{item}.nl.md").is_file()
        pinned = sum(thread.get("pinned", False) for thread in THREADS[pin["group"]])
        assert 1 <= len(pin["items"]) + pinned <= 3


def test_the_desk_of_the_demo_names_what_is_there() -> None:
    desk = toml("demo/desk.toml")
    choices = {choice["key"]: choice["kind"] for choice in toml("reports.toml")["choice"]}
    conversations = {thread["key"]: (group, thread) for group, thread in threads()}
    for row in (*desk["report"], *desk["folded"]):
        group, thread = conversations[row["thread"]]
        assert group == row["group"]
        assert row["author"] in members(group) - ({thread["author"]} if "kind" in row else set())
    for row in desk["report"]:
        assert choices[row["choice"]] == row["kind"]
        assert not METHOD.search(row["words"])
        assert not MEASURE.search(row["words"])
    for row in (*desk["good_news"], *desk["practice"]):
        assert STAFF[row["clinician"]]["role"] == "clinician"
    for row in desk["good_news"]:
        assert GROUP[conversations[row["thread"]][0]]["location"] in STAFF[row["clinician"]]["locations"]
