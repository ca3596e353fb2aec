"""The blind sample: on a few items the engine's signals stay hidden until a human decided, to measure it honestly.

The engine's level still orders the queue, so nothing waits longer for it, and crisis is never blind.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.groups.models import Group, Location
from safespace.kernel.work import Work
from safespace.moderation.models import Action, Decision, Review, ReviewState
from safespace.moderation.risk.assessment import Severity

CONCERN = Severity.MEDIUM
NOT_AS_IT_WAS = frozenset({Action.ASK_REWORD, Action.REDACT, Action.DECLINE, Action.HOLD})


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Blind items that were decided: `levels` counts (engine's level, human's level) where a human set one.

    A concern is a level of medium or more; where no human set a level, a human's concern is any decision but placing.
    """

    levels: dict[tuple[Severity, Severity], int]
    both: int
    engine_only: int
    human_only: int
    neither: int

    @property
    def total(self) -> int:
        """How many were compared."""
        return self.both + self.engine_only + self.human_only + self.neither


def is_blind(location: Location, review_id: UUID, severity: Severity) -> bool:
    """Say whether an item belongs to the sample: always the same answer for one item, and never for a crisis."""
    return severity is not Severity.CRISIS and review_id.int % 100 < location.blind_share


def hidden(review: Any) -> bool:
    """Say whether the signals and the level of a review, or of a row with its columns, stay hidden now."""
    waits = review.state is ReviewState.OPEN and review.rank < Severity.CRISIS.rank
    return bool(review.blind and not review.shown and waits)


def is_hidden() -> sa.ColumnElement[bool]:
    """Say the same as `hidden` in a question to the database."""
    waits = sa.and_(Review.state == ReviewState.OPEN, Review.rank < Severity.CRISIS.rank)
    return sa.and_(Review.blind, ~Review.shown, waits)


def figures(work: Work, locations: Sequence[UUID]) -> Figures:
    """Compare the engine with the humans on the blind items that were decided at these locations.

    The first decision about an item counts: whoever decides after it has seen the signals.
    """
    sooner = aliased(Decision)
    rows = work.session.execute(
        sa.select(Review.engine_rank, Review.human_rank, Decision.action, sa.func.count())
        .join(Decision, Decision.review_id == Review.id)
        .join(Group, Group.id == Review.group_id)
        .where(
            Review.blind,
            Group.location_id.in_(locations),
            Decision.undone_at.is_(None),
            ~sa.exists().where(
                sooner.review_id == Review.id,
                sooner.undone_at.is_(None),
                sa.or_(sooner.at < Decision.at, sa.and_(sooner.at == Decision.at, sooner.id < Decision.id)),
            ),
            Decision.action.in_([*NOT_AS_IT_WAS, Action.APPROVE, Action.APPROVE_WITH_NOTES]),
        )
        .group_by(Review.engine_rank, Review.human_rank, Decision.action)
    )
    levels: Counter[tuple[Severity, Severity]] = Counter()
    agreed: Counter[tuple[bool, bool]] = Counter()
    for engine_rank, human_rank, action, count in rows:
        engine = Severity.of_rank(engine_rank)
        concern = action in NOT_AS_IT_WAS
        if human_rank is not None:
            human = Severity.of_rank(human_rank)
            levels[engine, human] += count
            concern = human >= CONCERN
        agreed[engine >= CONCERN, concern] += count
    return Figures(
        levels=dict(levels),
        both=agreed[True, True],
        engine_only=agreed[True, False],
        human_only=agreed[False, True],
        neither=agreed[False, False],
    )
