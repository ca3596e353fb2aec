"""A second pair of eyes: a question, a second reader, a fresh look, and what is done when there is nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.groups.models import Location, StaffRole
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import (
    appeals,
    claims,
    held,
    hiding,
    history,
    intake,
    labels,
    outcomes,
    queue,
    release,
    second_look,
)
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Decision, Review, ReviewKind, ReviewState
from safespace.moderation.offering import available
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import undo
from safespace.moderation.verdicts import Verdict
from safespace.threads import reading
from safespace.threads.models import Post, PostState, PostType, Thread, Words

SOON = NOON + timedelta(seconds=30)
NOTE = "Ik lees dat je boos bent, en dat snap ik. Zo komt het hard binnen."
UNKIND = Verdict(action=Action.DECLINE, reason="bullying", note=NOTE)
HIDE = Verdict(action=Action.HIDE, reason="off_topic", note=NOTE)
QUESTION = Verdict(action=Action.SECOND_LOOK, question="Lees jij dit ook als een grap?")


def send(begin, actor, group, body="Jij snapt er ook nooit iets van."):
    with begin() as work:
        return intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title="Boos"))


def open_items(work, post_id):
    return work.session.scalars(
        select(Review)
        .where(Review.post_id == post_id, Review.state != ReviewState.CLOSED)
        .order_by(Review.opened_at, Review.kind)
    ).all()


def decide_on(begin, clinician, sent, verdict, now=NOON):
    with begin(now) as work:
        (review,) = open_items(work, sent.post_id)
        return decide(work, clinician, review.id, review.version, verdict)


def published(begin, clinician, sent):
    decide_on(begin, clinician, sent, Verdict(action=Action.APPROVE))
    with begin(SOON) as work:
        assert release.release_due(work) == 1


def state_of(begin, sent):
    with begin() as work:
        return work.session.get_one(Post, sent.post_id).state


def test_who_asks_a_colleague_does_not_decide_and_the_author_notices_nothing(begin, group, people) -> None:
    noor, esra, jeroen = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, QUESTION)
    with begin() as work:
        (review,) = open_items(work, sent.post_id)
        item = queue.item(work, jeroen, review.id)
        assert (review.kind, work.unseal(item.review, "question")) == (ReviewKind.SECOND_LOOK, QUESTION.question)
        assert Action.APPROVE in item.actions
        assert Action.SECOND_LOOK not in item.actions
        assert queue.item(work, esra, review.id).actions == ()
        assert outcomes.own_post(work, noor, sent.post_id).action is None
    with pytest.raises(InvalidError):
        decide_on(begin, esra, sent, Verdict(action=Action.APPROVE))
    decide_on(begin, jeroen, sent, Verdict(action=Action.APPROVE))
    with begin() as work, pytest.raises(InvalidError) as refused:
        review = work.session.scalars(select(Review)).one()
        review.state = ReviewState.OPEN
        review.not_by = None
        decide(work, esra, review.id, review.version, Verdict(action=Action.SECOND_LOOK))
    assert refused.value.errors == {"question": "empty"}


def test_what_is_unkind_gets_a_second_reader_within_one_working_day(begin, group, people) -> None:
    noor, esra, jeroen = people
    sent = send(begin, noor, group)
    decision = decide_on(begin, esra, sent, UNKIND)
    with begin() as work:
        (review,) = open_items(work, sent.post_id)
        assert (review.kind, review.not_by, review.about_id) == (ReviewKind.SECOND_LOOK, esra.account_id, decision.id)
        assert review.due_at == NOON + timedelta(days=1)
        assert review.severity <= Severity.MEDIUM
        assert available(review, work.session.get_one(Post, sent.post_id), esra) == ()
    decide_on(begin, jeroen, sent, Verdict(action=Action.CONFIRM, note="Ik zie het ook zo, dit kan niet blijven."))
    with begin() as work:  # of a colleague who agrees the author hears nothing, and loses nothing by it
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.state, told.action, told.note) == (PostState.DECLINED, Action.DECLINE, NOTE)
        assert told.may_appeal


def test_a_holiday_is_no_working_day(begin) -> None:
    office = [[day, 540, 1020] for day in range(5)]
    with begin(datetime(2026, 12, 24, 11, 0, tzinfo=UTC)) as work:  # Christmas is on Friday and Saturday
        due = second_look.one_working_day(work, a_location(work, "Zuidhaven", hours=office))
    assert due == datetime(2026, 12, 28, 8, 0, tzinfo=UTC)


def test_a_second_reader_can_place_it_after_all_and_that_can_be_undone(begin, group, people) -> None:
    noor, esra, jeroen = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, UNKIND)
    placed = decide_on(begin, jeroen, sent, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(seconds=3)) as work:
        undo(work, jeroen, placed.id)
    assert state_of(begin, sent) is PostState.DECLINED
    decide_on(begin, jeroen, sent, Verdict(action=Action.APPROVE), NOON + timedelta(seconds=5))
    with begin(SOON) as work:
        assert release.release_due(work) == 1
    assert state_of(begin, sent) is PostState.PUBLISHED
    with begin() as work:
        review = work.session.scalars(select(Review)).first()
        assert queue.item(work, esra, review.id).strikes == 0  # what was overturned does not count


def test_only_behaviour_towards_others_is_counted(begin, group, people) -> None:
    noor, esra, _ = people
    for reason in ("ed_promotion", "numbers", "bullying"):
        sent = send(begin, noor, group)
        decide_on(begin, esra, sent, Verdict(action=Action.DECLINE, reason=reason, note=NOTE))
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).first()
        assert queue.item(work, esra, review.id).strikes == 1


def test_an_author_asks_once_for_a_fresh_look_and_never_from_who_decided(begin, group, people) -> None:
    noor, esra, jeroen = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).may_appeal
        appeals.appeal(work, noor, sent.post_id, "Het was een grapje onder vrienden.")
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.may_appeal, told.appealed) == (False, True)
        with pytest.raises(NotAllowedError):
            appeals.appeal(work, noor, sent.post_id, "")
        (review,) = open_items(work, sent.post_id)
        assert review.kind is ReviewKind.APPEAL
        assert appeals.words_about(work, review).words == "Het was een grapje onder vrienden."
        assert queue.item(work, esra, review.id).actions == ()
    with pytest.raises(InvalidError):
        decide_on(begin, jeroen, sent, Verdict(action=Action.CONFIRM))  # an author who asked is answered in words
    answer = "Fijn dat je het vroeg. Voor de groep kom ik op hetzelfde uit."
    decide_on(begin, jeroen, sent, Verdict(action=Action.CONFIRM, note=answer), SOON)
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.state, told.action, told.may_appeal) == (PostState.DECLINED, Action.CONFIRM, False)
        assert (told.note, told.first_note, told.reason) == (answer, NOTE, "off_topic")


def test_a_cry_for_help_in_it_is_heard_at_once(begin, group, people) -> None:
    noor, esra, _ = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    with begin() as work:
        appeals.appeal(work, noor, sent.post_id, "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen.")
    with begin() as work:
        (review,) = open_items(work, sent.post_id)
        assert review.severity >= Severity.HIGH
        assert outcomes.own_post(work, noor, sent.post_id).help_now


def test_what_is_hidden_leaves_a_tombstone_and_its_title_and_can_come_back(begin, group, people) -> None:
    noor, esra, jeroen = people
    sent = send(begin, noor, group)
    published(begin, esra, sent)
    with begin(SOON) as work:  # of two decisions about one post the later one counts
        hiding.hide(work, esra, sent.post_id, HIDE)
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        assert work.unseal(thread, "title") == ""
        shown = reading.page_of(work, jeroen, thread, 0).posts[0]
        assert (shown.state, shown.body, shown.position) == (PostState.HIDDEN, "", 1)
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.action, told.reason, told.note) == (Action.HIDE, "off_topic", NOTE)
        with pytest.raises(ConflictError, match="already_decided"):
            hiding.hide(work, jeroen, sent.post_id, HIDE)
        appeals.appeal(work, noor, sent.post_id, "")
    decide_on(begin, jeroen, sent, Verdict(action=Action.APPROVE), SOON)
    assert state_of(begin, sent) is PostState.HIDDEN
    with begin(SOON + timedelta(seconds=30)) as work:
        assert release.release_due(work) == 1
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        assert work.unseal(thread, "title") == "Boos"
        assert [one.id for one in reading.threads_of(work, group)] == [thread.id]


def test_with_nobody_else_a_second_location_is_asked_about_that_item_only(begin, group) -> None:
    with begin() as work:
        noor, esra = a_youth(work, group, "Stille Otter"), a_clinician(work, group.location, "Esra")
        elsewhere = a_location(work, "Zuidhaven")
        mark = a_clinician(work, elsewhere, "Mark")
    sent, other = send(begin, noor, group), send(begin, noor, group, "Fijn weekend.")
    decide_on(begin, esra, sent, QUESTION)
    with begin() as work:
        (review,) = open_items(work, sent.post_id)
        assert queue.item(work, esra, review.id).blocked
        assert not second_look.is_due(work)
        with pytest.raises(NotFoundError):
            queue.item(work, mark, review.id)
        work.session.get_one(Location, group.location_id).second_location_id = elsewhere.id
    with begin() as work:
        assert second_look.is_due(work)
        assert second_look.find_seconds(work) == 1
        assert not second_look.is_due(work)
    with begin() as work:
        (review,) = open_items(work, sent.post_id)
        item = queue.item(work, mark, review.id)
        assert not item.blocked
        assert (item.history, item.context, item.earlier) == ([], [], {})
        assert Action.APPROVE in item.actions
        (closed,) = open_items(work, other.post_id)
        with pytest.raises(NotFoundError):
            queue.item(work, mark, closed.id)
    decide_on(begin, mark, sent, Verdict(action=Action.APPROVE))
    with begin() as work:
        made = work.session.scalars(select(Decision).where(Decision.action == Action.APPROVE)).one()
        assert made.by == mark.account_id
        # Until it is released it can still be taken back; then the item is the business of its own location again.
        assert [one.decision_id for one in held.held(work, mark)] == [made.id]
        assert queue.item(work, mark, review.id).text
        undo(work, mark, made.id)
    decide_on(begin, mark, sent, Verdict(action=Action.APPROVE))
    with begin(SOON) as work:
        assert release.release_due(work) == 1
    for act in (
        lambda work: queue.item(work, mark, review.id),
        lambda work: history.history(work, mark, review.id),
        lambda work: labels.flag(work, mark, review.id, "numbers"),
        lambda work: labels.set_severity(work, mark, review.id, 1, Severity.HIGH),
        lambda work: claims.claim(work, mark, review.id),
    ):
        with pytest.raises(NotFoundError), begin(SOON) as work:
            act(work)
    with begin(SOON) as work:
        assert held.held(work, mark) == []
        assert queue.item(work, esra, review.id).text


def test_the_queue_of_the_location_that_is_asked_is_rung(begin, group) -> None:
    with begin() as work:
        noor, esra = a_youth(work, group, "Stille Otter"), a_clinician(work, group.location, "Esra")
        elsewhere = a_group(work, a_location(work, "Zuidhaven"), "Avond")
        a_clinician(work, elsewhere.location, "Mark")
        work.session.get_one(Location, group.location_id).second_location_id = elsewhere.location_id
    decide_on(begin, esra, send(begin, noor, group), QUESTION)
    with begin() as work:
        review_id = work.session.scalars(select(Review.id)).one()
        rung = work.session.scalars(select(OutboxEvent).where(OutboxEvent.audience_id == elsewhere.id)).one()
        assert (rung.kind, rung.name, rung.subject_id) == (AudienceKind.STAFF, "queue_changed", review_id)


def test_when_nobody_works_there_any_more_another_location_that_is_named_is_asked(begin, group) -> None:
    with begin() as work:
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        empty, named = a_location(work, "Zuidhaven"), a_location(work, "Westkust")
        mark, tess = a_clinician(work, empty, "Mark"), a_clinician(work, named, "Tess")
        work.session.get_one(Location, group.location_id).second_location_id = empty.id
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, QUESTION)
    with begin() as work:
        work.session.get_one(Location, group.location_id).second_location_id = named.id
        assert not second_look.is_due(work)  # Mark can still do it
        assert second_look.find_seconds(work) == 0
        work.session.scalars(select(StaffRole).where(StaffRole.account_id == mark.account_id)).one().revoked_at = NOON
    with begin(SOON) as work:
        assert second_look.is_due(work)
        assert second_look.find_seconds(work) == 1
    with begin(SOON) as work:
        assert not second_look.is_due(work)
        (review,) = open_items(work, sent.post_id)
        assert review.asked_location_id == named.id
        assert Action.APPROVE in queue.item(work, tess, review.id).actions
        assert not queue.item(work, esra, review.id).blocked


def test_a_worry_that_comes_back_is_not_the_business_of_who_was_asked_before(begin, group) -> None:
    with begin() as work:
        noor, esra = a_youth(work, group, "Stille Otter"), a_clinician(work, group.location, "Esra")
        elsewhere = a_location(work, "Zuidhaven")
        mark = a_clinician(work, elsewhere, "Mark")
        work.session.get_one(Location, group.location_id).second_location_id = elsewhere.id
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, QUESTION)
    decide_on(begin, mark, sent, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
    with begin() as work:
        amira = a_clinician(work, group.location, "Amira")
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        with pytest.raises(NotFoundError):
            queue.item(work, mark, review.id)
        labels.set_severity(work, amira, review.id, review.version, Severity.HIGH)
    with begin() as work:
        assert work.session.get_one(Review, review.id).state is ReviewState.OPEN
        with pytest.raises(NotFoundError):
            queue.item(work, mark, review.id)
        assert queue.waiting(work, mark).rows == []
