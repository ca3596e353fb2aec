"""Who read what, and how heavy it was: for a pause in time and for the team's load, never to compare people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from safespace.groups.models import Group, StaffRole
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import blind
from safespace.moderation.models import Desk, Review, ReviewView
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor, Role

WEEK = timedelta(days=7)
PAUSE = timedelta(minutes=30)  # without a heavy item for this long, somebody has had a pause
MEDIUM_IN_A_ROW = 5  # domain reference §2.12
HIGH_IN_A_ROW = 2
ENOUGH_COLLEAGUES = 3  # a total of fewer would tell about one person


@dataclass(frozen=True, kw_only=True)
class TeamWeek:
    """What the team of a location read in a week, by level; None when too few people read for a total."""

    location_id: UUID
    counts: dict[Severity, int] | None


def record_view(work: Work, actor: Actor, review: Review, *revision_ids: UUID) -> None:
    """Write that somebody read an item as it is now: these versions of its words, or the one it is about; each once."""
    insert = sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {
            "review_id": review.id,
            "account_id": actor.account_id,
            "version": review.version,
            "revision_id": revision_id,
            "rank": review.rank,
            "at": work.now,
        }
        for revision_id in dict.fromkeys(revision_ids or (review.revision_id,))
    ]
    work.session.execute(insert(ReviewView).values(rows).on_conflict_do_nothing())


def pause_due(work: Work, actor: Actor) -> bool:
    """Say whether a pause would be good now: five medium or heavier items, or two high ones, since the last one.

    A pause is half an hour without a heavy item, or what was answered when one was offered (`desks.rest`). Calm items
    in between are none, and neither is the time that one heavy item takes.
    """
    medium = high = 0
    later = work.now
    for rank, at in _heavy_lately(work, actor):
        if later - at >= PAUSE:
            break
        later = at
        medium += 1
        high += rank >= Severity.HIGH.rank
    return medium >= MEDIUM_IN_A_ROW or high >= HIGH_IN_A_ROW


def own_week(work: Work, actor: Actor) -> dict[Severity, int]:
    """Give how many items somebody opened in the last seven days, each at its highest level; for that person alone."""
    read = _read_in_week(work).where(ReviewView.account_id == actor.account_id).subquery()
    rows = work.session.execute(sa.select(read.c.rank, sa.func.count()).group_by(read.c.rank))
    return {Severity.of_rank(rank): count for rank, count in rows}


def led_locations(work: Work, actor: Actor) -> list[UUID]:
    """Give the locations that this clinician leads."""
    return list(
        work.session.scalars(
            sa.select(StaffRole.location_id).where(
                StaffRole.account_id == actor.account_id,
                StaffRole.location_id.in_(actor.locations(Role.CLINICIAN)),
                StaffRole.lead,
                StaffRole.revoked_at.is_(None),
                StaffRole.works_from <= work.now,
            )
        )
    )


def team_week(work: Work, actor: Actor) -> list[TeamWeek]:
    """Give the totals of the locations that this clinician leads: by level, never by person."""
    led = led_locations(work, actor)
    if not led or not actor.proven:
        raise NotFoundError
    found: dict[UUID, dict[Severity, int]] = {location: {} for location in led}
    read = _read_in_week(work).where(Group.location_id.in_(led)).subquery()
    for location_id, rank, count in work.session.execute(
        sa.select(read.c.location_id, read.c.rank, sa.func.count()).group_by(read.c.location_id, read.c.rank)
    ):
        found[location_id][Severity.of_rank(rank)] = count
    readers = work.session.execute(
        sa.select(read.c.location_id, sa.func.count(read.c.account_id.distinct())).group_by(read.c.location_id)
    )
    people: dict[UUID, int] = dict(readers.all())
    return [
        TeamWeek(location_id=location, counts=counts if people.get(location, 0) >= ENOUGH_COLLEAGUES else None)
        for location, counts in found.items()
    ]


def _read_in_week(work: Work) -> sa.Select[UUID, UUID, int]:
    """Select what was read in the last seven days: an item once for each reader, at the highest level it had then.

    What is blind counts once it was decided.
    """
    return (
        sa.select(Group.location_id, ReviewView.account_id, sa.func.max(ReviewView.rank).label("rank"))
        .select_from(ReviewView)
        .join(Review, Review.id == ReviewView.review_id)
        .join(Group, Group.id == Review.group_id)
        .where(ReviewView.at > work.now - WEEK, ~blind.is_hidden())
        .group_by(Group.location_id, ReviewView.account_id, ReviewView.review_id)
    )


def _heavy_lately(work: Work, actor: Actor) -> list[tuple[int, datetime]]:
    """Heavy items opened since the last answer about a pause, the last one first, each once, when it was opened first.

    What is blind counts once it was decided: until then a word about a pause would tell its level.
    """
    rested = sa.select(Desk.rested_at).where(Desk.account_id == actor.account_id).scalar_subquery()
    first = sa.func.min(ReviewView.at)
    rows = work.session.execute(
        sa.select(sa.func.max(ReviewView.rank), first.label("at"))
        .join(Review, Review.id == ReviewView.review_id)
        .where(
            ReviewView.account_id == actor.account_id,
            ReviewView.rank >= Severity.MEDIUM.rank,
            ~blind.is_hidden(),
        )
        .group_by(ReviewView.review_id)
        .having(sa.or_(rested.is_(None), first > rested))
        .order_by(sa.desc("at"))
        .limit(MEDIUM_IN_A_ROW)
    )
    return [(rank, at) for rank, at in rows]
