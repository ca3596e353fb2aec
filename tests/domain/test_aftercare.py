"""After a decision: three answers apart, what is still to be done, a reminder, an expiry, breaks and closed talks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOON, WHY, actor_of
from sqlalchemy import select

from safespace.groups import members
from safespace.groups.models import Membership
from safespace.groups.reading import back_after_break, obtain_group
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import (
    claims,
    exposure,
    follow_ups,
    history,
    intake,
    labels,
    locking,
    outcomes,
    release,
    reminding,
)
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, FollowUp, Review, ReviewKind, ReviewState
from safespace.moderation.redacting import Part
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import undo
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import Post, PostState, PostType, Words

SOON = NOON + timedelta(seconds=30)
DAY = timedelta(days=1)
NOTE = "Dank je voor je verhaal, ik lees hoe zwaar het was. Laat je de getallen weg?"
REWORD = Verdict(action=Action.ASK_REWORD, reason="numbers", note=NOTE)


@pytest.fixture
def sent(begin, group, people):
    with begin() as work:
        words = Words(body="Ik slaap slecht en tel de uren.", title="Slapen")
        return intake.open_thread(work, people[0], group.id, PostType.EXPERIENCE, words)


def decide_on(begin, clinician, sent, verdict, now=NOON):
    with begin(now) as work:
        review = work.session.scalars(
            select(Review).where(Review.post_id == sent.post_id, Review.state != ReviewState.CLOSED)
        ).one()
        return decide(work, clinician, review.id, review.version, verdict)


def test_a_placed_post_can_still_be_urgent_and_stays_on_the_list_until_closed(begin, people, sent) -> None:
    noor, esra, jeroen = people
    verdict = Verdict(action=Action.APPROVE, severity=Severity.HIGH, follow_up=FollowUp.OWN_CLINICIAN)
    decide_on(begin, esra, sent, verdict)
    with begin(SOON) as work:
        assert release.release_due(work) == 1
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.state, told.help_now) == (PostState.PUBLISHED, True)
        (one,) = follow_ups.open_follow_ups(work, jeroen)
        assert (one.alias, one.follow_up, one.severity) == ("Stille Otter", FollowUp.OWN_CLINICIAN, Severity.HIGH)
        with pytest.raises(InvalidError):
            follow_ups.close_follow_up(work, jeroen, one.review_id, "")
        with pytest.raises(NotFoundError):
            follow_ups.close_follow_up(work, noor, one.review_id, "Gebeld.")
    with begin() as work:
        follow_ups.close_follow_up(work, jeroen, one.review_id, "De eigen behandelaar weet het.")
    with begin() as work:
        assert follow_ups.open_follow_ups(work, esra) == []
        assert not outcomes.own_post(work, noor, sent.post_id).help_now
        with pytest.raises(ConflictError):
            follow_ups.close_follow_up(work, esra, one.review_id, "Nog een keer.")


def test_an_undone_decision_takes_its_follow_up_back(begin, people, sent) -> None:
    _, esra, _ = people
    made = decide_on(begin, esra, sent, Verdict(action=Action.APPROVE, follow_up=FollowUp.MESSAGE))
    with begin() as work:
        undo(work, esra, made.id)
        assert follow_ups.open_follow_ups(work, esra) == []


def test_a_request_to_reword_is_reminded_after_two_days_and_expires_after_a_week(begin, people, sent) -> None:
    noor, esra, _ = people
    decide_on(begin, esra, sent, REWORD)
    with begin(NOON + 2 * DAY - timedelta(minutes=1)) as work:
        assert not reminding.is_due(work)
    with begin(NOON + 2 * DAY) as work:
        before = outcomes.own_post(work, noor, sent.post_id).standing
        assert reminding.is_due(work)
        assert reminding.tell_due(work) == 1
        assert not reminding.is_due(work)
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.reminded, told.expired) == (True, False)
        assert told.standing != before
    with begin(NOON + 7 * DAY) as work:
        assert reminding.tell_due(work) == 1
        assert not reminding.is_due(work)
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert (told.expired, told.body, told.unchangeable) == (True, "Ik slaap slecht en tel de uren.", "")
        intake.rewrite(work, noor, sent.post_id, Words(body="Ik slaap slecht.", title="Slapen"))
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.state == ReviewState.OPEN)).one()
        assert review.kind is ReviewKind.NEW


def test_who_answered_is_not_reminded(begin, people, sent) -> None:
    noor, esra, _ = people
    decide_on(begin, esra, sent, REWORD)
    with begin(NOON + DAY) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Ik slaap slecht.", title="Slapen"))
    decide_on(begin, esra, sent, REWORD, NOON + DAY)
    with begin(NOON + 2 * DAY) as work:
        assert not reminding.is_due(work)  # the second request is one day old


def test_history_tells_word_by_word_what_changed_and_who_decided(begin, people, sent) -> None:
    noor, esra, _ = people
    decide_on(begin, esra, sent, REWORD)
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Ik slaap slecht en tel schapen.", title="Slapen"))
    part = Part(text="schapen", kind="other")
    decide_on(begin, esra, sent, Verdict(action=Action.REDACT, reason="numbers", note=NOTE, parts=(part,)), SOON)
    with begin() as work:
        review = work.session.scalars(select(Review).order_by(Review.opened_at)).first()
        found = history.history(work, esra, review.id)
        assert [one.changes for one in found.steps] == [
            [("kept", "Slapen\n\nIk slaap slecht en tel de uren.")],
            [
                ("kept", "Slapen\n\nIk slaap slecht en tel "),
                ("gone", "de uren"),
                ("added", "schapen"),
                ("kept", "."),
            ],
            [
                ("kept", "Slapen\n\nIk slaap slecht en tel "),
                ("gone", "schapen"),
                ("added", "[een stukje weggelaten]"),
                ("kept", "."),
            ],
        ]
        assert [one.action for one in found.decisions] == [Action.ASK_REWORD, Action.REDACT]
        with pytest.raises(NotFoundError):
            history.history(work, noor, review.id)


def test_history_tells_who_read_which_version_of_the_words_however_they_came_to_it(begin, people, sent) -> None:
    noor, esra, jeroen = people
    with begin() as work:
        review_id = work.session.scalars(select(Review.id)).one()
        labels.set_severity(work, esra, review_id, 1, Severity.LOW)  # the item has a new state, the words have not
    with begin() as work:
        claims.claim(work, esra, review_id)
    decide_on(begin, esra, sent, REWORD)
    with begin(SOON) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Ik slaap slecht.", title="Slapen"))
    with begin(SOON) as work:
        steps = history.history(work, jeroen, review_id).steps
        history.read(work, jeroen, review_id, [one.id for one in steps])
        history.read(work, jeroen, review_id, [steps[0].id])  # once more tells nothing new
    with begin(SOON) as work:
        seen = history.history(work, esra, review_id).seen
        assert sorted((one.by, one.version) for one in seen) == [("Esra", 1), ("Jeroen", 1), ("Jeroen", 2)]
        assert exposure.own_week(work, jeroen) == {Severity.LOW: 1}


def test_nobody_is_said_to_have_read_a_draft_or_the_words_of_another_post(begin, group, people, sent) -> None:
    noor, esra, _ = people
    with begin() as work:
        other = intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Wandelen.", title="Buiten"))
        elsewhere = work.session.get_one(Post, other.post_id).pending_id
        review_id = work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id)).one()
        history.read(work, esra, review_id, [elsewhere, uuid4()])
        assert history.history(work, esra, review_id).seen == []
        with pytest.raises(NotFoundError):
            history.read(work, noor, review_id, [])


def test_a_closed_conversation_takes_no_posts_until_it_is_opened_again(begin, group, people, sent) -> None:
    noor, esra, _ = people
    decide_on(begin, esra, sent, Verdict(action=Action.APPROVE))
    with begin(SOON) as work:
        release.release_due(work)
        with pytest.raises(NotAllowedError):
            locking.lock(work, noor, group.id, sent.thread_id, "Klaar.")
        with pytest.raises(InvalidError):
            locking.lock(work, esra, group.id, sent.thread_id, " ")
        locking.lock(work, esra, group.id, sent.thread_id, "We praten verder in het nieuwe gesprek.")
        with pytest.raises(ConflictError):
            locking.lock(work, esra, group.id, sent.thread_id, "Nog eens.")
    with begin() as work, pytest.raises(NotAllowedError) as refused:
        intake.reply(work, noor, group.id, sent.thread_id, PostType.TIP, Words(body="Toch nog iets."))
    assert refused.value.code == "thread_locked"
    with begin() as work:
        thread = locking.unlock(work, esra, group.id, sent.thread_id)
        assert (thread.locked_at, thread.lock_note) == (None, None)
        intake.reply(work, noor, group.id, sent.thread_id, PostType.TIP, Words(body="Toch nog iets."))


def test_a_break_of_more_than_a_week_takes_a_second_clinician(begin, group, people) -> None:
    noor, esra, jeroen = people
    place = noor.members[group.id].membership_id
    with begin() as work:
        made = members.pause_member(work, esra, place, NOON + 20 * DAY, **WHY)
        assert (made.paused_until, made.longer_until) == (NOON + 7 * DAY, NOON + 20 * DAY)
        with pytest.raises(NotAllowedError) as refused:
            members.confirm_longer(work, esra, place)
        assert refused.value.code == "second_clinician"
    with begin(NOON + 8 * DAY) as work:
        assert obtain_group(work, actor_of(work, noor.account_id), group.id)  # nobody agreed, so it lasted a week
    with begin() as work:
        members.confirm_longer(work, jeroen, place)
        with pytest.raises(ConflictError):
            members.confirm_longer(work, jeroen, place)
    with begin(NOON + 8 * DAY) as work, pytest.raises(NotFoundError):
        obtain_group(work, actor_of(work, noor.account_id), group.id)


def test_after_a_break_the_plan_is_read_once(begin, group, people) -> None:
    noor, esra, _ = people
    place = noor.members[group.id].membership_id
    with begin() as work:
        members.pause_member(work, esra, place, NOON + DAY, **WHY)
    with begin() as work, pytest.raises(NotFoundError):
        members.come_back(work, actor_of(work, noor.account_id), group.id)
    with begin(NOON + 2 * DAY) as work:
        back = actor_of(work, noor.account_id)
        assert back_after_break(work, back, group.id) == ("Stille Otter", WHY["return_plan"])
        members.come_back(work, back, group.id)
    with begin() as work:
        membership = work.session.get_one(Membership, place)
        assert (membership.pause_reason, membership.return_plan, membership.paused_until) == (None, None, None)
        assert back_after_break(work, actor_of(work, noor.account_id), group.id) == ("Stille Otter", "")
