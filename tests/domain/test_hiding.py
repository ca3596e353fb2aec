"""Hiding a post from its conversation: how soon somebody looks and what its author needs are answered there too."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_youth
from sqlalchemy import select

from safespace.crisis.models import Alarm
from safespace.kernel.refusals import InvalidError
from safespace.moderation import follow_ups, hiding, intake, outcomes, release
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Decision, FollowUp, Review
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType, Words

NOTE = "Ik lees hoe zwaar het is, en ik wil graag even met je praten."
SOON = NOON + timedelta(seconds=30)


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group), a_clinician(work, group.location), a_clinician(work, group.location, "Jeroen")


@pytest.fixture
def shown(begin, group, people):
    """A post that the group sees."""
    with begin() as work:
        sent = intake.open_thread(
            work, people[0], group.id, PostType.EXPERIENCE, Words(body="Het gaat niet zo goed.", title="Mijn week")
        )
        review = work.session.scalars(select(Review)).one()
        decide(work, people[1], review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(SOON) as work:
        assert release.release_due(work) == 1
    return sent.post_id


def hide(begin, people, post_id, **answers):
    with begin(SOON) as work:
        verdict = Verdict(action=Action.HIDE, reason="suicide_promotion", note=NOTE, **answers)
        return hiding.hide(work, people[1], post_id, verdict)


def test_what_the_author_still_needs_is_on_the_list_until_a_human_closes_it(begin, people, shown) -> None:
    decision = hide(begin, people, shown, follow_up=FollowUp.OWN_CLINICIAN, severity=Severity.MEDIUM)
    with begin(SOON) as work:
        (one,) = follow_ups.open_follow_ups(work, people[2])
        assert (one.follow_up, one.severity, one.review_id) == (
            FollowUp.OWN_CLINICIAN,
            Severity.MEDIUM,
            decision.review_id,
        )
        made = work.session.get_one(Decision, decision.id)
        assert (made.was_rank, made.was_follow_up, made.chosen_rank) == (0, "none", Severity.MEDIUM.rank)


def test_a_level_of_high_asks_for_somebody_who_turns_to_the_author(begin, people, shown) -> None:
    with pytest.raises(InvalidError) as refused:
        hide(begin, people, shown, severity=Severity.HIGH)
    assert refused.value.errors == {"follow_up": "follow_up_needed"}
    hide(begin, people, shown, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE)
    with begin(SOON) as work:
        assert outcomes.own_post(work, people[0], shown).help_now


def test_the_help_card_stays_when_what_was_needed_is_done(begin, people, shown) -> None:
    decision = hide(begin, people, shown, severity=Severity.HIGH, follow_up=FollowUp.MESSAGE)
    with begin(SOON) as work:
        follow_ups.close_follow_up(work, people[2], decision.review_id, "Gesproken.")
    with begin(SOON) as work:
        assert outcomes.own_post(work, people[0], shown).help_now


@pytest.mark.parametrize("answers", [{"severity": Severity.CRISIS}, {}])
def test_a_crisis_rings(begin, people, shown, answers) -> None:
    hide(begin, people, shown, follow_up=FollowUp.CRISIS, **answers)
    with begin(SOON) as work:
        assert work.session.scalars(select(Alarm)).one().acknowledged_at is None


def test_a_hidden_post_of_high_has_its_help_card(begin, people, shown) -> None:
    with begin(SOON) as work:
        work.session.scalars(select(Review)).one().rank = Severity.HIGH.rank
    hide(begin, people, shown)
    with begin(SOON) as work:
        assert outcomes.own_post(work, people[0], shown).help_now
