"""A second pair of eyes: a question to a colleague, a second reader, and where one is found when there is none here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups import hours
from safespace.groups.models import Group, Location, StaffRole
from safespace.kernel.work import Work
from safespace.moderation import assessing, norms
from safespace.moderation.doorbells import ring_location, ring_staff
from safespace.moderation.models import Decision, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Role

DAY = timedelta(days=1)


def another_place(work: Work, location: Location, not_by: UUID) -> UUID | None:
    """Give the location that is asked when nobody but this person can decide here; None when somebody here can.

    None as well where nobody else works at that location either: the item is blocked, and says so.
    """
    there = location.second_location_id
    if there is None or somebody_else(work, location.id, not_by):
        return None
    return there if somebody_else(work, there, not_by) else None


def is_blocked(work: Work, review: Review, location: Location) -> bool:
    """Say whether an item waits for a second clinician who is nowhere to be found."""
    if review.not_by is None or review.state is ReviewState.CLOSED:
        return False
    asked = (location.id, review.asked_location_id)
    return not any(place is not None and somebody_else(work, place, review.not_by) for place in asked)


def nobody_can(work: Work) -> sa.ColumnElement[bool]:
    """Say the same as `is_blocked` of a review, for a list of them; needs Group joined."""
    works = works_at(work, [Group.location_id, Review.asked_location_id], Review.not_by)
    return sa.and_(Review.not_by.is_not(None), Review.state != ReviewState.CLOSED, ~works)


def find_seconds(work: Work) -> int:
    """Ask the second location for items that were blocked until one was named. Gives how many; the clock calls it."""
    found = 0
    for review, location in work.session.execute(_unasked()):
        asked = _asked(work, review, location)
        if asked is not None:
            ask(work, review, location, asked)
            ring_staff(work, "queue_changed", review.group_id, review.id)
            found += 1
    return found


def is_due(work: Work) -> bool:
    """Say whether an item might be asked elsewhere; a read."""
    return any(_asked(work, review, location) for review, location in work.session.execute(_unasked()))


def ask(work: Work, review: Review, location: Location, place: UUID | None) -> None:
    """Ask the clinicians of a place about an item of this location, or nobody; they can filter by its topics."""
    review.asked_location_id = place
    if place is not None:
        ring_location(work, place, review.id)
    if review.assessment:
        assessing.mark(work, review, location.id, assessing.stored(work, review))


def open_again(
    work: Work, group: Group, decided: Review, decision: Decision, kind: ReviewKind, rank: int | None = None
) -> Review:
    """Put an item about a decision into the queue, for anybody but who decided. It reads the version that was decided.

    It is no more urgent than medium: what was urgent about the words has been looked at. A `rank` that is higher comes
    from new words, and those wait as long as any others of that level.
    """
    worst = min(decided.rank, Severity.MEDIUM.rank) if rank is None else rank
    review = Review(
        post_id=decision.post_id,
        revision_id=decision.revision_id,
        group_id=group.id,
        kind=kind,
        rank=worst,
        engine_rank=decided.engine_rank,
        rules_version=decided.rules_version,
        opened_at=work.now,
        due_at=min(one_working_day(work, group.location), norms.due_now(work, group, Severity.of_rank(worst)))
        if worst > Severity.MEDIUM.rank
        else one_working_day(work, group.location),
        not_by=decision.by,
        about_id=decision.id,
    )
    work.seal(review, "assessment", work.unseal(decided, "assessment"))
    ask(work, review, group.location, another_place(work, group.location, decision.by))
    work.session.add(review)
    work.session.flush()
    ring_staff(work, "queue_changed", group.id, review.id)
    return review


def one_working_day(work: Work, location: Location) -> datetime:
    """Give the moment one working day from now: the first opening after twenty-four hours."""
    later = work.now + DAY
    opening = hours.next_opening(hours.hours_of(location), later, work.settings.time_zone)
    return later if opening is None else opening.astimezone(work.now.tzinfo)


def _asked(work: Work, review: Review, location: Location) -> UUID | None:
    return None if review.not_by is None else another_place(work, location, review.not_by)


def somebody_else(work: Work, location_id: UUID, not_by: UUID) -> bool:
    """Say whether another clinician than this one works at a location now."""
    return bool(work.session.scalar(sa.select(works_at(work, [location_id], not_by))))


def works_at(work: Work, places: list[Any], not_by: Any) -> sa.ColumnElement[bool]:
    """Say, for a question, that another clinician than this one works at one of these locations now."""
    return sa.exists().where(
        Account.id == StaffRole.account_id,
        Account.disabled_at.is_(None),
        StaffRole.location_id.in_(places),
        StaffRole.role == Role.CLINICIAN,
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= work.now,
        StaffRole.account_id != not_by,
    )


def _unasked() -> sa.Select[Review, Location]:
    return (
        sa.select(Review, Location)
        .join(Group, Group.id == Review.group_id)
        .join(Location, Location.id == Group.location_id)
        .where(
            Review.state != ReviewState.CLOSED,
            Review.not_by.is_not(None),
            Review.asked_location_id.is_(None),
            Location.second_location_id.is_not(None),
        )
    )
