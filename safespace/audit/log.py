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
from safespace.kernel.db import new_id
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
    people: dict[UUID | None, UUID | None] = {}
    for entry in sorted(pending, key=lambda one: one.chain_id):
        account_id = entry.actor.account_id
        if entry.chain_id not in heads:
            heads[entry.chain_id], known = _locked_head(work, entry.chain_id, account_id)
            if known is not None:
                people[account_id] = known
        if account_id not in people:
            people[account_id] = _audit_id(work, entry.actor)
        head = heads[entry.chain_id]
        head.number += 1
        row = AuditEntry(
            chain_id=entry.chain_id,
            number=head.number,
            at=entry.at,
            actor_id=people[account_id],
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


def _audit_id(work: Work, actor: Actor) -> UUID | None:
    """Give the random id that stands for this actor in the log, made at the first entry; None for the system.

    Whoever waited for the head does not see in the same breath what was made meanwhile, so it may be there already.
    """
    if actor.account_id is None or actor.kind is None:
        return None
    row = _insert(work)(AuditPerson).values(audit_id=new_id(), account_id=actor.account_id)
    made = work.session.scalar(row.on_conflict_do_nothing().returning(AuditPerson.audit_id))
    return made or work.session.scalar(
        sa.select(AuditPerson.audit_id).where(AuditPerson.account_id == actor.account_id)
    )


_LOCKED = (
    sa.select(AuditHead, AuditPerson.audit_id)
    .outerjoin(AuditPerson, AuditPerson.account_id == sa.bindparam("account_id"))
    .where(AuditHead.chain_id == sa.bindparam("chain_id"))
    .with_for_update(of=AuditHead)
    .execution_options(populate_existing=True)
)


def _locked_head(work: Work, chain_id: UUID, account_id: UUID | None) -> tuple[AuditHead, UUID | None]:
    """Lock the head of a chain, made when there is none; in the same breath, give the audit id of an account."""
    asked = {"chain_id": chain_id, "account_id": account_id}
    found = work.session.execute(_LOCKED, asked).one_or_none()
    if found is None:
        start = _insert(work)(AuditHead).values(chain_id=chain_id, number=0, hash="")
        work.session.execute(start.on_conflict_do_nothing())
        found = work.session.execute(_LOCKED, asked).one()
    return found.AuditHead, found.audit_id


def _insert(work: Work) -> Any:
    return sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
