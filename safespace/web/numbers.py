"""Numbers that come in an address or a form: read in one place, and never larger than the database can hold."""

from typing import TypeVar

from werkzeug.datastructures import MultiDict

MOST = 1_000_000_000  # beyond any page, version, sheet or log; more than this does not fit every column
Otherwise = TypeVar("Otherwise")


def number_in(values: MultiDict[str, str], name: str, otherwise: Otherwise) -> int | Otherwise:
    """Give the whole number in a field, from 0 to MOST; `otherwise` when there is none there."""
    found = values.get(name, type=int)
    return otherwise if found is None else capped(found)


def capped(number: int) -> int:
    """Give a number as it fits: what is larger than MOST is MOST, what is below nothing is 0."""
    return min(max(0, number), MOST)
