"""A longer break that another location asks about, on the screen: found in the queue, answered, and gone."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from builders import WHY, a_clinician, a_group, a_location, a_member
from sqlalchemy import select

from safespace.groups.models import Group, GroupState, Location, Membership, StaffRole
from safespace.moderation import breaks, intake
from safespace.threads.models import Post, PostRevision, PostType, Words

LIST = "/rustmomenten"
BAND = "Een andere locatie vraagt jullie akkoord voor een langer rustmoment."


@pytest.fixture
def south(begin):
    with begin() as work:
        elsewhere = a_group(work, a_location(work, "Zuidhaven"), "Avond")
        return elsewhere, a_clinician(work, elsewhere.location, "Mark")


def ask(begin, group, noor, esra, south=None):
    place = noor.member_of(group.id).membership_id
    with begin() as work:
        if south:
            work.session.get_one(Location, group.location_id).second_location_id = south[0].location_id
        breaks.pause_member(work, esra, place, work.now + timedelta(days=20), **WHY)
    return place


def seen_on(page):
    """What the form of the one request on the list says of it."""
    return {"seen": unescape(re.findall(r'name="seen" value="([^"]+)"', page.get(LIST).text)[0])}


def test_the_other_location_finds_it_in_the_queue_and_agrees(begin, group, noor, esra, south, signed_in) -> None:
    page = signed_in(south[1])
    assert "data-asks hidden" in page.get("/wachtrij").text
    assert page.get("/wachtrij/rijen").json["asks"] == ""
    place = ask(begin, group, noor, esra, south)
    assert BAND in page.get("/wachtrij").text
    assert page.get("/wachtrij/rijen").json["asks"] == BAND
    shown = page.get(LIST).text
    for text in ("Stille Otter", group.name, "Een behandelaar van Noorderlicht vraagt", WHY["reason"]):
        assert text in shown
    for text in (WHY["return_plan"], "Esra", f"/g/{group.id}"):
        assert text not in shown
    assert page.get(f"/g/{group.id}/leden").status_code == 404
    assert page.post(f"/lid/{place}/rust/bevestigen").status_code == 404
    done = page.post(f"{LIST}/{place}/akkoord", data=seen_on(page), follow_redirects=True).text
    assert "Bevestigd. Het rustmoment duurt zo lang als de andere locatie vroeg." in done
    assert "Stille Otter" not in done
    assert page.post(f"{LIST}/{place}/akkoord").status_code == 404
    with begin() as work:
        assert work.session.get_one(Membership, place).longer_until is None


def test_the_own_location_reads_who_was_asked_and_what_was_answered(begin, group, noor, esra, south, signed_in) -> None:
    members = f"/g/{group.id}/leden"
    place = ask(begin, group, noor, esra, south)
    page = signed_in(esra)
    shown = page.get(members).text
    assert "Daarom is het gevraagd aan Zuidhaven." in shown
    assert "Zonder akkoord" not in shown
    assert "Er wordt jullie nu niets gevraagd." in page.get(LIST).text
    other = signed_in(south[1])
    assert other.post(f"{LIST}/{place}/een-week").status_code == 409  # it does not say what was read
    assert other.post(f"{LIST}/{place}/een-week", data=seen_on(other)).status_code == 303
    shown = page.get(members).text
    assert "Een behandelaar van Zuidhaven liet het bij een week." in shown
    assert "Daarom is het gevraagd" not in shown


def test_it_is_blocked_again_when_nobody_works_there_any_more(begin, group, noor, esra, south, signed_in) -> None:
    ask(begin, group, noor, esra, south)
    with begin() as work:
        mine = StaffRole.account_id == south[1].account_id
        work.session.scalars(select(StaffRole).where(mine)).one().revoked_at = work.now
    shown = signed_in(esra).get(f"/g/{group.id}/leden").text
    assert "Zonder akkoord is het rustmoment na een week voorbij." in shown
    assert "gevraagd aan Zuidhaven" not in shown


def test_who_must_practise_first_reads_where(begin, group, noor, esra, south, signed_in) -> None:
    place = ask(begin, group, noor, esra, south)
    with begin() as work:
        work.session.get_one(Location, south[0].location_id).training_required = True
    page = signed_in(south[1])
    shown = page.get(LIST).text
    assert "Daarna kun je hier antwoorden." in shown
    assert f"{place}/akkoord" not in shown
    assert page.post(f"{LIST}/{place}/akkoord").status_code == 403


@pytest.mark.parametrize("path", ["", "?voor={random}", "/nieuw", "/t/{thread}", "/t/{thread}?page=9", "/t/{random}"])
def test_who_has_a_break_is_told_so_wherever_the_group_was(begin, group, noor, esra, signed_in, path) -> None:
    with begin() as work:
        type_, words = PostType.EXPERIENCE, Words(title="Slapen lukt niet", body="Ik lig vaak wakker.")
        thread = intake.open_thread(work, noor, group.id, type_, words).thread_id
    ask(begin, group, noor, esra)
    page = signed_in(noor)
    answer = page.get(f"/g/{group.id}{path.format(thread=thread, random=uuid4())}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/g/{group.id}/rust")
    told = page.get(answer.headers["Location"]).text
    assert WHY["reason"] in told
    assert f'data-kept-words="/g/{group.id}"' in told  # what was typed, by draft.js
    for other in (uuid4(), a_strange_group(begin)):
        assert page.get(f"/g/{other}{path.format(thread=thread, random=uuid4())}").status_code == 404
    script = page.get(f"/g/{group.id}/t/{thread}", headers={"Accept": "application/json"})
    assert script.status_code == 404


@pytest.mark.parametrize("path", ["nieuw", "t/{random}/reactie"])
def test_who_was_just_given_a_break_gets_the_words_back_beside_the_reason(
    begin, group, noor, esra, signed_in, path
) -> None:
    ask(begin, group, noor, esra)
    form = {"title": "Kop", "body": "Vandaag ging het best goed.", "form_key": uuid4().hex}
    answer = signed_in(noor).post(f"/g/{group.id}/{path.format(random=uuid4())}", data=form)
    assert answer.status_code == 403
    for text in ("Je hebt even een rustmoment", WHY["reason"], "Je tekst staat hier nog", form["body"]):
        assert text in answer.text
    assert "data-kept-words" not in answer.text  # or they would be there twice


@pytest.mark.parametrize("asked", ["aanpassen", "versturen"])
def test_who_changes_an_own_text_during_a_break_reads_that_it_is_a_break(
    begin, group, noor, esra, signed_in, asked
) -> None:
    with begin() as work:
        words = Words(title="Slapen lukt niet", body="Ik lig vaak wakker.")
        post_id = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, words).post_id
    if asked == "versturen":
        with begin() as work:
            work.session.get_one(PostRevision, work.session.get_one(Post, post_id).pending_id).sent_at = None
    ask(begin, group, noor, esra)
    form = {"title": "Slapen", "body": "Ik lig nu minder wakker.", "form_key": uuid4().hex}
    answer = signed_in(noor).post(f"/mijn/{post_id}/{asked}", data=form)
    assert answer.status_code == 403
    assert form["body"] in answer.text
    assert "Je hebt even een rustmoment in deze groep." in answer.text
    assert "neemt nu geen berichten aan" not in answer.text
    with begin() as work:
        work.session.get_one(Group, group.id).state = GroupState.READ_ONLY
    answer = signed_in(noor).post(f"/mijn/{post_id}/{asked}", data=form)
    assert "neemt nu geen berichten aan" in answer.text


def test_a_page_that_is_not_there_shows_what_this_tab_kept_of_it(noor, signed_in) -> None:
    assert 'data-kept-words="" hidden' in signed_in(noor).get(f"/g/{uuid4()}").text


def a_strange_group(begin):
    with begin() as work:
        return a_group(work, a_location(work, "Westhaven"), "Ochtend").id


def test_a_list_of_many_asks_the_database_no_more(begin, group, noor, esra, south, signed_in, count_queries) -> None:
    ask(begin, group, noor, esra, south)
    with begin() as work:
        more = [a_member(work, group, f"Otter {number}").id for number in range(9)]
        for place in more:
            breaks.pause_member(work, esra, place, work.now + timedelta(days=20), **WHY)
    for who, address in ((south[1], LIST), (south[1], "/wachtrij"), (esra, f"/g/{group.id}/leden")):
        browser = signed_in(who)
        with count_queries() as asked:
            assert browser.get(address).status_code == 200
        assert len(asked) <= 8, address


def test_the_members_page_offers_no_break_that_the_server_refuses(begin, group, noor, esra, signed_in) -> None:
    place = noor.member_of(group.id).membership_id
    with begin() as work:
        breaks.pause_member(work, esra, place, work.now + timedelta(days=2), **WHY)
    with begin() as work:
        work.session.get_one(Membership, place).paused_until = work.now - timedelta(hours=1)
    page = signed_in(esra)
    address = f"/lid/{place}/rust"
    assert address in page.get(f"/g/{group.id}/leden").text
    assert page.get(address).status_code == 200
    with begin() as work:
        until = (work.now + timedelta(days=3)).date().isoformat()
    form = {"until": until, "form_key": uuid4().hex, **WHY}
    assert page.post(address, data=form).status_code == 303
    assert page.get(address).status_code == 409
