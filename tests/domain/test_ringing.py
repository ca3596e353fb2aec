"""Alarms: who is rung when, until a human answers; clocks that jump, workers that stop, addresses that do not work."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator, rings
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.crisis import alerts, ringing
from safespace.crisis.models import Alarm, AlarmKind, Escalation, Ring
from safespace.groups.models import StaffRole
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.moderation import escalating, intake, labels, safety, worry_report
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Severity
from safespace.roster import routes
from safespace.roster.models import AlertRoute, Channel, Shift, ShiftRole
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
TEN = timedelta(minutes=10)


@pytest.fixture
def clinic(begin):
    """A location where Esra has duty, Jeroen is next in line and Fatima leads; each has a mailbox."""
    with begin() as work:
        group = a_group(work, a_location(work))
        people = {name: a_clinician(work, group.location, name) for name in ("Esra", "Jeroen", "Fatima")}
        for name, actor in people.items():
            address = f"{name.lower()}@kliniek.example"
            routes.add_route(work, actor, group.location_id, actor.account_id, Channel.EMAIL, address)
        for role in work.session.scalars(select(StaffRole)):
            role.works_from = work.now - timedelta(days=30)
        lead = select(StaffRole).where(StaffRole.account_id == people["Fatima"].account_id)
        work.session.scalars(lead).one().lead = True
        work.session.add(
            Shift(
                location_id=group.location_id,
                account_id=people["Esra"].account_id,
                role=ShiftRole.ON_CALL,
                starts_at=work.now - timedelta(days=3),
                ends_at=work.now + timedelta(hours=8),
            )
        )
        return people | {"group": group, "Noor": a_youth(work, group), "Karin": an_administrator(work, group.location)}


def an_alarm(begin, clinic, now=NOON):
    """Noor sends a post of severity crisis; gives its review."""
    with begin(now) as work:
        group = clinic["group"]
        sent = intake.open_thread(
            work, clinic["Noor"], group.id, PostType.EXPERIENCE, Words(title="Nacht", body=CRISIS)
        )
        return work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()


def tick(begin, now) -> int:
    with begin(now) as work:
        return rings(work)


def rung(begin, step=None):
    """The names of whom was written to, by step."""
    with begin() as work:
        rows = work.session.execute(
            select(Ring.step, AlertRoute).join(AlertRoute, AlertRoute.id == Ring.route_id).order_by(Ring.step)
        ).all()
        found = [(row.step, work.unseal(row.AlertRoute, "address").split("@")[0]) for row in rows]
    return sorted(found) if step is None else sorted(name for at, name in found if at == step)


def the_alarm(begin):
    with begin() as work:
        return work.session.scalars(select(Alarm)).one()


def test_an_alarm_goes_up_the_line_until_somebody_answers(begin, clinic) -> None:
    an_alarm(begin, clinic)
    assert tick(begin, NOON) == 1
    assert rung(begin, 0) == ["esra"]
    assert tick(begin, NOON + TEN - timedelta(seconds=1)) == 0
    assert tick(begin, NOON + TEN) == 1
    assert rung(begin, 1) == ["jeroen"]
    assert tick(begin, NOON + 2 * TEN) == 1
    assert rung(begin, 2) == ["fatima"]
    assert tick(begin, NOON + 3 * TEN) == 1
    assert tick(begin, NOON + 4 * TEN) == 1
    assert rung(begin, 3) == rung(begin, 4) == ["esra", "fatima", "jeroen"]
    with begin(NOON + 4 * TEN) as work:
        ringing.acknowledge(work, clinic["Jeroen"], the_alarm(begin).id)
    assert tick(begin, NOON + 10 * TEN) == 0
    with begin(NOON + 10 * TEN) as work:
        assert alerts.claim(work) == []


def says_no(begin, clinic, post_id, now):
    with begin(now) as work:
        safety.answer_safety(work, clinic["Noor"], post_id, "no", said="Ben je nu veilig? Nee")


def test_a_crisis_post_and_the_answer_no_call_everybody_once_for_each_step(begin, clinic) -> None:
    review = an_alarm(begin, clinic)
    says_no(begin, clinic, review.post_id, NOON)
    for minutes in (0, 10, 20, 30):
        tick(begin, NOON + timedelta(minutes=minutes))
    assert rung(begin) == [(0, "esra"), (1, "jeroen"), (2, "fatima"), (3, "esra"), (3, "fatima"), (3, "jeroen")]
    with begin() as work:
        reasons = ringing.ringing(work, clinic["Jeroen"])
        assert {one.kind for one in reasons} == {AlarmKind.CRISIS_ITEM, AlarmKind.ESCALATION}
        begun = select(AuditEntry).where(AuditEntry.action == "alarm_rings")
        assert len(work.session.scalars(begun).all()) == 2
    with begin(NOON + timedelta(minutes=31)) as work:
        ringing.acknowledge(work, clinic["Jeroen"], reasons[0].id)
        assert ringing.ringing(work, clinic["Esra"]) == []


def test_the_second_reason_goes_on_where_the_first_was_answered_by_itself(begin, clinic) -> None:
    review = an_alarm(begin, clinic)
    tick(begin, NOON)
    says_no(begin, clinic, review.post_id, NOON + timedelta(minutes=2))
    tick(begin, NOON + timedelta(minutes=2))
    assert rung(begin) == [(0, "esra"), (1, "jeroen")]
    with begin(NOON + timedelta(minutes=3)) as work:
        escalating.answered(work, clinic["Esra"], review.id)  # a decision about the post, not about its author
    assert tick(begin, NOON + timedelta(minutes=11)) == 0
    assert tick(begin, NOON + timedelta(minutes=12)) == 1
    assert rung(begin) == [(0, "esra"), (1, "jeroen"), (2, "fatima")]


@pytest.mark.parametrize("minutes", [2, 12, 22, 32, 35])
def test_an_author_who_is_not_safe_calls_somebody_at_once_although_it_rang_before(begin, clinic, minutes) -> None:
    review = an_alarm(begin, clinic)
    for gone in range(0, minutes, 10):
        tick(begin, NOON + timedelta(minutes=gone))
    before, now = rung(begin), NOON + timedelta(minutes=minutes)
    says_no(begin, clinic, review.post_id, now)
    tick(begin, now)
    after = rung(begin)
    assert len(after) > len(before)
    says_no(begin, clinic, review.post_id, now + timedelta(minutes=1))  # said again it is the same worry
    tick(begin, now + timedelta(minutes=1))
    assert rung(begin) == after
    assert len(after) == len(set(after))  # nobody twice for the same step
    tick(begin, now + TEN)
    assert len(rung(begin)) > len(after)


def another_item_rings(begin, clinic, post_id, now):
    """Something else about the same post becomes a crisis, as when a member tells about it; gives its alarm."""
    with begin(now) as work:
        place = {"location_id": clinic["group"].location_id, "group_id": clinic["group"].id}
        alarm = ringing.open_alarm(work, AlarmKind.CRISIS_ITEM, uuid4(), post_id=post_id, **place)
    tick(begin, now)
    return alarm


def test_the_report_tells_of_every_message_about_the_same_post_and_of_no_earlier_crisis(begin, clinic) -> None:
    review = an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin(NOON + timedelta(minutes=1)) as work:
        ringing.acknowledge(work, clinic["Jeroen"], the_alarm(begin).id)
    earlier = another_item_rings(begin, clinic, review.post_id, NOON + 2 * TEN)
    with begin(NOON + 3 * TEN) as work:
        ringing.acknowledge(work, clinic["Jeroen"], earlier.id)  # that crisis was another one
    another_item_rings(begin, clinic, review.post_id, NOON + 6 * TEN)
    says_no(begin, clinic, review.post_id, NOON + 7 * TEN)
    tick(begin, NOON + 7 * TEN)  # sent under the item that rang first
    with begin(NOON + 8 * TEN) as work:
        worry = work.session.scalars(select(Escalation)).one()
        assert worry.review_id == review.id
        ringing.go_to(work, clinic["Esra"], review.post_id)
    with begin(NOON + 9 * TEN) as work:
        moments = worry_report.report(work, clinic["Esra"], worry.id).moments
    assert [one.at for one in moments if one.what == "rung"] == [NOON, NOON + 6 * TEN, NOON + 7 * TEN]
    answers = [one.at for one in moments if one.what == "answered"]
    assert answers == [NOON + timedelta(minutes=1), NOON + 8 * TEN, NOON + 8 * TEN]


def test_a_worry_that_rings_first_takes_the_crisis_of_the_post_along(begin, clinic) -> None:
    with begin() as work:
        words = Words(title="Nacht", body="Ik slaap slecht.")
        sent = intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, words)
    says_no(begin, clinic, sent.post_id, NOON)
    tick(begin, NOON)
    with begin(NOON + timedelta(minutes=1)) as work:
        intake.rewrite(work, clinic["Noor"], sent.post_id, Words(title="Nacht", body=CRISIS))
    tick(begin, NOON + timedelta(minutes=1))
    assert rung(begin) == [(0, "esra")]


def test_with_nobody_on_shift_everybody_is_called_at_once(begin, clinic) -> None:
    with begin() as work:
        work.session.scalars(select(Shift)).one().cancelled_at = work.now
    an_alarm(begin, clinic)
    tick(begin, NOON)
    assert rung(begin, 0) == ["esra", "fatima", "jeroen"]


def test_each_of_the_first_steps_calls_somebody_new_and_in_the_end_nobody_is_left_out(begin, clinic) -> None:
    """Esra has duty and leads: the third call goes on down the line, not to her again."""
    with begin() as work:
        sanne = a_clinician(work, clinic["group"].location, "Sanne")
        routes.add_route(
            work, sanne, clinic["group"].location_id, sanne.account_id, Channel.EMAIL, "sanne@kliniek.example"
        )
        for role in work.session.scalars(select(StaffRole)):
            role.works_from = work.now - timedelta(days=30)
            role.lead = role.account_id == clinic["Esra"].account_id
    an_alarm(begin, clinic)
    called = []
    for step in range(4):
        tick(begin, NOON + step * TEN)
        called.append(rung(begin, step))
    assert called[0] == ["esra"]
    assert sorted(name for names in called[:3] for name in names) == sorted({*called[0], *called[1], *called[2]})
    assert [len(names) for names in called[:3]] == [1, 1, 1]
    assert called[3] == ["esra", "fatima", "jeroen", "sanne"]


def test_a_tick_that_runs_twice_rings_once(begin, clinic) -> None:
    an_alarm(begin, clinic)
    assert [tick(begin, NOON), tick(begin, NOON), tick(begin, NOON)] == [1, 0, 0]
    assert rung(begin) == [(0, "esra")]


def test_after_an_outage_the_line_is_called_at_once_and_repeats_are_not_piled_up(begin, clinic) -> None:
    an_alarm(begin, clinic)
    late = NOON + timedelta(hours=5)
    assert tick(begin, late) == 3
    assert rung(begin) == [(0, "esra"), (1, "jeroen"), (2, "fatima")]
    assert tick(begin, late) == 0
    assert tick(begin, late + TEN) == 1


@pytest.mark.parametrize("jump", [-timedelta(days=2), -timedelta(hours=1), timedelta(minutes=1), timedelta(hours=3)])
def test_a_clock_that_is_changed_does_each_step_once_and_loses_none(begin, clinic, jump) -> None:
    an_alarm(begin, clinic)
    now = NOON
    tick(begin, now)
    now += timedelta(minutes=4) + jump
    for _ in range(40):
        tick(begin, now)
        tick(begin, now)
        now += timedelta(minutes=1)
    steps = [step for step, _ in rung(begin)]
    assert {0, 1, 2} <= set(steps)
    assert sorted(set(steps)) == list(range(max(steps) + 1))
    assert len(rung(begin)) == len(set(rung(begin)))
    assert max(steps) >= 3


def test_no_ring_is_later_than_a_tick_when_the_clock_goes_back(begin, clinic) -> None:
    an_alarm(begin, clinic)
    tick(begin, NOON)
    back = NOON - timedelta(hours=6)
    assert tick(begin, back) == 1
    assert tick(begin, back + TEN) == 1


def test_an_alarm_is_not_opened_twice_and_rings_anew_after_it_was_answered(begin, clinic) -> None:
    review = an_alarm(begin, clinic)
    with begin() as work:
        escalating.ring_if_crisis(work, work.session.get_one(Review, review.id), clinic["group"].location_id)
    tick(begin, NOON)
    with begin() as work:
        ringing.acknowledge(work, clinic["Esra"], the_alarm(begin).id)
        escalating.ring_if_crisis(work, work.session.get_one(Review, review.id), clinic["group"].location_id)
    assert tick(begin, NOON) == 1
    assert rung(begin, 3) == ["esra", "fatima", "jeroen"]


def test_an_alarm_that_rings_anew_sends_each_route_one_message(begin, clinic) -> None:
    review = an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin() as work:
        ringing.acknowledge(work, clinic["Esra"], the_alarm(begin).id)  # before her message left
        escalating.ring_if_crisis(work, work.session.get_one(Review, review.id), clinic["group"].location_id)
    tick(begin, NOON)
    with begin() as work:
        sent = sorted(one.address.split("@")[0] for one in alerts.claim(work))
    assert sent == ["esra", "fatima", "jeroen"]


def test_a_human_label_rings_and_a_lower_one_is_an_answer(begin, clinic) -> None:
    group = clinic["group"]
    with begin() as work:
        sent = intake.open_thread(
            work, clinic["Noor"], group.id, PostType.EXPERIENCE, Words(title="Slapen", body="Ik slaap slecht.")
        )
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        labels.set_severity(work, clinic["Esra"], review.id, review.version, Severity.CRISIS)
    assert the_alarm(begin).acknowledged_at is None
    with begin() as work:
        review = work.session.get_one(Review, review.id)
        labels.set_severity(work, clinic["Esra"], review.id, review.version, Severity.HIGH)
    assert the_alarm(begin).acknowledged_by == clinic["Esra"].account_id


def test_only_clinicians_of_the_location_hear_and_answer(begin, clinic) -> None:
    an_alarm(begin, clinic)
    alarm = the_alarm(begin)
    with begin() as work:
        elsewhere = a_clinician(work, a_location(work, "Zuid"))
        assert [one.id for one in ringing.ringing(work, clinic["Esra"])] == [alarm.id]
        for other in (elsewhere, clinic["Karin"], clinic["Noor"]):
            for doing in (ringing.ringing, lambda work, other: ringing.acknowledge(work, other, alarm.id)):
                if doing is ringing.ringing and other is elsewhere:
                    assert doing(work, other) == []
                    continue
                with pytest.raises(NotFoundError):
                    doing(work, other)


def test_a_colleague_who_left_is_not_called(begin, clinic) -> None:
    with begin() as work:
        gone = select(StaffRole).where(StaffRole.account_id == clinic["Esra"].account_id)
        work.session.scalars(gone).one().revoked_at = work.now
    an_alarm(begin, clinic)
    tick(begin, NOON)
    assert rung(begin, 0) == ["fatima", "jeroen"]


def test_a_message_is_claimed_once_and_what_failed_is_tried_again_later(begin, clinic) -> None:
    an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin() as work:
        (errand,) = alerts.claim(work)
        assert errand.address == "esra@kliniek.example"
        assert alerts.claim(work) == []
    with begin() as work:
        alerts.mark_failed(work, errand.ring_id, "unreachable")
    with begin(NOON + timedelta(seconds=1)) as work:
        assert alerts.claim(work) == []
        assert alerts.troubles(work, clinic["group"].location_id).popitem()[1].failed == "unreachable"
    with begin(NOON + timedelta(seconds=5)) as work:
        assert [one.ring_id for one in alerts.claim(work)] == [errand.ring_id]
        alerts.mark_sent(work, errand.ring_id)
    with begin(NOON + TEN) as work:
        assert alerts.claim(work) == []
        assert alerts.troubles(work, clinic["group"].location_id) == {}


def test_a_message_that_was_being_sent_when_the_worker_stopped_is_sent_again(begin, clinic) -> None:
    an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin() as work:
        (errand,) = alerts.claim(work)
    with begin() as work:
        alerts.free_claims(work)
        assert [one.ring_id for one in alerts.claim(work)] == [errand.ring_id]


def test_an_address_that_cannot_be_opened_stops_nobody_else(begin, clinic) -> None:
    with begin() as work:
        work.session.scalars(select(Shift)).one().cancelled_at = work.now
        work.session.scalars(select(AlertRoute).order_by(AlertRoute.position)).first().address = b"\0\1broken-address"
    an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin() as work:
        assert sorted(one.address for one in alerts.claim(work)) == ["fatima@kliniek.example", "jeroen@kliniek.example"]


def test_a_test_proves_a_route_only_when_its_own_person_answers(begin, clinic) -> None:
    location_id = clinic["group"].location_id
    with begin() as work:
        route = work.session.scalars(select(AlertRoute).order_by(AlertRoute.position)).first()
        alarm = alerts.send_test(work, clinic["Karin"], route.id)
        assert not routes.somebody_is_called(work, location_id)
    with begin() as work:
        assert [one.alarm_id for one in alerts.claim(work)] == [alarm.id]
        assert ringing.ringing(work, clinic["Esra"]) == []
        with pytest.raises(NotFoundError):
            ringing.acknowledge(work, clinic["Jeroen"], alarm.id)
    with begin() as work:
        ringing.acknowledge(work, clinic["Esra"], alarm.id)
    with begin() as work:
        assert work.session.get_one(AlertRoute, route.id).proven_at == NOON
        assert routes.somebody_is_called(work, location_id)
    with begin(NOON + timedelta(days=31)) as work:
        assert not routes.somebody_is_called(work, location_id)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.EMAIL, "geen adres"),
        (Channel.EMAIL, "esra@kliniek.example\nBcc: iemand@elders.example"),
        (Channel.WEBHOOK, "http://oproep.example/haak"),
        (Channel.WEBHOOK, "https://gebruiker:geheim@oproep.example/haak"),
        (Channel.WEBHOOK, "ftp://oproep.example"),
        (Channel.WEBHOOK, "https://"),
        (Channel.WEBHOOK, "https://oproep.example:poort/"),
    ],
)
def test_an_address_that_is_none_is_refused(begin, clinic, channel, address) -> None:
    with begin() as work, pytest.raises(InvalidError):
        routes.add_route(
            work, clinic["Karin"], clinic["group"].location_id, clinic["Esra"].account_id, channel, address
        )


def test_routes_belong_to_clinicians_of_the_location_and_are_managed_there(begin, clinic) -> None:
    location_id = clinic["group"].location_id
    with begin() as work:
        zuid = a_location(work, "Zuid")
        stranger = a_clinician(work, zuid)
        with pytest.raises(InvalidError):
            routes.add_route(
                work, clinic["Karin"], location_id, stranger.account_id, Channel.EMAIL, "x@kliniek.example"
            )
        with pytest.raises(NotFoundError):
            routes.clinicians_at(work, stranger, location_id)
        first, second = [one.id for one in routes.reachable(work, location_id)][:2]
        with pytest.raises(NotFoundError):
            routes.remove_route(work, stranger, first)
        routes.move_up(work, clinic["Karin"], second)
    with begin() as work:
        assert [one.id for one in routes.reachable(work, location_id)][:2] == [second, first]
        routes.remove_route(work, clinic["Karin"], second)
    with begin() as work:
        assert second not in {one.id for one in routes.reachable(work, location_id)}


def test_it_is_said_which_lead_no_route_leads_to(begin, clinic) -> None:
    location_id = clinic["group"].location_id
    with begin() as work:
        assert routes.unreached_leads(work, clinic["Karin"], location_id) == []
        (route,) = [one for one in routes.reachable(work, location_id) if one.lead]
        routes.remove_route(work, clinic["Karin"], route.id)
    with begin() as work:
        assert routes.unreached_leads(work, clinic["Esra"], location_id) == ["Fatima"]
        with pytest.raises(NotFoundError):
            routes.unreached_leads(work, clinic["Noor"], location_id)


def test_no_word_and_no_address_goes_into_events_and_log(begin, clinic) -> None:
    an_alarm(begin, clinic)
    tick(begin, NOON)
    with begin() as work:
        ringing.acknowledge(work, clinic["Esra"], the_alarm(begin).id)
    with begin() as work:
        log = [entry.facts for entry in work.session.scalars(select(AuditEntry))]
        bells = work.session.scalars(select(OutboxEvent)).all()
    assert {"alarm_changed"} <= {bell.name for bell in bells}
    assert not any(word in str(log) for word in ("Vanavond", "Noor", "kliniek.example", "Otter"))
