"""Break-glass: two different people, in time, for a while; alone when nobody answers; always told, always logged."""

from contextlib import nullcontext, suppress
from datetime import timedelta
from itertools import product

import pyotp
import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator, rings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from safespace.accounts.models import Account
from safespace.audit.models import AuditEntry
from safespace.crisis import alerts, escalations, revealed, reveals, reviewing, ringing, tasks
from safespace.crisis.escalations import Closing
from safespace.crisis.models import Alarm, AlarmKind, Reveal, TaskKind
from safespace.groups.models import Location, Membership, StaffRole
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError, RefusalError
from safespace.moderation import intake, taking_up
from safespace.moderation.models import Review
from safespace.roster import routes
from safespace.roster.models import Channel
from safespace.threads.models import PostType, Words

CARE, CONTACT = "verwijzing K-4711", "tante Ria, 06-00000000"
REASON = "Je schreef dat je niet veilig bent en antwoordde niet meer."
MINUTE = timedelta(minutes=1)
SECRET = pyotp.random_base32()


def a_clinic(begin):
    """A crisis about Noor; Esra and Fatima work there for long, Jeroen since yesterday, Tom elsewhere."""
    with begin(NOON - timedelta(days=30)) as work:
        group = a_group(work, a_location(work))
        people = {name: a_clinician(work, group.location, name) for name in ("Esra", "Fatima", "Jeroen")}
        people |= {"Tom": a_clinician(work, a_location(work, "Zuid"), "Tom")}
        people |= {"Karin": an_administrator(work, group.location), "Noor": a_youth(work, group)}
        for one in ("Esra", "Fatima"):
            account = work.session.get_one(Account, people[one].account_id)
            work.seal(account, "totp_secret", SECRET)
        since = select(StaffRole).where(StaffRole.account_id == people["Jeroen"].account_id)
        work.session.scalars(since).one().works_from = NOON - timedelta(days=1)
        place = work.session.get_one(Membership, people["Noor"].members[group.id].membership_id)
        work.seal(place, "care_reference", CARE)
        work.seal(place, "safety_contact", CONTACT)
    with begin() as work:
        words = Words(title="Nacht", body="Soms wil ik dood.")
        sent = intake.open_thread(work, people["Noor"], group.id, PostType.EXPERIENCE, words)
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        people["crisis"] = taking_up.take_up(work, people["Esra"], review, 3, "")
    return people


@pytest.fixture
def clinic(begin):
    return a_clinic(begin)


def ask(begin, clinic, who="Esra", now=NOON, **fields):
    with begin(now) as work:
        return reveals.request(work, clinic[who], clinic["crisis"].id, REASON, **fields)


def agree(begin, clinic, asked, who="Fatima", now=NOON + MINUTE, *, yes=True):
    with begin(now) as work:
        return reveals.answer(work, clinic[who], asked.id, agree=yes)


def alone(begin, clinic, asked, who="Esra", now=NOON + 5 * MINUTE, code=None):
    with begin(now) as work:
        return reveals.look_alone(work, clinic[who], asked.id, code or pyotp.TOTP(SECRET).at(now))


def sees(begin, clinic, asked, who, now):
    with begin(now) as work:
        return reveals.show(work, clinic[who], asked.id)


def test_two_people_together_see_who_it_is_for_a_quarter_of_an_hour(begin, clinic) -> None:
    asked = ask(begin, clinic)
    agree(begin, clinic, asked)
    for who in ("Esra", "Fatima"):
        found = sees(begin, clinic, asked, who, NOON + 15 * MINUTE)
        assert (found.care_reference, found.safety_contact) == (CARE, CONTACT)
        for when in (NOON, NOON + 16 * MINUTE, NOON + timedelta(days=2)):
            with pytest.raises(NotAllowedError):
                sees(begin, clinic, asked, who, when)
    with pytest.raises(NotAllowedError):
        sees(begin, clinic, asked, "Jeroen", NOON + 2 * MINUTE)


def test_nobody_sees_anything_before_somebody_agreed(begin, clinic) -> None:
    asked = ask(begin, clinic)
    for who in ("Esra", "Fatima", "Jeroen"):
        with pytest.raises(NotAllowedError):
            sees(begin, clinic, asked, who, NOON + MINUTE)


# Who answers, how long after it was asked, whether it was answered before: what must come of it.
ANSWERS = [
    (who, minutes, before)
    for who, minutes, before in product(
        ("Esra", "Fatima", "Jeroen", "Tom", "Karin", "Noor"), (0, 14, 15, 16, 600), (False, True)
    )
]


@pytest.mark.parametrize(("who", "minutes", "before"), ANSWERS)
def test_only_a_second_experienced_clinician_agrees_in_time_and_once(begin, clinic, who, minutes, before) -> None:
    asked = ask(begin, clinic)
    if before:
        agree(begin, clinic, asked, now=NOON)
    right = who == "Fatima" and minutes <= 15 and not before
    refusal = NotFoundError if who in {"Tom", "Karin", "Noor"} else RefusalError
    with nullcontext() if right else pytest.raises(refusal):
        agree(begin, clinic, asked, who, NOON + minutes * MINUTE)
    with begin() as work:
        found = work.session.get_one(Reveal, asked.id)
        assert found.granted is (right or before)
        assert found.decided_by == (clinic["Fatima"].account_id if right or before else None)
        assert found.decided_by != found.requested_by


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "later", "agree", "refuse", "alone", "show", "tell", "review"]),
            st.sampled_from(["Esra", "Fatima", "Jeroen", "Tom", "Karin"]),
            st.integers(0, 9),
        ),
        max_size=14,
    )
)
def test_whatever_is_tried_nobody_sees_alone_what_two_must_agree_on(begin, doings) -> None:
    clinic = a_clinic_of_its_own(begin)
    now, asked = NOON, []
    for what, who, minutes in doings:
        now += minutes * MINUTE
        for reveal_id in [None] if what in {"ask", "later"} else list(asked):
            with suppress(RefusalError), begin(now) as work:
                made = DOINGS[what](work, clinic, who, reveal_id)
                if reveal_id is None:
                    asked.append(made.id)
    with begin(now) as work:
        for one in work.session.scalars(select(Reveal).where(Reveal.id.in_(asked))):
            is_in_order(one)
            assert not one.granted or one.decided_by != clinic["Jeroen"].account_id


def shown_rightly(work, clinic, who, reveal_id):
    """Show the details, and hold that this was the right person at the right moment."""
    reveals.show(work, clinic[who], reveal_id)
    shown = work.session.get_one(Reveal, reveal_id)
    assert shown.granted
    assert shown.emergency or shown.decided_by not in {None, shown.requested_by}
    assert clinic[who].account_id in {shown.requested_by, shown.decided_by}
    assert shown.decided_at <= work.now < shown.decided_at + 15 * MINUTE


def is_in_order(one):
    """Hold one request against the rules, whatever happened to it."""
    assert one.decided_by != one.requested_by
    if one.emergency:
        assert one.granted
        assert one.decided_at - one.requested_at >= 5 * MINUTE
        assert one.reviewed_by != one.requested_by
    elif one.granted:
        assert one.decided_by is not None
        assert one.decided_at - one.requested_at <= 15 * MINUTE
    if one.granted and not one.delay_reason:
        assert one.told_at == one.decided_at


def asks(work, clinic, who, _, delay=None):
    return reveals.request(work, clinic[who], clinic["crisis"].id, REASON, delay_reason=delay)


DOINGS = {
    "ask": asks,
    "later": lambda work, clinic, who, _: asks(work, clinic, who, _, "Nu vertellen is gevaarlijk."),
    "agree": lambda work, clinic, who, one: reveals.answer(work, clinic[who], one, agree=True),
    "refuse": lambda work, clinic, who, one: reveals.answer(work, clinic[who], one, agree=False),
    "alone": lambda work, clinic, who, one: reveals.look_alone(work, clinic[who], one, pyotp.TOTP(SECRET).at(work.now)),
    "show": shown_rightly,
    "tell": lambda work, clinic, who, one: reveals.tell(work, clinic[who], one),
    "review": lambda work, clinic, who, one: reviewing.review(work, clinic[who], one, "Nagekeken."),
}


_NUMBER = iter(range(100_000))


def a_clinic_of_its_own(begin):
    """Another clinic in the same database, for the next example."""
    number = next(_NUMBER)
    with begin(NOON - timedelta(days=30)) as work:
        group = a_group(work, a_location(work, f"Locatie {number}"))
        people = {name: a_clinician(work, group.location, name) for name in ("Esra", "Fatima", "Jeroen")}
        people |= {"Tom": a_clinician(work, a_location(work, f"Zuid {number}"), "Tom")}
        people |= {"Karin": an_administrator(work, group.location), "Noor": a_youth(work, group)}
        for one in ("Esra", "Fatima", "Jeroen"):
            work.seal(work.session.get_one(Account, people[one].account_id), "totp_secret", SECRET)
        since = select(StaffRole).where(StaffRole.account_id == people["Jeroen"].account_id)
        work.session.scalars(since).one().works_from = NOON - timedelta(days=1)
        words = Words(title="Nacht", body="Soms wil ik dood.")
        sent = intake.open_thread(work, people["Noor"], group.id, PostType.EXPERIENCE, words)
        work.session.flush()
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        people["crisis"] = taking_up.take_up(work, people["Esra"], review, 3, "")
    return people


def test_who_agrees_no_gets_no_details_shown(begin, clinic) -> None:
    asked = ask(begin, clinic)
    agree(begin, clinic, asked, yes=False)
    with pytest.raises(NotAllowedError):
        sees(begin, clinic, asked, "Esra", NOON + 2 * MINUTE)


def test_alone_only_when_nobody_answered_in_five_minutes_and_with_a_fresh_code(begin, clinic) -> None:
    asked = ask(begin, clinic)
    with pytest.raises(NotAllowedError):
        alone(begin, clinic, asked, now=NOON + 4 * MINUTE)
    with pytest.raises(NotAllowedError):
        alone(begin, clinic, asked, "Fatima")
    with pytest.raises(InvalidError):
        alone(begin, clinic, asked, code="000000")
    alone(begin, clinic, asked)
    assert sees(begin, clinic, asked, "Esra", NOON + 6 * MINUTE).care_reference == CARE
    with pytest.raises(ConflictError):
        alone(begin, clinic, asked, now=NOON + 7 * MINUTE)


def test_after_a_colleague_refused_nobody_looks_alone_in_this_worry(begin, clinic) -> None:
    agree(begin, clinic, ask(begin, clinic), yes=False)
    again, theirs = ask(begin, clinic, now=NOON + 2 * MINUTE), ask(begin, clinic, "Fatima", now=NOON + 2 * MINUTE)
    for who, asked in (("Esra", again), ("Fatima", theirs)):
        with pytest.raises(NotAllowedError) as refused:
            alone(begin, clinic, asked, who, NOON + 8 * MINUTE)
        assert refused.value.code == "refused_before"
    agree(begin, clinic, again, now=NOON + 9 * MINUTE)  # together they still can
    assert sees(begin, clinic, again, "Esra", NOON + 10 * MINUTE).care_reference == CARE


def test_who_is_new_may_not_agree_and_may_always_say_no(begin, clinic) -> None:
    asked = ask(begin, clinic)
    with begin() as work:
        found = work.session.get_one(Reveal, asked.id)
        assert reveals.may_approve(work, clinic["Jeroen"], found) == "role_too_new"
        assert reveals.may_refuse(work, clinic["Jeroen"], found) == ""
        assert reveals.may_refuse(work, clinic["Esra"], found) == "own_reveal"
    agree(begin, clinic, asked, "Jeroen", yes=False)
    for doing in (agree, alone):
        with pytest.raises(ConflictError):
            doing(begin, clinic, asked)


def leading(begin, clinic):
    """Fatima leads and has a mailbox; Jeroen leads and has none; Wim, a clinician, has a mailbox."""
    with begin(NOON - timedelta(days=30)) as work:
        place = clinic["crisis"].location_id
        clinic["Wim"] = a_clinician(work, work.session.get_one(Location, place), "Wim")
        for name in ("Fatima", "Wim"):
            who = clinic[name]
            routes.add_route(work, who, place, who.account_id, Channel.EMAIL, f"{name.lower()}@kliniek.example")
        leads = [clinic[name].account_id for name in ("Fatima", "Jeroen")]
        for role in work.session.scalars(select(StaffRole).where(StaffRole.account_id.in_(leads))):
            role.lead = True


def emergency(work):
    return work.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.EMERGENCY_REVEAL)).one()


def test_an_answer_keeps_the_messages_about_who_looked_alone_from_nobody(begin, clinic) -> None:
    leading(begin, clinic)
    alone(begin, clinic, ask(begin, clinic))
    now = NOON + 5 * MINUTE
    with begin(now) as work:  # before the clock came by
        ringing.acknowledge(work, clinic["Wim"], emergency(work).id)
    with begin(now) as work:
        about = emergency(work).id
        sent = [one.address.split("@")[0] for one in alerts.claim(work) if one.alarm_id == about]
    assert sorted(sent) == ["fatima", "wim"]
    with begin(now + 60 * MINUTE) as work:
        rings(work)
        assert emergency(work).step == 1  # answered: once is enough


def test_who_looked_alone_stays_on_the_screen_of_each_lead_until_that_lead_saw_it(begin, clinic) -> None:
    leading(begin, clinic)
    alone(begin, clinic, ask(begin, clinic))
    now = NOON + 6 * MINUTE
    with begin(now) as work:
        ringing.acknowledge(work, clinic["Wim"], emergency(work).id)
    shown = {}
    for last in ("Fatima", "Jeroen"):
        with begin(now) as work:
            alarm = emergency(work)
            for name in ("Esra", "Wim", "Fatima", "Jeroen"):
                shown[name] = alarm in ringing.ringing(work, clinic[name])
                assert ringing.is_to_see(work, clinic[name], alarm) is shown[name]
        assert shown == {"Esra": False, "Wim": False, "Fatima": last == "Fatima", "Jeroen": True}
        with begin(now) as work:
            ringing.acknowledge(work, clinic[last], emergency(work).id)
    with begin(now) as work:
        assert emergency(work).acknowledged_by == clinic["Wim"].account_id
        assert emergency(work) not in ringing.ringing(work, clinic["Jeroen"])
        seen = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "alarm_seen")).all()
        assert len(seen) == 2


def test_a_lead_who_reviews_it_has_seen_it(begin, clinic) -> None:
    leading(begin, clinic)
    asked = ask(begin, clinic)
    alone(begin, clinic, asked)
    with begin(NOON + 6 * MINUTE) as work:
        reviewing.review(work, clinic["Fatima"], asked.id, "Het was nodig.")
    with begin(NOON + 6 * MINUTE) as work:
        assert emergency(work) not in ringing.ringing(work, clinic["Fatima"])
        assert emergency(work) in ringing.ringing(work, clinic["Jeroen"])


def test_a_code_that_was_used_opens_nothing(begin, clinic) -> None:
    first, code = ask(begin, clinic), pyotp.TOTP(SECRET).at(NOON + 5 * MINUTE)
    alone(begin, clinic, first, code=code)
    second = ask(begin, clinic, now=NOON + MINUTE)
    with pytest.raises(InvalidError):
        alone(begin, clinic, second, now=NOON + 6 * MINUTE, code=code)


def test_who_looks_alone_rings_everybody_and_a_colleague_reviews_it(begin, clinic) -> None:
    asked = ask(begin, clinic)
    alone(begin, clinic, asked)
    now = NOON + 6 * MINUTE
    with begin(now) as work:
        alarm = work.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.EMERGENCY_REVEAL)).one()
        assert alarm in ringing.ringing(work, clinic["Fatima"])
        assert TaskKind.REVEAL_REVIEW in {task.kind for task in tasks.open_tasks(work, clinic["Fatima"])}
        (task,) = [one for one in tasks.open_tasks(work, clinic["Esra"]) if one.kind is TaskKind.REVEAL_REVIEW]
        with pytest.raises(ConflictError):
            tasks.do_task(work, clinic["Esra"], task.id)
    with begin(now) as work, pytest.raises(NotAllowedError):
        reviewing.review(work, clinic["Esra"], asked.id, "Het was nodig.")
    with begin(now) as work:
        reviewing.review(work, clinic["Fatima"], asked.id, "Het was nodig.")
    with begin(now) as work:
        assert tasks.open_tasks(work, clinic["Fatima"]) == []
        assert work.session.get_one(Reveal, asked.id).reviewed_by == clinic["Fatima"].account_id


def test_the_youth_is_told_who_looked_and_why(begin, clinic) -> None:
    asked = ask(begin, clinic)
    agree(begin, clinic, asked)
    with begin() as work:
        (told,) = revealed.told_to(work, clinic["Noor"])
        assert (told.by, told.reason, told.emergency) == (("Esra", "Fatima"), REASON, False)
        assert "reveal_told" in {bell.name for bell in work.session.scalars(select(OutboxEvent))}
        with pytest.raises(NotFoundError):
            revealed.told_to(work, clinic["Esra"])


def test_what_is_told_later_needs_a_reason_and_stays_to_be_done(begin, clinic) -> None:
    with pytest.raises(InvalidError):
        ask(begin, clinic, delay_reason="  ")
    asked = ask(begin, clinic, delay_reason="De vader leest mee op de telefoon.")
    agree(begin, clinic, asked)
    with begin() as work:
        assert revealed.told_to(work, clinic["Noor"]) == []
        assert [one.id for one in revealed.untold(work, clinic["Fatima"])] == [asked.id]
        reveals.tell(work, clinic["Fatima"], asked.id)
    with begin() as work:
        assert len(revealed.told_to(work, clinic["Noor"])) == 1
        assert revealed.untold(work, clinic["Fatima"]) == []


def test_only_in_an_open_crisis_and_with_a_reason(begin, clinic) -> None:
    with begin() as work, pytest.raises(InvalidError):
        reveals.request(work, clinic["Esra"], clinic["crisis"].id, "nodig")
    asked = ask(begin, clinic)
    closing = Closing(outcome="contact_safe", note="x", note_to_author="x", check_back_on=NOON.date())
    with begin() as work:
        escalations.close(work, clinic["Esra"], clinic["crisis"].id, closing)
    with pytest.raises(ConflictError):
        agree(begin, clinic, asked)
    with pytest.raises(ConflictError):
        ask(begin, clinic, "Fatima")


def test_everything_is_in_the_log_and_nothing_of_what_was_shown(begin, clinic) -> None:
    asked = ask(begin, clinic)
    agree(begin, clinic, asked)
    sees(begin, clinic, asked, "Esra", NOON + 2 * MINUTE)
    sees(begin, clinic, asked, "Fatima", NOON + 3 * MINUTE)
    with begin() as work:
        entries = [entry.action for entry in work.session.scalars(select(AuditEntry).order_by(AuditEntry.number))]
        log = repr([entry.facts for entry in work.session.scalars(select(AuditEntry))])
    wanted = ["reveal_asked", "reveal_agreed", "reveal_told", "reveal_shown", "reveal_shown"]
    assert [one for one in entries if one.startswith("reveal")] == wanted
    assert not any(word in log for word in (CARE, CONTACT, "antwoordde", "Ria"))


def test_a_request_of_a_clock_that_ran_ahead_is_asked_anew_and_holds_nobody_up(begin, clinic) -> None:
    ahead = ask(begin, clinic, now=NOON + 120 * MINUTE)
    with begin(NOON) as work:
        assert reveals.may_alone(work, clinic["Esra"], ahead) == "reveal_too_late"
        assert reveals.may_approve(work, clinic["Fatima"], ahead) == "reveal_too_late"
        assert revealed.asked_of(work, clinic["Fatima"]) == []
    again = ask(begin, clinic)
    assert again.id != ahead.id
    alone(begin, clinic, again)
