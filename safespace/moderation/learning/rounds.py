"""A round of learning at one location: when it is due, what it takes along, and what becomes of what it made.

Each location learns from its own decisions alone. A model holds words that young people wrote there, and shows them as
reasons; clinicians of another location may not read those, and decide about other groups.
"""

import json
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from safespace.audit import log as audit
from safespace.groups.models import Location
from safespace.kernel.work import Work
from safespace.moderation.learning import suggestions
from safespace.moderation.learning.applying import raises_at
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.lessons import lessons_of
from safespace.moderation.learning.models import LearnedModel, LearningRound, ModelState
from safespace.policy.roles import ANONYMOUS, Actor

HOUR, MINUTE = 3, 30
AGAIN_AFTER = timedelta(hours=1)
KEPT = 6
DAY = 86_400.0
log = logging.getLogger(__name__)


def next_night(now: datetime, zone: str) -> datetime:
    """Give the next half past three at night, by the clock of the clinic."""
    here = now.astimezone(ZoneInfo(zone))
    night = here.replace(hour=HOUR, minute=MINUTE, second=0, microsecond=0)
    return (night if night > here else night + timedelta(days=1)).astimezone(now.tzinfo)


def unplanned(work: Work) -> list[UUID]:
    """Give the locations that never learned and have no night for it yet."""
    known = sa.exists().where(LearningRound.location_id == Location.id)
    return list(work.session.scalars(sa.select(Location.id).where(~known).order_by(Location.id)))


def plan(work: Work) -> None:
    """Give every location a night; doing it twice changes nothing."""
    for location_id in unplanned(work):
        work.session.add(LearningRound(location_id=location_id, due_at=next_night(work.now, work.settings.time_zone)))


def due(work: Work) -> list[tuple[UUID, datetime]]:
    """Give what is to be learned now, with the moment it was due, by which only one finishes it."""
    rows = work.session.execute(
        sa.select(LearningRound.location_id, LearningRound.due_at)
        .where(LearningRound.due_at <= work.now)
        .order_by(LearningRound.due_at, LearningRound.location_id)
    )
    return [(row.location_id, row.due_at) for row in rows]


def homework(work: Work, location_id: UUID) -> dict[str, Any]:
    """Give all that fitting needs, as plain values: texts with their answers, authors as numbers, what is live now."""
    lessons = lessons_of(work, location_id)
    now = live_models(work, location_id)
    return {
        "rules": str(work.settings.config_dir / "risk"),
        "today": work.now.date().isoformat(),
        "lessons": [
            {
                "text": one.text,
                "author": one.author,
                "age_days": max(0.0, (work.now - one.at).total_seconds() / DAY),
                "answers": {head.value: answer for head, answer in one.answers.items()},
                "raised": one.raised,
            }
            for one in lessons
        ],
        "heads": {head.value: _in_use(work, now.get(head)) for head in Head},
    }


def live_models(work: Work, location_id: UUID) -> dict[Head, LearnedModel]:
    """Give the models that are in use at a location."""
    rows = work.session.scalars(
        sa.select(LearnedModel).where(LearnedModel.location_id == location_id, LearnedModel.state == ModelState.LIVE)
    )
    return {row.head: row for row in rows}


def finish(
    work: Work, location_id: UUID, answer: dict[str, Any], *, seen: datetime | None = None, actor: Actor = ANONYMOUS
) -> bool:
    """Keep what a round made and plan the next one. `seen` is when it was due: whoever comes second changes nothing.

    A round that failed is tried again within the hour; without scikit-learn the log says so once a night.
    """
    failed = answer.get("failed")
    again = work.now + AGAIN_AFTER if failed else next_night(work.now, work.settings.time_zone)
    if not _take(work, location_id, seen, again, _told(answer), learned="heads" in answer):
        return False
    if failed:
        log.error("learning failed", extra={"event": "learning", "kind": failed})
    elif answer.get("missing"):
        log.warning("nothing learned: scikit-learn is not installed (extra: learning)", extra={"event": "learning"})
    else:
        for head in Head:
            _keep(work, actor, location_id, head, answer["heads"][head.value])
        suggestions.keep_found(work, location_id, answer["phrases"])
    return True


def _take(
    work: Work, location_id: UUID, seen: datetime | None, again: datetime, told: dict[str, Any], *, learned: bool
) -> bool:
    """Plan the next round. Where a model was taken out nothing is planned, and a round that made none leaves it so."""
    planned: datetime | None = again
    row = work.session.get(LearningRound, location_id, with_for_update=True)
    if row is None:
        row = LearningRound(location_id=location_id)
        work.session.add(row)
    elif seen is not None and row.due_at != seen:
        return False
    elif row.due_at is None and not learned:
        planned = None
    row.due_at, row.done_at, row.told = planned, work.now, told
    work.session.flush()
    return True


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    """Keep what a round came to without a word of it: codes and counts."""
    if "heads" not in answer:
        return {"": {"outcome": "missing" if answer.get("missing") else "failed"}}
    shown = ("outcome", "decisions", "positives")
    return {head: {name: found[name] for name in shown} for head, found in answer["heads"].items()}


def _keep(work: Work, actor: Actor, location_id: UUID, head: Head, found: dict[str, Any]) -> None:
    if "model" not in found:
        return
    goes_live = found["outcome"] == "live"
    if goes_live:
        retire_live(work, location_id, head, ModelState.EARLIER)
    row = LearnedModel(
        location_id=location_id,
        head=head,
        version=found["model"]["version"],
        state=ModelState.LIVE if goes_live else ModelState.REFUSED,
        decisions=found["decisions"],
        positives=found["positives"],
        figures=found["figures"],
        why="" if goes_live else found["outcome"],
        made_at=work.now,
        live_at=work.now if goes_live else None,
    )
    work.seal(row, "numbers", json.dumps(found["model"]))
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        actor,
        "learned_live" if goes_live else "learned_refused",
        location_id=location_id,
        on=("learned_model", row.id),
        head=head.value,
        version=row.version,
        why=row.why,
        decisions=row.decisions,
    )
    _forget_old(work, location_id, head)


def retire_live(work: Work, location_id: UUID, head: Head, state: ModelState) -> UUID | None:
    """Take the model in use out of use, before another comes; give which one it was."""
    row = live_models(work, location_id).get(head)
    if row is None:
        return None
    row.state = state
    work.session.flush()
    return row.id


def _forget_old(work: Work, location_id: UUID, head: Head) -> None:
    """Keep the model in use, the one before it and the last few: older ones hold words of people who may be gone."""
    others = work.session.execute(
        sa.select(LearnedModel.id, LearnedModel.state)
        .where(
            LearnedModel.location_id == location_id, LearnedModel.head == head, LearnedModel.state != ModelState.LIVE
        )
        .order_by(LearnedModel.made_at.desc(), LearnedModel.id)
    ).all()
    back = next((one.id for one in others if one.state is ModelState.EARLIER), None)
    old = [one.id for one in others[KEPT:] if one.id != back]
    if old:
        work.session.execute(sa.delete(LearnedModel).where(LearnedModel.id.in_(old)))


def _in_use(work: Work, row: LearnedModel | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"model": json.loads(work.unseal(row, "numbers")), "raises_at": raises_at(row.figures)}
