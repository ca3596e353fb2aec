"""Small stories of what the state machine found: each once broke a promise."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis import ringing
from safespace.crisis.models import Alarm
from safespace.groups.models import Group
from safespace.moderation import hiding, intake, labels, outcomes, release, reports, safety, talking
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, FollowUp, ReportKind, Review, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads import reading
from safespace.threads.models import Post, PostState, PostType

HOUR = timedelta(hours=1)


@pytest.fixture
def post(begin):
    """What Otter wrote, in a group where Esra reads along."""
    with begin() as work:
        group = a_group(work, a_location(work))
        otter, esra = a_youth(work, group), a_clinician(work, group.location)
        words = intake.accept_words(work, "Ik slaap slecht.", title="Nachten")
        sent = intake.open_thread(work, otter, group.id, PostType.EXPERIENCE, words)
        return otter, esra, sent.post_id


def answers_no(begin, otter, post_id, when):
    """Otter answers the question again; gives whether anything rings after it."""
    with begin(when) as work:
        safety.answer_safety(work, otter, post_id, "no", said="Ben je nu veilig? Nee")
    with begin(when) as work:
        return work.session.scalars(select(Alarm)).one().acknowledged_at is None


def test_not_safe_again_rings_again_although_somebody_once_took_it_up(begin, post) -> None:
    """The second answer came to an open crisis that was answered long before, and nobody heard it."""
    otter, esra, post_id = post
    assert answers_no(begin, otter, post_id, NOON)
    with begin(NOON + timedelta(minutes=2)) as work:
        ringing.acknowledge(work, esra, work.session.scalars(select(Alarm.id)).one())
    assert not answers_no(begin, otter, post_id, NOON + timedelta(minutes=3))  # Esra is at it
    assert answers_no(begin, otter, post_id, NOON + 30 * HOUR)


def test_not_safe_again_rings_nobody_while_staff_is_talking(begin, post) -> None:
    otter, esra, post_id = post
    assert answers_no(begin, otter, post_id, NOON)
    with begin(NOON + HOUR) as work:
        alarm = work.session.scalars(select(Alarm)).one()
        ringing.acknowledge(work, esra, alarm.id)
        talking.say(work, esra, alarm.subject_id, "Ik ben er, waar ben je nu?")
    assert not answers_no(begin, otter, post_id, NOON + HOUR + timedelta(minutes=10))


NOTE = "Dank je wel dat je dit zo eerlijk hebt opgeschreven."


def placed_and_changed(begin, otter, esra, post_id):
    """The group sees what Otter wrote; a change of it waits."""
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + HOUR) as work:
        release.release_due(work)
    with begin(NOON + HOUR) as work:
        words = intake.accept_words(work, "Ik slaap nu beter, en dit is een heel verhaal.", title="Nachten")
        intake.rewrite(work, otter, post_id, words)


def test_an_author_keeps_the_words_of_a_change_when_the_post_is_hidden(begin, post) -> None:
    """They were nowhere to be read any more, although nobody had even decided about them."""
    otter, esra, post_id = post
    placed_and_changed(begin, otter, esra, post_id)
    with begin(NOON + 2 * HOUR) as work:
        hiding.hide(work, esra, post_id, Verdict(action=Action.HIDE, reason="numbers", note=NOTE))
    with begin(NOON + 2 * HOUR) as work:
        told = outcomes.own_post(work, otter, post_id)
        assert told.body == "Ik slaap slecht."
        assert told.unplaced == "Nachten\n\nIk slaap nu beter, en dit is een heel verhaal."


@pytest.mark.parametrize("action", [Action.DECLINE, Action.ASK_REWORD])
def test_an_author_keeps_the_words_of_a_change_that_is_not_placed(begin, post, action) -> None:
    otter, esra, post_id = post
    placed_and_changed(begin, otter, esra, post_id)
    with begin(NOON + 2 * HOUR) as work:
        assert outcomes.own_post(work, otter, post_id).unplaced == ""  # it waits, and is what is shown
        review = work.session.scalars(select(Review).where(Review.state != ReviewState.CLOSED)).one()
        decide(work, esra, review.id, review.version, Verdict(action=action, reason="numbers", note=NOTE))
    with begin(NOON + 2 * HOUR) as work:
        assert "een heel verhaal" in outcomes.own_post(work, otter, post_id).unplaced


def test_a_crisis_that_comes_back_after_it_was_closed_rings(begin, post) -> None:
    """It had been a crisis before, so saying so again counted as no change, and nobody heard."""
    _, esra, post_id = post
    for hours, action in ((0, Action.DECLINE), (1, None)):
        with begin(NOON + hours * HOUR) as work:
            review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
            labels.set_severity(work, esra, review.id, review.version, Severity.CRISIS)
            assert work.session.scalars(select(Alarm)).one().acknowledged_at is None
            if action is not None:
                verdict = Verdict(action=action, reason="numbers", note=NOTE, follow_up=FollowUp.MESSAGE)
                decide(work, esra, review.id, review.version, verdict)


@pytest.mark.parametrize("action", [Action.HOLD, Action.CLOSE])
def test_words_taken_out_of_the_group_stay_out_of_it_when_a_report_about_them_is_answered(begin, post, action) -> None:
    """Seeking contact with the author made a hidden post a held one, and the group could read it again."""
    otter, esra, post_id = post
    placed_and_changed(begin, otter, esra, post_id)
    with begin(NOON + 2 * HOUR) as work:
        vos = a_youth(work, work.session.scalars(select(Group)).one(), "Snelle Vos")
        hiding.hide(work, esra, post_id, Verdict(action=Action.HIDE, reason="numbers", note=NOTE))
        reports.report(work, vos, post_id, ReportKind.WORRIED, choice="not_well")
        review = work.session.scalars(select(Review).where(Review.state != ReviewState.CLOSED)).one()
        verdict = Verdict(
            action=action, reason="needs_contact_first", note=NOTE, answer="Dank je wel, we kijken ernaar."
        )
        decide(work, esra, review.id, review.version, verdict)
    with begin(NOON + 2 * HOUR) as work:
        shown = work.session.get_one(Post, post_id)
        assert shown.state is PostState.HIDDEN
        _, thread = reading.obtain_thread(work, vos, shown.group_id, shown.thread_id)
        assert [view.body for view in reading.page_of(work, vos, thread, 1).posts] == [""]
