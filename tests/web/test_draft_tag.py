"""Every page says, in a keyed tag, whose drafts a tab may give back; without naming anybody or asking the database."""

import re

import pytest
from builders import a_youth

TAG = re.compile(r'<html[^>]* data-tag="([^"]*)"')


def tag_of(page: str) -> str:
    found = TAG.search(page)
    assert found
    return found[1]


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group), a_youth(work, group, "Rustige Reiger")


def test_it_is_of_the_account_and_of_no_session(people, signed_in) -> None:
    noor, sem = people
    first, again, other = (tag_of(signed_in(who).get("/groepen").text) for who in (noor, noor, sem))
    assert len(first) == 16
    assert first == again != other
    assert str(noor.account_id)[:8] not in first


@pytest.mark.parametrize("path", ["/", "/in", "/help"])
def test_nobody_signed_in_has_none(client, path) -> None:
    assert tag_of(client.get(path).text) == ""


def test_a_page_without_the_database_has_none_and_asks_nothing(people, signed_in, count_queries) -> None:
    browser = signed_in(people[0])
    with count_queries() as asked:
        assert tag_of(browser.get("/help").text) == ""
    assert asked == []


def test_signing_out_makes_the_browser_forget_what_was_typed(people, signed_in, client) -> None:
    for browser in (signed_in(people[0]), client):
        assert browser.post("/uit").headers["Clear-Site-Data"] == '"storage"'
