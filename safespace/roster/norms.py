"""Within how many minutes the team means to read, by level; counted in opening hours, except for a crisis.

The figures are those of domain reference §2.7; a location can set its own.
"""

from safespace.groups.models import Location

USUAL = "usual"  # half of all posts: what youths read about waiting
LEVELS = ("none", "low", "medium", "high", "crisis")  # from the least to the most urgent
MINUTES = {USUAL: 120, "none": 480, "low": 480, "medium": 240, "high": 60, "crisis": 10}


def minutes_of(location: Location, key: str) -> int:
    """Give the norm of a location for a level, or for `usual`."""
    return int(location.norms.get(key, MINUTES[key]))
