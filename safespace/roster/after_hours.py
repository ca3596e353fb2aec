"""What becomes of posts outside the opening hours. They are only taken while somebody on call is known to be reachable.

The proof is asked again whenever somebody writes: once it is older than thirty days, posts are kept as drafts again,
whatever an administrator chose, and the location's pages say so.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import AfterHours, Group, Location, StaffRole
from safespace.kernel.work import Work
from safespace.policy.roles import Role
from safespace.roster.models import AlertRoute

PROOF = timedelta(days=30)


def newest_proof(work: Work, location_id: Any) -> sa.ScalarSelect[Any]:
    """Give, as part of a query, when the newest test that still counts was answered at a location.

    Only the test of somebody counts who still works there as a clinician.
    """
    return (
        sa.select(sa.func.max(AlertRoute.proven_at))
        .join(
            StaffRole,
            sa.and_(StaffRole.account_id == AlertRoute.account_id, StaffRole.location_id == AlertRoute.location_id),
        )
        .where(
            AlertRoute.location_id == location_id,
            AlertRoute.removed_at.is_(None),
            AlertRoute.proven_at > work.now - PROOF,
            StaffRole.role == Role.CLINICIAN,
            StaffRole.revoked_at.is_(None),
            StaffRole.works_from <= work.now,
        )
        .correlate(Location, Group)
        .scalar_subquery()
    )


def proven_until(work: Work, location_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Give, by location, until when its newest answered test counts; locations without one are left out."""
    rows = work.session.execute(
        sa.select(Location.id, newest_proof(work, Location.id)).where(Location.id.in_(location_ids))
    )
    return {location_id: proven_at + PROOF for location_id, proven_at in rows if proven_at}


def queueing(work: Work, locations: Collection[Location]) -> set[UUID]:
    """Give which of these locations take posts outside their hours now: it was chosen, and the proof still counts."""
    chosen = {one.id for one in locations if one.after_hours is AfterHours.QUEUE}
    return set(proven_until(work, chosen)) if chosen else set()
