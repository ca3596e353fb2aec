"""The main journey without a web server: a youth writes, a human decides, the group sees it, once."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_location, a_youth
from sqlalchemy import func, select

from safespace.audit.models import AuditEntry
from safespace.kernel.outbox import Audience, AudienceKind, OutboxEvent, cursor_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import answers, intake, labels, outcomes, queue, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import undo
from safespace.threads import reading
from safespace.threads.models import Post, PostState, PostType, Thread, Words

SOON = NOON + timedelta(seconds=30)
KIND = Verdict(
    action=Action.ASK_REWORD,
    reason="numbers",
    note="Wat fijn dat je dit deelt, ik lees hoe zwaar het voor je is. Wil je de getallen weglaten?",
)


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)


def send(begin, actor, group, body="Ik scrol elke nacht en slaap slecht.", **kwargs):
    with begin(kwargs.pop("now", NOON)) as work:
        words = intake.accept_words(work, body, title=kwargs.get("title", "Slapen lukt niet"))
        return intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, words)


def the_review(work, post_id):
    return work.session.scalars(
        select(Review).where(Review.post_id == post_id).order_by(Review.opened_at.desc(), Review.closed_at.is_not(None))
    ).first()


def decide_on(begin, clinician, sent, verdict=None, now=NOON):
    with begin(now) as work:
        review = the_review(work, sent.post_id)
        return decide(work, clinician, review.id, review.version, verdict or Verdict(action=Action.APPROVE))


def set_severity(work, actor, review, severity):
    return labels.set_severity(work, actor, review.id, review.version, severity)


def release_all(begin, now=SOON):
    with begin(now) as work:
        return release.release_due(work)


def test_nobody_but_the_author_and_a_clinician_sees_a_post_before_it_is_released(begin, group, people) -> None:
    noor, sem, esra = people
    sent = send(begin, noor, group)
    assert not sent.draft
    with begin() as work:
        assert reading.threads_of(work, group) == []
        with pytest.raises(NotFoundError):
            reading.obtain_thread(work, sem, group.id, sent.thread_id)
        assert queue.waiting(work, esra).rows[0].alias == "Stille Otter"
        assert outcomes.own_page(work, noor).posts[0].state is PostState.PENDING
        assert outcomes.own_page(work, sem).posts == []
    decide_on(begin, esra, sent)
    with begin() as work:
        with pytest.raises(NotFoundError):
            reading.obtain_thread(work, sem, group.id, sent.thread_id)
        assert outcomes.own_page(work, noor).posts[0].action is None
    assert release_all(begin, NOON + timedelta(seconds=9)) == 0
    assert release_all(begin) == 1
    assert release_all(begin) == 0
    with begin() as work:
        _, thread = reading.obtain_thread(work, sem, group.id, sent.thread_id)
        page = reading.page_of(work, sem, thread, 0)
        assert [post.body for post in page.posts] == ["Ik scrol elke nacht en slaap slecht."]
        assert (page.posts[0].position, page.posts[0].alias, page.posts[0].own) == (1, "Stille Otter", False)
        assert cursor_of(work.session, Audience(AudienceKind.GROUP, group.id)) == 1


def test_an_undone_approval_is_never_rung_to_the_group(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    decision = decide_on(begin, esra, sent)
    with begin(NOON + timedelta(seconds=5)) as work:
        undo(work, esra, decision.id)
    assert release_all(begin) == 0
    with begin() as work:
        assert cursor_of(work.session, Audience(AudienceKind.GROUP, group.id)) == 0
        assert the_review(work, sent.post_id).state is ReviewState.OPEN
    again = decide_on(begin, esra, sent)
    assert release_all(begin) == 1
    with begin() as work, pytest.raises(ConflictError) as refused:
        undo(work, esra, again.id)
    assert refused.value.code == "already_released"


def test_the_second_clinician_learns_that_somebody_decided(begin, group, people) -> None:
    noor, _, esra = people
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    sent = send(begin, noor, group)
    with begin() as work:
        review = the_review(work, sent.post_id)
    decision = decide_on(begin, esra, sent)
    with begin() as work, pytest.raises(ConflictError) as lost:
        decide(work, jeroen, review.id, review.version, KIND)
    assert lost.value.code == "already_decided"
    assert lost.value.facts["decision_id"] == decision.id


def test_an_edit_before_the_decision_makes_the_clinician_read_again(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        seen = the_review(work, sent.post_id)
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Toch anders.", title="Slapen"))
    with begin() as work, pytest.raises(ConflictError) as stale:
        decide(work, esra, seen.id, seen.version, Verdict(action=Action.APPROVE))
    assert stale.value.code == "changed_meanwhile"


def test_an_edit_after_approval_cancels_the_release(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    with begin(NOON + timedelta(seconds=3)) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Nog iets erbij.", title="Slapen"))
    assert release_all(begin) == 0
    with begin() as work:
        assert len(queue.waiting(work, esra).rows) == 1


def test_asking_to_reword_keeps_the_text_and_tells_why(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent, KIND)
    with begin() as work:
        told = outcomes.own_post(work, noor, sent.post_id)
        assert told.state is PostState.CHANGES_REQUESTED
        assert (told.reason, told.body) == ("numbers", "Ik scrol elke nacht en slaap slecht.")
        assert told.note.startswith("Wat fijn dat je dit deelt")
        intake.rewrite(work, noor, sent.post_id, Words(body="Ik slaap slecht door scrollen.", title="Slapen"))
    with begin() as work:
        review = the_review(work, sent.post_id)
        assert review.kind is ReviewKind.REWORDED
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).state is PostState.PUBLISHED


@pytest.mark.parametrize(
    ("verdict", "field"),
    [
        (Verdict(action=Action.DECLINE, note="x" * 30), "reason"),
        (Verdict(action=Action.DECLINE, reason="numbers", note="te kort"), "note"),
        (Verdict(action=Action.HOLD, reason="needs_contact_first", note=""), "note"),
        (Verdict(action=Action.APPROVE_WITH_NOTES), "content_notes"),
        (Verdict(action=Action.APPROVE_WITH_NOTES, content_notes=("eating", "grief", "death")), "content_notes"),
        (Verdict(action=Action.CLOSE), "action"),
    ],
)
def test_a_decision_that_is_not_complete_is_refused_by_field(begin, group, people, verdict, field) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    with pytest.raises(InvalidError) as refused:
        decide_on(begin, esra, sent, verdict)
    assert field in refused.value.errors
    with begin() as work:
        assert the_review(work, sent.post_id).state is ReviewState.OPEN


def test_a_note_of_template_words_only_is_not_a_personal_note(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        found = intake.content.content(work.settings.config_dir)
    template = next(one for one in found.templates.values() if one.action is Action.ASK_REWORD)
    with pytest.raises(InvalidError) as refused:
        copied = template.text["nl"].replace("{personal}", "")
        decide_on(begin, esra, sent, Verdict(action=Action.ASK_REWORD, reason=template.reasons[0], note=copied))
    assert refused.value.errors == {"note": "note_too_short"}


@pytest.mark.parametrize(
    "nothing",
    ["a" * 25, "ha" * 20, "dank " * 8, "\u3164" * 30, "\u2800 " * 30, "Dank je\u200b" + "\u3164" * 30, "." * 30],
)
def test_a_note_that_says_nothing_is_not_a_personal_note(begin, group, people, nothing) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        found = intake.content.content(work.settings.config_dir)
    reason = next(one.code for one in found.reasons.values() if Action.ASK_REWORD in one.actions)
    with pytest.raises(InvalidError) as refused:
        decide_on(begin, esra, sent, Verdict(action=Action.ASK_REWORD, reason=reason, note=nothing))
    assert refused.value.errors["note"] in {"note_too_short", "empty"}
    with begin() as work:
        assert the_review(work, sent.post_id).state is ReviewState.OPEN
    decide_on(begin, esra, sent, Verdict(action=Action.ASK_REWORD, reason=reason, note="Wat goed dat je dit zegt."))


def test_a_crisis_text_shows_help_before_anybody_looked_and_tops_the_queue(begin, group, people) -> None:
    noor, sem, esra = people
    send(begin, sem, group, "Wie heeft een tip tegen verveling?")
    sent = send(begin, noor, group, "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen.")
    assert sent.help_now
    with begin() as work:
        top = queue.waiting(work, esra).rows[0]
        assert top.severity >= Severity.HIGH
        assert outcomes.own_post(work, noor, sent.post_id).help_now
        item = queue.item(work, esra, top.id)
        for signal in item.assessment.signals:
            start, end = signal.span
            assert 0 <= start <= end <= len(item.text)


def test_withdrawing_a_crisis_post_never_withdraws_the_worry(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group, "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen.")
    with begin() as work:
        intake.withdraw(work, noor, sent.post_id)
    with begin() as work:
        row = queue.waiting(work, esra).rows[0]
        assert row.kind is ReviewKind.FOLLOW_UP
        assert queue.item(work, esra, row.id).actions == (Action.CLOSE,)
    decide_on(begin, esra, sent, Verdict(action=Action.CLOSE, internal_note="Gebeld, is veilig."))
    with begin() as work:
        assert queue.waiting(work, esra).rows == []


def test_a_raised_level_cancels_a_release_and_shows_help(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    with begin(NOON + timedelta(seconds=4)) as work:
        set_severity(work, esra, the_review(work, sent.post_id), Severity.HIGH)
    assert release_all(begin) == 0
    with begin() as work:
        assert queue.waiting(work, esra).rows[0].severity is Severity.HIGH
        assert outcomes.own_post(work, noor, sent.post_id).help_now
        heard = select(OutboxEvent.name).where(OutboxEvent.kind == AudienceKind.MEMBER)
        assert "help" in work.session.scalars(heard).all()


def test_what_a_human_labelled_is_not_lowered_by_a_softer_text(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    with begin() as work:
        set_severity(work, esra, the_review(work, sent.post_id), Severity.HIGH)
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Alles gaat goed hoor.", title="Slapen"))
    with begin() as work:
        assert the_review(work, sent.post_id).severity is Severity.HIGH


def test_outside_opening_hours_a_text_is_kept_as_a_draft_and_help_is_shown(begin, people, group) -> None:
    noor, _, esra = people
    with begin() as work:
        work.session.merge(group.location).hours = [[0, 9 * 60, 17 * 60]]
    night = NOON + timedelta(hours=10)
    sent = send(begin, noor, group, "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen.", now=night)
    assert sent.draft
    assert sent.help_now
    with begin(night) as work:
        assert queue.waiting(work, esra).rows == []
        assert work.session.scalar(select(func.count()).select_from(Review)) == 0
        assert outcomes.own_post(work, noor, sent.post_id).state is PostState.DRAFT
    with begin(NOON + timedelta(days=7)) as work:
        again = intake.rewrite(work, noor, sent.post_id, Words(body="Ik wil toch praten.", title="Slapen"))
        assert not again.draft
        assert len(queue.waiting(work, esra).rows) == 1


def test_positions_stay_dense_and_a_withdrawn_post_keeps_its_place(begin, group, people) -> None:
    noor, sem, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    release_all(begin)
    replies = []
    for body in ("Herken ik.", "Ik ook.", "Sterkte."):
        with begin() as work:
            words = intake.accept_words(work, body)
            replies.append(intake.reply(work, sem, group.id, sent.thread_id, PostType.TIP, words))
    for one in reversed(replies):
        decide_on(begin, esra, one)
    release_all(begin)
    with begin() as work:
        intake.withdraw(work, sem, replies[1].post_id)
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        page = reading.page_of(work, noor, thread, 1)
        assert [post.position for post in page.posts] == [1, 2, 3, 4]
        gone = next(post for post in page.posts if post.state is PostState.WITHDRAWN)
        assert gone.body == ""


def test_a_published_post_keeps_its_words_until_a_human_read_the_new_ones(begin, group, people) -> None:
    noor, sem, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Nieuwe woorden.", title="Slapen lukt weer"))
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        assert reading.page_of(work, sem, thread, 1).posts[0].body == "Ik scrol elke nacht en slaap slecht."
    decide_on(begin, esra, sent, KIND)
    with begin() as work:
        assert outcomes.own_post(work, noor, sent.post_id).state is PostState.PUBLISHED
        intake.rewrite(work, noor, sent.post_id, Words(body="Andere woorden.", title="Slapen lukt weer"))
    decide_on(begin, esra, sent)
    release_all(begin, SOON + timedelta(minutes=1))
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        assert reading.page_of(work, sem, thread, 1).posts[0].body == "Andere woorden."
        assert work.unseal(thread, "title") == "Slapen lukt weer"


def test_a_clinician_answers_under_the_own_name_and_can_take_it_back(begin, group, people) -> None:
    noor, sem, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        words = intake.accept_words(work, "Dank je dat je dit vertelt.")
        kept = answers.answer(work, esra, group.id, sent.thread_id, words)
    with begin() as work:
        taken_back = answers.answer(work, esra, group.id, sent.thread_id, words)
    with begin() as work:
        undo(work, esra, taken_back.id)
    assert release_all(begin) == 1
    with begin() as work:
        thread = work.session.get_one(Thread, sent.thread_id)
        shown = reading.page_of(work, sem, thread, 1).posts[-1]
        assert (shown.id, shown.alias, shown.badge) == (kept.post_id, "Esra", "behandelaar")
        assert queue.waiting(work, esra).rows == []


def test_a_clinician_of_another_location_finds_nothing(begin, group, people) -> None:
    noor, _, _ = people
    sent = send(begin, noor, group)
    with begin() as work:
        stranger = a_clinician(work, a_location(work, "Zuidhaven"), "Mark")
        review = the_review(work, sent.post_id)
        assert queue.waiting(work, stranger).rows == []
        for attempt in (
            lambda: queue.item(work, stranger, review.id),
            lambda: decide(work, stranger, review.id, review.version, Verdict(action=Action.APPROVE)),
            lambda: set_severity(work, stranger, review, Severity.LOW),
        ):
            with pytest.raises(NotFoundError):
                attempt()


def test_a_thread_that_was_locked_meanwhile_refuses_the_reply(begin, group, people) -> None:
    noor, sem, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        work.session.get_one(Thread, sent.thread_id).locked_at = NOON
    with begin() as work, pytest.raises(NotAllowedError) as refused:
        intake.reply(work, sem, group.id, sent.thread_id, PostType.TIP, Words(body="Te laat"))
    assert refused.value.code == "thread_locked"


def test_every_decision_leaves_one_entry_and_no_words(begin, group, people) -> None:
    noor, _, esra = people
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent)
    release_all(begin)
    with begin() as work:
        entries = work.session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert [entry.action for entry in entries] == ["post_sent", "decide_approve", "post_released"]
        assert "scrol" not in str([entry.facts for entry in entries])
        assert work.session.get_one(Post, sent.post_id).visible
