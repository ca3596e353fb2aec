"""The pages around a worry: writing after it was closed, closing it, a colleague who is new, a lead without a route."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select, update

from safespace.crisis import escalations, reveals, ringing
from safespace.crisis.models import Alarm, AlarmKind, CareTask, Escalation, TalkMessage
from safespace.groups.models import Location, StaffRole
from safespace.moderation import intake, safety, taking_up, talking, unseen
from safespace.moderation.models import Review
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
CALM = "Dank je wel voor gisteren."


@pytest.fixture
def clinic(begin):
    """Esra and Jeroen work there for long, Fatima leads, Kim began yesterday."""
    with begin() as work:
        group = a_group(work, a_location(work))
        people = {name: a_clinician(work, group.location, name) for name in ("Esra", "Jeroen", "Fatima", "Kim")}
        for role in work.session.scalars(select(StaffRole)):
            days = 1 if role.account_id == people["Kim"].account_id else 30
            role.works_from = work.now - timedelta(days=days)
            role.lead = role.account_id == people["Fatima"].account_id
        people |= {"Noor": a_youth(work, group), "Karin": an_administrator(work, group.location)}
        return people | {"group": group}


def a_worry(begin, clinic, level=2):
    with begin() as work:
        words = Words(body="Ik slaap slecht.", title="Nacht")
        intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, words)
    with begin() as work:
        return taking_up.take_up(work, clinic["Esra"], work.session.scalars(select(Review)).one(), level, "")


def close(begin, clinic, worry):
    with begin() as work:
        day = (work.now + timedelta(days=1)).date()
        closing = escalations.Closing(outcome="contact_safe", note="x", note_to_author="Dag.", check_back_on=day)
        talking.close(work, clinic["Esra"], worry.id, closing)


def test_calm_words_in_a_talk_that_was_just_closed_come_back_with_a_clear_word(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    close(begin, clinic, worry)
    answer = signed_in(clinic["Noor"]).post(f"/veilig/{worry.id}", data={"words": CALM, "form_key": str(uuid4())})
    assert answer.status_code == 409
    assert "Dit gesprek is gesloten, dus je bericht is niet verstuurd." in answer.text
    assert CALM in answer.text


def test_crisis_words_in_a_talk_that_was_just_closed_lead_to_a_talk_that_is_open(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    close(begin, clinic, worry)
    browser, form = signed_in(clinic["Noor"]), {"words": CRISIS, "form_key": str(uuid4())}
    answer = browser.post(f"/veilig/{worry.id}", data=form)
    with begin() as work:
        new = work.session.scalars(select(Escalation).where(Escalation.closed_at.is_(None))).one()
    assert (answer.status_code, answer.location) == (303, f"/veilig/{new.id}")
    page = browser.get(answer.location).text
    assert CRISIS in page
    assert "Het vorige gesprek was al gesloten." in page
    assert browser.post(f"/veilig/{worry.id}", data=form).location == f"/veilig/{new.id}"  # sent twice, said once
    assert browser.get(answer.location).text.count(CRISIS) == 1


@pytest.mark.parametrize(("who", "form", "page"), [("Noor", "/veilig/%s", ""), ("Esra", "/zorg/%s/gesprek", "#talk")])
def test_the_page_is_told_that_a_line_was_sent_so_that_the_field_is_empty(
    begin, clinic, signed_in, who, form, page
) -> None:
    worry = a_worry(begin, clinic)
    browser = signed_in(clinic[who])
    answer = browser.post(form % worry.id, data={"words": CALM, "form_key": str(uuid4())})
    assert answer.location.endswith(f"{worry.id}{page}")
    assert " data-sent" in browser.get(answer.location).text  # draft.js waits for this word of the server


@pytest.mark.parametrize(("level", "days"), [(1, 3), (2, 1), (3, 1)])
def test_a_day_to_look_back_is_filled_in_and_the_note_is_asked_at_every_level(
    begin, clinic, signed_in, level, days
) -> None:
    worry = a_worry(begin, clinic, level)
    browser = signed_in(clinic["Esra"])
    page = browser.get(f"/zorg/{worry.id}").text
    with begin() as work:
        assert f'value="{(work.now + timedelta(days=days)).date().isoformat()}"' in page
    refused = browser.post(f"/zorg/{worry.id}/afsluiten", data={"outcome": "contact_safe"})
    assert refused.status_code == 422


LONG = "Te lang. " * 400  # far above what a note holds


def textareas(page):
    """What stands in each box of a page, by its name."""
    found = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: text.strip() for name, text in found if text.strip()}


def test_a_summary_that_is_too_long_comes_back_in_its_form(begin, clinic, signed_in) -> None:
    with begin() as work:
        words = Words(body="Ik slaap slecht.", title="Nacht")
        intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, words)
        work.session.flush()
        review_id = work.session.scalars(select(Review.id)).one()
    browser = signed_in(clinic["Esra"])
    form = {"panel": "take_up", "level": "1", "summary": LONG}
    assert 'name="panel" value="take_up"' in browser.get(f"/wachtrij/{review_id}").text
    refused = browser.post(f"/wachtrij/{review_id}/opschalen", data=form)
    assert refused.status_code == 422
    assert textareas(refused.text)["summary"] == LONG.strip()
    taken = refused.text.split('value="take_up"')[1].split("</form>")[0]
    assert 'value="1" selected' in taken
    assert "Dit is te lang." in taken
    assert 'href="#f-summary"' in refused.text
    assert refused.text.count('id="f-summary"') == 1
    assert "Je tekst staat hier nog" not in refused.text
    with begin() as work:
        assert work.session.scalars(select(Escalation)).all() == []
    assert browser.post(f"/wachtrij/{review_id}/opschalen", data=form | {"summary": "Klinkt moe."}).status_code == 303


def test_what_is_too_long_about_a_worry_comes_back_in_its_form(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    browser = signed_in(clinic["Esra"])
    closing = {"outcome": "contact_safe", "closing_note": LONG, "note_to_author": LONG, "check_back_on": "2026-13-45"}
    for day in ("2026-13-45", "2026-11-24"):
        refused = browser.post(f"/zorg/{worry.id}/afsluiten", data=closing | {"check_back_on": day})
        assert refused.status_code == 422
        found = textareas(refused.text)
        assert (found["closing_note"], found["note_to_author"]) == (LONG.strip(), LONG.strip())
        assert f'value="{day}"' in refused.text
    refused = browser.post(f"/zorg/{worry.id}/stap", data={"key": "talk", "note": LONG})
    assert refused.status_code == 422
    step = refused.text.split('name="key" value="talk"')[1].split("</form>")[0]
    assert f'value="{LONG}"' in step
    assert "Dit is te lang." in step
    assert 'href="#f-note"' in refused.text
    assert 'id="f-note"' in step
    again = browser.post(f"/zorg/{worry.id}/stap", data={"key": "not_here", "note": "Gebeld."})
    assert (again.status_code, "Gebeld." in again.text) == (422, True)


def test_what_a_colleague_did_meanwhile_costs_no_word(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    esra, jeroen = signed_in(clinic["Esra"]), signed_in(clinic["Jeroen"])
    step = {"key": "talk", "note": "Ik schreef."}
    assert jeroen.post(f"/zorg/{worry.id}/stap", data=step | {"note": "Gebeld."}).status_code == 303
    late = esra.post(f"/zorg/{worry.id}/stap", data=step)
    assert (late.status_code, "Ik schreef." in late.text, "Een collega deed dit al." in late.text) == (409, True, True)
    assert jeroen.post(f"/zorg/{worry.id}/stap", data=step | {"note": "Gebeld."}).status_code == 303  # sent twice
    assert esra.post(f"/zorg/{worry.id}/stap", data={"key": "talk"}).status_code == 303  # nothing to lose
    close(begin, clinic, worry)
    closing = {"outcome": "contact_safe", "closing_note": "Samen besproken.", "note_to_author": "Tot snel."}
    for address, form in ((f"/zorg/{worry.id}/afsluiten", closing), (f"/zorg/{worry.id}/stap", step)):
        late = esra.post(address, data=form)
        assert late.status_code == 409
        assert "Deze opschaling is al gesloten." in late.text
        assert all(text in late.text for name, text in form.items() if "note" in name)
    with begin() as work:
        task = work.session.scalars(select(CareTask).order_by(CareTask.due_at)).first()
    for browser, note, status in ((jeroen, "Gedaan.", 303), (esra, "Ik belde.", 409), (jeroen, LONG, 422)):
        late = browser.post(f"/zorg/taak/{task.id}", data={"note": note})
        assert late.status_code == status
        assert status == 303 or note.strip() in late.text


def test_a_colleague_who_is_new_sees_the_button_to_say_no_and_not_the_one_to_agree(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic, 3)
    with begin() as work:
        asked = reveals.request(work, clinic["Esra"], worry.id, "Ik kan de schrijver niet bereiken.")
    browser = signed_in(clinic["Kim"])
    page = browser.get(f"/inzage/{asked.id}").text
    assert "Niet akkoord" in page
    assert 'value="yes"' not in page
    assert browser.post(f"/inzage/{asked.id}/antwoord", data={"agree": "yes"}).status_code == 403
    assert browser.post(f"/inzage/{asked.id}/antwoord", data={"agree": "no"}).status_code == 303
    assert "Niet akkoord: Kim" in browser.get(f"/inzage/{asked.id}").text


def test_a_lead_sees_what_a_colleague_answered_until_it_was_seen(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    with begin() as work:
        asked = reveals.request
        taking_up.take_up(work, clinic["Esra"], work.session.scalars(select(Review)).one(), 3, "")
        reveal = asked(work, clinic["Esra"], worry.id, "Ik kan de schrijver niet bereiken.")
        alarm = ringing.open_alarm(
            work,
            AlarmKind.EMERGENCY_REVEAL,
            reveal.id,
            location_id=worry.location_id,
            group_id=worry.group_id,
        )
    jeroen, fatima = signed_in(clinic["Jeroen"]), signed_in(clinic["Fatima"])
    answered = jeroen.post(f"/alarm/{alarm.id}/antwoord", follow_redirects=True).text
    assert "Jij antwoordde op het alarm." in answered
    ids = [[one["id"] for one in who.get("/alarm/nu").get_json()["alarms"]] for who in (jeroen, fatima)]
    assert (str(alarm.id) in ids[0], str(alarm.id) in ids[1]) == (False, True)
    assert "een collega deed alleen noodinzage" in fatima.get("/zorg").text
    assert "Ik heb het gezien" in fatima.get(f"/alarm/{alarm.id}").text
    assert "Ik heb het gezien" not in jeroen.get(f"/alarm/{alarm.id}").text
    seen = fatima.post(f"/alarm/{alarm.id}/antwoord", follow_redirects=True).text
    assert "Een collega antwoordde al op dit alarm." in seen
    assert "een collega deed alleen noodinzage" not in fatima.get("/zorg").text


def test_the_page_of_routes_names_the_lead_whom_no_route_reaches(begin, clinic, signed_in) -> None:
    page = f"/bereik/{clinic['group'].location_id}"
    karin = signed_in(clinic["Karin"])
    assert "Fatima: hierheen gaat geen route." in karin.get(page).text
    form = {"channel": "email", "account_id": str(clinic["Fatima"].account_id), "address": "fatima@kliniek.example"}
    assert karin.post(page, data=form).status_code == 303
    assert "hierheen gaat geen route" not in karin.get(page).text


PAGES = ("/wachtrij", "/groepen", "/team", "/zorg", "/bureau")
UNSEEN = "Nog niemand van het team zag het."


def says(begin, clinic, worry, words=CALM, who="Noor"):
    with begin() as work:
        return talking.say(work, clinic[who], worry.id, words)


def test_what_an_author_writes_is_on_every_page_of_every_clinician_until_somebody_saw_it(
    begin, clinic, signed_in
) -> None:
    worry = a_worry(begin, clinic)
    browser = signed_in(clinic["Jeroen"])
    assert browser.get("/alarm/nu").get_json()["unseen"] == []
    said = says(begin, clinic, worry)
    for page in PAGES:
        answer = browser.get(page).text
        assert (page, UNSEEN in answer, f'href="/zorg/{worry.id}"' in answer) == (page, True, True)
        assert 'class="alarm"' not in answer.replace("<template", "\n<template").split("<template")[0]
    now = browser.get("/alarm/nu").get_json()
    assert (now["alarms"], [one["href"] for one in now["unseen"]]) == ([], [f"/zorg/{worry.id}"])
    page = browser.get(f"/zorg/{worry.id}").text
    assert UNSEEN not in page.split("<template")[0]
    assert f'name="tot" value="{said.number}"' in page
    assert browser.post(f"/zorg/{worry.id}/gesprek/gelezen", data={"tot": said.number}).status_code == 303
    assert browser.get("/alarm/nu").get_json()["unseen"] == []
    assert UNSEEN not in browser.get("/wachtrij").text


def test_words_that_waited_too_long_ring_with_a_text_of_their_own(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    says(begin, clinic, worry)
    with begin() as work:
        work.now += timedelta(hours=1)
        assert unseen.ring_late(work) == 1
    page = signed_in(clinic["Jeroen"]).get("/wachtrij").text
    assert "Alarm: woorden in een veilig gesprek zijn te lang door niemand gezien." in page
    assert UNSEEN not in page


def test_a_worry_that_nobody_took_up_rings_with_another(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    with begin() as work:
        unseen.let_go(work, clinic["Esra"], clinic["Esra"].account_id)
    with begin() as work:
        work.now += timedelta(hours=1)
        assert unseen.ring_late(work) == 1
        alarm = work.session.scalars(select(Alarm).where(Alarm.subject_id == worry.id)).one()
    browser, text = signed_in(clinic["Jeroen"]), "Alarm: een zorg over een schrijver wachtte te lang."
    for page in ("/wachtrij", f"/alarm/{alarm.id}"):
        assert text in browser.get(page).text
        assert "door niemand gezien" not in browser.get(page).text


def test_a_youth_reads_only_what_is_true_about_who_sees_the_words(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    page, promised = f"/veilig/{worry.id}", "Iemand van het team is gewaarschuwd of leest mee."
    browser = signed_in(clinic["Noor"])
    first = browser.get(page).text
    assert promised not in first
    assert "Het team ziet op het scherm dat je iets schreef." in first
    says(begin, clinic, worry, "Ik ben er.", who="Esra")
    assert promised in browser.get(page).text
    with begin() as work:
        work.session.get_one(Location, clinic["group"].location_id).hours = []
        work.session.execute(update(TalkMessage).values(at=work.now - timedelta(hours=2)))
    at_night = browser.get(page).text
    assert promised not in at_night
    assert "Nu leest er niemand mee." in at_night
    assert "Wat je schrijft wordt bewaard en later gelezen." in at_night


def test_times_run_on_an_open_page_and_without_a_script_the_words_of_the_server_stay(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic)
    browser = signed_in(clinic["Jeroen"])
    for address in ("/zorg", f"/zorg/{worry.id}"):
        page = browser.get(address).text
        assert "js/lasting.js" in page
        assert 'data-minutes="%d minuten"' in page
        found = re.search(r'<span data-since="([^"]+)">(\d+ \w+)</span>', page)
        assert found is not None
        assert datetime.fromisoformat(found[1]) == worry.opened_at
    browser.post("/taal", data={"lang": "en", "next": "/zorg"})
    assert 'data-minutes="%d minutes"' in browser.get("/zorg").text
    close(begin, clinic, worry)
    assert "data-since" not in browser.get(f"/zorg/{worry.id}").text


def test_a_worry_that_somebody_has_is_not_said_to_be_nobodys(begin, clinic, signed_in) -> None:
    a_worry(begin, clinic)
    browser = signed_in(clinic["Esra"])
    shown = browser.get("/zorg").text
    assert "nog door niemand opgepakt" not in shown
    assert "opgepakt, nog geen contact" in shown
    with begin() as work:
        worry_id = work.session.scalars(select(Escalation.id)).one()
    assert "<dt>Opgepakt</dt><dd>na 0 seconden</dd>" in browser.get(f"/zorg/{worry_id}").text
    assert "seconds_until_acknowledged,0" in browser.get(f"/zorg/{worry_id}/verslag.csv").text


def test_the_list_of_worries_knows_when_to_draw_itself_again(begin, clinic, signed_in) -> None:
    browser = signed_in(clinic["Jeroen"])

    def standing():
        return browser.get("/zorg/nu").get_json()["standing"]

    seen = [standing()]
    worry = a_worry(begin, clinic)
    seen.append(standing())
    assert f'data-standing="{seen[1]}"' in browser.get("/zorg").text
    says(begin, clinic, worry)
    seen.append(standing())
    assert len(set(seen)) == 3
    says(begin, clinic, worry, "Ik lees het.", who="Jeroen")
    assert standing() == seen[1]


def test_a_colleague_who_opens_the_item_sees_that_somebody_takes_care_of_its_author(begin, clinic, signed_in) -> None:
    worry = a_worry(begin, clinic, level=3)
    browser = signed_in(clinic["Jeroen"])
    page = browser.get(f"/wachtrij/{worry.review_id}").text
    assert "Er loopt een zorg over de schrijver, niveau 3" in page
    assert f'href="/zorg/{worry.id}"' in page
    with begin() as work:
        version = work.session.get_one(Review, worry.review_id).version
    form = {"action": "approve", "seen_version": version, "form_key": str(uuid4())}
    placed = browser.post(f"/wachtrij/{worry.review_id}/besluit", data=form)
    assert placed.status_code == 422  # not with one press: what is done for the author must be said too
    assert "ben je nu veilig" in signed_in(clinic["Noor"]).get(f"/mijn/{worry.post_id}").text.lower()


def test_who_closes_a_worry_has_seen_what_it_is_by_now(begin, clinic, signed_in) -> None:
    """While Esra writes her report the author says not to be safe: that rings on, and the report stands there still."""
    worry = a_worry(begin, clinic)
    browser = signed_in(clinic["Esra"])

    def form():
        shown = browser.get(f"/zorg/{worry.id}").text.split("/afsluiten")[1].split("</form>")[0]
        return dict(re.findall(r'name="(seen_version|seen_line)" value="(\d+)"', shown))

    with begin() as work:
        day = (work.now + timedelta(days=1)).date().isoformat()
    closing = {"outcome": "contact_safe", "closing_note": "Samen besproken.", "note_to_author": "Tot snel."}
    closing |= {"check_back_on": day}
    seen = form()
    with begin() as work:
        safety.answer_safety(work, clinic["Noor"], worry.post_id, "no", said="Ben je nu veilig? Nee")
    late = browser.post(f"/zorg/{worry.id}/afsluiten", data=closing | seen)
    assert (late.status_code, "intussen dringender gemaakt" in late.text) == (409, True)
    assert textareas(late.text)["closing_note"] == "Samen besproken."
    with begin() as work:
        assert work.session.scalars(select(Alarm)).one().acknowledged_at is None
    seen = form()
    says(begin, clinic, worry)
    late = browser.post(f"/zorg/{worry.id}/afsluiten", data=closing | seen)
    assert (late.status_code, "De schrijver schreef intussen" in late.text) == (409, True)
    assert browser.post(f"/zorg/{worry.id}/afsluiten", data=closing | form()).status_code == 303


@pytest.mark.parametrize(("level", "rings"), [(2, 0), (3, 1)])
def test_the_worry_of_a_colleague_who_leaves_is_nobodys_and_a_crisis_rings_anew(
    begin, clinic, signed_in, level, rings
) -> None:
    a_worry(begin, clinic, level)
    with begin() as work:
        for alarm in work.session.scalars(select(Alarm)):
            ringing.acknowledge(work, clinic["Esra"], alarm.id)
        role = work.session.scalars(select(StaffRole).where(StaffRole.account_id == clinic["Esra"].account_id)).one()
    place = clinic["group"].location_id
    assert signed_in(clinic["Karin"]).post(f"/beheer/l/{place}/team/{role.id}/intrekken").status_code == 303
    with begin() as work:
        assert work.session.scalars(select(Escalation.owner_id)).one() is None
        asked = select(Alarm).where(Alarm.acknowledged_at.is_(None))
        assert len(work.session.scalars(asked).all()) == rings
    page = signed_in(clinic["Jeroen"]).get("/wachtrij").text
    assert ("Een zorg over een schrijver is nu van niemand. Wie pakt die op?" in page) is (level == 2)
