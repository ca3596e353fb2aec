"""What is still to be done after a worry was closed, or after somebody looked alone: by a day, by a person."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.crisis.models import CareTask, Escalation, TaskKind
from safespace.kernel.refusals import ConflictError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require

DAY = timedelta(hours=24)


def plan(
    work: Work, escalation: Escalation, kind: TaskKind, due_at: datetime, *, location_id: UUID | None = None
) -> CareTask:
    """Put something on the list of the location, or of another one that is asked to do it."""
    place = location_id or escalation.location_id
    task = CareTask(kind=kind, location_id=place, escalation_id=escalation.id, due_at=due_at)
    work.session.add(task)
    work.session.flush()
    return task


def plan_after_crisis(work: Work, escalation: Escalation) -> None:
    """After a crisis the team talks it over within a day, and looks how the group is."""
    plan(work, escalation, TaskKind.DEBRIEF, work.now + DAY)
    plan(work, escalation, TaskKind.GROUP_CHECK, work.now + DAY)


def plan_check_back(work: Work, escalation: Escalation, due_at: datetime) -> None:
    """On the day that was agreed somebody looks how the author is."""
    plan(work, escalation, TaskKind.CHECK_BACK, due_at)


def open_tasks(work: Work, actor: Actor, *, limit: int = 50) -> list[CareTask]:
    """Give what is still to be done at the locations of this clinician, the most pressing first."""
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        raise NotFoundError
    return list(
        work.session.scalars(
            sa.select(CareTask)
            .where(CareTask.location_id.in_(mine), CareTask.done_at.is_(None))
            .order_by(CareTask.due_at, CareTask.id)
            .limit(limit)
        )
    )


def first_open(work: Work, escalation_id: UUID, kind: TaskKind) -> CareTask | None:
    """Give the most pressing task of this kind about a worry."""
    return work.session.scalar(
        sa.select(CareTask)
        .where(CareTask.escalation_id == escalation_id, CareTask.kind == kind, CareTask.done_at.is_(None))
        .order_by(CareTask.due_at)
        .limit(1)
    )


def do_task(work: Work, actor: Actor, task_id: UUID, note: str = "") -> CareTask:
    """Say that something was done, with a note for the team; done already stays as it was done.

    A review of an emergency reveal is done on the reveal itself, by somebody else (ConflictError `review_there`).
    """
    task = work.session.get(CareTask, task_id, with_for_update=True)
    if task is None:
        raise NotFoundError
    require(actor, Permission.ESCALATE, Scope(location_id=task.location_id))
    if task.kind is TaskKind.REVEAL_REVIEW:
        raise ConflictError("review_there")
    if task.done_at is None:
        finish(work, actor, task, accept("note", note, cap=NOTE, required=False))
    return task


def finish(work: Work, actor: Actor, task: CareTask, note: str) -> None:
    """Take it off the list."""
    task.done_at, task.done_by = work.now, actor.account_id
    if note:
        work.seal(task, "note", note)
    log.record(work, actor, "task_done", location_id=task.location_id, on=("task", task.id), kind=task.kind.value)
