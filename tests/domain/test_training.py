"""Practising before deciding for real: first answers count, agreement is a share of all, a location can ask it."""

from datetime import timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_location, a_youth, an_administrator
from sqlalchemy import func, select

from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import breaks, escalating, hiding, intake, labels, locking, release, training
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Decision, Review, TrainingAnswer
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import PostType, Words


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


@pytest.fixture
def course(settings):
    return training.course(settings.config_dir)


def answer_all(begin, actor, course, *, wrong: int = 0) -> None:
    with begin() as work:
        for number, one in enumerate(course.exercises.values()):
            action = one.actions[0]
            if number < wrong:
                action = next(other for other in training.CHOICES if other not in one.actions)
            training.answer(work, actor, one.key, action.value, one.severities[0].value)


def progress_of(begin, actor):
    with begin() as work:
        return training.progress(work, actor)


def test_the_course_is_varied(course) -> None:
    assert len(course.exercises) >= 12
    assert {one.severities[0] for one in course.exercises.values()} == set(Severity)
    assert {one.actions[0] for one in course.exercises.values()} == set(training.CHOICES)
    assert len({one.profile for one in course.exercises.values()}) == 3
    assert course.needed == -(-len(course.exercises) * 80 // 100)


def test_agreement_is_a_share_of_all_posts(begin, esra, course) -> None:
    total = len(course.exercises)
    assert progress_of(begin, esra).next_key == next(iter(course.exercises))
    answer_all(begin, esra, course, wrong=total - course.needed)
    found = progress_of(begin, esra)
    assert (found.agreed, found.passed, found.next_key, found.may_start_over) == (course.needed, True, "", False)


def test_one_answer_short_is_not_enough_and_begins_a_new_round(begin, esra, course) -> None:
    answer_all(begin, esra, course, wrong=len(course.exercises) - course.needed + 1)
    assert progress_of(begin, esra).passed is False
    with begin() as work:
        training.start_over(work, esra)
    assert progress_of(begin, esra).answered == {}
    answer_all(begin, esra, course)
    assert progress_of(begin, esra).passed is True
    with pytest.raises(ConflictError), begin() as work:
        training.start_over(work, esra)
    assert progress_of(begin, esra).passed is True


def test_both_choices_have_to_agree(course) -> None:
    one = next(iter(course.exercises.values()))
    right = training.Answered(exercise=one, action=one.actions[0], severity=one.severities[0])
    assert right.agrees
    assert not training.Answered(exercise=one, action=one.actions[0], severity=Severity.CRISIS).agrees
    assert not training.Answered(exercise=one, action=Action.DECLINE, severity=one.severities[0]).agrees


def test_the_first_answer_counts(begin, esra, course) -> None:
    key = next(iter(course.exercises))
    with begin() as work:
        training.answer(work, esra, key, "decline", "crisis")
    with begin() as work:
        again = training.answer(work, esra, key, "approve", "none")
        assert (again.action, again.severity) == (Action.DECLINE, Severity.CRISIS)
        assert work.session.scalar(select(func.count(TrainingAnswer.id))) == 1


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (("", ""), {"action": "required", "severity": "required"}),
        (("keep", "medium"), {"action": "unknown_choice"}),
        (("approve", "soon"), {"severity": "unknown_choice"}),
    ],
)
def test_only_what_is_offered_can_be_chosen(begin, esra, course, chosen, error) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        training.answer(work, esra, next(iter(course.exercises)), *chosen)
    assert refused.value.errors == error


def test_only_clinicians_practise(begin, group, esra, course) -> None:
    with begin() as work:
        others = [a_youth(work, group), an_administrator(work, group.location)]
        with pytest.raises(NotFoundError):
            training.answer(work, esra, "no-such-post", "approve", "none")
    for actor in others:
        with pytest.raises(NotFoundError), begin() as work:
            training.progress(work, actor)


def test_where_a_location_asks_for_it_nobody_decides_before_practising(begin, group, esra, course) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = True
        noor = a_youth(work, group)
        intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Een wandeling helpt.", title="Buiten"))
        review = work.session.scalars(select(Review)).one()
    approve = Verdict(action=Action.APPROVE)
    with pytest.raises(NotAllowedError, match="training_needed"), begin() as work:
        decide(work, esra, review.id, review.version, approve)
    answer_all(begin, esra, course)
    with begin() as work:
        decide(work, esra, review.id, review.version, approve)
        assert work.session.scalar(select(func.count(Decision.id))) == 1


def test_hiding_asks_for_practice_too(begin, group, esra, course) -> None:
    with begin() as work:
        noor = a_youth(work, group)
        sent = intake.open_thread(
            work, noor, group.id, PostType.QUESTION, Words(body="Wie speelt er mee?", title="Spel")
        )
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
        work.session.get_one(Location, group.location_id).training_required = True
    verdict = Verdict(action=Action.HIDE, reason="off_topic", note="Dit past beter in een ander gesprek, sorry.")
    with begin(NOON + timedelta(minutes=2)) as work:
        with pytest.raises(NotAllowedError) as refused:
            hiding.hide(work, esra, sent.post_id, verdict)
        assert refused.value.code == "training_needed"
    answer_all(begin, esra, course)
    with begin(NOON + timedelta(minutes=3)) as work:
        hiding.hide(work, esra, sent.post_id, verdict)


def test_a_break_and_a_closed_conversation_ask_for_practice_and_a_call_for_care_never_does(
    begin, group, esra, course
) -> None:
    with begin() as work:
        noor, jeroen = a_youth(work, group), a_clinician(work, group.location, "Jeroen")
        place = noor.members[group.id].membership_id
        words = Words(body="Wie speelt er mee?", title="Spel")
        sent = intake.open_thread(work, noor, group.id, PostType.QUESTION, words)
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
        breaks.pause_member(work, jeroen, place, NOON + timedelta(days=20), **WHY)
        locking.lock(work, jeroen, group.id, sent.thread_id, "Even dicht.")
        work.session.get_one(Location, group.location_id).training_required = True
    for act in (
        lambda work: breaks.confirm_longer(work, esra, place),
        lambda work: breaks.pause_member(work, esra, place, NOON + timedelta(days=1), **WHY),
        lambda work: locking.lock(work, esra, group.id, sent.thread_id, "Even dicht."),
        lambda work: locking.unlock(work, esra, group.id, sent.thread_id),
    ):
        with pytest.raises(NotAllowedError, match="training_needed"), begin(NOON + timedelta(minutes=2)) as work:
            act(work)
    with begin(NOON + timedelta(minutes=2)) as work:
        raised = labels.set_severity(work, esra, review.id, review.version + 1, Severity.HIGH)
        assert escalating.escalate(work, esra, raised, 2, "Ik maak me zorgen.").level == 2
        with pytest.raises(NotFoundError):
            breaks.pause_member(work, noor, place, NOON + timedelta(days=1), **WHY)
    answer_all(begin, esra, course)
    with begin(NOON + timedelta(minutes=3)) as work:
        breaks.confirm_longer(work, esra, place)
        locking.unlock(work, esra, group.id, sent.thread_id)


def test_another_location_may_ask_nothing(begin, group, esra) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = True
        elsewhere = a_location(work, "Zuidhaven")
    with begin() as work:
        assert training.is_needed(work, esra, group.location_id) is True
        assert training.is_needed(work, esra, elsewhere.id) is False
