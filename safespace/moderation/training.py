"""Practising on fictional posts: what a clinician chose, what colleagues chose, and whether that is enough."""

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.models import Action, TrainingAnswer
from safespace.moderation.risk.assessment import Profile, Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor
from safespace.policy.rules import require

_Ruling = aliased(Location)
CHOICES = (
    Action.APPROVE,
    Action.APPROVE_WITH_NOTES,
    Action.ASK_REWORD,
    Action.REDACT,
    Action.DECLINE,
    Action.HOLD,
)


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A fictional post with what colleagues choose, the expected choice first, and why, by language."""

    key: str
    profile: Profile
    text: str
    actions: tuple[Action, ...]
    severities: tuple[Severity, ...]
    why: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Course:
    """All exercises in their order; `needed` is on how many of them somebody must agree."""

    exercises: dict[str, Exercise]
    needed: int


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What somebody chose for one exercise, and whether both choices are among those of colleagues."""

    exercise: Exercise
    action: Action
    severity: Severity

    @property
    def action_agrees(self) -> bool:
        """Whether colleagues would decide the same."""
        return self.action in self.exercise.actions

    @property
    def severity_agrees(self) -> bool:
        """Whether colleagues would look as soon."""
        return self.severity in self.exercise.severities

    @property
    def agrees(self) -> bool:
        """Whether it counts as agreement."""
        return self.action_agrees and self.severity_agrees


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far somebody is; an exercise that was not answered is no agreement."""

    course: Course
    answered: dict[str, Answered]

    @property
    def agreed(self) -> int:
        """On how many exercises somebody agrees with colleagues."""
        return sum(one.agrees for one in self.answered.values())

    @property
    def next_key(self) -> str:
        """The first exercise that was not answered; "" when all were."""
        return next((key for key in self.course.exercises if key not in self.answered), "")

    @property
    def passed(self) -> bool:
        """Whether that is enough to decide for real."""
        return self.agreed >= self.course.needed

    @property
    def may_start_over(self) -> bool:
        """Whether a new round makes sense: all were answered, and it was not enough."""
        return not self.next_key and not self.passed


@lru_cache
def course(config: Path) -> Course:
    """Read the exercises of an installation; raises KeyError or ValueError when the file does not fit."""
    read = tomllib.loads((config / "training.toml").read_text(encoding="utf-8"))
    exercises = {
        row["key"]: Exercise(
            key=row["key"],
            profile=Profile(row["profile"]),
            text=row["text"],
            actions=tuple(Action(name) for name in row["actions"]),
            severities=tuple(Severity(name) for name in row["severities"]),
            why={language: row[f"why_{language}"] for language in ("nl", "en")},
        )
        for row in read["post"]
    }
    return Course(exercises=exercises, needed=math.ceil(len(exercises) * read["needed"] / 100))


def progress(work: Work, actor: Actor) -> Progress:
    """Give how far this clinician is; NotFoundError to everybody else."""
    require(actor, Permission.TRAIN, NOWHERE)
    return _progress(work, actor)


def answer(work: Work, actor: Actor, key: str, action: str, severity: str) -> Answered:
    """Keep what somebody chose. The first answer of a round counts; raises InvalidError by field."""
    require(actor, Permission.TRAIN, NOWHERE)
    exercise = course(work.settings.config_dir).exercises.get(key)
    if exercise is None or actor.account_id is None:
        raise NotFoundError
    errors = {}
    if action not in CHOICES:
        errors["action"] = "required" if not action else "unknown_choice"
    if severity not in set(Severity):
        errors["severity"] = "required" if not severity else "unknown_choice"
    if errors:
        raise InvalidError(**errors)
    earlier = _progress(work, actor).answered.get(key)
    if earlier is not None:
        return earlier
    chosen = Answered(exercise=exercise, action=Action(action), severity=Severity(severity))
    work.session.add(
        TrainingAnswer(
            account_id=actor.account_id, key=key, action=chosen.action, rank=chosen.severity.rank, at=work.now
        )
    )
    work.session.flush()
    return chosen


def start_over(work: Work, actor: Actor) -> None:
    """Begin a new round, once; raises ConflictError (`not_offered`) while a round goes on or was enough."""
    found = progress(work, actor)
    if found.answered and not found.may_start_over:
        raise ConflictError("not_offered")
    work.session.execute(sa.delete(TrainingAnswer).where(TrainingAnswer.account_id == actor.account_id))


def is_needed(work: Work, actor: Actor, location_id: UUID) -> bool:
    """Say whether this location asks for practice that the actor did not finish."""
    location = work.session.get_one(Location, location_id)
    return location.training_required and not _progress(work, actor).passed


def require_passed(work: Work, actor: Actor, location_id: UUID) -> None:
    """Raise NotAllowedError (`training_needed`) for who still has to practise before deciding at this location."""
    if is_needed(work, actor, location_id):
        raise NotAllowedError("training_needed")


def has_passed(work: Work, account_id: Any) -> sa.ColumnElement[bool]:
    """Say of an account, for a question, what `Progress.passed` says of who asks."""
    known = course(work.settings.config_dir)
    chosen = sa.tuple_(TrainingAnswer.key, TrainingAnswer.action, TrainingAnswer.rank)
    right = [
        (one.key, action, level.rank)
        for one in known.exercises.values()
        for action, level in product(one.actions, one.severities)
    ]
    agreed = sa.select(sa.func.count()).where(TrainingAnswer.account_id == account_id, chosen.in_(right))
    return agreed.scalar_subquery() >= known.needed


def may_decide(work: Work, account_id: Any, rule: Any) -> sa.ColumnElement[bool]:
    """Say, for a question, that an account has practised, or that the location `rule` does not ask for it."""
    asks = sa.exists().where(_Ruling.id == rule, _Ruling.training_required)
    return sa.or_(~asks, has_passed(work, account_id))


def _progress(work: Work, actor: Actor) -> Progress:
    known = course(work.settings.config_dir)
    rows = work.session.scalars(sa.select(TrainingAnswer).where(TrainingAnswer.account_id == actor.account_id))
    answered = {
        row.key: Answered(exercise=known.exercises[row.key], action=row.action, severity=Severity.of_rank(row.rank))
        for row in rows
        if row.key in known.exercises  # one that was taken out of the file counts no more
    }
    return Progress(course=known, answered=answered)
