"""Alert routes: by which address a clinician is reached for a location, in which order, and when that was proven."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.groups.models import StaffRole
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.text import accept_line
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role, Scope
from safespace.policy.rules import require
from safespace.roster.after_hours import PROOF
from safespace.roster.models import AlertRoute, Channel, Shift

LONGEST = 200
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True, repr=False)
class Reachable:
    """A route of a clinician who works at the location now. `on_shift`: moderator on duty or on call at this moment.

    `name` and `place` are filled in for a screen only: who is called never hangs on a text that must be opened.
    """

    id: UUID
    account_id: UUID
    channel: Channel
    position: int
    proven_at: datetime | None
    lead: bool
    on_shift: bool
    name: str = ""
    place: str = ""


def obtain_route(work: Work, actor: Actor, route_id: UUID) -> AlertRoute:
    """Give a route, to clinicians and administrators of its location; NotFoundError to everybody else."""
    route = work.session.get(AlertRoute, route_id)
    if route is None or route.removed_at is not None:
        raise NotFoundError
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=route.location_id))
    return route


def add_route(
    work: Work, actor: Actor, location_id: UUID, account_id: UUID, channel: Channel, address: str
) -> AlertRoute:
    """Add a way to reach a clinician of the location, last in the order. It counts once a test over it was answered.

    Raises InvalidError: account_id (`unknown_choice`), address (`route_address`).
    """
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=location_id))
    if account_id not in {one for one, _ in clinicians_at(work, actor, location_id)}:
        raise InvalidError(account_id="unknown_choice")
    text = accept_line("address", address, cap=LONGEST)
    if not is_address(channel, text):
        raise InvalidError(address="route_address")
    last = work.session.scalar(sa.select(sa.func.max(AlertRoute.position)).where(AlertRoute.location_id == location_id))
    route = AlertRoute(
        location_id=location_id, account_id=account_id, channel=channel, position=0 if last is None else last + 1
    )
    work.seal(route, "address", text)
    work.session.add(route)
    work.session.flush()
    log.record(work, actor, "add_route", location_id=location_id, on=("route", route.id), channel=channel.value)
    return route


def remove_route(work: Work, actor: Actor, route_id: UUID) -> AlertRoute:
    """Take a route away; nothing is sent over it any more."""
    route = obtain_route(work, actor, route_id)
    route.removed_at = work.now
    log.record(work, actor, "remove_route", location_id=route.location_id, on=("route", route.id))
    return route


def move_up(work: Work, actor: Actor, route_id: UUID) -> AlertRoute:
    """Call this route one place earlier."""
    route = obtain_route(work, actor, route_id)
    before = work.session.scalar(
        sa.select(AlertRoute)
        .where(
            AlertRoute.location_id == route.location_id,
            AlertRoute.removed_at.is_(None),
            AlertRoute.position < route.position,
        )
        .order_by(AlertRoute.position.desc())
        .limit(1)
        .with_for_update()
    )
    if before is not None:
        before.position, route.position = route.position, before.position
        log.record(work, actor, "move_route", location_id=route.location_id, on=("route", route.id))
    return route


def clinicians_at(work: Work, actor: Actor, location_id: UUID) -> list[tuple[UUID, str]]:
    """Give the clinicians whose role works at the location now, with their names, for choosing whose route it is."""
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=location_id))
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(*_works_at(work, location_id))
        .order_by(StaffRole.works_from, Account.id)
    )
    return [(row.id, work.open(Account, "staff_name", row.id, row.staff_name)) for row in rows]


def somebody_else_works(work: Work, location_id: UUID, but: UUID) -> bool:
    """Say whether a clinician works at the location now who is not this one; for the service itself."""
    others = sa.select(StaffRole.id).join(Account, Account.id == StaffRole.account_id)
    found = others.where(*_works_at(work, location_id), StaffRole.account_id != but).limit(1)
    return work.session.scalar(found) is not None


def leads_at(work: Work, location_id: UUID) -> list[UUID]:
    """Give who leads at the location now; for the service itself."""
    leads = sa.select(StaffRole.account_id).join(Account, Account.id == StaffRole.account_id)
    return list(work.session.scalars(leads.where(*_works_at(work, location_id), StaffRole.lead.is_(True))))


def unreached_leads(work: Work, actor: Actor, location_id: UUID) -> list[str]:
    """Give the names of the leads of the location to whom no route leads: an alarm is on their screen only."""
    require(actor, Permission.MANAGE_ROSTER, Scope(location_id=location_id))
    route = sa.exists().where(
        AlertRoute.account_id == StaffRole.account_id,
        AlertRoute.location_id == location_id,
        AlertRoute.removed_at.is_(None),
    )
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(*_works_at(work, location_id), StaffRole.lead.is_(True), ~route)
        .order_by(StaffRole.works_from, Account.id)
    )
    return [work.open(Account, "staff_name", row.id, row.staff_name) for row in rows]


def reachable(work: Work, location_id: UUID, *, named: bool = False) -> list[Reachable]:
    """Give the routes of everybody who works as a clinician at the location now, in the order of calling.

    For the service itself: whoever shows this to somebody asks the permission first.
    """
    on_shift = sa.exists().where(
        Shift.account_id == AlertRoute.account_id,
        Shift.location_id == location_id,
        Shift.cancelled_at.is_(None),
        Shift.starts_at <= work.now,
        Shift.ends_at > work.now,
    )
    rows = work.session.execute(
        sa.select(AlertRoute, StaffRole.lead, Account.staff_name, on_shift.label("on_shift"))
        .join(Account, Account.id == AlertRoute.account_id)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(
            *_works_at(work, location_id),
            AlertRoute.location_id == location_id,
            AlertRoute.removed_at.is_(None),
        )
        .order_by(AlertRoute.position, AlertRoute.id)
    )
    return [
        Reachable(
            id=row.AlertRoute.id,
            account_id=row.AlertRoute.account_id,
            channel=row.AlertRoute.channel,
            position=row.AlertRoute.position,
            proven_at=row.AlertRoute.proven_at,
            lead=row.lead,
            on_shift=row.on_shift,
            name=work.open(Account, "staff_name", row.AlertRoute.account_id, row.staff_name) if named else "",
            place=shortened(row.AlertRoute.channel, work.unseal(row.AlertRoute, "address")) if named else "",
        )
        for row in rows
    ]


def called_first(routes: Sequence[Reachable]) -> list[Reachable]:
    """Give who is called at once: everybody on shift; with nobody on shift, everybody."""
    return [one for one in routes if one.on_shift] or list(routes)


def somebody_is_called(work: Work, location_id: UUID) -> bool:
    """Say whether an alarm now reaches somebody by a route that was proven lately; only then a text promises it."""
    return any(is_fresh(one.proven_at, work.now) for one in called_first(reachable(work, location_id)))


def is_fresh(proven_at: datetime | None, now: datetime) -> bool:
    """Say whether a test was answered within the last thirty days."""
    return proven_at is not None and timedelta(0) <= now - proven_at < PROOF


def is_address(channel: Channel, address: str) -> bool:
    """Say whether an alert may be sent there: a mailbox, or an https address (plain http on this machine alone)."""
    if channel is Channel.EMAIL:
        return _EMAIL.fullmatch(address) is not None
    try:
        parts = urlsplit(address)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.password or parts.fragment or not port_fits:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, without asking anybody for its address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shortened(channel: Channel, address: str) -> str:
    """Give enough of an address to know it by; the rest stays sealed."""
    if channel is Channel.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}…@{host}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/…"


def _works_at(work: Work, location_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        StaffRole.location_id == location_id,
        StaffRole.role == Role.CLINICIAN,
        StaffRole.revoked_at.is_(None),
        StaffRole.works_from <= work.now,
        Account.disabled_at.is_(None),
    )
