"""All tables of the service in one place, for migrations, key rotation, backups and tests."""

from typing import Any

import sqlalchemy as sa

from safespace.accounts import models as accounts
from safespace.audit import models as audit
from safespace.crisis import models as crisis
from safespace.groups import models as groups
from safespace.kernel import idempotency, marks, outbox
from safespace.kernel.db import Base, SealedBytes
from safespace.library import models as library
from safespace.moderation import models as moderation
from safespace.moderation import rule_models as rules
from safespace.moderation.learning import models as learning
from safespace.roster import models as roster
from safespace.threads import models as threads

PACKAGES = (
    accounts,
    audit,
    crisis,
    groups,
    idempotency,
    learning,
    library,
    marks,
    moderation,
    outbox,
    roster,
    rules,
    threads,
)
METADATA = Base.metadata


def sealed_columns() -> list[tuple[str, str]]:
    """Give every (table, column) that holds sealed text."""
    return [
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedBytes)
    ]


def sealed() -> list[sa.Column[Any]]:
    """Give every column that holds sealed text."""
    return [METADATA.tables[table].c[column] for table, column in sealed_columns()]
