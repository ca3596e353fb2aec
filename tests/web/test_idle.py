"""A session ends when nobody is there any more: what a page asks by itself is no sign of somebody."""

from datetime import timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_youth

STEP = timedelta(minutes=5)
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def clock(app):
    """Let time go by for the service."""
    host = app.extensions["safespace"]
    began, passed = host.clock(), [timedelta()]
    host.clock = lambda: began + passed[0]

    def later(step: timedelta = STEP) -> None:
        passed[0] += step

    return later


@pytest.fixture
def people(begin, clock):
    with begin() as work:
        group = a_group(work, a_location(work))
        return group, a_youth(work, group), a_clinician(work, group.location)


def test_a_queue_that_stays_open_keeps_nobody_signed_in(signed_in, people, clock) -> None:
    _, _, esra = people
    browser = signed_in(esra)
    for _ in range(2):
        clock()
        assert browser.get("/wachtrij/rijen", headers=SCRIPT).status_code == 200
    clock()
    assert browser.get("/wachtrij/rijen", headers=SCRIPT).status_code == 401
    assert browser.get("/wachtrij").status_code == 302


def test_a_conversation_that_stays_open_keeps_nobody_signed_in(signed_in, people, clock) -> None:
    group, noor, _ = people
    browser = signed_in(noor)
    for _ in range(5):
        clock()
        assert browser.get(f"/g/{group.id}/changes?after=0", headers=SCRIPT).status_code == 200
    clock()
    assert browser.get(f"/g/{group.id}/changes?after=0", headers=SCRIPT).status_code == 401


def test_whoever_types_on_a_page_that_asks_by_itself_stays(signed_in, people, clock) -> None:
    _, _, esra = people
    browser = signed_in(esra)
    for _ in range(6):
        clock()
        assert browser.get("/wachtrij/rijen", headers=SCRIPT | {"X-Acted": "1"}).status_code == 200


def test_whoever_opens_pages_stays(signed_in, people, clock) -> None:
    _, _, esra = people
    browser = signed_in(esra)
    for _ in range(6):
        clock()
        assert browser.get("/wachtrij").status_code == 200
        assert browser.get("/wachtrij/rijen", headers=SCRIPT).status_code == 200


def test_all_that_scripts_fetch_is_declared_so(app) -> None:
    found = {name for name, view in app.view_functions.items() if getattr(view, "background", False)}
    reading = {"groups.changes", "queue.rows_as_json", "posts.waiting", "posts.standing", "reports.standing"}
    crisis = {"alarms.now", "escalations.standing", "talk.news", "talk.news_for_staff", "talk.standing"}
    care = {"escalations.listing", "talk.seen_by_staff"}
    assert found == reading | crisis | care | {"claims.beat", "claims.let_go", "history.read", "accounts.still_here"}
