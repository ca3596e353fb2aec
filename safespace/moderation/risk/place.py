"""What a detector of personal data may look at."""

from dataclasses import dataclass

from safespace.moderation.risk.context import Cues
from safespace.moderation.risk.folding import Folded

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """What a detector may look at: the folded text, one stream with its cues, and what is always allowed."""

    folded: Folded
    cues: Cues
    help_lines: frozenset[str]
    domains: frozenset[str]
    names: tuple[str, ...] = ()
