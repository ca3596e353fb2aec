"""An author who is not safe says so in the moment that a colleague closes the worry: it is heard all the same."""

import threading
from datetime import timedelta

import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis import escalations, talk
from safespace.crisis.models import Alarm, Escalation
from safespace.kernel.refusals import ConflictError
from safespace.moderation import assessing, decisions, intake, safety, taking_up, talking
from safespace.moderation.models import Action, Review, ReviewState
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType, Words

NOT_SAFE = "Ben je nu veilig? Nee"
CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
A_WHILE = 1.0  # seconds in which a colleague would be through who does not have to wait


@pytest.fixture
def unit(engine, tmp_path, settings, keys):
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        yield begin


def answers(work, noor, worry):
    safety.answer_safety(work, noor, worry.post_id, "no", said=NOT_SAFE)


def writes(work, noor, worry):
    talking.say(work, noor, worry.id, CRISIS)


@pytest.mark.parametrize(
    ("says", "words", "module", "reads"),
    [(answers, NOT_SAFE, talking, "call"), (writes, CRISIS, assessing, "assess_words")],
)
def test_a_crisis_said_while_a_colleague_closes_rings_in_a_talk_that_is_open(
    unit, monkeypatch, says, words, module, reads
) -> None:
    with unit() as work:
        group = a_group(work, a_location(work))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(body="Slecht.", title="Nacht"))
    with unit() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        worry = taking_up.take_up(work, esra, review, 2, "")
    begun, closed = threading.Event(), threading.Event()
    original = getattr(module, reads)

    def slowly(*args, **kwargs):
        begun.set()
        closed.wait(A_WHILE)
        return original(*args, **kwargs)

    def close() -> None:
        begun.wait(10)
        closing = escalations.Closing(
            outcome="contact_safe",
            note="Goed.",
            note_to_author="Fijn.",
            check_back_on=(NOON + timedelta(days=1)).date(),
            seen_version=worry.version,
        )
        try:
            with unit() as work:
                talking.close(work, esra, worry.id, closing)
        except ConflictError:
            pass
        closed.set()

    monkeypatch.setattr(module, reads, slowly)
    colleague = threading.Thread(target=close)
    colleague.start()
    with unit() as work:
        says(work, noor, worry)
    colleague.join()
    with unit() as work:
        open_now = work.session.scalars(select(Escalation).where(Escalation.closed_at.is_(None))).one()
        assert open_now.level == escalations.CRISIS
        alarm = work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))).one()
        assert alarm.subject_id == open_now.id
        assert [one.words for one in talk.lines(work, noor, open_now.id)] == [words]


def test_a_post_that_is_held_while_a_colleague_closes_the_worry_waits_for_a_decision_again(unit) -> None:
    with unit() as work:
        group = a_group(work, a_location(work))
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
        jeroen = a_clinician(work, group.location, "Jeroen")
        sent = intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(body="Slecht.", title="Nacht"))
    with unit() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        worry = taking_up.take_up(work, esra, review, 1, "")
    held = threading.Event()

    def close() -> None:
        held.wait(10)
        closing = escalations.Closing(
            outcome="contact_safe",
            note="Goed.",
            note_to_author="Fijn.",
            check_back_on=(NOON + timedelta(days=1)).date(),
        )
        with unit() as work:
            talking.close(work, esra, worry.id, closing)

    colleague = threading.Thread(target=close)
    colleague.start()
    with unit() as work:
        verdict = Verdict(action=Action.HOLD, reason="needs_contact_first", note="Ik wil eerst even met je praten.")
        decisions.decide(work, jeroen, review.id, review.version, verdict, goes_on=True)
        taking_up.take_up(work, jeroen, work.session.get_one(Review, review.id), 1, "")
        work.session.flush()
        held.set()
        threading.Event().wait(A_WHILE)
    colleague.join()
    with unit() as work:
        assert work.session.scalars(select(Escalation).where(Escalation.closed_at.is_(None))).all() == []
        assert work.session.get_one(Review, review.id).state is ReviewState.OPEN
