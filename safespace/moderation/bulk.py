"""Approving a few calm posts at once: each was opened by the same clinician and gets a decision of its own."""

from uuid import UUID

import sqlalchemy as sa

from safespace.kernel.refusals import InvalidError
from safespace.kernel.work import Work
from safespace.moderation import assessing, decisions, training
from safespace.moderation.models import Action, Decision, Review, ReviewView
from safespace.moderation.rows import BULK_LEVEL, PLAIN
from safespace.moderation.verdicts import Verdict
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor

MOST = 10


def check_count(chosen: int, typed: int) -> None:
    """Raise InvalidError unless there are one to ten, and whoever chose them says how many there are."""
    if not 1 <= chosen <= MOST:
        raise InvalidError(count="bulk_count")
    if chosen != typed:
        raise InvalidError(count="bulk_typed")


def approve_one(work: Work, actor: Actor, review_id: UUID, seen_version: int) -> Decision:
    """Approve one of several; raises what `decide` raises, and InvalidError.

    Its codes, for `action`: `bulk_practise`, `bulk_too_heavy`, `bulk_not_opened`.
    """
    review, _, group = decisions.obtain_review(work, actor, review_id, Permission.REVIEW)
    if training.is_needed(work, actor, group.location_id):
        raise InvalidError(action="bulk_practise")
    if not _is_calm(work, review):
        raise InvalidError(action="bulk_too_heavy")
    opened = sa.exists().where(
        ReviewView.review_id == review_id,
        ReviewView.account_id == actor.account_id,
        ReviewView.version == seen_version,
    )
    if not work.session.scalar(sa.select(opened)):
        raise InvalidError(action="bulk_not_opened")
    return decisions.decide(work, actor, review_id, seen_version, Verdict(action=Action.APPROVE))


def _is_calm(work: Work, review: Review) -> bool:
    found = assessing.stored(work, review)
    worst = max((review.rank, review.engine_rank, *(signal.severity.rank for signal in found.signals)))
    return worst <= BULK_LEVEL.rank and found.assessed and not review.blind and review.kind in PLAIN
