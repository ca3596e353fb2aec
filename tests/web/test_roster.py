"""The roster on screen: plan, cancel, stop, take over; what the queue says about it; how a location reads along."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from builders import a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.groups.models import AfterHours, Location
from safespace.kernel.work import utc_now
from safespace.roster.models import AlertRoute, Channel, Handover, Shift, ShiftRole


def once(**fields: object) -> dict[str, object]:
    return {"form_key": str(uuid4())} | fields


@pytest.fixture
def team(begin):
    with begin() as work:
        location = a_location(work)
        group = a_group(work, location)
        return {
            "place": location.id,
            "group": group,
            "esra": a_clinician(work, location, "Esra"),
            "jeroen": a_clinician(work, location, "Jeroen"),
            "karin": an_administrator(work, location),
            "noor": a_youth(work, group),
        }


def tomorrow() -> str:
    return (datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(days=1)).date().isoformat()


def shift_of(who, **fields):
    form = {"account_id": who.account_id, "role": "moderator", "day": tomorrow(), "starts": "09:00", "ends": "10:30"}
    return once(**form | fields)


def test_esra_plans_a_shift_and_takes_it_off_again(begin, team, signed_in) -> None:
    browser = signed_in(team["esra"])
    address = f"/rooster/{team['place']}"
    answer = browser.post(address, data=shift_of(team["jeroen"]), follow_redirects=True)
    assert "9.00–10.30" in answer.text.replace("09.00", "9.00")
    assert "Langer dan twee uur" not in answer.text
    with begin() as work:
        shift = work.session.scalars(select(Shift)).one()
    assert "van het rooster" in browser.post(f"/rooster/diensten/{shift.id}/weg", follow_redirects=True).text
    with begin() as work:
        assert work.session.scalars(select(Shift)).one().cancelled_at is not None


def test_long_reading_is_allowed_but_advised_against(team, signed_in) -> None:
    browser = signed_in(team["esra"])
    answer = browser.post(f"/rooster/{team['place']}", data=shift_of(team["esra"], ends="13:00"), follow_redirects=True)
    assert "Langer dan twee uur achter elkaar lezen is zwaar" in answer.text


@pytest.mark.parametrize(
    "wrong", [{"day": "morgen"}, {"starts": "25:00"}, {"ends": ""}, {"role": "boss"}, {"account_id": "x"}]
)
def test_what_cannot_be_planned_comes_back_with_what_was_typed(begin, team, signed_in, wrong) -> None:
    answer = signed_in(team["esra"]).post(f"/rooster/{team['place']}", data=shift_of(team["esra"], **wrong))
    assert answer.status_code == 422
    assert "Kijk nog even naar dit" in answer.text
    with begin() as work:
        assert work.session.scalars(select(Shift)).all() == []


def test_a_night_on_call_ends_the_next_day(begin, team, signed_in) -> None:
    data = shift_of(team["esra"], role="on_call", starts="17:00", ends="09:00")
    assert signed_in(team["esra"]).post(f"/rooster/{team['place']}", data=data).status_code == 303
    with begin() as work:
        shift = work.session.scalars(select(Shift)).one()
        assert shift.ends_at - shift.starts_at in {timedelta(hours=hours) for hours in (15, 16, 17)}


def test_the_queue_says_that_nobody_is_planned(team, signed_in) -> None:
    browser = signed_in(team["esra"])
    assert "Niemand leest mee bij Noorderlicht" in browser.get("/wachtrij").text
    assert "er leest niemand mee" in signed_in(team["karin"]).get(f"/rooster/{team['place']}").text


def test_the_queue_says_that_nobody_who_may_decide_is_planned(begin, team, signed_in) -> None:
    with begin() as work:
        work.session.get_one(Location, team["place"]).training_required = True
        always = {"starts_at": work.now - timedelta(hours=1), "ends_at": work.now + timedelta(hours=49)}
        esra = team["esra"].account_id
        work.session.add(Shift(location_id=team["place"], account_id=esra, role=ShiftRole.MODERATOR, **always))
    browser, address = signed_in(team["esra"]), f"/rooster/{team['place']}"
    assert "Niemand die al mag beslissen, leest mee bij Noorderlicht" in browser.get("/wachtrij").text
    assert "er leest niemand mee die al mag beslissen" in browser.get(address).text
    with begin() as work:
        work.session.get_one(Location, team["place"]).training_required = False
    for place in ("/wachtrij", address):
        assert "iemand die al mag beslissen" not in browser.get(place).text
        assert "Niemand leest mee" not in browser.get(place).text


def test_a_handover_is_on_the_queue_until_it_is_taken(begin, team, signed_in) -> None:
    esra, jeroen = signed_in(team["esra"]), signed_in(team["jeroen"])
    assert "Er staat niets open" in esra.get(f"/rooster/{team['place']}/stoppen").text
    esra.post(f"/rooster/{team['place']}/stoppen", data=once(note="Otter wacht op mij."))
    assert "liet een overdracht achter" not in esra.get("/wachtrij").text
    assert "liet een overdracht achter" in jeroen.get("/wachtrij").text
    with begin() as work:
        handover = work.session.scalars(select(Handover)).one()
    assert "Otter wacht op mij." in jeroen.get(f"/rooster/{team['place']}").text
    assert "eigen overdracht" in esra.post(f"/rooster/overdracht/{handover.id}", follow_redirects=True).text
    assert "overgenomen" in jeroen.post(f"/rooster/overdracht/{handover.id}", follow_redirects=True).text
    assert "al overgenomen" in jeroen.post(f"/rooster/overdracht/{handover.id}", follow_redirects=True).text
    assert "liet een overdracht achter" not in jeroen.get("/wachtrij").text


def test_an_administrator_sees_the_roster_and_no_handover(team, signed_in) -> None:
    signed_in(team["esra"]).post(f"/rooster/{team['place']}/stoppen", data=once(note="Otter wacht op mij."))
    browser = signed_in(team["karin"])
    page = browser.get(f"/rooster/{team['place']}")
    assert page.status_code == 200
    assert "Otter" not in page.text
    assert browser.get(f"/rooster/{team['place']}/stoppen").status_code in {403, 404}


def test_youths_and_strangers_find_nothing(begin, team, signed_in) -> None:
    with begin() as work:
        stranger = a_clinician(work, a_location(work, "Zuidhaven"))
    for who in (team["noor"], stranger):
        browser = signed_in(who)
        assert browser.get(f"/rooster/{team['place']}").status_code == 404
        assert browser.post(f"/rooster/{team['place']}", data=shift_of(team["esra"])).status_code == 404
    assert signed_in(stranger).get(f"/rooster/{uuid4()}").status_code == 404


def arrangement(**fields):
    form = {"version": 1, "after_hours": "drafts_only", "blind_share": "5", "holidays": "1"}
    return once(**form | fields)


def test_karin_arranges_how_her_location_reads_along(begin, team, signed_in) -> None:
    browser, address = signed_in(team["karin"]), f"/beheer/l/{team['place']}/meelezen"
    assert "proefalarm" in browser.get(address).text
    refused = browser.post(address, data=arrangement(after_hours="queue", norm_high="30"))
    assert refused.status_code == 422
    assert "bij nood bereikbaar is. Stuur bij Bereikbaarheid een proef naar een behandelaar." in refused.text
    assert 'value="30"' in refused.text
    with begin() as work:
        work.session.add(
            AlertRoute(
                location_id=team["place"],
                account_id=team["esra"].account_id,
                channel=Channel.EMAIL,
                proven_at=utc_now() - timedelta(days=1),
            )
        )
    saved = browser.post(
        address, data=arrangement(after_hours="queue", norm_high="30", training="1"), follow_redirects=True
    )
    assert "Opgeslagen." in saved.text
    with begin() as work:
        location = work.session.get_one(Location, team["place"])
        assert (location.after_hours, location.norms, location.training_required) == (
            AfterHours.QUEUE,
            {"high": 30},
            True,
        )
    assert "leestijden" in browser.get(f"/beheer/l/{team['place']}/logboek").text
    lost = browser.post(address, data=arrangement())
    assert lost.status_code == 409
    assert "intussen veranderd" in lost.text


def test_an_expired_proof_is_seen_by_who_can_do_something(begin, team, signed_in) -> None:
    with begin() as work:
        work.session.get_one(Location, team["place"]).after_hours = AfterHours.QUEUE
    page = signed_in(team["karin"]).get(f"/beheer/l/{team['place']}/meelezen").text
    assert "langer dan 30 dagen geleden" in page


def on_call(team, signed_in):
    """Esra plans Jeroen on call for tomorrow; gives what the page says."""
    browser = signed_in(team["esra"])
    return browser.post(
        f"/rooster/{team['place']}", data=shift_of(team["jeroen"], role="on_call"), follow_redirects=True
    ).text


def test_who_is_on_call_without_a_proven_route_is_said_when_it_is_planned_and_on_both_pages(
    begin, team, signed_in
) -> None:
    with begin() as work:  # a route of a colleague, and an own one that was never tried, reach nobody
        for who, proven in ((team["esra"], utc_now()), (team["jeroen"], None)):
            route = AlertRoute(
                location_id=team["place"], account_id=who.account_id, channel=Channel.EMAIL, proven_at=proven
            )
            work.seal(route, "address", "team@kliniek.example")
            work.session.add(route)
    page = on_call(team, signed_in)
    assert "Let op: deze achterwacht heeft hier geen route die de laatste 30 dagen is getest." in page
    assert "geen geteste route" in page
    assert "Een alarm bereikt de achterwacht dan niet" in page
    browser = signed_in(team["esra"])
    queue = browser.get("/wachtrij").text
    assert "Een alarm bereikt de achterwacht van Noorderlicht niet" in queue
    assert f'href="/bereik/{team["place"]}"' in queue
    browser.post("/taal", data={"lang": "en", "next": "/wachtrij"})
    assert "An alarm does not reach whoever is on call at Noorderlicht" in browser.get("/wachtrij").text


def test_who_is_on_call_with_a_proven_route_is_warned_about_nowhere(begin, team, signed_in) -> None:
    with begin() as work:
        route = AlertRoute(
            location_id=team["place"],
            account_id=team["jeroen"].account_id,
            channel=Channel.EMAIL,
            proven_at=utc_now() - timedelta(days=29),
        )
        work.seal(route, "address", "jeroen@kliniek.example")
        work.session.add(route)
    page = on_call(team, signed_in)
    assert "geteste route" not in page
    assert "bereikt de achterwacht" not in page + signed_in(team["esra"]).get("/wachtrij").text
    with begin() as work:
        work.session.scalars(select(AlertRoute)).one().proven_at = utc_now() - timedelta(days=31)
    assert "bereikt de achterwacht" in signed_in(team["esra"]).get("/wachtrij").text
