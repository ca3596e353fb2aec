"""Promises that were easy to break: a draft is one's own, an old page lowers no worry, a break is a break."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_youth, actor_of
from sqlalchemy import select

from safespace.groups import members
from safespace.groups.models import Group, GroupState
from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.moderation import intake, labels, outcomes, queue, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review, ReviewKind
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import Post, PostState, PostType, Thread, Words
from safespace.threads.reading import threads_of

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
NIGHT = NOON + timedelta(hours=12)
OFFICE_HOURS = [[day, 9 * 60, 17 * 60] for day in range(7)]
SOON = NOON + timedelta(minutes=1)
WARM = "Dank je dat je dit vertelt, ik lees hoe zwaar het voor je is."


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group), a_clinician(work, group.location)


def send(begin, noor, group, body="Ik slaap slecht.", now=NOON, notes=()):
    with begin(now) as work:
        words = Words(body=body, title="Slapen", content_notes=notes)
        return intake.open_thread(work, noor, group.id, PostType.TIP, words)


def rewrite(begin, noor, sent, body, now=NOON):
    with begin(now) as work:
        return intake.rewrite(work, noor, sent.post_id, Words(body=body, title="Slapen"))


def review_of(work, sent):
    return work.session.scalars(
        select(Review).where(Review.post_id == sent.post_id).order_by(Review.opened_at.desc())
    ).first()


def decides(begin, esra, sent, action=Action.APPROVE, now=NOON):
    verdict = Verdict(action=action)
    if action in {Action.DECLINE, Action.ASK_REWORD}:
        verdict = replace(verdict, reason="numbers", note=WARM)
    with begin(now) as work:
        review = review_of(work, sent)
        decide(work, esra, review.id, review.version, verdict)
    with begin(SOON) as work:
        release.release_due(work)


@pytest.fixture
def office_hours(begin, group):
    with begin() as work:
        work.session.merge(group.location).hours = OFFICE_HOURS


def test_an_old_page_does_not_lower_what_became_a_crisis(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        seen = review_of(work, sent)
    rewrite(begin, noor, sent, CRISIS)
    with begin() as work, pytest.raises(ConflictError) as refused:
        labels.set_severity(work, esra, seen.id, seen.version, Severity.LOW)
    assert refused.value.code == "changed_meanwhile"
    with begin() as work:
        assert review_of(work, sent).severity >= Severity.HIGH


@pytest.mark.usefixtures("office_hours")
def test_a_worrying_draft_shows_help_every_time_and_stores_nothing(begin, group, people) -> None:
    noor, _ = people
    sent = send(begin, noor, group, CRISIS, now=NIGHT)
    assert sent.draft
    with begin(NIGHT) as work:
        assert outcomes.own_post(work, noor, sent.post_id).help_now
        assert outcomes.own_page(work, noor).posts[0].help_now
        assert work.session.scalars(select(Review)).all() == []


@pytest.mark.usefixtures("office_hours")
def test_nobody_reads_a_draft_that_was_not_sent(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group, "Dit is mijn eerste kladje.", now=NIGHT)
    rewrite(begin, noor, sent, "Dit is mijn tweede kladje.", now=NIGHT)
    thrown_away = send(begin, noor, group, "Dit gooi ik weg.", now=NIGHT)
    with begin(NIGHT) as work:
        intake.withdraw(work, noor, thrown_away.post_id)
    rewrite(begin, noor, sent, "Dit stuur ik.", now=NOON + timedelta(days=1))
    with begin() as work:
        row = queue.waiting(work, esra).rows[0]
        item = queue.item(work, esra, row.id)
        assert [version.body for version in item.versions] == ["Dit stuur ik."]
        assert item.history == []


@pytest.mark.usefixtures("office_hours")
def test_a_rewording_kept_for_tomorrow_is_not_in_the_history(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group, "Wat ik stuurde.")
    decides(begin, esra, sent, Action.ASK_REWORD)
    rewrite(begin, noor, sent, "Wat ik nog niet stuurde.", now=NIGHT)
    other = send(begin, noor, group, "Iets anders.")
    with begin() as work:
        item = queue.item(work, esra, review_of(work, other).id)
        assert [said.body for said in item.history] == ["Wat ik stuurde."]


def test_a_crisis_seen_after_the_decision_comes_back_and_shows_help(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    decides(begin, esra, sent)
    with begin() as work:
        review = review_of(work, sent)
        labels.set_severity(work, esra, review.id, review.version, Severity.CRISIS)
    with begin() as work:
        row = queue.waiting(work, esra).rows[0]
        assert (row.kind, row.severity) == (ReviewKind.FOLLOW_UP, Severity.CRISIS)
        assert outcomes.own_post(work, noor, sent.post_id).help_now
    decides(begin, esra, sent, Action.CLOSE)
    with begin() as work:
        assert queue.waiting(work, esra).rows == []


def test_help_stays_with_a_worrying_text_that_is_not_placed(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group, CRISIS)
    decides(begin, esra, sent, Action.DECLINE)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).help_now


def test_a_withdrawn_opening_takes_its_title_along(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    decides(begin, esra, sent)
    with begin() as work:
        assert [thread.title for thread in threads_of(work, group)] == ["Slapen"]
        intake.withdraw(work, noor, sent.post_id)
    with begin() as work:
        assert threads_of(work, group) == []
        assert work.unseal(work.session.get_one(Thread, sent.thread_id), "title") == ""


@pytest.mark.parametrize("closed", ["break", "read_only", "locked"])
def test_no_new_words_come_in_where_writing_stopped(begin, group, people, closed) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        if closed == "break":
            members.pause_member(work, esra, noor.members[group.id].membership_id, NOON + timedelta(days=1), **WHY)
        elif closed == "read_only":
            work.session.get_one(Group, group.id).state = GroupState.READ_ONLY
        else:
            work.session.get_one(Thread, sent.thread_id).locked_at = NOON
    with begin() as work, pytest.raises(NotAllowedError):
        paused = actor_of(work, noor.account_id)
        intake.rewrite(work, paused, sent.post_id, Words(body="Toch nog iets.", title="Slapen"))
    with begin() as work:
        intake.withdraw(work, actor_of(work, noor.account_id), sent.post_id)
        assert work.session.get_one(Post, sent.post_id).state is PostState.WITHDRAWN


def test_placing_keeps_the_topics_the_author_named(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group, notes=("eating",))
    decides(begin, esra, sent)
    with begin() as work:
        assert work.session.get_one(Post, sent.post_id).content_notes == ["eating"]


def test_an_approval_that_may_be_undone_is_not_felt_by_the_author(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        before = outcomes.own_post(work, noor, sent.post_id).standing
        review = review_of(work, sent)
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).standing == before
    with begin(SOON) as work:
        release.release_due(work)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).standing != before


def test_new_words_under_an_open_worry_can_be_decided_about(begin, group, people) -> None:
    noor, esra = people
    sent = send(begin, noor, group)
    decides(begin, esra, sent, Action.ASK_REWORD)
    with begin() as work:
        review = review_of(work, sent)
        labels.set_severity(work, esra, review.id, review.version, Severity.HIGH)
    rewrite(begin, noor, sent, "Ik schreef het anders op.")
    with begin() as work:
        item = queue.item(work, esra, queue.waiting(work, esra).rows[0].id)
        assert Action.CLOSE not in item.actions
        assert Action.APPROVE in item.actions


def a_reply_in_somebody_elses_conversation(begin, group, noor, esra):
    with begin() as work:
        sem = a_youth(work, group, "Rode Vos")
    opened = send(begin, sem, group)
    decides(begin, esra, opened)
    with begin(SOON) as work:
        sent = intake.reply(work, noor, group.id, opened.thread_id, PostType.TIP, Words(body="Ik lees een boek."))
    decides(begin, esra, sent, now=SOON)
    return sent


@pytest.mark.parametrize("why", ["break", "closed"])
def test_when_the_group_is_not_there_one_finds_the_own_words_but_not_the_title_of_another(
    begin, group, people, why
) -> None:
    noor, esra = people
    sent = a_reply_in_somebody_elses_conversation(begin, group, noor, esra)
    with begin() as work:
        assert outcomes.own_page(work, noor).posts[0].title == "Slapen"
        if why == "break":
            members.pause_member(work, esra, noor.members[group.id].membership_id, NOON + timedelta(days=1), **WHY)
        else:
            work.session.get_one(Group, group.id).state = GroupState.CLOSED
    with begin() as work:
        now = actor_of(work, noor.account_id)
        for post in (outcomes.own_post(work, now, sent.post_id), *outcomes.own_page(work, now).posts):
            assert (post.body, post.title, post.group_open) == ("Ik lees een boek.", "", False)


def test_the_own_place_shows_nothing_of_a_group_that_was_left(begin, group, people) -> None:
    noor, esra = people
    sent = a_reply_in_somebody_elses_conversation(begin, group, noor, esra)
    with begin() as work:
        members.leave_group(work, noor, noor.members[group.id].membership_id)
    with begin() as work:
        gone = actor_of(work, noor.account_id)
        assert outcomes.own_page(work, gone).posts == []
        with pytest.raises(NotFoundError):
            outcomes.own_post(work, gone, sent.post_id)
