"""Verifying the log: which entry was changed, removed, added or cut off, named by chain and number.

The chain finds a change inside; the exported heads find a tail that was cut off together with its head row, or a chain
that was written anew from some entry on (design §3).
"""

import enum
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.audit.log import digest
from safespace.audit.models import AuditEntry, AuditHead

HEADS_FILE = "audit-heads.jsonl"
_BATCH = 500
Heads = Mapping[UUID, Mapping[int, str]]


class Fault(enum.StrEnum):
    """What is wrong with an entry."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    ADDED = "added"
    CUT = "cut"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The first entry of a chain that is not what it was."""

    chain_id: UUID
    number: int
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of a chain: how many entries it has, and the hash over all of them."""

    chain_id: UUID
    number: int
    hash: str


def verify(session: Session, chain_id: UUID, exported: Mapping[int, str] | None = None) -> Broken | None:
    """Give the first broken entry of this chain, or None when it is whole.

    `exported` are hashes by number that were written elsewhere earlier; without them a tail that was cut off together
    with its head does not show.
    """
    exported = exported or {}
    head = session.get(AuditHead, chain_id, populate_existing=True)
    end = head.number if head else 0
    last, previous = 0, ""
    rows = session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.chain_id == chain_id)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=_BATCH, populate_existing=True)
    )
    for row in rows:
        fault = _fault(row, last, previous, end, exported)
        if fault:
            rows.close()
            number = last + 1 if fault is Fault.MISSING else row.number
            return Broken(chain_id=chain_id, number=number, fault=fault)
        last, previous = row.number, row.hash
        session.expunge(row)  # a long log is read through, not kept
    known = max((end, *exported))
    if last < known:
        return Broken(chain_id=chain_id, number=last + 1, fault=Fault.CUT)
    if head and head.hash != previous:
        return Broken(chain_id=chain_id, number=last, fault=Fault.CHANGED)
    return None


def _fault(row: AuditEntry, last: int, previous: str, end: int, exported: Mapping[int, str]) -> Fault | None:
    if row.number != last + 1:
        return Fault.MISSING
    if row.number > end:
        return Fault.ADDED
    if digest(row) != row.hash:
        return Fault.CHANGED
    if row.previous != previous:
        return Fault.UNLINKED
    if exported.get(row.number, row.hash) != row.hash:
        return Fault.REWRITTEN
    return None


def verify_all(session: Session, exported: Heads | None = None) -> list[Broken]:
    """Give the first broken entry of every broken chain, in the order of chains; also of chains that are gone."""
    exported = exported or {}
    chains = {*session.scalars(sa.select(AuditHead.chain_id)), *exported}
    chains.update(session.scalars(sa.select(AuditEntry.chain_id).distinct()))
    found = (verify(session, chain, exported.get(chain)) for chain in sorted(chains))
    return [broken for broken in found if broken]


def heads(session: Session) -> list[Head]:
    """Give the end of every chain."""
    rows = session.execute(sa.select(AuditHead.chain_id, AuditHead.number, AuditHead.hash).order_by(AuditHead.chain_id))
    return [Head(chain_id=row.chain_id, number=row.number, hash=row.hash) for row in rows]


def export_heads(session: Session, path: Path, now: datetime) -> list[Head]:
    """Append the end of every chain as one line of JSON and give them.

    The file proves most when it is copied or printed elsewhere: whoever can change it and the database can lie in both.
    """
    found = heads(session)
    line = {"at": now.isoformat(), "heads": {str(head.chain_id): [head.number, head.hash] for head in found}}
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(json.dumps(line, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return found


def read_heads(path: Path) -> dict[UUID, dict[int, str]]:
    """Give what was exported, hashes by number for every chain; nothing when there is no file.

    Raises ValueError, naming the line, when a line is not one that `export_heads` wrote.
    """
    if not path.exists():
        return {}
    return _collect(path.read_text().splitlines())


def _collect(lines: Iterable[str]) -> dict[UUID, dict[int, str]]:
    found: dict[UUID, dict[int, str]] = {}
    for at, line in enumerate(lines, 1):
        try:
            for chain, (number, written) in json.loads(line)["heads"].items():
                if number:
                    found.setdefault(UUID(chain), {})[int(number)] = str(written)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"line {at} of the exported heads cannot be read") from error
    return found
