"""No permission that nobody uses, no event that nobody hears."""

import re

import declared_rules as rules
import pytest
from tree import files

from safespace.kernel.outbox import AudienceKind
from safespace.policy.permissions import Permission
from safespace.policy.rules import RULES, SEES
from safespace.realtime.relay import NAMES

SOURCES = files("*.py")
SCRIPTS = files("*.js")
WEB = "safespace/web/x.py"


def test_a_use_of_a_permission_is_seen_outside_the_table_only() -> None:
    assert rules.permissions_of(WEB, "@permits(Permission.ENTER)\ndef f(): pass") == {"ENTER"}
    assert rules.permissions_of("safespace/policy/rules.py", "RULES = {Permission.ENTER: ()}") == set()


def test_every_permission_has_a_row_and_is_used() -> None:
    used = {name for path, source in SOURCES.items() for name in rules.permissions_of(path, source)}
    assert set(RULES) == set(Permission)
    assert used == {one.name for one in Permission}


def test_what_must_be_seen_first_is_never_broader_than_the_table() -> None:
    assert set(SEES) <= set(RULES)
    assert {seen for needed in SEES.values() for seen in needed} <= set(RULES)


@pytest.mark.parametrize(
    "source",
    [
        "ring_group(work, 'something_else', post)",
        "ring_staff(work, f'queue_{x}', group_id, post_id)",
        "ring_author(work, 'post_changed' if seen else 'post_lost', post)",
        "work.announce(Event(audience=a, kind='typing'))",
        "work.announce(Event(audience=a, kind=name))",
        "work.announce(Event(a, 'typing'))",
    ],
)
def test_an_event_that_nobody_hears_is_seen(source) -> None:
    assert rules.an_event_has_somebody_who_fetches(WEB, source)


def test_every_event_has_somebody_who_fetches() -> None:
    wrong = [one for path, source in SOURCES.items() for one in rules.an_event_has_somebody_who_fetches(path, source)]
    assert wrong == []


def test_the_list_names_only_events_that_are_announced_and_functions_that_are_there() -> None:
    names = {name for path, source in SOURCES.items() for _, name in rules.announced(path, source)}
    functions = {name for path, source in SOURCES.items() for name in rules.functions_of(path, source)}
    assert set(rules.HEARD) == names
    assert {one for fetching in rules.HEARD.values() for one in fetching} <= functions


def test_every_audience_has_a_doorbell_that_a_script_hears() -> None:
    assert set(NAMES) == set(AudienceKind) - {AudienceKind.ACCESS}  # access is for the server's own watch
    listening = [found for text in SCRIPTS.values() for found in re.findall(r"\blisten\(\{([^}]*)", text)]
    assert [bell for bell in NAMES.values() if not any(re.search(rf"\b{bell}\b", one) for one in listening)] == []
