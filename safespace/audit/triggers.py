"""The database's own refusal to change or remove an entry of the log (NEN 7513; security reference N3).

They stop a slip and a hijacked application, not whoever owns the database: that one is found by `audit verify`.
"""

from typing import Any

import sqlalchemy as sa

TABLE = "audit_entries"
FUNCTION = "audit_entries_are_kept"
REFUSAL = "entries of the log are never changed or removed"

_SQLITE = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
_FUNCTION = (
    "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
)
_ROWS = "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
_TABLE = (
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
)


def _filled(text: str, verb: str = "") -> str:
    return text.format(table=TABLE, function=FUNCTION, refusal=REFUSAL, verb=verb)


CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": (_filled(_SQLITE, "update"), _filled(_SQLITE, "delete")),
    "postgresql": (_filled(_FUNCTION), _filled(_ROWS), _filled(_TABLE)),
}

REMOVE: dict[str, tuple[str, ...]] = {
    "sqlite": (f"DROP TRIGGER IF EXISTS {TABLE}_no_update", f"DROP TRIGGER IF EXISTS {TABLE}_no_delete"),
    "postgresql": (
        f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
        f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {FUNCTION}()",
    ),
}


def protect(table: sa.FromClause) -> None:
    """Let every database that creates this table create its triggers too; a migration runs `CREATE` itself."""
    for dialect, statements in CREATE.items():
        for statement in statements:
            sa.event.listen(table, "after_create", _only_on(dialect, statement))
    sa.event.listen(table, "after_drop", _only_on("postgresql", f"DROP FUNCTION IF EXISTS {FUNCTION}()"))


def _only_on(dialect: str, statement: str) -> Any:
    ddl: Any = sa.DDL
    return ddl(statement).execute_if(dialect=dialect)
