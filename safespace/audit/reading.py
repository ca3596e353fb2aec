"""Reading the log of one location: what was done, by whom, when; looking is itself an entry (NEN 7513)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.audit.models import AuditEntry, AuditPerson
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None means any. `actor` is an id of the log, no account; `until` is excluded."""

    actor: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was done. `account_id` is None for the system and for a person whose link was erased."""

    number: int
    at: datetime
    actor: UUID | None
    account_id: UUID | None
    role: str
    action: str
    object_type: str
    object_id: UUID | None
    facts: dict[str, Any]


def entries(work: Work, actor: Actor, location_id: UUID, wanted: Wanted, *, limit: int = PAGE) -> list[Entry]:
    """Give the newest entries of a location that fit, at most `limit`, older than `wanted.before`.

    Raises NotFoundError unless the actor is an administrator of the location. Written down as `read_log`.
    """
    require(actor, Permission.READ_AUDIT, Scope(location_id=location_id))
    found = _select(work, location_id, wanted, limit)
    log.record(work, actor, "read_log", location_id=location_id, count=len(found), asked=_asked(wanted))
    return found


def export(work: Work, actor: Actor, location_id: UUID, wanted: Wanted, *, limit: int) -> list[Entry]:
    """Give up to `limit` entries to take along, newest first. Written down as `export_log`, with how many they were."""
    require(actor, Permission.READ_AUDIT, Scope(location_id=location_id))
    found = _select(work, location_id, wanted, limit)
    log.record(work, actor, "export_log", location_id=location_id, count=len(found), asked=_asked(wanted))
    return found


def _select(work: Work, location_id: UUID, wanted: Wanted, limit: int) -> list[Entry]:
    query = (
        sa.select(AuditEntry, AuditPerson.account_id)
        .outerjoin(AuditPerson, AuditPerson.audit_id == AuditEntry.actor_id)
        .where(AuditEntry.chain_id == location_id, *_conditions(wanted))
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    )
    return [
        Entry(
            number=row.number,
            at=row.at,
            actor=row.actor_id,
            account_id=account_id,
            role=row.role,
            action=row.action,
            object_type=row.object_type,
            object_id=row.object_id,
            facts=row.facts,
        )
        for row, account_id in work.session.execute(query)
    ]


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.actor:
        yield AuditEntry.actor_id == wanted.actor
    if wanted.action:
        yield AuditEntry.action == wanted.action
    if wanted.since:
        yield AuditEntry.at >= wanted.since
    if wanted.until:
        yield AuditEntry.at < wanted.until
    if wanted.before is not None:
        yield AuditEntry.number < wanted.before


def _asked(wanted: Wanted) -> dict[str, str]:
    asked = {"actor": wanted.actor, "action": wanted.action, "since": wanted.since, "until": wanted.until}
    return {
        key: value.isoformat() if isinstance(value, datetime) else str(value) for key, value in asked.items() if value
    }
