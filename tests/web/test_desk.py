"""The pages of the desk: the next item, claims, filters, a pause, keys, exposure, the sample, and placing together."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from builders import a_clinician, a_location
from sqlalchemy import select

from safespace.crisis import ringing
from safespace.crisis.models import Alarm
from safespace.groups.models import Location, StaffRole
from safespace.moderation import claims, desks, intake, labels
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Review, ReviewState, ReviewView
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
HEAVY = "Soms wil ik er niet meer zijn."
CALM = "Vandaag lekker buiten gelopen."


@pytest.fixture
def page(signed_in, esra):
    return signed_in(esra)


def send(begin, actor, group, body=CALM, *, ago=0) -> UUID:
    with begin() as work:
        work.now -= timedelta(minutes=ago)
        sent = intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title="Vandaag"))
        return work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id)).one()


def holder(begin, review_id):
    with begin() as work:
        lasting = Review.held_until > datetime.now(UTC)
        return work.session.scalar(select(Review.held_by).where(Review.id == review_id, lasting))


def test_next_hands_out_the_first_item_and_claims_it(begin, group, noor, esra, page) -> None:
    send(begin, noor, group)
    worst = send(begin, noor, group, CRISIS)
    answer = page.post("/wachtrij/volgende")
    assert (answer.status_code, answer.location) == (303, f"/wachtrij/{worst}")
    assert holder(begin, worst) == esra.account_id


def test_an_empty_queue_leads_back_to_itself(page) -> None:
    assert page.post("/wachtrij/volgende").location == "/wachtrij#leeg"


def test_an_open_page_beats_a_left_one_lets_go_and_signing_out_too(begin, group, noor, esra, page) -> None:
    one = send(begin, noor, group)
    assert page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"}).get_json() == {
        "mine": True,
        "name": "",
        "text": "",
    }
    with begin() as work:
        assert work.session.scalars(select(ReviewView.review_id)).all() == [one]
    assert page.post(f"/wachtrij/{one}/los").status_code == 204
    assert holder(begin, one) is None
    page.post(f"/wachtrij/{one}/bezig")
    assert page.post("/uit").location.endswith("/stoppen?out=1")  # a word first; in a hurry it goes without
    page.post("/uit", data={"anyway": "1"})
    assert holder(begin, one) is None


def test_both_see_who_is_at_an_item_and_one_click_takes_it_over(
    begin, group, noor, esra, jeroen, page, signed_in
) -> None:
    one = send(begin, noor, group)
    other = signed_in(jeroen)
    page.post(f"/wachtrij/{one}/bezig")
    assert other.post(f"/wachtrij/{one}/bezig").get_json()["text"] == "Esra is hiermee bezig"
    assert "Esra is hiermee bezig" in other.get("/wachtrij").text
    assert other.post(f"/wachtrij/{one}/neem").status_code == 303
    assert holder(begin, one) == jeroen.account_id
    seen = page.get(f"/wachtrij/rijen?bericht={one}").get_json()
    assert seen["item"]["holder"] == {"mine": False, "name": "Jeroen", "text": "Jeroen is hiermee bezig"}


def test_passing_on_asks_for_no_reason(begin, group, noor, jeroen, page) -> None:
    one = send(begin, noor, group)
    assert page.post(f"/wachtrij/{one}/draag-over").status_code == 303
    shown = page.get("/wachtrij").text
    assert "Overgedragen." in shown
    assert page.post("/wachtrij/volgende").location == "/wachtrij#leeg"


def test_time_left_stands_in_words_colour_and_shape(begin, group, noor, page) -> None:
    send(begin, noor, group)
    send(begin, noor, group, ago=7 * 60)
    send(begin, noor, group, ago=10 * 60)
    shown = page.get("/wachtrij").text
    for words, kind in (
        ("nog 7 uur|vóór ", "much"),
        ("nog 59 minuten|vóór |nog 1 uur", "little"),
        ("2 uur te laat", "none"),
    ):
        assert re.search(rf'left--{kind}"><svg[^>]*><use href="[^"]*#left-{kind}"/></svg>({words})', shown), kind
    assert "1 bericht is te laat" in shown


def test_filters_are_remembered_and_can_be_taken_away(begin, group, noor, esra, page) -> None:
    send(begin, noor, group)
    page.post("/wachtrij/filter", data={"ernst": "medium", "groep": str(group.id), "soort": "x"})
    shown = page.get("/wachtrij").text
    assert "Er wacht nu niets" in shown
    assert "Nog 1 bericht buiten je filter" in shown
    assert "Stille Otter" in page.get("/wachtrij?alles=1").text
    page.post("/wachtrij/filter", data={"alles": "1"})
    assert "Stille Otter" in page.get("/wachtrij").text


def test_heavy_words_stand_behind_one_line(begin, group, noor, page) -> None:
    worst, calm = send(begin, noor, group, CRISIS), send(begin, noor, group)
    shown = page.get("/wachtrij").text
    assert "afscheid" not in shown
    assert "Gaat over: gedachten aan de dood of zelfdoding" in shown
    folded = page.get(f"/wachtrij/{worst}").text
    assert '<details class="fold" data-fold><summary>' in folded
    assert "data-fold" not in page.get(f"/wachtrij/{calm}").text.split('<p class="sr" role="status"')[0]


def test_a_blind_item_shows_no_signal_and_no_level(begin, group, noor, page) -> None:
    with begin() as work:
        work.session.merge(group.location).blind_share = 100
    one = send(begin, noor, group, "Mijn nummer is 06-12345678, app me.")
    shown = page.get(f"/wachtrij/{one}").text
    item = shown.split('<article class="review-item"')[1].split("</article>")[0]
    assert "mark class" not in item
    assert "zonder signalen" in item
    assert "herleidbaar tot een persoon" not in item
    assert not re.search(r'name="severity" value="\w+" checked', shown)
    assert "severity--medium" not in item
    assert not re.search(r'<option value="(low|medium|high|crisis)" selected', shown)
    listed = page.get("/wachtrij/rijen").get_json()["rows"][0]
    assert (listed["level"], listed["excerpt"]) == ("blind", "Steekproef: lees dit bericht zonder signalen.")


def test_a_blind_item_tells_only_how_long_it_waits(begin, group, noor, page) -> None:
    with begin() as work:
        work.session.merge(group.location).blind_share = 100
    heavy = send(begin, noor, group, "Soms wil ik er niet meer zijn.", ago=2 * 60)
    row = page.get("/wachtrij/rijen").get_json()
    assert row["late"] is None
    found = row["rows"][0]
    assert (found["id"], found["level"], found["left"], found["left_kind"], found["late"]) == (
        str(heavy),
        "blind",
        "",
        "",
        False,
    )
    assert found["age"] == "wacht 2 uur"
    assert "te laat" not in page.get("/wachtrij").text.split("<template")[0]
    page.post(f"/wachtrij/{heavy}/bezig", data={"gelezen": "1"})
    assert set(re.findall(r"<b>(\d+)</b>", page.get("/bureau").text.split("level-counts")[1])) == {"0"}


def test_how_a_blind_item_is_placed_tells_no_level(begin, group, noor, page) -> None:
    with begin() as work:
        work.session.merge(group.location).blind_share = 100
    calm = send(begin, noor, group)
    heavy = send(begin, noor, group, "Soms wil ik er niet meer zijn.")
    with begin() as work:
        found = [work.session.get_one(Review, one).severity for one in (calm, heavy)]
    assert found == [Severity.NONE, Severity.HIGH]
    shown = [page.get(f"/wachtrij/{one}").text.split('<section class="decide"')[1] for one in (calm, heavy)]
    kinds = [re.findall(r'id="panel-(\w+)"|class="notice notice--(\w+)', one) for one in shown]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("why", ["still practises", "asked a colleague"])
def test_who_may_not_decide_about_a_blind_item_learns_no_level_by_setting_one(
    begin, group, noor, esra, page, why
) -> None:
    with begin() as work:
        work.session.merge(group.location).blind_share = 100
    calm, heavy = send(begin, noor, group), send(begin, noor, group, HEAVY)
    if why == "asked a colleague":
        for one in (calm, heavy):
            asks_a_colleague(begin, esra, one)
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = why == "still practises"

    def answer(review_id, level, *, stale=False):
        with begin() as work:
            version = work.session.get_one(Review, review_id).version
        form = {"severity": level, "seen_version": 0 if stale else version}
        told = page.post(f"/wachtrij/{review_id}/ernst", data=form, follow_redirects=True)
        with begin() as work:
            bumped = work.session.get_one(Review, review_id).version - version
        offered = re.findall(r'name="severity" value="(\w+)"', told.text)
        return (
            told.status_code,
            offered,
            bumped,
            re.findall(r"Je koos: [^<]*|De ernst is[^<]*|Lager zetten[^<]*", told.text),
        )

    for level in ("none", "low", "medium", "low"):
        for stale in (False, True):
            assert answer(heavy, level, stale=stale) == answer(calm, level, stale=stale), (level, stale)
    with begin() as work:
        found = [work.session.get_one(Review, one) for one in (calm, heavy)]
        assert [(one.severity, one.human_rank) for one in found] == [(Severity.MEDIUM, 2), (Severity.HIGH, None)]
    said = "Je koos: hoog. Welke ernst dit bericht heeft, zie je pas na het besluit."
    for one in (calm, heavy):
        assert answer(one, "high") == (200, [level.value for level in Severity], 1, [said])


def test_a_pause_is_offered_however_an_item_was_opened_and_stops_nobody(begin, group, noor, esra, page) -> None:
    for _ in range(2):
        one = send(begin, noor, group, HEAVY)
        assert "Even pauze?" not in page.get("/wachtrij").text
        page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    left = send(begin, noor, group)
    assert page.post("/wachtrij/volgende").location == f"/wachtrij/{left}"
    for address in ("/wachtrij", f"/wachtrij/{left}", f"/wachtrij/{one}"):
        assert "Even pauze?" in page.get(address).text
    answer = page.post("/bureau/pauze", data={"verder": "1", "van": str(left)})
    assert (answer.status_code, answer.location) == (303, f"/wachtrij/{left}")
    assert "Even pauze?" not in page.get(f"/wachtrij/{left}").text
    for _ in range(2):
        one = send(begin, noor, group, HEAVY)
        page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    assert "Even pauze?" in page.get("/wachtrij").text
    assert page.post("/bureau/pauze", data={"van": "x"}).location == "/bureau"
    assert "Even pauze?" not in page.get("/wachtrij").text
    assert "Neem je tijd." in page.post("/bureau/pauze", follow_redirects=True).text


def test_no_pause_is_offered_while_an_alarm_rings(begin, group, noor, jeroen, page) -> None:
    for _ in range(2):
        one = send(begin, noor, group, CRISIS)
        page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    assert "Even pauze?" not in page.get("/wachtrij").text
    with begin() as work:
        for alarm in work.session.scalars(select(Alarm)):
            ringing.acknowledge(work, jeroen, alarm.id)
    assert "Even pauze?" in page.get("/wachtrij").text


def test_calm_posts_are_placed_together_with_a_count_and_a_result_for_each(begin, group, noor, esra, page) -> None:
    calm = [send(begin, noor, group) for _ in range(2)]
    unread, worst = send(begin, noor, group), send(begin, noor, group, CRISIS)
    for one in [*calm, worst]:
        page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    offered = re.findall(r'name="bericht" value="([^"]+)"', page.get("/wachtrij").text)
    assert {one.split(".")[0] for one in offered} == {str(one) for one in calm}
    sent = {"bericht": [f"{one}.1" for one in (*calm, unread, worst)]}
    assert "Je koos 4 berichten" in page.post("/wachtrij/samen", data=sent).text
    refused = page.post("/wachtrij/samen/plaatsen", data=sent | {"aantal": "3"})
    assert refused.status_code == 422
    assert "Dit getal klopt niet" in refused.text
    done = page.post("/wachtrij/samen/plaatsen", data=sent | {"aantal": "4"}).text
    assert done.count("Komt over enkele seconden in de groep.") == 2
    assert "Je hebt dit bericht nog niet gelezen" in done
    assert "Dit bericht heeft een signaal" in done
    with begin() as work:
        closed = work.session.scalars(select(Review.id).where(Review.state == ReviewState.CLOSED)).all()
        assert set(closed) == set(calm)


def test_keys_are_chosen_switched_off_and_set_back(begin, group, noor, esra, page) -> None:
    for place in ("/wachtrij", f"/wachtrij/{send(begin, noor, group)}"):
        keys = re.search(r'data-keys="([^"]*)"', page.get(place).text)[1]
        assert json.loads(keys.replace("&#34;", '"')) == desks.KEYS
    assert page.post("/bureau/toetsen", data={"aan": "1", "key_approve": "r"}).status_code == 422
    page.post("/bureau/toetsen", data={"aan": "1", "key_approve": "p"})
    assert 'value="p"' in page.get("/bureau").text
    page.post("/bureau/toetsen", data={"key_approve": "p"})
    assert 'data-keys="{}"' in page.get("/wachtrij").text
    page.post("/bureau/toetsen", data={"gewoon": "1"})
    with begin() as work:
        assert desks.desk_of(work, esra).keys == desks.KEYS
        assert desks.desk_of(work, esra).keys_on


def test_own_week_is_on_ones_own_desk_and_a_lead_sees_totals(begin, group, noor, esra, page) -> None:
    one = send(begin, noor, group, CRISIS)
    with begin() as work:
        for name in ("Amira", "Jeroen"):
            claims.claim(work, a_clinician(work, group.location, name), one)
    page.post(f"/wachtrij/{one}/bezig", data={"gelezen": "1"})
    assert "Het hele team" not in page.get("/bureau").text
    with begin() as work:
        work.session.scalars(select(StaffRole).where(StaffRole.account_id == esra.account_id)).one().lead = True
    shown = page.get("/bureau").text
    assert "Het hele team van Noorderlicht" in shown
    assert "Amira" not in shown


def test_the_sample_is_a_page_of_figures(page) -> None:
    assert "Zorg of geen zorg (0 berichten)" in page.get("/bureau/steekproef").text


def test_five_hundred_waiting_items_cost_eight_queries(begin, group, noor, esra, page, count_queries) -> None:
    with begin() as work:
        for number in range(500):
            words = Words(body=f"{CALM} {number}", title="Vandaag")
            work.now -= timedelta(seconds=number)
            intake.open_thread(work, noor, group.id, PostType.TIP, words)
        review = work.session.scalars(select(Review).limit(1)).one()
        labels.set_severity(work, esra, review.id, review.version, Severity.HIGH)
    page.post("/wachtrij/filter", data={"onderwerp": "spam"})
    for url in ("/wachtrij", "/wachtrij?alles=1", "/wachtrij?laat=1&groep=" + str(group.id), "/wachtrij/rijen"):
        with count_queries() as seen:
            assert page.get(url).status_code == 200
        assert len(seen) <= 8, (url, len(seen))


STUCK = "wacht op een tweede collega, en die is er niet"


def asks_a_colleague(begin, esra, review_id):
    with begin() as work:
        review = work.session.get_one(Review, review_id)
        decide(work, esra, review_id, review.version, Verdict(action=Action.SECOND_LOOK, question="Wat vind jij?"))


def row_of(page, review_id):
    return next(row for row in page.get("/wachtrij/rijen").get_json()["rows"] if row["id"] == str(review_id))


def test_the_queue_says_which_item_waits_for_a_colleague_who_is_not_there(begin, group, noor, esra, page) -> None:
    stuck, free = send(begin, noor, group), send(begin, noor, group)
    asks_a_colleague(begin, esra, stuck)
    assert (row_of(page, stuck)["blocked"], row_of(page, free)["blocked"]) == (STUCK, "")
    shown = page.get("/wachtrij").text
    assert shown.count(STUCK) == 1
    assert 'data-slot="blocked"' in shown  # what queue.js fills
    page.post("/taal", data={"lang": "en", "next": "/wachtrij"})
    assert row_of(page, stuck)["blocked"] == "waits for a second colleague, and there is none"


def test_with_a_colleague_at_the_location_nothing_is_stuck(begin, group, noor, esra, jeroen, page) -> None:
    item = send(begin, noor, group)
    asks_a_colleague(begin, esra, item)
    assert row_of(page, item)["blocked"] == ""
    with begin() as work:
        gone = select(StaffRole).where(StaffRole.account_id == jeroen.account_id)
        work.session.scalars(gone).one().revoked_at = work.now
    assert row_of(page, item)["blocked"] == STUCK


def test_an_item_for_which_a_colleague_elsewhere_was_asked_says_so(begin, group, noor, esra, page) -> None:
    with begin() as work:
        south = a_location(work, "Zuid")
        a_clinician(work, south, "Tom")
        work.session.get_one(Location, group.location_id).second_location_id = south.id
    item = send(begin, noor, group)
    asks_a_colleague(begin, esra, item)
    row = row_of(page, item)
    assert (row["blocked"], "collega van elders gevraagd" in row["tags"]) == ("", True)


def test_of_two_who_were_asked_from_elsewhere_the_later_one_hears_who_decided_and_keeps_the_words(
    begin, group, noor, esra, signed_in
) -> None:
    with begin() as work:
        south, west = a_location(work, "Zuid"), a_location(work, "West")
        tom, iris, stranger = a_clinician(work, south, "Tom"), a_clinician(work, south, "Iris"), a_clinician(work, west)
        work.session.get_one(Location, group.location_id).second_location_id = south.id
    item = send(begin, noor, group)
    asks_a_colleague(begin, esra, item)
    note = "Wat fijn dat je dit deelt, hier past het alleen net niet."
    late = {"action": "decline", "reason": "off_topic", "note": note, "seen_version": 2}
    first = signed_in(iris)
    assert first.get(f"/wachtrij/{item}").status_code == 200
    with begin() as work:
        review = work.session.get_one(Review, item)
        reworded = "Laat je de getallen weg? Dan past het hier goed."
        decide(work, tom, item, review.version, Verdict(action=Action.ASK_REWORD, reason="numbers", note=reworded))
    for step in ("", "preview"):
        answer = first.post(f"/wachtrij/{item}/besluit", data=late | {"step": step, "form_key": uuid4().hex})
        assert answer.status_code == 409
        for part in ("Tom was je net voor", "Over dit bericht is al besloten. Jouw keuze is niet uitgevoerd.", note):
            assert part in answer.text
        for part in ("Stille Otter", reworded, f'href="/wachtrij/{item}"'):
            assert part not in answer.text
        unknown = signed_in(stranger).post(f"/wachtrij/{item}/besluit", data=late | {"step": step})
        assert unknown.status_code == 404
        assert "Tom" not in unknown.text
    assert first.get(f"/wachtrij/{item}").status_code == 404


def test_next_says_what_the_filter_hides_when_nothing_is_left_inside_it(begin, group, noor, page) -> None:
    send(begin, noor, group, CRISIS)
    send(begin, noor, group)
    page.post("/wachtrij/filter", data={"ernst": "low"})
    answer = page.post("/wachtrij/volgende", follow_redirects=True).text
    assert "Er is nu geen volgend bericht voor jou" not in answer
    assert "Binnen je filter is er geen volgend bericht voor jou. Je filter verbergt 2 berichten." in answer
    assert "1 daarvan heeft ernst hoog of crisis." in answer
    band = answer.split("data-outside-band")[1].split("</form>")[0]
    assert "hidden" not in band.split(">")[0]
    assert "Nog 2 berichten buiten je filter. 1 daarvan heeft ernst hoog of crisis." in band
    assert "Toon alles" in band
    shown = page.post("/wachtrij/filter", data={"alles": "1"}, follow_redirects=True).text
    assert "hidden" in shown.split("data-outside-band")[1].split(">")[0]


def test_next_without_a_filter_says_that_colleagues_have_the_rest(page) -> None:
    assert "Er is nu geen volgend bericht voor jou" in page.post("/wachtrij/volgende", follow_redirects=True).text


def test_what_was_just_placed_can_be_taken_back_from_the_next_item(
    begin, group, noor, esra, jeroen, page, signed_in
) -> None:
    placed, other = send(begin, noor, group), send(begin, noor, group, HEAVY)
    with begin() as work:
        made = decide(work, esra, placed, 1, Verdict(action=Action.APPROVE))
    shown = page.get(f"/wachtrij/{other}").text
    assert f"/besluit/{made.id}/terug" in shown
    assert "Bericht van Stille Otter wordt over" in " ".join(shown.split())
    assert "data-sent" not in shown  # a text typed about this item was not received with it
    assert f"/besluit/{made.id}/terug" not in signed_in(jeroen).get(f"/wachtrij/{other}").text
    assert page.post(f"/besluit/{made.id}/terug").location == f"/wachtrij/{placed}"
    assert "data-held" not in page.get(f"/wachtrij/{other}").text
