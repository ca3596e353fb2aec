"""How tables are compared and written into revisions."""

from typing import Any

import sqlalchemy as sa

from safespace import tables


def rendered(kind: str, value: Any, autogen: Any) -> Any:
    """Write column types without our own classes, which may change later."""
    del autogen
    if kind == "type" and isinstance(value, sa.types.TypeDecorator):
        return f"sa.{value.impl!r}"
    return False


def comparable(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave out indexes with a direction, which Alembic cannot compare; a test compares what databases say of them."""
    del thing
    directed = {
        str(index.name)
        for table in tables.METADATA.tables.values()
        for index in table.indexes
        if any(isinstance(part, sa.TextClause) for part in index.expressions)
    }
    return kind != "index" or name not in directed
