"""A crisis is heard whichever way it comes in, and no way of working silences it before somebody is at it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_youth
from sqlalchemy import select

from safespace.crisis import escalations, reveals, ringing, talk
from safespace.crisis.models import Alarm, AlarmKind, Escalation
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.moderation import (
    appeals,
    claims,
    follow_ups,
    help_cards,
    intake,
    labels,
    outcomes,
    queue,
    release,
    reports,
    safety,
    taking_up,
    talking,
    worries,
)
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, FollowUp, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import Post, PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
NOTE = "Dank je voor je verhaal, ik lees hoe zwaar het was. Ik kom er bij je op terug."
DECLINE = Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE)
SOON = NOON + timedelta(minutes=1)
CALM = "Dank je wel voor gisteren."
HIGH = "Ik wil eigenlijk niet meer leven, alles is te veel."
CLOSING = escalations.Closing(
    outcome="contact_safe",
    note="Goed gesprek.",
    note_to_author="Fijn dat we elkaar spraken.",
    check_back_on=(NOON + timedelta(days=2)).date(),
)


@pytest.fixture
def people(begin, group):
    """Noor and Sem are members; Esra and Jeroen read along."""
    with begin() as work:
        return (
            a_youth(work, group, "Stille Otter"),
            a_youth(work, group, "Rode Vos"),
            a_clinician(work, group.location, "Esra"),
            a_clinician(work, group.location, "Jeroen"),
        )


def write(begin, group, author, body="Ik slaap slecht.", now=NOON):
    with begin(now) as work:
        return intake.open_thread(
            work, author, group.id, PostType.EXPERIENCE, Words(body=body, title="Nachten")
        ).post_id


def review_of(work, post_id, *where):
    return work.session.scalars(
        select(Review).where(Review.post_id == post_id, *where).order_by(Review.opened_at.desc()).limit(1)
    ).one()


def judge(begin, clinician, post_id, verdict, now=NOON):
    with begin(now) as work:
        review = review_of(work, post_id, Review.state != ReviewState.CLOSED)
        return decide(work, clinician, review.id, review.version, verdict)


def show(begin, group, author, clinician, body="Ik slaap slecht."):
    post_id = write(begin, group, author, body)
    judge(begin, clinician, post_id, Verdict(action=Action.APPROVE))
    with begin(SOON) as work:
        release.release_due(work)
    return post_id


def rings(begin):
    """What rings now, by kind."""
    with begin() as work:
        return [one.kind for one in work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None)))]


@pytest.mark.parametrize("words", [("unsafe_now", ""), ("else", CRISIS)])
def test_a_report_of_somebody_in_danger_rings(begin, group, people, words) -> None:
    noor, sem, esra, _ = people
    post_id = show(begin, group, noor, esra)
    with begin(SOON) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice="not_well")
    assert rings(begin) == []
    with begin(SOON) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice=words[0], words=words[1])
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]


def test_a_second_report_of_danger_rings_again_after_the_first_was_answered(begin, group, people) -> None:
    noor, sem, esra, jeroen = people
    post_id = show(begin, group, noor, esra)
    with begin(SOON) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice="unsafe_now")
    with begin(SOON) as work:
        ringing.acknowledge(work, jeroen, work.session.scalars(select(Alarm.id)).one())
    with begin(SOON) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice="not_well")
    assert rings(begin) == []
    with begin(SOON) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice="unsafe_now")
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]


def test_placing_a_post_with_severity_crisis_rings(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    judge(begin, esra, post_id, Verdict(action=Action.APPROVE, severity=Severity.CRISIS, follow_up=FollowUp.MESSAGE))
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]


@pytest.mark.parametrize("level", [Severity.HIGH, Severity.CRISIS])
@pytest.mark.parametrize(
    "verdict", [Verdict(action=Action.APPROVE), Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE)]
)
def test_what_a_human_calls_urgent_is_not_ended_without_anybody_who_still_turns_to_its_author(
    begin, group, people, level, verdict
) -> None:
    noor, _, esra, jeroen = people
    post_id = write(begin, group, noor)
    for said in (None, level):  # set before, or chosen with the decision
        with begin() as work:
            review = review_of(work, post_id)
            if said is None:
                labels.set_severity(work, esra, review.id, review.version, level)
        with pytest.raises(InvalidError) as refused:
            judge(begin, esra, post_id, replace(verdict, severity=said))
        assert refused.value.errors == {"follow_up": "follow_up_needed"}
    judge(begin, esra, post_id, replace(verdict, severity=level, follow_up=FollowUp.OWN_CLINICIAN))
    with begin(SOON) as work:
        release.release_due(work)
        assert [one.severity for one in follow_ups.open_follow_ups(work, jeroen)] == [level]
        assert outcomes.own_post(work, noor, post_id).help_now


def test_an_approval_that_may_be_undone_takes_no_help_away(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor, HIGH)
    with begin() as work:
        before = outcomes.own_post(work, noor, post_id)
    judge(begin, esra, post_id, Verdict(action=Action.APPROVE))
    with begin() as work:
        held = outcomes.own_post(work, noor, post_id)
        assert (before.help_now, held.help_now) == (True, True)
        assert held.standing == before.standing
        assert help_cards.help_waits(work, noor, work.session.get_one(Post, post_id).thread_id)
    with begin(SOON) as work:
        release.release_due(work)
        assert not outcomes.own_post(work, noor, post_id).help_now


def test_a_follow_up_of_crisis_rings_whatever_is_decided_about_the_post(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    judge(begin, esra, post_id, Verdict(action=Action.APPROVE, follow_up=FollowUp.CRISIS))
    assert len(rings(begin)) == 1


def test_asking_a_colleague_does_not_silence_a_crisis(begin, group, people) -> None:
    noor, _, esra, jeroen = people
    post_id = write(begin, group, noor, CRISIS)
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]
    judge(begin, esra, post_id, Verdict(action=Action.SECOND_LOOK, question="Kijk jij mee?"))
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]
    judge(begin, jeroen, post_id, Verdict(action=Action.HOLD, reason="needs_contact_first", note=NOTE))
    assert rings(begin) == []


def test_asking_a_colleague_about_what_one_calls_a_crisis_rings(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    assert rings(begin) == []
    asked = Verdict(action=Action.SECOND_LOOK, severity=Severity.CRISIS, question="Lees jij dit ook als een afscheid?")
    judge(begin, esra, post_id, asked)
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]


def test_a_cry_for_help_in_an_appeal_waits_no_working_day(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    judge(begin, esra, post_id, DECLINE)
    with begin(SOON) as work:
        appeals.appeal(work, noor, post_id, CRISIS)
    assert rings(begin) == [AlarmKind.CRISIS_ITEM]
    with begin(SOON) as work:
        again = review_of(work, post_id, Review.kind == ReviewKind.APPEAL)
        assert again.due_at <= SOON + timedelta(minutes=10)


def test_an_author_who_is_not_safe_stops_every_placing_of_that_post(begin, group, people) -> None:
    noor, sem, esra, _ = people
    post_id = show(begin, group, noor, esra)
    with begin(SOON) as work:
        intake.rewrite(work, noor, post_id, Words(body="Het gaat niet.", title="Nachten"))
    with begin(SOON + timedelta(minutes=1)) as work:
        reports.report(work, sem, post_id, ReportKind.WORRIED, choice="not_well")
    with begin(SOON + timedelta(minutes=2)) as work:
        edit = review_of(work, post_id, Review.kind == ReviewKind.EDIT)
        decide(work, esra, edit.id, edit.version, Verdict(action=Action.APPROVE))
    with begin(SOON + timedelta(minutes=2)) as work:
        safety.answer_safety(work, noor, post_id, "no", said="Ben je nu veilig? Nee")
    with begin(SOON + timedelta(minutes=10)) as work:
        assert release.release_due(work) == 0
        assert review_of(work, post_id, Review.kind == ReviewKind.EDIT).severity is Severity.CRISIS


def test_whoever_looked_alone_does_not_silence_the_alarm_about_it(begin, group, people, monkeypatch) -> None:
    noor, _, esra, jeroen = people
    monkeypatch.setattr(reveals, "accept_code", lambda *_: None)
    post_id = write(begin, group, noor, CRISIS)
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, post_id), 3, "")
        asked = reveals.request(work, esra, worry.id, "Ik kan Noor niet bereiken.")
    with begin(NOON + timedelta(minutes=6)) as work:
        escalations.take_over(work, esra, worry.id)
        reveals.look_alone(work, esra, asked.id, "000000")
    with begin(NOON + timedelta(minutes=6)) as work:
        (alarm,) = work.session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.EMERGENCY_REVEAL))
        assert alarm.id not in {one.id for one in ringing.ringing(work, esra)}
        assert alarm.id in {one.id for one in ringing.ringing(work, jeroen)}
        with pytest.raises(NotAllowedError):
            ringing.acknowledge(work, esra, alarm.id)
    assert rings(begin) == [AlarmKind.EMERGENCY_REVEAL]
    with begin(NOON + timedelta(minutes=7)) as work:
        ringing.acknowledge(work, jeroen, alarm.id)
    assert rings(begin) == []


def test_crisis_words_in_the_safe_talk_make_it_a_crisis(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, post_id), 2, "")
    assert rings(begin) == []
    with begin(SOON) as work:
        talking.say(work, noor, worry.id, CRISIS)
    assert rings(begin) == [AlarmKind.ESCALATION]
    with begin(SOON) as work:
        escalations.take_over(work, esra, worry.id)
        talking.say(work, esra, worry.id, "Ik ben er. Ben je nu alleen?")
    with begin(SOON + timedelta(minutes=5)) as work:
        talking.say(work, noor, worry.id, CRISIS)
    assert rings(begin) == []  # somebody is talking with Noor
    with begin(SOON + timedelta(hours=5)) as work:
        talking.say(work, noor, worry.id, CRISIS)
    assert rings(begin) == [AlarmKind.ESCALATION]  # nobody is any more


@pytest.mark.parametrize("spoke", [False, True])
def test_with_the_clock_set_back_nobody_counts_as_being_at_it(begin, group, people, spoke) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, post_id), 3, "")
    with begin(SOON + timedelta(hours=2)) as work:  # the clock ran ahead
        escalations.take_over(work, esra, worry.id)
        if spoke:
            talking.say(work, esra, worry.id, "Ik ben er. Ben je nu alleen?")
    assert rings(begin) == []
    with begin(SOON) as work:
        assert not talking.is_at_it(work, work.session.get_one(Escalation, worry.id))
        talking.say(work, noor, worry.id, CRISIS)
    assert rings(begin) == [AlarmKind.ESCALATION]


def a_closed_talk(begin, group, author, clinician):
    post_id = write(begin, group, author)
    with begin() as work:
        worry = taking_up.take_up(work, clinician, review_of(work, post_id), 2, "")
    with begin(SOON) as work:
        talking.close(work, clinician, worry.id, CLOSING)
    return worry


@pytest.mark.parametrize(("words", "level", "kinds"), [(CRISIS, 3, [AlarmKind.ESCALATION]), (HIGH, 2, [])])
def test_heavy_words_in_a_talk_that_was_just_closed_open_a_new_worry(begin, group, people, words, level, kinds) -> None:
    noor, _, esra, jeroen = people
    closed = a_closed_talk(begin, group, noor, esra)
    with begin(SOON) as work:
        said = talking.say(work, noor, closed.id, words)
    assert said.escalation_id != closed.id
    assert rings(begin) == kinds
    with begin(SOON) as work:
        worry = work.session.get_one(Escalation, said.escalation_id)
        assert (worry.level, worry.post_id, worry.closed_at, worry.opened_by) == (level, closed.post_id, None, None)
        assert [line.words for line in talk.lines(work, jeroen, worry.id)] == [words]
        assert talk.lines(work, noor, closed.id) == []
    with begin(SOON) as work:  # the page of the old talk stays open: what follows is in the new one too
        assert talking.say(work, noor, closed.id, CRISIS).escalation_id == said.escalation_id
    assert rings(begin) == [AlarmKind.ESCALATION]


def test_calm_words_in_a_closed_talk_are_refused_and_open_nothing(begin, group, people) -> None:
    noor, _, esra, _ = people
    closed = a_closed_talk(begin, group, noor, esra)
    with begin(SOON) as work, pytest.raises(ConflictError) as refused:
        talking.say(work, noor, closed.id, CALM)
    assert refused.value.code == "talk_closed"
    assert rings(begin) == []
    with begin(SOON) as work:
        assert escalations.open_on(work, closed.post_id) is None


def twice_ringing(begin, group, author):
    """A post of severity crisis whose author is not safe; gives its two alarms by kind."""
    post_id = write(begin, group, author, CRISIS)
    with begin() as work:
        safety.answer_safety(work, author, post_id, "no", said="Ben je nu veilig? Nee")
    with begin() as work:
        return {one.kind: one for one in work.session.scalars(select(Alarm))}


@pytest.mark.parametrize("first", [AlarmKind.CRISIS_ITEM, AlarmKind.ESCALATION])
def test_whoever_answers_for_a_post_answers_all_that_rings_about_it(begin, group, people, first) -> None:
    noor, sem, esra, jeroen = people
    alarms = twice_ringing(begin, group, noor)
    write(begin, group, sem, CRISIS)
    with begin(SOON) as work:
        ringing.acknowledge(work, jeroen, alarms[first].id)
    with begin(SOON) as work:
        left = work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))).all()
        assert [one.post_id == alarms[first].post_id for one in left] == [False]  # the other one is about Sem
        worry = work.session.get_one(Escalation, alarms[AlarmKind.ESCALATION].subject_id)
        assert (worry.acknowledged_at, worry.owner_id) == (SOON, jeroen.account_id)
        assert len(ringing.ringing(work, esra)) == 1


def test_taking_over_the_worry_answers_the_alarm_of_the_item_and_closing_it_does_not(begin, group, people) -> None:
    noor, _, esra, _ = people
    alarms = twice_ringing(begin, group, noor)
    with begin(SOON) as work:
        escalations.take_over(work, esra, alarms[AlarmKind.ESCALATION].subject_id)
    assert rings(begin) == []
    with begin(SOON) as work:
        intake.rewrite(work, noor, alarms[AlarmKind.ESCALATION].post_id, Words(body=f"{CRISIS} Nu.", title="Nachten"))
    before = rings(begin)
    with begin(SOON) as work:
        talking.close(work, esra, alarms[AlarmKind.ESCALATION].subject_id, CLOSING)
    assert rings(begin) == before == [AlarmKind.CRISIS_ITEM]


def test_deciding_about_the_post_does_not_answer_for_the_person(begin, group, people) -> None:
    noor, _, esra, _ = people
    alarms = twice_ringing(begin, group, noor)
    judge(begin, esra, alarms[AlarmKind.ESCALATION].post_id, DECLINE)
    assert rings(begin) == [AlarmKind.ESCALATION]


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_an_author_who_is_not_safe_is_due_within_the_norm_of_a_crisis(begin, group, people, answer) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    with begin(SOON) as work:
        assert review_of(work, post_id).due_at > SOON + timedelta(hours=1)
        safety.answer_safety(work, noor, post_id, answer, said="Ben je nu veilig? Nee")
    with begin(SOON) as work:
        assert review_of(work, post_id).due_at == SOON + timedelta(minutes=10)
    with begin(SOON + timedelta(minutes=30)) as work:
        assert queue.waiting(work, esra).late == 1


def test_an_approval_that_is_stopped_by_the_author_is_due_anew(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    judge(begin, esra, post_id, Verdict(action=Action.APPROVE))
    later = NOON + timedelta(seconds=3)
    with begin(later) as work:
        safety.answer_safety(work, noor, post_id, "no", said="Ben je nu veilig? Nee")
    with begin(later) as work:
        assert review_of(work, post_id).due_at == later + timedelta(minutes=10)


def test_a_withdrawn_post_is_still_read_in_the_worry_about_it(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor, CRISIS)
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, post_id), 3, "")
    with begin(SOON) as work:
        intake.withdraw(work, noor, post_id)
    with begin(SOON) as work:
        assert worries.worry(work, esra, worry.id).text == CRISIS


def test_a_held_post_comes_back_to_the_queue_once_the_worry_is_closed(begin, group, people) -> None:
    noor, _, esra, _ = people
    post_id = write(begin, group, noor)
    judge(begin, esra, post_id, Verdict(action=Action.HOLD, reason="needs_contact_first", note=NOTE))
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, post_id), 1, "")
    with begin(SOON) as work:
        talking.close(work, esra, worry.id, replace(CLOSING, note_to_author=""))
    with begin(SOON) as work:
        assert claims.next_item(work, esra) == review_of(work, post_id).id


def test_an_item_that_everybody_passed_on_comes_round_again(begin, group, people) -> None:
    noor, _, esra, jeroen = people
    post_id = write(begin, group, noor, CRISIS)
    with begin() as work:
        item = review_of(work, post_id).id
        claims.pass_on(work, esra, item)
    with begin() as work:
        assert claims.next_item(work, esra) is None
        assert claims.next_item(work, jeroen) == item
        claims.pass_on(work, jeroen, item)
    with begin() as work:
        assert claims.next_item(work, esra) == item
