"""Shifts: who reads along and who can be called, when; and where nobody is planned although the location is open."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.groups import members
from safespace.groups.hours import Span, hours_of, open_spans
from safespace.groups.models import Location, Membership, StaffRole
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require
from safespace.roster import on_call
from safespace.roster.models import Handover, Shift, ShiftRole

AHEAD = timedelta(hours=48)
GAP = timedelta(minutes=15)  # a shorter gap between two shifts is no empty block
STRETCH = timedelta(hours=2)  # longer reading at a stretch is advised against (domain reference §2.11)
# What says of an account that it may decide at a location: practising is known above this floor.
MayDecide = Callable[[Work, Any, Any], sa.ColumnElement[bool]]
LONGEST = {ShiftRole.MODERATOR: timedelta(hours=12), ShiftRole.ON_CALL: timedelta(days=7)}


@dataclass(frozen=True, kw_only=True, repr=False)
class Planned:
    """A shift as the roster shows it. `unreached`: on call, and no alarm reaches this person."""

    id: UUID
    account_id: UUID
    staff_name: str
    role: ShiftRole
    starts_at: datetime
    ends_at: datetime
    unreached: bool = False

    @property
    def long(self) -> bool:
        """Whether it asks for more reading at a stretch than is good for anybody."""
        return self.role is ShiftRole.MODERATOR and self.ends_at - self.starts_at > STRETCH


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What the queue says about the roster, by location: handovers that wait, empty blocks, on call without a route.

    `breaks` is how many longer breaks other locations ask about.
    """

    handovers: set[UUID]
    empty: dict[UUID, list[Span]]
    unreached: dict[UUID, list[Span]]
    breaks: int


def plan_shift(
    work: Work,
    actor: Actor,
    location_id: UUID,
    *,
    account_id: UUID,
    role: ShiftRole,
    starts_at: datetime,
    ends_at: datetime,
) -> Shift:
    """Plan a shift for a clinician of the location.

    Raises InvalidError by field: `account_id` (`unknown_choice`), `ends` (`shift_order`, `shift_long`,
    `not_in_future`), `starts` (`shift_clash`: this clinician reads along elsewhere then, or is on call here already).
    """
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=location_id))
    if account_id not in dict(clinicians_of(work, actor, location_id)):
        raise InvalidError(account_id="unknown_choice")
    if ends_at <= starts_at:
        raise InvalidError(ends="shift_order")
    if ends_at <= work.now:
        raise InvalidError(ends="not_in_future")
    if ends_at - starts_at > LONGEST[role]:
        raise InvalidError(ends="shift_long")
    work.session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())  # one plan at a time
    if _clashes(work, location_id, account_id, role, starts_at, ends_at):
        raise InvalidError(starts="shift_clash")
    shift = Shift(location_id=location_id, account_id=account_id, role=role, starts_at=starts_at, ends_at=ends_at)
    work.session.add(shift)
    work.session.flush()
    log.record(work, actor, "plan_shift", location_id=location_id, on=("shift", shift.id), kind=role.value)
    return shift


def cancel_shift(work: Work, actor: Actor, shift_id: UUID) -> Shift:
    """Take a shift off the roster; a shift that is over stays as it was. Raises NotFoundError for that too."""
    shift = work.session.get(Shift, shift_id)
    if shift is None:
        raise NotFoundError
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=shift.location_id))
    if shift.cancelled_at is not None or shift.ends_at <= work.now:
        raise NotFoundError
    shift.cancelled_at = work.now
    log.record(
        work, actor, "cancel_shift", location_id=shift.location_id, on=("shift", shift.id), kind=shift.role.value
    )
    return shift


def end_own_shift(work: Work, actor: Actor, location_id: UUID) -> None:
    """Let the own shift as a moderator that runs here now end now."""
    work.session.execute(
        sa.update(Shift)
        .where(*_running(work, location_id), Shift.account_id == actor.account_id, Shift.role == ShiftRole.MODERATOR)
        .values(ends_at=work.now)
        .execution_options(synchronize_session=False)
    )


def shifts_between(work: Work, actor: Actor, location_id: UUID, since: datetime, until: datetime) -> list[Planned]:
    """Give the shifts of a location that touch this time, in order."""
    require(actor, Permission.READ_ROSTER, Scope(location_id=location_id))
    rows = work.session.execute(
        sa.select(Shift, Account.staff_name, on_call.is_unreached(work).label("unreached"))
        .join(Account, Account.id == Shift.account_id)
        .where(Shift.location_id == location_id, Shift.cancelled_at.is_(None))
        .where(Shift.starts_at < until, Shift.ends_at > since)
        .order_by(Shift.starts_at, Shift.role, Shift.id)
    )
    return [
        Planned(
            id=shift.id,
            account_id=shift.account_id,
            staff_name=work.open(Account, "staff_name", shift.account_id, name),
            role=shift.role,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            unreached=bool(unreached) and shift.ends_at > work.now,
        )
        for shift, name, unreached in rows
    ]


def on_shift(work: Work, location_id: UUID) -> dict[UUID, set[ShiftRole]]:
    """Give who is in a shift at a location now, and as what."""
    found: dict[UUID, set[ShiftRole]] = {}
    for row in work.session.execute(sa.select(Shift.account_id, Shift.role).where(*_running(work, location_id))):
        found.setdefault(row.account_id, set()).add(row.role)
    return found


def clinicians_of(work: Work, actor: Actor, location_id: UUID) -> list[tuple[UUID, str]]:
    """Give the clinicians who can be planned at a location, by name."""
    require(actor, Permission.READ_ROSTER, Scope(location_id=location_id))
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(
            StaffRole.location_id == location_id,
            StaffRole.role == Role.CLINICIAN,
            StaffRole.revoked_at.is_(None),
            Account.disabled_at.is_(None),
        )
    )
    named = [(row.id, work.open(Account, "staff_name", row.id, row.staff_name)) for row in rows]
    return sorted(named, key=lambda one: one[1])


def ahead(work: Work, location: Location, may_decide: MayDecide) -> tuple[list[Span], list[Span]]:
    """Give when a location is open within 48 hours without a moderator, and when one is on call whom no alarm reaches.

    Somebody who is no clinician there any more, or may not decide there yet, covers nothing.
    """
    reads = _coming(work, [location.id], may_decide).add_columns(sa.literal("reads").label("what"))
    rows = work.session.execute(reads.union_all(_alone(work, [location.id]))).all()
    covered = [(row.location_id, (row.starts_at, row.ends_at)) for row in rows if row.what == "reads"]
    alone = sorted((row.starts_at, row.ends_at) for row in rows if row.what == "unreached")
    return _gaps(work, [location], covered).get(location.id, []), alone


def at_a_glance(work: Work, actor: Actor, locations: Collection[Location], may_decide: MayDecide) -> Glance:
    """Give all that the queue says about the roster of these locations, and longer breaks, in one query.

    Blocks are empty as in `ahead`.
    """
    ids = [one.id for one in locations]
    for location_id in ids:
        require(actor, Permission.HAND_OVER, Scope(location_id=location_id))
    waiting = sa.select(
        Handover.location_id, Handover.given_at, Handover.given_at, sa.literal("handover").label("what")
    ).where(Handover.location_id.in_(ids), Handover.taken_at.is_(None), Handover.given_by != actor.account_id)
    asked = sa.select(
        Membership.longer_asked_location_id, Membership.paused_until, Membership.paused_until, sa.literal("break")
    ).where(*members.asked_of(work, actor))
    reads = _coming(work, ids, may_decide).add_columns(sa.literal("reads").label("what"))
    rows = work.session.execute(reads.union_all(waiting, _alone(work, ids), asked)).all()
    covered = [(row.location_id, (row.starts_at, row.ends_at)) for row in rows if row.what == "reads"]
    unreached: dict[UUID, list[Span]] = {}
    for row in sorted((row for row in rows if row.what == "unreached"), key=lambda one: one.starts_at):
        unreached.setdefault(row.location_id, []).append((row.starts_at, row.ends_at))
    return Glance(
        handovers={row.location_id for row in rows if row.what == "handover"},
        empty=_gaps(work, locations, covered),
        unreached=unreached,
        breaks=sum(row.what == "break" for row in rows),
    )


def _coming(work: Work, location_ids: Collection[UUID], may_decide: MayDecide) -> sa.Select[UUID, datetime, datetime]:
    # A role that begins later covers what is left of a shift by then.
    starts_at = sa.case((StaffRole.works_from > Shift.starts_at, StaffRole.works_from), else_=Shift.starts_at)
    return (
        sa.select(Shift.location_id, starts_at.label("starts_at"), Shift.ends_at)
        .join(
            StaffRole,
            sa.and_(StaffRole.account_id == Shift.account_id, StaffRole.location_id == Shift.location_id),
        )
        .where(
            Shift.location_id.in_(location_ids),
            Shift.role == ShiftRole.MODERATOR,
            Shift.cancelled_at.is_(None),
            Shift.ends_at > work.now,
            Shift.starts_at < work.now + AHEAD,
            StaffRole.role == Role.CLINICIAN,
            StaffRole.revoked_at.is_(None),
            StaffRole.works_from < Shift.ends_at,
            may_decide(work, Shift.account_id, Shift.location_id),
        )
    )


def _alone(work: Work, location_ids: Collection[UUID]) -> sa.Select[UUID, datetime, datetime, str]:
    what = sa.literal("unreached").label("what")
    unreached = on_call.unreached(work, location_ids, work.now + AHEAD)
    return sa.select(Shift.location_id, Shift.starts_at, Shift.ends_at, what).where(*unreached)


def _gaps(work: Work, locations: Collection[Location], shifts: Collection[tuple[UUID, Span]]) -> dict[UUID, list[Span]]:
    found = {}
    for location in locations:
        own = [span for location_id, span in shifts if location_id == location.id]
        spans = open_spans(hours_of(location), work.now, work.now + AHEAD, work.settings.time_zone)
        if gaps := [gap for span in spans for gap in uncovered(span, own)]:
            found[location.id] = gaps
    return found


def uncovered(span: Span, shifts: Iterable[Span]) -> list[Span]:
    """Give the parts of a span that no shift covers, those shorter than fifteen minutes left out; pure."""
    at, ends = span
    gaps = []
    for shift_starts, shift_ends in sorted(shifts):
        if shift_starts > at:
            gaps.append((at, min(shift_starts, ends)))
        at = max(at, shift_ends)
        if at >= ends:
            break
    if at < ends:
        gaps.append((at, ends))
    return [(starts, stops) for starts, stops in gaps if stops - starts >= GAP]


def _running(work: Work, location_id: UUID) -> list[sa.ColumnElement[bool]]:
    return [
        Shift.location_id == location_id,
        Shift.cancelled_at.is_(None),
        Shift.starts_at <= work.now,
        Shift.ends_at > work.now,
    ]


def _clashes(
    work: Work, location_id: UUID, account_id: UUID, role: ShiftRole, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether somebody cannot do this too: read in two places at once, or be on call twice at one location."""
    where = [
        Shift.account_id == account_id,
        Shift.role == role,
        Shift.cancelled_at.is_(None),
        Shift.starts_at < ends_at,
        Shift.ends_at > starts_at,
    ]
    if role is ShiftRole.ON_CALL:
        where.append(Shift.location_id == location_id)
    return bool(work.session.scalar(sa.select(sa.exists().where(*where))))
