"""Whoever asks for a fresh look is read and answered, whatever else is decided about the same post meanwhile."""

from datetime import timedelta

import pytest
from builders import NOON
from sqlalchemy import select

from safespace.crisis.models import Alarm
from safespace.kernel.refusals import ConflictError
from safespace.moderation import appeals, intake, labels, outcomes, release, safety
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import undo
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import Post, PostState, PostType, Words

NOTE = "Ik lees dat je boos bent, en dat snap ik. Zo komt het hard binnen."
UNKIND = Verdict(action=Action.DECLINE, reason="bullying", note=NOTE)
PLACE = Verdict(action=Action.APPROVE)
STAY = Verdict(action=Action.CONFIRM, note=NOTE)
PLEA = "Het was een grapje onder vrienden."
CRY = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
UNKINDLY = Words(body="Jij snapt niets.", title="Boos")
LATER = NOON + timedelta(seconds=2)
LAST = NOON + timedelta(minutes=1)


@pytest.fixture
def asked(begin, group, people):
    """A post that was declined with a second reader, about which its author asks for a fresh look."""

    def ask(words: str = PLEA):
        noor, esra, _ = people
        with begin() as work:
            sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, UNKINDLY)
        with begin() as work:
            (review,) = items(work, sent.post_id)
            decide(work, esra, review.id, review.version, UNKIND)
        with begin() as work:
            appeals.appeal(work, noor, sent.post_id, words)
        return sent.post_id

    return ask


def items(work, post_id, *kinds):
    return work.session.scalars(
        select(Review)
        .where(
            Review.post_id == post_id, Review.state != ReviewState.CLOSED, Review.kind.in_(kinds or tuple(ReviewKind))
        )
        .order_by(Review.kind)
    ).all()


def decide_on(begin, clinician, post_id, kind, verdict, now=LATER):
    with begin(now) as work:
        (review,) = items(work, post_id, kind)
        return decide(work, clinician, review.id, review.version, verdict)


def kinds_of(begin, post_id):
    with begin() as work:
        return [one.kind for one in items(work, post_id)]


@pytest.mark.parametrize("decided", [ReviewKind.SECOND_LOOK, ReviewKind.APPEAL])
def test_both_looks_end_together_and_come_back_together(begin, people, asked, decided) -> None:
    noor, _, jeroen = people
    post_id = asked()
    both = [ReviewKind.APPEAL, ReviewKind.SECOND_LOOK]
    assert kinds_of(begin, post_id) == both
    placed = decide_on(begin, jeroen, post_id, decided, PLACE)
    assert kinds_of(begin, post_id) == []
    with begin(LATER + timedelta(seconds=1)) as work:
        undo(work, jeroen, placed.id)
    assert kinds_of(begin, post_id) == both
    decide_on(begin, jeroen, post_id, ReviewKind.SECOND_LOOK, Verdict(action=Action.CONFIRM), LAST)
    decide_on(begin, jeroen, post_id, ReviewKind.APPEAL, STAY, LAST)
    with begin(LAST) as work:
        told = outcomes.own_post(work, noor, post_id)
        assert (told.action, told.note) == (Action.CONFIRM, NOTE)


def test_who_reads_along_sees_what_the_author_wrote_before_it_counts(begin, group, people, asked) -> None:
    noor, esra, jeroen = people
    with begin() as work:
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, UNKINDLY)
    with begin() as work:
        (review,) = items(work, sent.post_id)
        decide(work, esra, review.id, review.version, UNKIND)
    with begin() as work:
        (second,) = items(work, sent.post_id)
        seen = second.version
    with begin() as work:
        appeals.appeal(work, noor, sent.post_id, PLEA)
    with begin(LATER) as work:
        (second,) = items(work, sent.post_id, ReviewKind.SECOND_LOOK)
        assert appeals.words_about(work, second).words == PLEA
        with pytest.raises(ConflictError, match="changed_meanwhile"):
            decide(work, jeroen, second.id, seen, PLACE)


def test_heavy_words_of_an_author_wait_for_a_human_although_the_post_is_placed(begin, people, asked) -> None:
    _, _, jeroen = people
    post_id = asked(CRY)
    placed = decide_on(begin, jeroen, post_id, ReviewKind.SECOND_LOOK, PLACE)
    with begin(LATER) as work:
        (worry,) = items(work, post_id)
        assert (worry.kind, worry.severity) == (ReviewKind.FOLLOW_UP, Severity.CRISIS)
        assert appeals.words_about(work, worry).words == CRY
        assert work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))).one().subject_id == worry.id
    decide_on(begin, jeroen, post_id, ReviewKind.FOLLOW_UP, Verdict(action=Action.CLOSE))
    with begin(LATER + timedelta(seconds=1)) as work:
        undo(work, jeroen, placed.id)
    assert kinds_of(begin, post_id) == [ReviewKind.APPEAL, ReviewKind.SECOND_LOOK]
    with begin() as work:  # nobody has answered it now
        assert work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))).one()


def test_placed_after_all_it_stays_ended(begin, people, asked) -> None:
    noor, _, jeroen = people
    post_id = asked()
    decide_on(begin, jeroen, post_id, ReviewKind.SECOND_LOOK, PLACE)
    with begin(LAST) as work:
        assert release.release_due(work) == 1
        assert items(work, post_id) == []
        assert outcomes.own_post(work, noor, post_id).state is PostState.PUBLISHED


def test_a_level_raised_at_another_of_its_items_keeps_nothing_from_being_decided(begin, people, asked) -> None:
    _, esra, jeroen = people
    post_id = asked()
    decide_on(begin, jeroen, post_id, ReviewKind.SECOND_LOOK, PLACE)
    with begin(LATER) as work:
        of_words = select(Review).where(Review.post_id == post_id, Review.kind == ReviewKind.NEW)
        first = work.session.scalars(of_words).one()
        labels.set_severity(work, esra, first.id, first.version, Severity.CRISIS)
    with begin(LAST) as work:
        assert not release.release_due(work)
        assert [one.kind for one in items(work, post_id)] == [
            ReviewKind.APPEAL,
            ReviewKind.FOLLOW_UP,
            ReviewKind.SECOND_LOOK,
        ]


def test_an_author_who_is_not_safe_takes_the_placing_back(begin, people, asked) -> None:
    noor, _, jeroen = people
    post_id = asked(CRY)
    decide_on(begin, jeroen, post_id, ReviewKind.SECOND_LOOK, PLACE)
    with begin(LATER) as work:
        safety.answer_safety(work, noor, post_id, "no", said="Ben je nu veilig? Nee")
    with begin(LAST) as work:
        assert not release.release_due(work)
        assert work.session.get_one(Post, post_id).state is PostState.DECLINED
        assert [one.kind for one in items(work, post_id)] == [ReviewKind.APPEAL, ReviewKind.SECOND_LOOK]
