"""The bands of alarms as pages show them: also on the page they are about, where somebody must answer too."""

import re
from datetime import timedelta

import pytest
from builders import a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis import reveals, reviewing
from safespace.crisis.models import Alarm, AlarmKind, Escalation, Reveal
from safespace.groups.models import Location
from safespace.moderation import intake, safety
from safespace.moderation.models import Review
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."


@pytest.fixture
def clinic(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        people = {name: a_clinician(work, group.location, name) for name in ("Esra", "Jeroen")}
        return people | {"Noor": a_youth(work, group), "group": group}


def bands_of(page):
    """The bands that stand on a page, without the blank ones for the script."""
    drawn = re.search(r"<div data-alarm-list>(.*?)</div>\n<div data-asked-list>", page, re.DOTALL).group(1)
    return drawn.split('<div class="alarm"')[1:]


def test_an_alarm_stands_on_the_page_it_is_about_without_the_link_that_leads_there(begin, clinic, signed_in) -> None:
    with begin() as work:
        calm = Words(title="Nacht", body="Ik slaap slecht.")
        sent = intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, calm)
    esra = signed_in(clinic["Esra"])
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
    place = f"/wachtrij/{review.id}"
    assert bands_of(esra.get(place).text) == []
    with begin() as work:
        intake.rewrite(work, clinic["Noor"], sent.post_id, Words(title="Nacht", body=CRISIS))
        alarm = work.session.scalars(select(Alarm)).one()
    [band] = bands_of(esra.get(place).text)
    assert f'action="/alarm/{alarm.id}/antwoord"' in band
    assert re.search(r'<a [^>]*href="[^"]*" hidden>', band)
    [elsewhere] = bands_of(esra.get("/zorg").text)
    assert " hidden" not in elsewhere
    assert esra.post(f"/alarm/{alarm.id}/antwoord").location == place
    assert bands_of(esra.get(place).text) == []


def test_a_worry_that_rings_does_so_on_its_own_page(begin, clinic, signed_in) -> None:
    with begin() as work:
        calm = Words(title="Nacht", body="Ik slaap slecht.")
        sent = intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, calm)
        safety.answer_safety(work, clinic["Noor"], sent.post_id, "no", said="Nee")
        worry = work.session.scalars(select(Escalation)).one()
        alarm = work.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.ESCALATION)).one()
    bands = bands_of(signed_in(clinic["Esra"]).get(f"/zorg/{worry.id}").text)
    [own] = [band for band in bands if str(alarm.id) in band]
    assert re.search(r'<a [^>]*href="[^"]*" hidden>', own)


@pytest.mark.parametrize("second", [True, False])
def test_who_can_look_alone_reads_who_is_rung_and_the_second_location_can_look_back(begin, signed_in, second) -> None:
    with begin() as work:
        group, there = a_group(work, a_location(work)), a_group(work, a_location(work, "Zuidhaven"))
        esra, tom, noor = (
            a_clinician(work, group.location),
            a_clinician(work, there.location, "Tom"),
            a_youth(work, group),
        )
        if second:
            work.session.get_one(Location, group.location_id).second_location_id = there.location_id
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(title="Nacht", body="Ik slaap."))
        safety.answer_safety(work, noor, sent.post_id, "no", said="Nee")
        worry = work.session.scalars(select(Escalation)).one()
        asked = reveals.request(work, esra, worry.id, "Ik kan de schrijver niet bereiken.")
        asked.requested_at = work.now - timedelta(minutes=6)
    page = signed_in(esra).get(f"/inzage/{asked.id}").text
    assert ("De behandelaren van Zuidhaven krijgen meteen een alarm" in page) is second
    assert ("Er gaat dus geen alarm naar een collega" in page) is not second
    if not second:
        return
    with begin() as work:
        found = work.session.get_one(Reveal, asked.id)
        found.granted, found.emergency, found.decided_at, found.shown_until = True, True, work.now, work.now
        reviewing.ask(work, found, work.session.get_one(Escalation, worry.id))
    browser, place = signed_in(tom), f"/inzage/{asked.id}"
    assert place in browser.get("/zorg").text
    page = browser.get(place).text
    assert "Vertel het nu" not in page
    assert "Nagekeken" in page
    answer = browser.post(f"{place}/nagekeken", data={"review_note": "Het was nodig."})
    assert (answer.status_code, answer.location) == (303, "/zorg")
    assert browser.get(place).status_code == 404
