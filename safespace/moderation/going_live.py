"""Going live: what waits in a group is read within the norm of its live hour, and by the usual norms once that ends."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis.models import Escalation
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import norms
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.learning.models import Label
from safespace.moderation.models import Action, Decision, Report, Review, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor
from safespace.roster import live_hours
from safespace.roster.models import LiveHour


def go_live(work: Work, actor: Actor, group_id: UUID, minutes: int) -> LiveHour:
    """Open a live hour; raises as live_hours.open_live_hour does. What waits longer than the live norm is due by it."""
    live = live_hours.open_live_hour(work, actor, group_id, minutes)
    soon = work.now + live_hours.NORM
    work.session.execute(
        sa.update(Review)
        .where(*_waits_by_norm(group_id), Review.due_at > soon)
        .values(due_at=soon)
        .execution_options(synchronize_session=False)
    )
    ring_staff(work, "queue_changed", group_id, group_id)
    return live


def end_live(work: Work, actor: Actor, group_id: UUID) -> bool:
    """Close the live hour of a group, with its norm; gives whether there was one."""
    closed = live_hours.close_live_hour(work, actor, group_id)
    if closed:
        _by_usual_norms(work, group_id)
    return closed


def end_due(work: Work) -> int:
    """Close the live hours that have come to their end, with their norm; gives how many. For the clock."""
    ended = live_hours.close_due(work)
    for group_id in ended:
        _by_usual_norms(work, group_id)
    return len(ended)


def _waits_by_norm(group_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """Say of an item that it waits by a norm; one about an earlier decision has a term of its own, live hour or not."""
    return Review.group_id == group_id, Review.state == ReviewState.OPEN, Review.about_id.is_(None)


def _by_usual_norms(work: Work, group_id: UUID) -> None:
    """Give what still waits in a group the time it has without a live hour, since its norm began; never less."""
    group = work.session.get_one(Group, group_id)
    waiting = sa.select(Review, _raised_in_a_decision(), *_began_anew()).where(*_waits_by_norm(group_id))
    held = waiting.order_by(Review.opened_at, Review.id).with_for_update(of=Review)
    for review, decided_at, *anew in work.session.execute(held).all():
        since = max(moment for moment in (review.opened_at, *anew) if moment is not None)
        usual = norms.due_at(work, group.location, review.severity, since)
        if decided_at is not None:  # the decision left it what it had, or less
            before = norms.due_at(work, group.location, Severity.of_rank(review.engine_rank), since)
            usual = max(usual, min(before, norms.due_at(work, group.location, review.severity, decided_at)))
        review.due_at = usual if review.due_at is None else max(usual, review.due_at)
    ring_staff(work, "queue_changed", group_id, group_id)


def _raised_in_a_decision() -> sa.ScalarSelect[Any]:
    """Give when a decision that left a review open raised its level to what it is now, or None."""
    raised = (Decision.chosen_rank == Review.rank, Decision.was_rank < Review.rank)
    decided = sa.select(sa.func.min(Decision.at)).where(Decision.review_id == Review.id, *raised)
    return decided.correlate(Review).scalar_subquery()


def _began_anew() -> tuple[sa.ScalarSelect[Any], ...]:
    """Give the moments at which the norm of a review began anew, or None.

    A human raised its level to what it is now; or contact with its author ended, or somebody told more meanwhile.
    """

    def after_contact(moment: Any, *where: Any) -> sa.ScalarSelect[Any]:
        sought = (Decision.review_id == Review.id, Decision.action == Action.HOLD, Decision.at <= moment)
        return sa.select(sa.func.max(moment)).where(*where, *sought).correlate(Review).scalar_subquery()

    raised = sa.select(sa.func.min(Label.at)).where(
        Label.review_id == Review.id, Label.rank == Review.rank, Review.rank > Review.engine_rank
    )
    return (
        raised.correlate(Review).scalar_subquery(),
        after_contact(Escalation.closed_at, Escalation.post_id == Review.post_id),
        after_contact(Report.at, Report.review_id == Review.id),
    )
