"""The pages on which clinicians practise, and the list of good news."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, actor_of
from sqlalchemy import select

from safespace.groups.models import Location, StaffRole
from safespace.moderation import intake, release, training
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Decision, Review
from safespace.policy.roles import Role
from safespace.threads.models import Post, PostType, Words


@pytest.fixture
def group(begin):
    with begin() as work:
        return a_group(work, a_location(work))


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_clinician(work, group.location)


@pytest.fixture
def page(signed_in, people):
    """Esra's browser."""
    return signed_in(people[1])


@pytest.fixture
def review_id(begin, group, people):
    with begin() as work:
        words = Words(body="Vandaag sliep ik door.", title="Gelukt")
        intake.open_thread(work, people[0], group.id, PostType.EXPERIENCE, words)
        return work.session.scalars(select(Review.id)).one()


def exercises(app):
    return training.course(app.extensions["safespace"].settings.config_dir).exercises


def practise(page, app, *, wrong: bool = False) -> None:
    for key, one in exercises(app).items():
        level = "crisis" if wrong and one.severities[0] != "crisis" else one.severities[0].value
        answer = page.post(f"/oefenen/bericht/{key}", data={"action": one.actions[0].value, "severity": level})
        assert answer.status_code == 303


def test_esra_practises_and_reads_why_after_each_answer(app, page) -> None:
    key, one = next(iter(exercises(app).items()))
    place = f"/oefenen/bericht/{key}"
    assert place in page.get("/oefenen").text
    asked = page.get(place).text
    assert one.why["nl"] not in unescape(asked)
    refused = page.post(place, data={"action": "approve"})
    assert refused.status_code == 422
    told = page.post(place, data={"action": "decline", "severity": "none"}, follow_redirects=True)
    assert one.why["nl"] in unescape(told.text)
    assert "Collega’s kiezen hier anders" in unescape(told.text)
    assert "Bij 0 van de 16 berichten" in unescape(page.get("/oefenen").text)
    assert page.get("/oefenen/bericht/nergens").status_code == 404


def test_a_round_that_was_not_enough_can_be_done_again(app, page) -> None:
    practise(page, app, wrong=True)
    assert "/oefenen/opnieuw" in page.get("/oefenen").text
    for _ in range(2):  # a second press changes nothing
        assert page.post("/oefenen/opnieuw").status_code == 303
    practise(page, app)
    done = unescape(page.get("/oefenen").text)
    assert "Dat is genoeg om zelf te beslissen." in done
    assert "/oefenen/opnieuw" not in done
    assert page.post("/oefenen/opnieuw").status_code == 409


def test_deciding_for_real_waits_for_practice_where_the_location_asks_it(begin, app, page, group, review_id) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = True
    item = page.get(f"/wachtrij/{review_id}").text
    assert "/oefenen" in item
    assert "/besluit" not in item
    form = {"action": "approve", "seen_version": "1", "internal_note": "Mooi bericht.", "form_key": uuid4().hex}
    refused = page.post(f"/wachtrij/{review_id}/besluit", data=form)
    assert refused.status_code == 403
    assert "Eerst oefenen" in refused.text
    assert 'href="/oefenen"' in refused.text
    assert "Mooi bericht." in refused.text
    practise(page, app)
    assert "/besluit" in page.get(f"/wachtrij/{review_id}").text
    assert page.post(f"/wachtrij/{review_id}/besluit", data=form).status_code == 303


def test_next_tells_who_still_practises_why_nothing_comes_and_leaves_it_to_a_colleague(
    begin, app, page, signed_in, group, review_id
) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = True
        colleague = a_clinician(work, group.location, "Jeroen")
    jeroen = signed_in(colleague)
    practise(jeroen, app)
    assert 'data-key="take_over"' not in page.get(f"/wachtrij/{review_id}").text
    assert page.post(f"/wachtrij/{review_id}/bezig", data={"gelezen": "1"}).get_json()["mine"] is False
    told = page.post("/wachtrij/volgende", follow_redirects=True).text
    assert "Er wachten berichten waarover jij pas beslist als je hebt geoefend." in told
    page.post("/wachtrij/filter", data={"ernst": "low"})
    told = page.post("/wachtrij/volgende", follow_redirects=True).text
    assert "Je filter verbergt 1 bericht." in told
    assert "pas beslist als je hebt geoefend" in told
    assert jeroen.post("/wachtrij/volgende").location == f"/wachtrij/{review_id}"
    assert 'data-key="take_over"' in jeroen.get(f"/wachtrij/{review_id}").text
    assert "pas beslist" not in jeroen.post("/wachtrij/volgende", data={"van": review_id}, follow_redirects=True).text


def test_placing_together_says_of_each_post_what_became_of_it_also_where_practice_comes_first(
    begin, signed_in, group, people, review_id
) -> None:
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"))
        work.session.get_one(Location, south.location_id).training_required = True
        role = {"location_id": south.location_id, "role": Role.CLINICIAN, "granted_at": NOON, "works_from": NOON}
        work.session.add(StaffRole(account_id=people[1].account_id, **role))
        words = Words(body="Vandaag sliep ik door.", title="Gelukt")
        intake.open_thread(work, a_youth(work, south, "Blije Das"), south.id, PostType.EXPERIENCE, words)
        asks = work.session.scalars(select(Review.id).where(Review.group_id == south.id)).one()
        esra = actor_of(work, people[1].account_id)
    page = signed_in(esra)
    for one in (review_id, asks):
        page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    assert re.findall(r'name="bericht" value="([^"]+)"', page.get("/wachtrij").text) == [f"{review_id}.1"]
    sent = {"bericht": [f"{review_id}.1", f"{asks}.1"], "aantal": "2"}
    done = page.post("/wachtrij/samen/plaatsen", data=sent)
    assert done.status_code == 200
    assert done.text.count("Komt over enkele seconden in de groep.") == 1
    assert done.text.count("Op deze locatie oefen je eerst. Over dit bericht is niets besloten.") == 1
    with begin() as work:
        assert work.session.scalars(select(Decision.review_id)).all() == [review_id]


def test_good_news_is_marked_read_and_taken_off(begin, page, group, people, review_id) -> None:
    with begin() as work:
        review = work.session.get_one(Review, review_id)
        decide(work, people[1], review.id, review.version, Verdict(action=Action.APPROVE))
        post_id, thread_id = review.post_id, work.session.get_one(Post, review.post_id).thread_id
    with begin() as work:
        work.now += timedelta(minutes=1)
        release.release_due(work)
    place = f"/goed-nieuws/{post_id}"
    assert place in page.get(f"/g/{group.id}/t/{thread_id}").text
    assert "Vandaag sliep ik door." in page.get(place).text
    listed = page.post(place, follow_redirects=True)
    assert "Vandaag sliep ik door." in listed.text
    off = page.post(f"{place}/af", follow_redirects=True)
    assert "Vandaag sliep ik door." not in off.text
