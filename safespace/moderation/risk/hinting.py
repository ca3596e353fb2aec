"""What the composer may say to an author before sending: a kind of hint, never the word that was found (design §7)."""

from dataclasses import dataclass
from enum import StrEnum

from safespace.moderation.risk.assessment import Assessment, Category, Severity, SignalKind


class Hint(StrEnum):
    """What a gentle line under the text is about; each may be ignored, and sending stays possible."""

    NUMBERS = "numbers"
    PERSONAL_DATA = "personal_data"
    CONTACT = "contact"


_ABOUT = {
    Category.NUMBERS: Hint.NUMBERS,
    Category.PERSONAL_DATA: Hint.PERSONAL_DATA,
    Category.CONTACT_REQUEST: Hint.CONTACT,
}
# These may be about the writer's own need; they show help, not a hint about house rules.
_OWN_NEED = frozenset({Category.SUICIDE, Category.SELF_HARM, Category.MEDICAL_EMERGENCY, Category.ABUSE_DISCLOSURE})


@dataclass(frozen=True, slots=True)
class Advice:
    """Which hints to show, in a fixed order, and whether the help card comes first; holds no words of the text."""

    hints: tuple[Hint, ...]
    help_first: bool


def advice(assessment: Assessment) -> Advice:
    """Promise the advice for one text. Help comes first on high and crisis, and whenever somebody may be in need."""
    found = {signal.category for signal in assessment.signals if signal.kind is SignalKind.FINDING}
    hints = {_ABOUT[category] for category in found if category in _ABOUT}
    needy = any(
        signal.category in _OWN_NEED and signal.severity >= Severity.MEDIUM
        for signal in assessment.signals
        if signal.kind is SignalKind.FINDING
    )
    return Advice(tuple(hint for hint in Hint if hint in hints), needy or assessment.severity >= Severity.HIGH)
