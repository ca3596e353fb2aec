"""Writing the log: entries are chained and written last, in the same transaction as the change."""

import hashlib
import itertools
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


@dataclass(frozen=True, kw_only=True)
class _Head:
    """The end of a chain, and who some accounts are in the log."""

    number: int
    hash: str
    people: dict[UUID, UUID]


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


def with_head(asked: sa.Select[*tuple[Any, ...]], chain_id: Any) -> sa.Select[*tuple[Any, ...]]:
    """Ask for the head of a chain, and for who `account_id` is in the log, in a question that is asked anyway."""
    return (
        asked.outerjoin(AuditHead, AuditHead.chain_id == chain_id)
        .outerjoin(AuditPerson, AuditPerson.account_id == sa.bindparam("account_id"))
        .add_columns(AuditHead.number.label("log_number"), AuditHead.hash.label("log_hash"), AuditPerson.audit_id)
    )


def see_head(work: Work, actor: Actor, chain_id: UUID, row: Any) -> None:
    """Remember what `with_head` found, so that the entries of this actor need no question of their own.

    It was read before anybody waited for it. It is still the head only if the update that moves it on finds it so.
    """
    if actor.account_id is not None and row.log_number is not None and row.audit_id is not None:
        head = _Head(number=row.log_number, hash=row.log_hash, people={actor.account_id: row.audit_id})
        work.notes.setdefault("audit_heads", {})[chain_id] = head


def _write(work: Work, pending: list[_Pending]) -> None:
    in_order = sorted(pending, key=lambda one: one.chain_id)
    for chain_id, entries in itertools.groupby(in_order, key=lambda one: one.chain_id):
        _append(work, chain_id, list(entries))
    pending.clear()


def _append(work: Work, chain_id: UUID, entries: list[_Pending]) -> None:
    """Write these behind the head of their chain. It is held from the moment it is moved on, or locked before."""
    actors = {one.actor.account_id: one.actor for one in entries if one.actor.account_id is not None}
    head: _Head | None = work.notes.get("audit_heads", {}).pop(chain_id, None)
    if head is None or not actors.keys() <= head.people.keys():
        head = _locked_head(work, chain_id, actors)
    rows = _chained(chain_id, head, entries)
    while not _moved(work, head, rows[-1]):  # somebody wrote since it was seen; once it is locked nobody does
        head = _locked_head(work, chain_id, actors)
        rows = _chained(chain_id, head, entries)
    work.session.add_all(rows)


def _chained(chain_id: UUID, head: _Head, entries: list[_Pending]) -> list[AuditEntry]:
    rows: list[AuditEntry] = []
    previous = head.hash
    for number, entry in enumerate(entries, head.number + 1):
        row = AuditEntry(
            chain_id=chain_id,
            number=number,
            at=entry.at,
            actor_id=head.people.get(entry.actor.account_id) if entry.actor.account_id else None,
            role=entry.role,
            action=entry.action,
            object_type=entry.object_type,
            object_id=entry.object_id,
            facts=entry.facts,
            previous=previous,
            hash="",
        )
        row.hash = previous = digest(row)
        rows.append(row)
    return rows


def _moved(work: Work, head: _Head, last: AuditEntry) -> bool:
    """Make this entry the head of its chain; False when the head is not the one its hash goes on from."""
    was = (AuditHead.chain_id == last.chain_id, AuditHead.number == head.number, AuditHead.hash == head.hash)
    move = sa.update(AuditHead).where(*was).values(number=last.number, hash=last.hash)
    result: Any = work.session.execute(move.execution_options(synchronize_session=False))
    return bool(result.rowcount)


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


def _audit_id(work: Work, account_id: UUID) -> UUID:
    """Give the random id that stands for somebody in the log, made at the first entry.

    Whoever waited for the head does not see in the same breath what was made meanwhile, so it may be there already.
    """
    row = _insert(work)(AuditPerson).values(audit_id=new_id(), account_id=account_id)
    made = work.session.scalar(row.on_conflict_do_nothing().returning(AuditPerson.audit_id))
    there = sa.select(AuditPerson.audit_id).where(AuditPerson.account_id == account_id)
    return made or work.session.scalars(there).one()


_LOCKED = (
    sa.select(AuditHead.number, AuditHead.hash, AuditPerson.account_id, AuditPerson.audit_id)
    .outerjoin(AuditPerson, AuditPerson.account_id.in_(sa.bindparam("accounts", expanding=True)))
    .where(AuditHead.chain_id == sa.bindparam("chain_id"))
    .with_for_update(of=AuditHead)
)


def _locked_head(work: Work, chain_id: UUID, actors: dict[UUID, Actor]) -> _Head:
    """Lock the head of a chain, made when there is none; in the same breath, ask who these are in the log."""
    asked = {"chain_id": chain_id, "accounts": list(actors)}
    found = work.session.execute(_LOCKED, asked).all()
    if not found:
        start = _insert(work)(AuditHead).values(chain_id=chain_id, number=0, hash="")
        work.session.execute(start.on_conflict_do_nothing())
        found = work.session.execute(_LOCKED, asked).all()
    people = {row.account_id: row.audit_id for row in found if row.audit_id is not None}
    for account_id, actor in actors.items():
        if account_id not in people and actor.kind is not None:
            people[account_id] = _audit_id(work, account_id)
    return _Head(number=found[0].number, hash=found[0].hash, people=people)


def _insert(work: Work) -> Any:
    return sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
