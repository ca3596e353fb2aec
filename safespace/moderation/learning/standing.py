"""What was learned at a location, as it stands: which models there are, why, and taking one back by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError
from safespace.kernel.work import Work
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.models import LearnedModel, LearningRound, ModelState
from safespace.moderation.learning.rounds import retire_live
from safespace.moderation.rows import own_locations
from safespace.policy.roles import ANONYMOUS, Actor


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One question at one location. `outcome` is what the last round came to, "" when there was none yet."""

    location: str
    head: Head
    version: str
    live_at: datetime | None
    figures: dict[str, Any]
    outcome: str
    decisions: int
    positives: int
    due_at: datetime | None
    paused: bool


def standing(work: Work, actor: Actor) -> list[Standing]:
    """Give what was learned at the locations of this clinician; NotFoundError to anybody else."""
    return _standing(work, own_locations(actor))


def _standing(work: Work, locations: list[UUID]) -> list[Standing]:
    live = {
        (row.location_id, row.head): row
        for row in work.session.execute(
            sa.select(
                LearnedModel.location_id,
                LearnedModel.head,
                LearnedModel.version,
                LearnedModel.live_at,
                LearnedModel.figures,
            ).where(LearnedModel.state == ModelState.LIVE, LearnedModel.location_id.in_(locations))
        )
    }
    rows = work.session.execute(
        sa.select(Location.id, Location.name, LearningRound)
        .outerjoin(LearningRound, LearningRound.location_id == Location.id)
        .where(Location.id.in_(locations))
        .order_by(Location.name)
    ).all()
    found = []
    for location_id, name, turn in rows:
        for head in Head:
            told = {} if turn is None else turn.told.get(head.value) or turn.told.get("") or {}
            model = live.get((location_id, head))
            found.append(
                Standing(
                    location=name,
                    head=head,
                    version="" if model is None else model.version,
                    live_at=None if model is None else model.live_at,
                    figures={} if model is None else model.figures,
                    outcome=told.get("outcome", ""),
                    decisions=told.get("decisions", 0),
                    positives=told.get("positives", 0),
                    due_at=None if turn is None else turn.due_at,
                    paused=turn is not None and turn.due_at is None,
                )
            )
    return found


def all_models(work: Work) -> list[tuple[str, LearnedModel]]:
    """Give every model that is kept, with its location, for whoever runs the service."""
    rows = work.session.execute(
        sa.select(Location.name, LearnedModel)
        .join(LearnedModel, LearnedModel.location_id == Location.id)
        .order_by(Location.name, LearnedModel.head, LearnedModel.made_at.desc(), LearnedModel.id)
    )
    return [(row.name, row.LearnedModel) for row in rows]


def roll_back(work: Work, location_id: UUID, head: Head, actor: Actor = ANONYMOUS) -> LearnedModel | None:
    """Take the model in use back and use the one before it, when there is one; otherwise the rules read alone.

    Nothing new is learned here by itself until a human asks for it: the next night would make nearly the same model.
    Raises ConflictError (`not_offered`) when none is in use.
    """
    gone = retire_live(work, location_id, head, ModelState.ROLLED_BACK)
    if gone is None:
        raise ConflictError("not_offered")
    before = work.session.scalar(
        sa.select(LearnedModel)
        .where(
            LearnedModel.location_id == location_id,
            LearnedModel.head == head,
            LearnedModel.state == ModelState.EARLIER,
        )
        .order_by(LearnedModel.live_at.desc(), LearnedModel.id)
        .limit(1)
    )
    if before is not None:
        before.state, before.live_at = ModelState.LIVE, work.now
    turn = work.session.get(LearningRound, location_id)
    if turn is None:
        turn = LearningRound(location_id=location_id)
        work.session.add(turn)
    turn.due_at = None
    log.record(
        work,
        actor,
        "learned_rolled_back",
        location_id=location_id,
        on=("learned_model", gone),
        head=head.value,
        version="" if before is None else before.version,
    )
    return before
