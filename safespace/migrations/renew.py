"""Makes the first revision anew from the tables: until the first release only; after that, add one."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import ops

from safespace import tables
from safespace.audit import triggers
from safespace.migrations.drawing import rendered

TARGET = Path(__file__).resolve().parent / "versions" / "0001_the_first_tables.py"
TEXT = '''"""The first tables.

Revision: 0001, after: none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The database's own refusal to change the log. Literal, since a revision never changes afterwards.
PROTECT = {protect}
RELEASE = {release}


def upgrade() -> None:
    """Bring the tables to this revision."""
    {up}
    for statement in PROTECT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    for statement in RELEASE[op.get_bind().dialect.name]:
        op.execute(statement)
    {down}
'''


def renew() -> Path:
    """Write the first revision from what the models say now; a database is not needed."""
    others = sorted(path.name for path in TARGET.parent.glob("*.py") if path != TARGET)
    if others:
        raise SystemExit(f"There are later revisions ({', '.join(others)}): add one instead.")
    made: list[Any] = []
    for table in tables.METADATA.sorted_tables:
        made.append(ops.CreateTableOp.from_table(table))
        made.extend(ops.CreateIndexOp.from_index(index) for index in sorted(table.indexes, key=_name))
    gone = [ops.DropTableOp.from_table(table) for table in reversed(tables.METADATA.sorted_tables)]
    TARGET.write_text(
        TEXT.format(
            protect=_literal(triggers.CREATE),
            release=_literal(triggers.REMOVE),
            up=_code(ops.UpgradeOps(made)),
            down=_code(ops.DowngradeOps(gone)),
        )
    )
    return TARGET


def _code(operations: Any) -> str:
    lines = render_python_code(operations, render_item=rendered).splitlines()
    return "\n".join(line for line in lines if "# ###" not in line).strip()


def _literal(statements: dict[str, tuple[str, ...]]) -> str:
    rows = "".join(
        f"    {dialect!r}: (\n" + "".join(f"        {one!r},\n" for one in several) + "    ),\n"
        for dialect, several in statements.items()
    )
    return "{\n" + rows + "}"


def _name(index: sa.Index) -> str:
    return str(index.name)


if __name__ == "__main__":
    print(renew())  # noqa: T201  # a command for developers
