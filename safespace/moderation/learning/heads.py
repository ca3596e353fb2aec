"""The questions that are learned, each by itself, and how far a yes may raise a level."""

import enum

from safespace.moderation.risk.assessment import Severity


class Head(enum.StrEnum):
    """A question to humans' decisions: must somebody look, soon, or would it harm who reads it."""

    URGENT = "urgent"
    HIGH = "high"
    HARM = "harm"


# The highest level a yes may raise to, always by one step. Never crisis: only rules and humans say that.
CEILINGS = {Head.URGENT: Severity.MEDIUM, Head.HIGH: Severity.HIGH, Head.HARM: Severity.LOW}
# The level from which a human's answer is a yes; harm to readers is no level.
LEVELS = {Head.URGENT: Severity.MEDIUM, Head.HIGH: Severity.HIGH}
