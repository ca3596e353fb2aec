"""Small promises of screens: contact comes first where somebody may be in danger; a youth reads a day, no time."""

import re

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis import reveals
from safespace.moderation import intake, taking_up
from safespace.moderation.models import Review
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."


@pytest.fixture
def clinic(begin):
    """Noor, and two clinicians of whom one has worked here for a long time."""
    with begin() as work:
        group = a_group(work, a_location(work))
        return group, a_youth(work, group), a_clinician(work, group.location), a_clinician(work, group.location, "Jo")


def send(begin, noor, group, body):
    with begin() as work:
        words = Words(body=body, title="Nacht")
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, words)
        return work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id)).one()


def test_seeking_contact_is_the_first_choice_in_a_crisis(begin, clinic, signed_in) -> None:
    group, noor, esra, _ = clinic
    page = signed_in(esra)
    offered = re.findall(r'id="panel-(\w+)"', page.get(f"/wachtrij/{send(begin, noor, group, CRISIS)}").text)
    assert offered[0] == "hold"
    assert 'value="3" selected' in page.get(f"/wachtrij/{send(begin, noor, group, CRISIS)}").text
    calm = page.get(f"/wachtrij/{send(begin, noor, group, 'Lekker buiten geweest.')}").text
    assert re.findall(r'id="panel-(\w+)"', calm)[0] != "hold"
    assert 'value="3" selected' not in calm


def test_a_youth_reads_on_which_day_somebody_looked_and_no_time(begin, clinic, signed_in, monkeypatch) -> None:
    group, noor, esra, jo = clinic
    monkeypatch.setattr(reveals, "may_approve", lambda *_: "")
    review_id = send(begin, noor, group, CRISIS)
    with begin() as work:
        worry = taking_up.take_up(work, esra, work.session.get_one(Review, review_id), 3, "")
        asked = reveals.request(work, esra, worry.id, "Ik kan de schrijver niet bereiken.")
        reveals.answer(work, jo, asked.id, agree=True)
    shown = signed_in(noor).get("/mijn/inzage").text.split("<main")[1]
    assert re.search(r"dag \d{1,2} \w+ \d{4}</b>", shown)
    assert not re.search(r"\d\d:\d\d", shown)
