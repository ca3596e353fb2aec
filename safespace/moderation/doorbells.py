"""Who is rung about what: the group, the group's staff, or the author; ids only."""

from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group, GroupState
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.work import Work
from safespace.threads.models import Post


def ring_group(work: Work, kind: str, post: Post) -> None:
    """Tell the group that something it may see changed."""
    audience = Audience(AudienceKind.GROUP, post.group_id)
    work.announce(Event(audience=audience, kind=kind, group_id=post.group_id, subject_id=post.id))


def ring_staff(work: Work, kind: str, group_id: UUID, subject_id: UUID) -> None:
    """Tell the clinicians of the group that the queue changed."""
    audience = Audience(AudienceKind.STAFF, group_id)
    work.announce(Event(audience=audience, kind=kind, group_id=group_id, subject_id=subject_id))


def ring_location(work: Work, location_id: UUID, subject_id: UUID) -> None:
    """Tell the clinicians of a location that another one asks them, or no longer does.

    They hear the bell of any group there, so one is enough.
    """
    here = sa.select(Group.id).where(Group.location_id == location_id, Group.state != GroupState.CLOSED)
    group_id = work.session.scalar(here.order_by(Group.id).limit(1))
    if group_id is not None:
        ring_staff(work, "queue_changed", group_id, subject_id)


def ring_author(work: Work, kind: str, post: Post) -> None:
    """Tell the author, on the screens of this membership only, that a post of theirs changed."""
    if post.membership_id is not None:
        audience = Audience(AudienceKind.MEMBER, post.membership_id)
        work.announce(Event(audience=audience, kind=kind, group_id=post.group_id, subject_id=post.id))
