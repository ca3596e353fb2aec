"""Who still needs something: however many they are, each of them is on a page of the list."""

import re

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.moderation import follow_ups, intake
from safespace.moderation.models import FollowUp, Review
from safespace.threads.models import PostType

MANY = 2 * follow_ups.PAGE + 1
MOST = 8


@pytest.fixture
def esra(begin, signed_in):
    """A clinician, where so many authors still need something that they fill two pages, and one more needs it."""
    with begin() as work:
        group = a_group(work, a_location(work))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        for number in range(MANY):
            words = intake.accept_words(work, f"Tekst {number}.", title=f"Kop {number}")
            intake.open_thread(work, noor, group.id, PostType.TIP, words)
        for review in work.session.scalars(select(Review)):
            review.follow_up = FollowUp.MESSAGE
    return signed_in(esra)


def listed(page: str) -> list[str]:
    return re.findall(r'action="(/opvolgen/[^"]+)"', page)


def test_the_last_one_is_reached_without_closing_those_above(esra, count_queries) -> None:
    address, pages = "/opvolgen", []
    while address:
        with count_queries() as asked:
            pages.append(esra.get(address).text)
        assert len(asked) <= MOST
        older = re.search(r'rel="prev" href="([^"]+)', pages[-1])
        address = older[1] if older else ""
    assert [len(listed(page)) for page in pages] == [follow_ups.PAGE, follow_ups.PAGE, 1]
    assert len({action for page in pages for action in listed(page)}) == MANY
    assert "Naar voren" in pages[-1]


def test_whoever_closes_one_stays_on_that_page_or_goes_to_the_last_there_is(esra) -> None:
    last = listed(esra.get("/opvolgen?pagina=3").text)
    refused = esra.post(last[0], data={"internal_note": ""})
    assert refused.status_code == 422
    assert listed(refused.text) == last
    closed = esra.post(last[0], data={"internal_note": "Gebeld."})
    assert closed.location == "/opvolgen?pagina=3"
    assert len(listed(esra.get(closed.location).text)) == follow_ups.PAGE
    first = esra.post(listed(esra.get("/opvolgen").text)[0], data={"internal_note": "Gebeld."})
    assert first.location == "/opvolgen"


def test_what_was_typed_is_still_there_when_it_is_refused_or_a_colleague_was_first(esra) -> None:
    first = listed(esra.get("/opvolgen").text)[0]
    long = "Gebeld en alles doorgenomen. " * 80
    refused = esra.post(first, data={"internal_note": long})
    assert refused.status_code == 422
    assert refused.text.count(long.strip()) == 1
    assert esra.post(first, data={"internal_note": "Gebeld."}).status_code == 303
    late = esra.post(first, data={"internal_note": "Ook gebeld."})
    assert late.status_code == 409
    assert "Een collega sloot dit net af." in late.text
    assert "Ook gebeld." in late.text
    assert first not in listed(late.text)
