"""Pages of psycho-education: a youth reads, Esra writes with a preview and pins, all without JavaScript."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_member, a_youth, an_administrator
from sqlalchemy import select

from safespace.groups.models import StaffRole
from safespace.library import items
from safespace.library.items import TOPICS, Draft
from safespace.library.models import Item, Pin
from safespace.library.starter import seed_items
from safespace.moderation import breaks
from safespace.moderation.pins import AT_MOST, pin, pins_of
from safespace.policy.roles import Role
from safespace.threads import lifecycle
from safespace.threads.lifecycle import Author, Words
from safespace.threads.models import PostState, PostType
from safespace.web import topics

SLEEP = Draft(title="Slaap en schermen", body="## Probeer\n\n- leg je telefoon **weg**", topic="sleep")
BOTH = replace(SLEEP, title_en="Sleep and screens", body_en="Put it *away*.")


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def noor(begin, group):
    with begin() as work:
        return a_youth(work, group)


@pytest.fixture
def item(begin, group, esra):
    with begin() as work:
        return items.write_item(work, esra, group.location_id, BOTH)


@pytest.fixture
def post(begin, group):
    with begin() as work:
        author = Author(membership_id=a_member(work, group, "Rustige Reiger").id)
        thread = lifecycle.add_thread(work, group.id, PostType.TIP)
        words = Words(body="Ik leg mijn telefoon op de gang.", title="In de avond")
        post, revision = lifecycle.add_post(
            work, thread, author, PostType.TIP, words, state=PostState.PENDING, opens=True
        )
        lifecycle.schedule(work, post, revision.id, work.now)
        lifecycle.release(work, post.id, revision.id, revision, [], timedelta())
        return post


def form(draft: Draft = SLEEP, **more: object) -> dict[str, str]:
    words = {name: getattr(draft, name) for name in ("title", "body", "topic", "title_en", "body_en")}
    return words | {"form_key": str(uuid4())} | {name: str(value) for name, value in more.items()}


def test_every_topic_has_words_and_an_area() -> None:
    assert set(topics.TOPICS) == set(TOPICS)
    assert sorted(topic for _, found in topics.AREAS for topic in found) == sorted(TOPICS)


def test_a_youth_finds_the_library_by_area_and_reads_an_item(signed_in, begin, group, noor, item) -> None:
    with begin() as work:
        seed_items(work, group.location_id)
    browser = signed_in(noor)
    page = browser.get("/lezen").text
    for words in ("Rust en slaap", "Slaap en schermen", "Jij en je scherm", "Dertig dingen zonder scherm"):
        assert words in page
    assert "/lezen/nieuw" not in page
    page = browser.get(f"/lezen/{item.id}").text
    for words in ("<h1>Slaap en schermen</h1>", "<h2>Probeer</h2>", "<strong>weg</strong>", "ongeveer 1 minuut"):
        assert words in page
    assert "Laatst bijgewerkt op" in page
    assert "Voor het team" not in page


def test_english_readers_get_english_or_dutch_that_is_marked_as_dutch(
    signed_in, begin, group, esra, noor, item
) -> None:
    with begin() as work:
        dutch = items.write_item(work, esra, group.location_id, replace(SLEEP, title="Alleen hier"))
    browser = signed_in(noor)
    browser.set_cookie("taal", "en")
    assert "<h1>Sleep and screens</h1>" in browser.get(f"/lezen/{item.id}").text
    page = browser.get(f"/lezen/{dutch.id}").text
    assert '<h1 lang="nl">Alleen hier</h1>' in page
    assert '<div class="prose" lang="nl">' in page
    assert 'lang="nl">Alleen hier</a>' in browser.get("/lezen").text


def test_a_page_of_the_library_costs_the_same_whatever_its_size(signed_in, count_queries, begin, group, esra) -> None:
    with begin() as work:
        found = next(iter(seed_items(work, group.location_id).values()))
        for name in ("Een", "Twee", "Drie"):
            a_group(work, group.location, name)
    browser = signed_in(esra)
    for address in ("/lezen", f"/lezen/{found}", f"/lezen/vast?item_id={found}&group_id={group.id}"):
        browser.get(address)
        with count_queries() as asked:
            assert browser.get(address).status_code == 200
        assert len(asked) <= 8


def test_a_youth_of_two_locations_chooses_one(signed_in, begin, group, esra, noor, item) -> None:
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"))
        mark = a_clinician(work, south.location)
        items.write_item(work, mark, south.location_id, replace(SLEEP, title="Van hier"))
        a_member(work, south, "Groene Specht").account_id = noor.account_id
    browser = signed_in(noor)
    assert "Van hier" not in browser.get("/lezen").text
    page = browser.get(f"/lezen?where={south.location_id}").text
    assert "Van hier" in page
    assert "Slaap en schermen" not in page


def test_an_administrator_finds_an_empty_shelf_and_no_item(signed_in, begin, group, item) -> None:
    with begin() as work:
        karin = an_administrator(work, group.location)
    browser = signed_in(karin)
    assert "nog niets om te lezen" in browser.get("/lezen").text
    assert browser.get(f"/lezen/{item.id}").status_code == 404


def test_who_has_a_break_reads_when_it_is_all_there_again(signed_in, begin, group, esra, noor, item) -> None:
    with begin() as work:
        member = noor.members[group.id].membership_id
        until = work.now + timedelta(days=3)
        breaks.pause_member(work, esra, member, until, reason="Even rust.", return_plan="Samen kijken.")
    shown = signed_in(noor).get("/lezen").text
    assert "Doe je weer mee, dan staat alles weer hier." in shown
    assert "nog niets om te lezen" not in shown


def test_nobody_reads_without_signing_in(client, item) -> None:
    for address in ("/lezen", f"/lezen/{item.id}", "/lezen/nieuw", "/lezen/vast"):
        assert client.get(address).status_code == 302


def test_esra_previews_first_and_loses_no_word(signed_in, begin, group, esra) -> None:
    browser = signed_in(esra)
    page = browser.get("/lezen/nieuw").text
    assert str(group.location_id) in page
    answer = browser.post("/lezen/voorbeeld", data=form(BOTH, where=group.location_id))
    page = unescape(answer.text)
    assert answer.status_code == 200
    for words in ("nog niet bewaard", "<strong>weg</strong>", "<em>away</em>", SLEEP.body, BOTH.body_en):
        assert words in page
    assert '<option value="sleep" selected>' in page
    with begin() as work:
        assert work.session.scalars(select(Item)).all() == []


def test_a_preview_runs_nothing_that_was_typed(signed_in, group, esra) -> None:
    draft = replace(
        SLEEP, body='<img src=x onerror="alert(1)"> [x](javascript:alert(1))', title="<script>alert(1)</script>"
    )
    page = signed_in(esra).post("/lezen/voorbeeld", data=form(draft, where=group.location_id)).text
    assert "<img" not in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("address", ["/lezen/nieuw", "/lezen/voorbeeld"])
def test_what_cannot_be_kept_comes_back_with_a_sentence_for_each_field(signed_in, group, esra, address) -> None:
    draft = Draft(title="", body="Wel een tekst.", topic="", title_en="Title only")
    answer = signed_in(esra).post(address, data=form(draft, where=group.location_id))
    assert answer.status_code == 422
    assert set(re.findall(r'href="#f-(\w+)"', answer.text)) == {"title", "topic", "body_en"}
    assert "Wel een tekst." in answer.text


def test_esra_saves_an_item_once_however_often_it_is_sent(signed_in, begin, group, esra) -> None:
    browser = signed_in(esra)
    sent = form(where=group.location_id)
    answers = [browser.post("/lezen/nieuw", data=sent) for _ in range(2)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert "Slaap en schermen" in browser.get(answers[0].location).text
    with begin() as work:
        assert len(work.session.scalars(select(Item)).all()) == 1


def test_a_form_without_its_key_keeps_the_text(signed_in, group, esra) -> None:
    answer = signed_in(esra).post("/lezen/nieuw", data=form(where=group.location_id) | {"form_key": ""})
    assert answer.status_code == 422
    assert SLEEP.title in answer.text


def test_a_clinician_of_two_locations_chooses_where_it_goes(signed_in, begin, group, esra) -> None:
    with begin() as work:
        south = a_location(work, "Zuidhaven")
        moments = {"granted_at": work.now, "works_from": work.now}
        role = StaffRole(account_id=esra.account_id, location_id=south.id, role=Role.CLINICIAN, **moments)
        work.session.add(role)
    browser = signed_in(esra)
    assert 'id="f-where"' in browser.get("/lezen/nieuw").text
    answer = browser.post("/lezen/nieuw", data=form(where=south.id))
    with begin() as work:
        assert work.session.get_one(Item, UUID(answer.location.rsplit("/", 1)[1])).location_id == south.id


def test_who_changes_second_sees_the_first_and_keeps_the_own_text(signed_in, begin, group, esra, item) -> None:
    browser = signed_in(esra)
    page = browser.get(f"/lezen/{item.id}/wijzigen").text
    assert 'name="version" value="1"' in page
    first = browser.post(f"/lezen/{item.id}/wijzigen", data=form(replace(SLEEP, body="Van Mark."), version=1))
    assert first.status_code == 303
    second = browser.post(f"/lezen/{item.id}/wijzigen", data=form(replace(SLEEP, body="Van Esra."), version=1))
    assert second.status_code == 409
    assert "Van Mark." in second.text
    assert "Van Esra." in second.text
    assert 'name="version" value="2"' in second.text
    browser.post(f"/lezen/{item.id}/wijzigen", data=form(replace(SLEEP, body="Van Esra."), version=2))
    assert "Van Esra." in browser.get(f"/lezen/{item.id}").text


def test_a_preview_of_a_change_remembers_the_version_that_was_seen(signed_in, begin, esra, item) -> None:
    with begin() as work:
        items.change_item(work, esra, item.id, 1, SLEEP)
    answer = signed_in(esra).post("/lezen/voorbeeld", data=form(item_id=item.id, version=1))
    assert 'name="version" value="1"' in answer.text
    assert f'action="/lezen/{item.id}/wijzigen"' in answer.text


def test_an_item_that_is_taken_away_is_gone(signed_in, esra, item) -> None:
    browser = signed_in(esra)
    assert browser.post(f"/lezen/{item.id}/weghalen", data={"version": "9"}).status_code == 409
    assert browser.post(f"/lezen/{item.id}/weghalen", data={"version": "1"}).status_code == 303
    assert browser.get(f"/lezen/{item.id}").status_code == 404


def test_esra_pins_an_item_and_lets_go_of_it(signed_in, begin, group, esra, noor, item) -> None:
    browser = signed_in(esra)
    address = f"/lezen/vast?item_id={item.id}&group_id={group.id}"
    assert unescape(re.findall(r'href="(/lezen/vast[^"]+)"', browser.get(f"/lezen/{item.id}").text)[0]) == address
    assert "De hele groep" in browser.get(address).text
    sent = {"form_key": str(uuid4()), "item_id": item.id, "group_id": group.id, "where": "group"}
    answer = browser.post("/lezen/vast", data=sent)
    assert (answer.status_code, answer.location) == (303, f"/lezen/vast?group_id={group.id}")
    page = browser.get(answer.location).text
    assert "Slaap en schermen" in page
    (loose,) = re.findall(r'action="(/lezen/los/[^"]+)"', page)
    with begin() as work:
        assert [view.item_id for view in pins_of(work, noor, group.id)] == [item.id]
    changes = f"/g/{group.id}/changes?after=0"
    assert signed_in(noor).get(changes).json["reload"]  # the page of the group says that something changed
    assert not signed_in(noor).get(f"{changes}&thread={uuid4()}").json["reload"]  # a conversation has its own pins
    browser = signed_in(esra)
    assert browser.post(loose, data={"item_id": item.id}).location.endswith(f"item_id={item.id}")
    with begin() as work:
        assert pins_of(work, noor, group.id) == []


def test_esra_plans_a_piece_for_the_next_meeting_and_an_unfinished_moment_comes_back(
    signed_in, begin, group, esra, noor, item
) -> None:
    browser = signed_in(esra)
    sent = {"item_id": item.id, "group_id": group.id, "where": "group"}
    next_year = datetime.now(UTC).year + 1
    for day, starts, words in (
        (f"{next_year}-04-05", "", "Vul een tijd in zoals 09:00."),
        ("morgen", "14:00", "Vul een datum in."),
        ("2020-04-05", "14:00", "Kies een moment dat nog komt."),
    ):
        answer = browser.post("/lezen/vast", data=sent | {"day": day, "starts": starts, "form_key": str(uuid4())})
        assert answer.status_code == 422
        assert words in answer.text
        assert f'value="{day}"' in answer.text
    moment = {"day": f"{next_year}-04-05", "starts": "14:00", "form_key": str(uuid4())}
    page = browser.get(browser.post("/lezen/vast", data=sent | moment).location).text
    assert "Gepland. De groep ziet het vanzelf." in page
    assert re.search(r"De groep ziet dit vanaf \w+ 5 apr 14.00 uur", page)
    with begin() as work:
        assert pins_of(work, noor, group.id) == []


def test_esra_pins_a_post_to_its_conversation(signed_in, begin, group, esra, noor, post) -> None:
    browser = signed_in(esra)
    page = browser.get(f"/lezen/vast?post_id={post.id}").text
    for words in ("Bericht van Rustige Reiger", "Ik leg mijn telefoon op de gang.", "Alleen dit gesprek"):
        assert words in page
    sent = {"form_key": str(uuid4()), "post_id": post.id, "group_id": group.id, "where": post.thread_id}
    assert browser.post("/lezen/vast", data=sent).status_code == 303
    page = browser.get(f"/lezen/vast?group_id={group.id}").text
    assert "Bericht in: In de avond" in page
    assert f"#p-{post.id}" in page or "/stub" in page
    with begin() as work:
        assert [view.post_id for view in pins_of(work, noor, group.id, post.thread_id)] == [post.id]


def test_a_fourth_pin_is_refused_in_words(signed_in, begin, group, esra, item) -> None:
    with begin() as work:
        for _ in range(AT_MOST):
            pin(work, esra, group.id, item_id=items.write_item(work, esra, group.location_id, SLEEP).id)
    sent = {"form_key": str(uuid4()), "item_id": item.id, "group_id": group.id, "where": "group"}
    answer = signed_in(esra).post("/lezen/vast", data=sent)
    assert answer.status_code == 422
    assert "Er staan al drie dingen vast" in answer.text


@pytest.mark.parametrize("where", ["", "elders"])
def test_a_place_that_was_not_offered_is_asked_again(signed_in, group, esra, item, where) -> None:
    sent = {"form_key": str(uuid4()), "item_id": item.id, "group_id": group.id, "where": where}
    assert signed_in(esra).post("/lezen/vast", data=sent).status_code == 422


def test_who_may_not_write_or_pin_finds_no_such_page(signed_in, begin, group, esra, noor, item, post) -> None:
    with begin() as work:
        row = pin(work, esra, group.id, item_id=item.id)
        elsewhere = a_clinician(work, a_location(work, "Zuidhaven"))
    ask = {"form_key": str(uuid4()), "item_id": item.id, "group_id": group.id, "where": "group"}
    own = {"title": "Iets anders"}  # what somebody typed comes back, of the item itself there is nothing
    for actor, statuses in ((noor, {403, 404}), (elsewhere, {404})):
        browser = signed_in(actor)
        for answer in (
            browser.get(f"/lezen/{item.id}/wijzigen"),
            browser.post(f"/lezen/{item.id}/wijzigen", data=form(version=1, **own)),
            browser.post("/lezen/voorbeeld", data=form(item_id=item.id, **own)),
            browser.post("/lezen/nieuw", data=form(where=group.location_id, **own)),
            browser.post(f"/lezen/{item.id}/weghalen", data={"version": "1"}),
            browser.get(f"/lezen/vast?group_id={group.id}"),
            browser.get(f"/lezen/vast?post_id={post.id}"),
            browser.post("/lezen/vast", data=ask),
            browser.post(f"/lezen/los/{row.id}"),
        ):
            assert answer.status_code in statuses
            assert SLEEP.title not in answer.text
    with begin() as work:
        assert work.session.get_one(Item, item.id).version == 1
        assert work.session.get_one(Pin, row.id).unpinned_at is None


def test_a_pin_page_of_nothing_does_not_exist(signed_in, esra) -> None:
    browser = signed_in(esra)
    for query in ("", "?group_id=x", f"?group_id={uuid4()}", f"?post_id={uuid4()}"):
        assert browser.get(f"/lezen/vast{query}").status_code == 404
