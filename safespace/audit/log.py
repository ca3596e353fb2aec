"""Writing the log: entries are chained and written last, in the same transaction as the change."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from safespace.audit.models import ORGANISATION, AuditEntry, AuditHead, AuditPerson
from safespace.kernel.work import Work
from safespace.policy.roles import Actor


@dataclass(frozen=True, kw_only=True)
class _Pending:
    chain_id: UUID
    at: datetime
    actor: Actor
    role: str
    action: str
    object_type: str
    object_id: UUID | None
    facts: dict[str, Any]


def record(
    work: Work,
    actor: Actor,
    action: str,
    *,
    location_id: UUID | None = None,
    on: tuple[str, UUID | None] = ("", None),
    **facts: Any,
) -> None:
    """Remember that `actor` did `action` on an object; written in the chain of the location just before the commit.

    `facts` hold codes, ids, counts and states, never anybody's words (NEN 7513 fields: who, role, what, when, on what).
    """
    role = actor.roles.get(location_id) if location_id else None
    entry = _Pending(
        chain_id=location_id or ORGANISATION,
        at=work.now,
        actor=actor,
        role=role.value if role else (actor.kind.value if actor.kind else "system"),
        action=action,
        object_type=on[0],
        object_id=on[1],
        facts=facts,
    )
    pending: list[_Pending] = work.notes.setdefault("audit", [])
    pending.append(entry)
    work.last["audit"] = lambda: _write(work, pending)


def _write(work: Work, pending: list[_Pending]) -> None:
    heads: dict[UUID, AuditHead] = {}
    people = {entry.actor.account_id: audit_id(work, entry.actor) for entry in _one_each(pending)}
    for entry in sorted(pending, key=lambda one: one.chain_id):
        if entry.chain_id not in heads:
            heads[entry.chain_id] = _locked_head(work, entry.chain_id)
        head = heads[entry.chain_id]
        head.number += 1
        row = AuditEntry(
            chain_id=entry.chain_id,
            number=head.number,
            at=entry.at,
            actor_id=people[entry.actor.account_id],
            role=entry.role,
            action=entry.action,
            object_type=entry.object_type,
            object_id=entry.object_id,
            facts=entry.facts,
            previous=head.hash,
            hash="",
        )
        row.hash = head.hash = digest(row)
        work.session.add(row)
    pending.clear()


def _one_each(pending: list[_Pending]) -> list[_Pending]:
    return list({entry.actor.account_id: entry for entry in pending}.values())


def digest(row: AuditEntry) -> str:
    """Give the hash of an entry over its content and the hash before it (SHA-256 of canonical JSON)."""
    content = [
        str(row.chain_id),
        row.number,
        row.at.isoformat(timespec="microseconds"),
        str(row.actor_id),
        row.role,
        row.action,
        row.object_type,
        str(row.object_id),
        row.facts,
        row.previous,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def audit_id(work: Work, actor: Actor) -> UUID | None:
    """Give the random id that stands for this actor in the log, made at the first entry; None for the system."""
    if actor.account_id is None or actor.kind is None:
        return None
    found = work.session.scalar(sa.select(AuditPerson.audit_id).where(AuditPerson.account_id == actor.account_id))
    if found is not None:
        return found
    person = AuditPerson(account_id=actor.account_id)
    work.session.add(person)
    work.session.flush()  # the next entry of this unit must find it
    return person.audit_id


def _locked_head(work: Work, chain_id: UUID) -> AuditHead:
    locked = (
        sa.select(AuditHead)
        .where(AuditHead.chain_id == chain_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = work.session.scalars(locked).one_or_none()
    if head is None:
        insert = sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
        start = insert(AuditHead).values(chain_id=chain_id, number=0, hash="")
        work.session.execute(start.on_conflict_do_nothing())
        head = work.session.scalars(locked).one()
    return head
