"""A second pair of eyes: a question to a colleague, a second reader, and where one is found when there is none here."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups import hours
from safespace.groups.models import Group, Location, StaffRole
from safespace.kernel.work import Work
from safespace.moderation import assessing, norms, training
from safespace.moderation.doorbells import ring_location, ring_staff
from safespace.moderation.models import Decision, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Role

DAY = timedelta(days=1)


def another_place(work: Work, location: Location, not_by: UUID, *, by_own_rule: bool = False) -> UUID | None:
    """Give the location that is asked when nobody but this person can decide here; None when somebody here can.

    None as well where nobody else there can either: the item is blocked, and says so. Who decides has practised if
    this location asks for it; `by_own_rule`: if the own location of whoever decides does.
    """
    there = location.second_location_id
    rule = StaffRole.location_id if by_own_rule else location.id
    if there is None or somebody_else(work, location.id, not_by, rule):
        return None
    return there if somebody_else(work, there, not_by, rule) else None


def nobody_can(work: Work) -> sa.ColumnElement[bool]:
    """Say that a review waits for a second clinician who is nowhere to be found; needs Group joined."""
    works = works_at(work, [Group.location_id, Review.asked_location_id], Review.not_by, Group.location_id)
    return sa.and_(Review.not_by.is_not(None), Review.state != ReviewState.CLOSED, ~works)


def find_seconds(work: Work) -> int:
    """Ask the second location for items that are blocked: none was named before, or nobody works there any more.

    Gives how many; the clock calls it.
    """
    found = 0
    for review, location in work.session.execute(_unasked(work)).all():
        asked = _asked(work, review, location)
        if asked is not None:
            ask(work, review, location, asked)
            ring_staff(work, "queue_changed", review.group_id, review.id)
            found += 1
    return found


def is_due(work: Work) -> bool:
    """Say whether an item might be asked elsewhere; a read."""
    return any(_asked(work, review, location) for review, location in work.session.execute(_unasked(work)))


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


def somebody_else(work: Work, location_id: UUID, not_by: UUID, rule: Any) -> bool:
    """Say whether another clinician than this one can decide at a location now, as `works_at` does."""
    return bool(work.session.scalar(sa.select(works_at(work, [location_id], not_by, rule))))


def works_at(
    work: Work, places: list[Any], not_by: Any, rule: Any, *also: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Say, for a question, that another clinician than this one works at one of these locations now, and may decide.

    `rule` is the location that says whether one has to practise first; `also` holds for that clinician's StaffRole.
    """
    somebody = sa.exists().where(
        training.may_decide(work, StaffRole.account_id, rule),
        Account.id == StaffRole.account_id,
        Account.disabled_at.is_(None),
        StaffRole.location_id.in_(places),
        StaffRole.role == Role.CLINICIAN,
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= work.now,
        StaffRole.account_id.is_distinct_from(not_by),
        *also,
    )
    return somebody.correlate_except(Account, StaffRole)  # a question that knows another account means another one


def _unasked(work: Work) -> sa.Select[Review, Location]:
    return (
        sa.select(Review, Location)
        .join(Group, Group.id == Review.group_id)
        .join(Location, Location.id == Group.location_id)
        .where(
            nobody_can(work),
            Location.second_location_id.is_not(None),
            Location.second_location_id.is_distinct_from(Review.asked_location_id),
        )
    )
