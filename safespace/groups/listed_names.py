"""The list of names around a location that no post may hold: colleagues, clinics, schools; kept by an administrator."""

from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Location
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import accept_line, fold
from safespace.kernel.work import Work

MOST = 100
LONGEST = 60
SHORTEST = 4  # the pre-sorting leaves shorter ones alone: they are in too many words
TEXT = MOST * (LONGEST + 1)


def accept_names(field: str, text: str) -> tuple[str, ...]:
    """Give the names of a text with one a line, each once; empty lines do not count.

    Raises InvalidError for the field: `names_many`, `name_long`, `name_short`.
    """
    if len(text) > TEXT * 4:  # as in kernel/text.py: capped before it is taken apart
        raise InvalidError(**{field: "names_many"})
    found: dict[str, str] = {}
    for line in text.splitlines():
        name = accept_line(field, line, cap=TEXT, required=False)
        if not name:
            continue
        if len(name) > LONGEST:
            raise InvalidError(**{field: "name_long"})
        if len(fold(name)) < SHORTEST:
            raise InvalidError(**{field: "name_short"})
        found.setdefault(fold(name), name)
    if len(found) > MOST:
        raise InvalidError(**{field: "names_many"})
    return tuple(found.values())


def listed_names(work: Work, location_id: UUID) -> tuple[str, ...]:
    """Give the names that are listed at a location, for whoever reads posts there with software. One query."""
    blob = work.session.scalar(sa.select(Location.names).where(Location.id == location_id))
    return tuple(work.open(Location, "names", location_id, blob).splitlines())
