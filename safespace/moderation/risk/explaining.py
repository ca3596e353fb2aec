"""One assessment laid out for a terminal: the text with its spans in colour, then every step that led to the level."""

from collections.abc import Iterator

from rich.text import Text

from safespace.moderation.risk.assessment import Assessment, Severity, Signal, SignalKind

_COLOURS = {
    Severity.NONE: "green",
    Severity.LOW: "green",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "magenta",
    Severity.CRISIS: "bold red",
}
_CALM = {
    "nl": "geen signalen gevonden; dat is niet hetzelfde als veilig",
    "en": "no signals found; that isn't the same as safe",
}
_UNREAD = {"nl": "niet (helemaal) beoordeeld", "en": "not (fully) assessed"}


def explained(text: str, assessment: Assessment, language: str = "nl") -> Iterator[Text]:
    """Yield the lines of an explanation in `language` (nl or en); the text comes first, unchanged."""
    marked = Text(text)
    for signal in reversed(assessment.signals):
        if signal.kind is SignalKind.FINDING:
            marked.stylize(f"{_COLOURS[signal.severity]} underline", *signal.span)
    yield marked
    yield Text()
    head = Text(assessment.severity.value, style=_COLOURS[assessment.severity])
    if not assessment.signals:
        head.append(f" - {_CALM[language]}")
    if not assessment.assessed:
        head.append(f" - {_UNREAD[language]}")
    yield head
    if assessment.concerns:
        yield Text("publication: " + ", ".join(assessment.concerns))
    for signal in assessment.signals:
        yield _line(signal, language)
    yield Text(f"rules {assessment.rules_version}", style="dim")


def _line(signal: Signal, language: str) -> Text:
    found = signal.kind is SignalKind.FINDING
    line = Text("  " if found else "      ")
    line.append(f"{signal.severity.value:<7}" if found else f"{signal.kind.value}: ", style=_COLOURS[signal.severity])
    line.append(f"{signal.rule} [{signal.span[0]}-{signal.span[1]}, {signal.view}] ")
    line.append(signal.reason_nl if language == "nl" else signal.reason_en)
    return line
