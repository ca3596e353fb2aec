"""Sealing everything anew with the current key, row by row, while others may be writing."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from safespace.kernel.sealed import KeyRing, place

BATCH = 500
_VERSION_BYTES = 2
_PASSES = 5
Column = sa.Column[Any]
Told = Callable[[Column, int], None]
Options = dict[str, Any]


class UnfinishedRotationError(Exception):
    """Values are still being sealed with an older key; somebody is writing with an older ring."""


def reseal(engine: sa.Engine, ring: KeyRing, columns: Iterable[Column], *, options: Options, told: Told) -> int:
    """Seal every value of these columns with the ring's current key and give how many were.

    Each batch is one transaction, begun with these execution `options`; a value that somebody changes meanwhile waits
    for the next pass. `told` hears (column, count) after each batch. It may be interrupted and started again any time.
    Raises UnsealError when a value doesn't open: nothing of its batch is changed then.
    """
    total = 0
    for column in columns:
        for _ in range(_PASSES):
            done = _pass(engine, ring, column, options, told)
            total += done
            if not done:
                break
        else:
            raise UnfinishedRotationError(str(column))
    return total


def versions_in_use(connection: sa.Connection, columns: Iterable[Column]) -> Counter[int]:
    """Count the sealed values by the version of the key that sealed them."""
    found: Counter[int] = Counter()
    for column in columns:
        version = sa.func.substr(sa.type_coerce(column, sa.LargeBinary()), 1, _VERSION_BYTES).label("version")
        query = sa.select(version, sa.func.count()).where(_holds(column)).group_by(version)
        for blob, count in connection.execute(query):
            found[int.from_bytes(bytes(blob), "big")] += count
    return found


def one_of_each_version(connection: sa.Connection, columns: Iterable[Column]) -> dict[int, tuple[str, bytes]]:
    """Give for every key version in use one value that it sealed, with its place: who opens these, opens all."""
    found: dict[int, tuple[str, bytes]] = {}
    for column in columns:
        plain = sa.type_coerce(column, sa.LargeBinary())
        version = sa.func.substr(plain, 1, _VERSION_BYTES)
        known = [sa.literal(one.to_bytes(_VERSION_BYTES, "big"), sa.LargeBinary()) for one in found]
        while row := connection.execute(
            sa.select(column.table.c.id, column).where(_holds(column), version.not_in(known)).limit(1)
        ).first():
            blob = bytes(row[1])
            found[int.from_bytes(blob[:_VERSION_BYTES], "big")] = place(column.table.name, column.name, row[0]), blob
            known.append(sa.literal(blob[:_VERSION_BYTES], sa.LargeBinary()))
    return found


def unopened(ring: KeyRing, sealed: dict[int, tuple[str, bytes]]) -> list[int]:
    """Give the versions of which this ring cannot open the value: it lacks that key, or has another by its number."""
    return sorted(version for version, (where, blob) in sealed.items() if not ring.opens(where, blob))


def _pass(engine: sa.Engine, ring: KeyRing, column: Column, options: Options, told: Told) -> int:
    done, last = 0, None
    while True:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            rows = _older(connection, ring, column, last)
            if not rows:
                return done
            changed = sum(_seal_again(connection, ring, column, row_id, blob) for row_id, blob in rows)
        done += changed
        last = rows[-1][0]
        told(column, changed)


def _older(connection: sa.Connection, ring: KeyRing, column: Column, last: Any) -> list[tuple[Any, bytes]]:
    key = column.table.c.id
    version = sa.func.substr(sa.type_coerce(column, sa.LargeBinary()), 1, _VERSION_BYTES)
    current = sa.literal(ring.current.to_bytes(_VERSION_BYTES, "big"), sa.LargeBinary())
    query = sa.select(key, column).where(_holds(column), version != current).order_by(key).limit(BATCH)
    if last is not None:
        query = query.where(key > last)
    return [(row[0], bytes(row[1])) for row in connection.execute(query)]


def _seal_again(connection: sa.Connection, ring: KeyRing, column: Column, row_id: Any, blob: bytes) -> int:
    table = column.table
    where = place(table.name, column.name, row_id)
    again = ring.seal(where, ring.open(where, blob))
    change = sa.update(table).where(table.c.id == row_id, column == blob).values({column.name: again})
    return connection.execute(change).rowcount


def _holds(column: Column) -> sa.ColumnElement[bool]:
    return sa.and_(column.is_not(None), sa.func.length(sa.type_coerce(column, sa.LargeBinary())) > 0)
