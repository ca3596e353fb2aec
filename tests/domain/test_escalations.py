"""Worries: taken up, worked through by a script, raised, handed over, closed; the question to the author; the talk."""

from datetime import date, timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_group, a_location, a_youth, actor_of, an_administrator, rings
from sqlalchemy import func, select

from safespace.audit.models import AuditEntry
from safespace.crisis import escalations, ringing, talk, tasks
from safespace.crisis.escalations import Closing
from safespace.crisis.models import Alarm, AlarmKind, CareTask, Escalation, Outcome, TalkMessage, TaskKind
from safespace.groups import members
from safespace.kernel.outbox import OutboxEvent
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import (
    decisions,
    intake,
    outcomes,
    queue,
    release,
    reports,
    safety,
    taking_up,
    worries,
    worry_report,
)
from safespace.moderation.decisions import Verdict
from safespace.moderation.models import Action, FollowUp, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import Post, PostState, PostType, Words

HEAVY = "Soms wil ik dood. Ik weet niet hoe het verder moet."
PLAIN = "Ik scrol elke nacht en slaap slecht."
SAID = "Ben je nu veilig? Weet ik niet"
CLOSING = Closing(
    outcome="contact_plan_made",
    note="Gebeld, de eigen behandelaar neemt het over.",
    note_to_author="Dank je dat je dit vertelde. Morgen bel ik je weer.",
    check_back_on=date(2026, 11, 25),
)


@pytest.fixture
def clinic(begin):
    with begin() as work:
        group = a_group(work, a_location(work))
        return {
            "group": group,
            "Noor": a_youth(work, group),
            "Sem": a_youth(work, group, "Groene Uil"),
            "Esra": a_clinician(work, group.location),
            "Jeroen": a_clinician(work, group.location, "Jeroen"),
            "Karin": an_administrator(work, group.location),
            "Zuid": a_clinician(work, a_location(work, "Zuid"), "Tom"),
        }


def send(begin, clinic, body=HEAVY, now=NOON):
    with begin(now) as work:
        words = Words(title="Nacht", body=body)
        sent = intake.open_thread(work, clinic["Noor"], clinic["group"].id, PostType.EXPERIENCE, words)
    with begin(now) as work:
        return work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()


def take_up(begin, clinic, level=2, now=NOON, who="Esra"):
    review = send(begin, clinic)
    with begin(now) as work:
        review = work.session.get_one(Review, review.id)
        return taking_up.take_up(work, clinic[who], review, level, "Klinkt vermoeid en alleen.")


def again(begin, escalation):
    with begin() as work:
        return work.session.get_one(Escalation, escalation.id)


def alarm_of(begin, escalation):
    with begin() as work:
        return work.session.scalar(select(Alarm).where(Alarm.subject_id == escalation.id))


def answer(begin, clinic, post_id, what="unsure", now=NOON, said=SAID):
    with begin(now) as work:
        return safety.answer_safety(work, clinic["Noor"], post_id, what, said=said)


def test_a_worry_of_level_two_is_taken_up_and_rings_nobody(begin, clinic) -> None:
    made = take_up(begin, clinic)
    assert (made.level, made.owner_id, made.opened_by) == (2, clinic["Esra"].account_id, clinic["Esra"].account_id)
    assert alarm_of(begin, made) is None


def test_level_three_rings_until_somebody_is_at_it(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    assert alarm_of(begin, made).acknowledged_at is None
    with begin(NOON + timedelta(seconds=40)) as work:
        ringing.acknowledge(work, clinic["Jeroen"], alarm_of(begin, made).id)
    found = again(begin, made)
    assert found.acknowledged_at == NOON + timedelta(seconds=40)
    assert found.owner_id == clinic["Esra"].account_id


def test_one_post_has_one_open_worry(begin, clinic) -> None:
    made = take_up(begin, clinic)
    with begin() as work:
        review = work.session.get_one(Review, made.review_id)
        raised = taking_up.take_up(work, clinic["Jeroen"], review, 3, "Nu ook een tijdstip.")
    assert raised.id == made.id
    assert again(begin, made).level == 3
    with begin() as work:
        assert work.unseal(work.session.get_one(Escalation, made.id), "summary").count("\n\n") == 1


def test_a_worry_is_never_made_less(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin() as work:
        review = work.session.get_one(Review, made.review_id)
        assert taking_up.take_up(work, clinic["Jeroen"], review, 1, "").level == 3
    with begin() as work, pytest.raises(InvalidError):
        escalations.raise_level(work, clinic["Esra"], made.id, 2)


def test_a_step_is_done_once_by_whom_and_when(begin, clinic) -> None:
    made = take_up(begin, clinic)
    with begin() as work:
        escalations.do_step(work, clinic["Esra"], made.id, "talk", "Begonnen.")
    with begin(NOON + timedelta(minutes=5)) as work:
        escalations.do_step(work, clinic["Jeroen"], made.id, "talk", "Nog eens.")
    with begin() as work:
        (step,) = worries.worry(work, clinic["Jeroen"], made.id).steps.values()
        assert (step.by, step.at, step.note) == ("Esra", NOON, "Begonnen.")
    with begin() as work, pytest.raises(InvalidError):
        escalations.do_step(work, clinic["Esra"], made.id, "reveal")


def test_taking_over_names_a_new_owner(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin() as work:
        escalations.take_over(work, clinic["Jeroen"], made.id)
    assert again(begin, made).owner_id == clinic["Jeroen"].account_id
    assert alarm_of(begin, made).acknowledged_by == clinic["Jeroen"].account_id


@pytest.mark.parametrize(
    ("closing", "fields"),
    [
        (Closing(outcome="", note=""), {"outcome", "closing_note", "note_to_author", "check_back_on"}),
        (Closing(outcome="contact_safe", note="Gesproken.", note_to_author="Tot morgen."), {"check_back_on"}),
        (
            Closing(outcome="klaar", note="x", note_to_author="x", check_back_on=date(2027, 3, 1)),
            {"outcome", "check_back_on"},
        ),
    ],
)
def test_nothing_is_closed_without_an_outcome_a_note_and_a_day(begin, clinic, closing, fields) -> None:
    made = take_up(begin, clinic)
    with begin() as work, pytest.raises(InvalidError) as refused:
        escalations.close(work, clinic["Esra"], made.id, closing)
    assert set(refused.value.errors) == fields
    assert again(begin, made).closed_at is None


def test_attention_alone_is_closed_with_an_outcome_a_note_and_a_day_without_a_word_to_the_author(begin, clinic) -> None:
    made = take_up(begin, clinic, level=1)
    with begin() as work, pytest.raises(InvalidError) as refused:
        escalations.close(work, clinic["Esra"], made.id, Closing(outcome="contact_safe", note=""))
    assert set(refused.value.errors) == {"closing_note", "check_back_on"}
    day = date(2026, 11, 26)
    with begin() as work:
        closing = Closing(outcome="contact_safe", note="Er is naar gekeken.", check_back_on=day)
        escalations.close(work, clinic["Esra"], made.id, closing)
    assert (again(begin, made).outcome, again(begin, made).check_back_on) == (Outcome.CONTACT_SAFE, day)
    with begin() as work:
        assert [task.kind for task in tasks.open_tasks(work, clinic["Esra"])] == [TaskKind.CHECK_BACK]


def test_after_a_crisis_come_debrief_group_and_the_day_to_look_back(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin() as work:
        escalations.close(work, clinic["Esra"], made.id, CLOSING)
    with begin() as work:
        found = {task.kind: task for task in tasks.open_tasks(work, clinic["Jeroen"])}
        assert set(found) == {TaskKind.DEBRIEF, TaskKind.GROUP_CHECK, TaskKind.CHECK_BACK}
        assert found[TaskKind.DEBRIEF].due_at == NOON + timedelta(hours=24)
        tasks.do_task(work, clinic["Jeroen"], found[TaskKind.DEBRIEF].id, "Samen gepraat.")
    with begin() as work:
        assert len(tasks.open_tasks(work, clinic["Esra"])) == 2
    assert alarm_of(begin, made).acknowledged_at is not None


def test_what_is_closed_stays_closed(begin, clinic) -> None:
    made = take_up(begin, clinic)
    with begin() as work:
        escalations.close(work, clinic["Esra"], made.id, CLOSING)
    for doing in (
        lambda work: escalations.close(work, clinic["Jeroen"], made.id, CLOSING),
        lambda work: escalations.do_step(work, clinic["Jeroen"], made.id, "talk"),
        lambda work: escalations.take_over(work, clinic["Jeroen"], made.id),
        lambda work: talk.say(work, clinic["Esra"], made.id, "Nog iets."),
        lambda work: talk.say(work, clinic["Noor"], made.id, "Nog iets."),
    ):
        with begin() as work, pytest.raises(ConflictError):
            doing(work)
    with begin() as work:
        assert talk.lines(work, clinic["Noor"], made.id) == []


def test_nobody_else_knows_of_it(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin() as work:
        talk.say(work, clinic["Esra"], made.id, "Ben je er?")
    for other in ("Zuid", "Karin", "Sem", "Noor"):
        for doing in (
            lambda work, who: worries.worry(work, who, made.id),
            lambda work, who: worry_report.report(work, who, made.id),
            lambda work, who: escalations.take_over(work, who, made.id),
            lambda work, who: escalations.close(work, who, made.id, CLOSING),
        ):
            with begin() as work, pytest.raises(NotFoundError):
                doing(work, clinic[other])
    for other in ("Zuid", "Karin", "Sem"):
        for doing in (
            lambda work, who: talk.lines(work, who, made.id),
            lambda work, who: talk.say(work, who, made.id, "x"),
        ):
            with begin() as work, pytest.raises(NotFoundError):
                doing(work, clinic[other])


def test_the_talk_goes_both_ways_and_only_its_author_and_the_team_read_it(begin, clinic) -> None:
    made = take_up(begin, clinic)
    with begin() as work:
        talk.say(work, clinic["Esra"], made.id, "Ben je nu alleen?")
    with begin(NOON + timedelta(minutes=3)) as work:
        talk.say(work, clinic["Noor"], made.id, "Ja, op mijn kamer.")
    with begin() as work:
        mine = talk.lines(work, clinic["Noor"], made.id)
        assert [(one.number, one.own, one.words) for one in mine] == [
            (1, False, "Ben je nu alleen?"),
            (2, True, "Ja, op mijn kamer."),
        ]
        assert [one.own for one in talk.lines(work, clinic["Jeroen"], made.id, after=1)] == [False]
        raw = work.session.scalars(select(TalkMessage.words)).all()
        assert not any(b"kamer" in blob for blob in raw)
    assert again(begin, made).contact_at == NOON + timedelta(minutes=3)


def test_a_youth_who_has_a_break_can_still_write(begin, clinic) -> None:
    made = take_up(begin, clinic)
    place = clinic["Noor"].members[clinic["group"].id].membership_id
    with begin() as work:
        members.pause_member(work, clinic["Esra"], place, NOON + timedelta(days=2), **WHY)
    with begin() as work:
        noor = actor_of(work, clinic["Noor"].account_id)
        talk.say(work, noor, made.id, "Ik ben er nog.")
        assert [one.escalation_id for one in talk.own_talks(work, noor)] == [made.id]


def test_an_answer_that_one_is_not_safe_opens_a_crisis_and_rings(begin, clinic) -> None:
    review = send(begin, clinic)
    called = answer(begin, clinic, review.post_id)
    with begin() as work:
        made = work.session.get_one(Escalation, called.escalation_id)
        assert (made.level, made.opened_by, made.owner_id) == (3, None, None)
        assert work.session.get_one(Review, review.id).rank == 4
        assert [one.words for one in talk.lines(work, clinic["Esra"], made.id)] == [SAID]
    assert called.human_called  # the location is open now
    assert alarm_of(begin, made).kind is AlarmKind.ESCALATION


def test_the_same_answer_again_does_nothing_more_and_another_one_is_heard(begin, clinic) -> None:
    review = send(begin, clinic)
    for _ in range(3):
        called = answer(begin, clinic, review.post_id)
    answer(begin, clinic, review.post_id, "no", said="Ben je nu veilig? Nee")
    with begin() as work:
        assert work.session.scalar(select(func.count()).select_from(Escalation)) == 1
        assert len(talk.lines(work, clinic["Esra"], called.escalation_id)) == 2
        rows = work.session.scalars(select(Alarm).where(Alarm.subject_id == called.escalation_id)).all()
        assert len(rows) == 1


def test_somebody_who_is_safe_opens_nothing(begin, clinic) -> None:
    review = send(begin, clinic)
    assert answer(begin, clinic, review.post_id, "yes").escalation_id is None
    with begin() as work:
        assert work.session.scalar(select(func.count()).select_from(Escalation)) == 0


def test_an_answer_raises_what_a_clinician_took_up(begin, clinic) -> None:
    made = take_up(begin, clinic)
    answer(begin, clinic, made.post_id, "no")
    found = again(begin, made)
    assert (found.level, found.owner_id, found.acknowledged_at) == (3, clinic["Esra"].account_id, None)


def test_an_answer_stops_a_post_that_was_about_to_be_shown(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        decisions.decide(work, clinic["Esra"], review.id, review.version, Verdict(action=Action.APPROVE))
    answer(begin, clinic, review.post_id, "no", now=NOON + timedelta(seconds=2))
    with begin(NOON + timedelta(minutes=1)) as work:
        assert release.release_due(work) == 0
        assert work.session.get_one(Review, review.id).state is ReviewState.OPEN
        assert work.session.get_one(Post, review.post_id).state is PostState.PENDING


def test_of_a_draft_only_the_answer_is_heard(begin, clinic) -> None:
    with begin() as work:
        group = a_group(work, a_location(work, "Dicht", hours=[]))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(title="Nacht", body=HEAVY))
        assert sent.draft
        assert sent.help_now
    with begin() as work:
        called = safety.answer_safety(work, noor, sent.post_id, "no", said=SAID)
        assert not called.human_called  # nobody reads along and nobody can be called: that is what is said
    with begin() as work:
        found = worries.worry(work, esra, called.escalation_id)
        assert (found.text, found.title, found.state, found.escalation.review_id) == ("", "", PostState.DRAFT, None)
        assert work.session.scalar(select(func.count()).select_from(Review)) == 0
        assert work.session.scalars(select(Alarm)).one().next_at is not None


def test_only_the_author_answers_for_a_post(begin, clinic) -> None:
    review = send(begin, clinic)
    for other in ("Sem", "Esra", "Karin"):
        with begin() as work, pytest.raises(NotFoundError):
            safety.answer_safety(work, clinic[other], review.post_id, "no", said=SAID)
    with begin() as work, pytest.raises(InvalidError):
        safety.answer_safety(work, clinic["Noor"], review.post_id, "misschien", said=SAID)


def test_the_report_has_times_and_steps_and_no_word(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin(NOON + timedelta(seconds=40)) as work:
        rings(work)
        ringing.acknowledge(work, clinic["Jeroen"], alarm_of(begin, made).id)
    with begin(NOON + timedelta(minutes=2)) as work:
        escalations.do_step(work, clinic["Jeroen"], made.id, "call", "Met moeder gesproken.")
    with begin(NOON + timedelta(minutes=9)) as work:
        escalations.close(work, clinic["Esra"], made.id, CLOSING)
    with begin() as work:
        found = worry_report.report(work, clinic["Esra"], made.id)
    happened = [one.what for one in found.moments]
    assert happened[0] == "opened"
    assert happened[-1] == "closed"
    assert {"answered", "step", "acknowledged"} <= set(happened)
    assert found.acknowledged_at - found.opened_at == timedelta(seconds=40)
    assert not any(word in repr(found) for word in ("moeder", "dood", "Otter", "vermoeid", "Gebeld"))


def test_no_word_goes_into_the_log_or_a_doorbell(begin, clinic) -> None:
    made = take_up(begin, clinic, level=3)
    with begin() as work:
        talk.say(work, clinic["Esra"], made.id, "Ben je er?")
        escalations.close(work, clinic["Esra"], made.id, CLOSING)
    with begin() as work:
        log = repr([(entry.action, entry.facts) for entry in work.session.scalars(select(AuditEntry))])
        bells = {bell.name for bell in work.session.scalars(select(OutboxEvent))}
        assert work.session.scalar(select(func.count()).select_from(CareTask)) == 3
    assert "talk_written" in log
    assert {"talk_changed", "escalation_changed", "alarm_changed"} <= bells
    assert not any(word in log for word in ("vermoeid", "Ben je er", "Gebeld", "Morgen", "Otter"))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_who_a_colleague_takes_care_of_has_the_help_card_whatever_the_rules_saw(begin, clinic, level) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        assert not outcomes.own_post(work, clinic["Noor"], review.post_id).help_now
        made = taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, review.id), level, "")
    with begin() as work:
        assert outcomes.own_post(work, clinic["Noor"], review.post_id).help_now is (level > 1)
        found = work.session.get_one(Review, review.id)
        assert found.severity is {1: Severity.NONE, 2: Severity.HIGH, 3: Severity.CRISIS}[level]
        assert found.human_rank == (found.rank if level > 1 else None)
        rings = work.session.scalars(select(Alarm.kind).where(Alarm.acknowledged_at.is_(None))).all()
        assert rings == ([AlarmKind.ESCALATION] if level == 3 else [])
        assert queue.item(work, clinic["Jeroen"], review.id).worry.id == made.id


def test_a_worry_that_is_raised_takes_what_waits_along(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        made = taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, review.id), 1, "")
    with begin() as work:
        taking_up.raise_level(work, clinic["Jeroen"], made.id, 3)
    with begin() as work:
        assert work.session.get_one(Review, review.id).severity is Severity.CRISIS


def test_a_placing_that_has_not_happened_yet_is_stopped_by_a_worry(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        decisions.decide(work, clinic["Jeroen"], review.id, 1, Verdict(action=Action.APPROVE))
    with begin() as work:
        taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, review.id), 3, "Klinkt als afscheid.")
    with begin(NOON + timedelta(minutes=5)) as work:
        release.release_due(work)
        assert work.session.get_one(Post, review.post_id).state is PostState.PENDING
        assert work.session.get_one(Review, review.id).state is ReviewState.OPEN


def test_a_worry_about_a_post_that_the_group_sees_changes_nothing_of_it_but_the_help_card(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        decisions.decide(work, clinic["Jeroen"], review.id, 1, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=5)) as work:
        release.release_due(work)
    with begin() as work:
        taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, review.id), 2, "")
    with begin() as work:
        post = outcomes.own_post(work, clinic["Noor"], review.post_id)
        assert (post.state, post.help_now) == (PostState.PUBLISHED, True)
        assert work.session.get_one(Review, review.id).state is ReviewState.CLOSED


def test_a_second_colleague_who_takes_up_the_same_worry_joins_it(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        seen = work.session.get_one(Review, review.id)
        with begin() as other:  # a moment before
            taking_up.take_up(other, clinic["Esra"], other.session.get_one(Review, review.id), 2, "Klinkt moe.")
        joined = taking_up.take_up(work, clinic["Jeroen"], seen, 2, "En alleen.")
    with begin() as work:
        found = work.session.get_one(Escalation, joined.id)
        assert work.unseal(found, "summary") == "Klinkt moe.\n\nEn alleen."
        assert work.session.get_one(Review, review.id).severity is Severity.HIGH


def test_a_placing_is_stopped_also_where_the_item_was_as_urgent_already(begin, clinic) -> None:
    review = send(begin, clinic)
    assert review.severity is Severity.HIGH
    with begin() as work:
        approve = Verdict(action=Action.APPROVE, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE)
        decisions.decide(work, clinic["Jeroen"], review.id, 1, approve)
    with begin() as work:
        taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, review.id), 2, "")
    with begin(NOON + timedelta(minutes=5)) as work:
        release.release_due(work)
        assert work.session.get_one(Post, review.post_id).state is PostState.PENDING
        found = work.session.get_one(Review, review.id)
        assert (found.state, found.human_rank) == (ReviewState.OPEN, Severity.HIGH.rank)


def test_new_words_are_as_urgent_as_the_worry_about_their_author(begin, clinic) -> None:
    review = send(begin, clinic, PLAIN)
    with begin() as work:
        decisions.decide(work, clinic["Jeroen"], review.id, 1, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=5)) as work:
        release.release_due(work)
    with begin() as work:
        intake.rewrite(work, clinic["Noor"], review.post_id, Words(title="Nacht", body="Ik slaap weer beter."))
        waits = select(Review).where(Review.post_id == review.post_id, Review.state == ReviewState.OPEN)
        before = work.session.scalars(waits).one()
        assert before.severity is Severity.NONE
        told = reports.report(work, clinic["Sem"], review.post_id, ReportKind.WORRIED, choice="not_well")
    with begin() as work:  # taken up from what a member told, the edit that waits comes along
        taking_up.take_up(work, clinic["Esra"], work.session.get_one(Review, told.review_id), 3, "")
    with begin() as work:
        edit = work.session.get_one(Review, before.id)
        assert edit.severity is Severity.CRISIS
        with pytest.raises(InvalidError):
            decisions.decide(work, clinic["Jeroen"], edit.id, edit.version, Verdict(action=Action.APPROVE))
        said = Verdict(action=Action.APPROVE, follow_up=FollowUp.CRISIS)
        decisions.decide(work, clinic["Jeroen"], edit.id, edit.version, said)
    with begin(NOON + timedelta(minutes=5)) as work:
        release.release_due(work)
    with begin() as work:  # and so does what is written while the worry is open
        intake.rewrite(work, clinic["Noor"], review.post_id, Words(title="Nacht", body="Ik lees nu een boek."))
        assert work.session.scalars(waits.where(Review.kind == ReviewKind.EDIT)).one().severity is Severity.CRISIS
