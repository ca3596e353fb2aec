"""Whom an alarm does not reach although they are on call: nobody is called over a route that was not proven lately."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.kernel.work import Work
from safespace.roster.after_hours import PROOF
from safespace.roster.models import AlertRoute, Shift, ShiftRole


def is_reached(work: Work, account_id: Any, location_id: Any) -> sa.ColumnElement[bool]:
    """Say that this person has a route for this location over which a test was answered in the last thirty days."""
    return sa.exists().where(
        AlertRoute.account_id == account_id,
        AlertRoute.location_id == location_id,
        AlertRoute.removed_at.is_(None),
        AlertRoute.proven_at > work.now - PROOF,
        AlertRoute.proven_at <= work.now,
    )


def is_unreached(work: Work) -> sa.ColumnElement[bool]:
    """Say that a shift is one on call that no alarm reaches; to be asked of Shift."""
    return sa.and_(Shift.role == ShiftRole.ON_CALL, ~is_reached(work, Shift.account_id, Shift.location_id))


def reaches(work: Work, shift: Shift) -> bool:
    """Say whether an alarm reaches the person of this shift; of one who only reads along nothing is asked."""
    if shift.role is not ShiftRole.ON_CALL:
        return True
    return bool(work.session.scalar(sa.select(is_reached(work, shift.account_id, shift.location_id))))


def unreached(work: Work, location_ids: Collection[UUID], until: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Select the shifts of these locations that are not over, begin before this moment, and that no alarm reaches."""
    return (
        Shift.location_id.in_(location_ids),
        Shift.cancelled_at.is_(None),
        Shift.ends_at > work.now,
        Shift.starts_at < until,
        is_unreached(work),
    )
