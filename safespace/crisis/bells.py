"""Who is rung about a worry: the clinicians of the group, or the author; ids only, never words."""

from uuid import UUID

from safespace.crisis.models import Escalation
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.work import Work


def ring_alarm(work: Work, group_id: UUID, alarm_id: UUID) -> None:
    """Tell the clinicians of the group that an alarm rings, or rings no longer."""
    audience = Audience(AudienceKind.STAFF, group_id)
    work.announce(Event(audience=audience, kind="alarm_changed", group_id=group_id, subject_id=alarm_id))


def ring_escalation(work: Work, escalation: Escalation) -> None:
    """Tell the clinicians that something was done about a worry."""
    audience = Audience(AudienceKind.STAFF, escalation.group_id)
    work.announce(
        Event(audience=audience, kind="escalation_changed", group_id=escalation.group_id, subject_id=escalation.id)
    )


def ring_talk(work: Work, escalation: Escalation) -> None:
    """Tell both sides of the safe talk that there is something to read."""
    for audience in (
        Audience(AudienceKind.STAFF, escalation.group_id),
        Audience(AudienceKind.MEMBER, escalation.membership_id),
    ):
        work.announce(
            Event(audience=audience, kind="talk_changed", group_id=escalation.group_id, subject_id=escalation.id)
        )


def ring_seen(work: Work, escalation: Escalation) -> None:
    """Tell the clinicians that a colleague has seen what the author wrote; the author hears nothing of it."""
    audience = Audience(AudienceKind.STAFF, escalation.group_id)
    work.announce(Event(audience=audience, kind="talk_seen", group_id=escalation.group_id, subject_id=escalation.id))


def ring_told(work: Work, escalation: Escalation) -> None:
    """Tell the author that somebody looked up their details."""
    audience = Audience(AudienceKind.MEMBER, escalation.membership_id)
    work.announce(Event(audience=audience, kind="reveal_told", group_id=escalation.group_id, subject_id=escalation.id))
