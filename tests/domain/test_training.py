"""Practising before deciding for real: first answers count, agreement is a share of all, a location can ask it."""

from datetime import timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_group, a_location, a_youth, actor_of, an_administrator
from sqlalchemy import delete, func, select

from safespace.accounts.models import Account
from safespace.groups.models import Group, Location, StaffRole
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import (
    breaks,
    bulk,
    claims,
    desks,
    hiding,
    intake,
    labels,
    locking,
    queue,
    release,
    second_look,
    taking_up,
    training,
)
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Decision, Review, ReviewView, TrainingAnswer
from safespace.moderation.risk.assessment import Category, Severity
from safespace.policy.roles import Role
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


def is_blocked(work, review_id):
    """Whether an item waits for a second clinician who is nowhere to be found."""
    asked = select(second_look.nobody_can(work)).select_from(Review).join(Group, Group.id == Review.group_id)
    return work.session.scalar(asked.where(Review.id == review_id))


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
        assert taking_up.take_up(work, esra, raised, 2, "Ik maak me zorgen.").level == 2
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


def test_who_still_has_to_practise_is_no_second_clinician(begin, group, esra, course) -> None:
    with begin() as work:
        noor, jeroen = a_youth(work, group), a_clinician(work, group.location, "Jeroen")
        intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Boek op mijn kussen.", title="Tip"))
        work.session.get_one(Location, group.location_id).training_required = True
    answer_all(begin, esra, course)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, 1, Verdict(action=Action.SECOND_LOOK, question="Wat vind jij?"))
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        assert is_blocked(work, review.id)
        assert [row.blocked for row in queue.next_up(work, esra, limit=5)] == [True]
        south = a_location(work, "Zuidhaven")
        mark = a_clinician(work, south, "Mark")
        work.session.get_one(Location, group.location_id).second_location_id = south.id
        assert not second_look.is_due(work)  # nobody there practised either, as this location asks of who decides
    answer_all(begin, mark, course)
    with begin() as work:
        assert second_look.find_seconds(work) == 1
        review = work.session.scalars(select(Review)).one()
        assert review.asked_location_id == south.id
        assert not is_blocked(work, review.id)
        review.asked_location_id = None
    answer_all(begin, jeroen, course, wrong=len(course.exercises) - course.needed)
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        assert not is_blocked(work, review.id)
        assert [row.blocked for row in queue.next_up(work, esra, limit=5)] == [False]
        assert not second_look.is_due(work)


def test_where_nobody_has_to_practise_everybody_is_a_second_clinician(begin, group, esra) -> None:
    with begin() as work:
        noor = a_youth(work, group)
        intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Boek op mijn kussen.", title="Tip"))
        a_clinician(work, group.location, "Jeroen")
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, 1, Verdict(action=Action.SECOND_LOOK, question="Wat vind jij?"))
        assert not is_blocked(work, review.id)


def test_who_still_has_to_practise_or_is_gone_is_nobody_to_leave_things_to(begin, group, esra, course) -> None:
    crisis = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
    with begin() as work:
        noor, jeroen = a_youth(work, group), a_clinician(work, group.location, "Jeroen")
        for body in (crisis, "Boek op mijn kussen."):
            intake.open_thread(work, noor, group.id, PostType.TIP, Words(body=body, title="Tip"))
    answer_all(begin, esra, course)
    with begin() as work:
        worst, calm = work.session.scalars(select(Review.id).order_by(Review.rank.desc())).all()
        desks.leave_out(work, esra, [Category.SUICIDE.value])
        claims.pass_on(work, esra, calm)

    def handed_to_esra(*, training: bool, jeroen_gone: bool = False) -> list[object]:
        with begin() as work:
            work.session.get_one(Location, group.location_id).training_required = training
            work.session.get_one(Account, jeroen.account_id).disabled_at = NOON if jeroen_gone else None
        with begin() as work:
            first = claims.next_item(work, esra)
            found = [first, first and claims.next_item(work, esra, beyond=first)]
            claims.let_go_all(work, esra.account_id)
            work.session.execute(delete(ReviewView))
        return found

    assert handed_to_esra(training=False) == [None, None]  # Jeroen can take both
    assert handed_to_esra(training=True) == [worst, calm]
    assert handed_to_esra(training=False, jeroen_gone=True) == [worst, calm]
    answer_all(begin, jeroen, course)
    assert handed_to_esra(training=True) == [None, None]


def test_who_still_has_to_practise_reads_along_and_keeps_no_item_from_a_colleague(begin, group, esra, course) -> None:
    with begin() as work:
        noor, jeroen = a_youth(work, group), a_clinician(work, group.location, "Jeroen")
        intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Boek op mijn kussen.", title="Tip"))
        one = work.session.scalars(select(Review.id)).one()
        claims.claim(work, esra, one)
        work.session.get_one(Location, group.location_id).training_required = True
    answer_all(begin, jeroen, course)
    with begin(NOON + timedelta(minutes=2)) as work:
        claims.claim(work, esra, one)  # the page is still open
        assert claims.next_item(work, esra) is None
        assert claims.waits_for_practice(work, esra)
    with begin(NOON + timedelta(minutes=4)) as work:
        for over in (False, True):
            assert claims.claim(work, esra, one, over=over) == claims.Holder()
        assert work.session.scalars(select(ReviewView.account_id)).all() == [esra.account_id]
        assert claims.next_item(work, jeroen) == one
        assert not claims.waits_for_practice(work, jeroen)
        assert claims.claim(work, esra, one, over=True).name == "Jeroen"
        claims.let_go(work, jeroen, one)
    answer_all(begin, esra, course)
    with begin(NOON + timedelta(minutes=4)) as work:
        assert not claims.waits_for_practice(work, esra)
        assert claims.next_item(work, esra) == one


@pytest.fixture
def both(begin, group, esra):
    """Esra works at two locations, and has to practise for one; a calm post waits at each."""
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"))
        work.session.get_one(Location, group.location_id).training_required = True
        role = StaffRole(
            account_id=esra.account_id,
            location_id=south.location_id,
            role=Role.CLINICIAN,
            granted_at=NOON,
            works_from=NOON,
        )
        work.session.add(role)
        work.session.flush()
        for place in (group, south):
            noor = a_youth(work, place, "Stille Otter")
            intake.open_thread(work, noor, place.id, PostType.TIP, Words(body="Boek op mijn kussen.", title="Tip"))
        waiting = {review.group_id: review.id for review in work.session.scalars(select(Review))}
        return actor_of(work, esra.account_id), waiting[group.id], waiting[south.id]


def test_who_practises_for_one_location_gets_the_next_item_of_the_other(begin, both) -> None:
    esra, _, free = both
    with begin() as work:
        assert claims.next_item(work, esra) == free
        assert claims.next_item(work, esra, beyond=free) is None


def test_who_practises_for_one_location_places_together_what_waits_at_the_other(begin, both) -> None:
    esra, asks, free = both
    with begin() as work:
        for review_id in (asks, free):
            claims.claim(work, esra, review_id)
        assert {row.id: row.together for row in queue.waiting(work, esra).rows} == {asks: False, free: True}
        with pytest.raises(InvalidError) as refused:
            bulk.approve_one(work, esra, asks, 1)
        assert refused.value.errors == {"action": "bulk_practise"}
        assert bulk.approve_one(work, esra, free, 1).review_id == free
