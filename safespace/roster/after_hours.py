"""What becomes of posts outside the opening hours. They are only taken while somebody on call is known to be reachable.

The proof is asked again whenever somebody writes: once it is older than thirty days, posts are kept as drafts again,
whatever an administrator chose, and the location's pages say so.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import AfterHours, Location, StaffRole
from safespace.kernel.work import Work
from safespace.policy.roles import Role
from safespace.roster.models import AlertRoute

PROOF = timedelta(days=30)


# As part of a query: when the newest test that still counts was answered at the location of that query. Only the test
# of somebody counts who still works there as a clinician. Asks for the parameters of `proof_at`.
NEWEST_PROOF = (
    sa.select(sa.func.max(AlertRoute.proven_at))
    .join(
        StaffRole,
        sa.and_(StaffRole.account_id == AlertRoute.account_id, StaffRole.location_id == AlertRoute.location_id),
    )
    .where(
        AlertRoute.location_id == Location.id,
        AlertRoute.removed_at.is_(None),
        AlertRoute.proven_at > sa.bindparam("proven_after"),
        AlertRoute.proven_at <= sa.bindparam("proof_at"),
        StaffRole.role == Role.CLINICIAN,
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= sa.bindparam("proof_at"),
    )
    .correlate(Location)
    .scalar_subquery()
)


def proof_at(now: datetime) -> dict[str, datetime]:
    """Give the parameters of `NEWEST_PROOF`."""
    return {"proven_after": now - PROOF, "proof_at": now}


def proven_until(work: Work, location_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Give, by location, until when its newest answered test counts; locations without one are left out."""
    rows = work.session.execute(
        sa.select(Location.id, NEWEST_PROOF).where(Location.id.in_(location_ids)), proof_at(work.now)
    )
    return {location_id: proven_at + PROOF for location_id, proven_at in rows if proven_at}


def queueing(work: Work, locations: Collection[Location]) -> set[UUID]:
    """Give which of these locations take posts outside their hours now: it was chosen, and the proof still counts."""
    chosen = {one.id for one in locations if one.after_hours is AfterHours.QUEUE}
    return set(proven_until(work, chosen)) if chosen else set()
