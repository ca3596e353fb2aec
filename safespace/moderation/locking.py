"""Closing a conversation for new posts: it can still be read, and a note says why."""

from uuid import UUID

from safespace.audit import log
from safespace.groups.models import Group
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.refusals import ConflictError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import training
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import lifecycle, reading
from safespace.threads.models import Thread


def lock(work: Work, actor: Actor, group_id: UUID, thread_id: UUID, note: str) -> Thread:
    """Close a conversation; what was sent before is still read and placed.

    Raises InvalidError without a note, NotAllowedError (`training_needed`) before practising.
    """
    group, thread = reading.obtain_thread(work, actor, group_id, thread_id, Permission.LOCK_THREAD)
    training.require_passed(work, actor, group.location_id)
    text = accept("note", note, cap=NOTE)
    if not lifecycle.lock(work, thread):
        raise ConflictError("changed_meanwhile")
    work.seal(thread, "lock_note", text)
    _tell(work, actor, group, thread, "lock_thread")
    return thread


def unlock(work: Work, actor: Actor, group_id: UUID, thread_id: UUID) -> Thread:
    """Open a conversation again; one that is open stays so."""
    group, thread = reading.obtain_thread(work, actor, group_id, thread_id, Permission.LOCK_THREAD)
    training.require_passed(work, actor, group.location_id)
    if lifecycle.unlock(work, thread):
        _tell(work, actor, group, thread, "unlock_thread")
    return thread


def _tell(work: Work, actor: Actor, group: Group, thread: Thread, action: str) -> None:
    log.record(work, actor, action, location_id=group.location_id, on=("thread", thread.id))
    audience = Audience(AudienceKind.GROUP, group.id)
    work.announce(Event(audience=audience, kind="thread_changed", group_id=group.id, subject_id=thread.id))
