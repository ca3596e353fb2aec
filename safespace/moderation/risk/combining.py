"""Makes one assessment of all findings: the worst level counts, never a sum, and every change of level is a line."""

from collections.abc import Iterable, Mapping

from safespace.moderation.risk.assessment import (
    ANONYMITY,
    Assessment,
    Category,
    Profile,
    Severity,
    Signal,
    SignalKind,
    Stance,
)
from safespace.moderation.risk.findings import Finding
from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.rules import NEVER_BELOW_MEDIUM, Reason, Ruleset

HISTORY = "history"  # the note that the author had such a signal before
_MOST_LINES = 60


def signals_of(finding: Finding, folded: Folded, ruleset: Ruleset, profile: Profile) -> list[Signal]:
    """Promise the lines of one finding: the finding at its final level, then what raised or lowered it."""
    rule = finding.rule
    level = rule.severity
    notes: list[tuple[str, tuple[int, int], SignalKind]] = []
    stricter = rule.profiles.get(profile)
    if stricter is None:
        stricter = ruleset.profiles.get(profile, {}).get(rule.category, {}).get(level)
    if stricter is not None and stricter != level:
        level = stricter
        notes.append(("profile", finding.span, SignalKind.CONTEXT))
    if finding.lowered is not None:
        lighter = Severity.of_rank(level.rank - 1)
        if rule.category in NEVER_BELOW_MEDIUM:
            lighter = max(lighter, min(level, Severity.MEDIUM))
        if lighter != level:
            level = lighter
            notes.append((finding.lowered[0].value, finding.lowered[1], SignalKind.CONTEXT))
    ceiling = ruleset.evasion_ceiling.get(rule.category)
    if finding.evasive and ceiling is not None and level >= Severity.MEDIUM:
        level = max(level, min(Severity.of_rank(level.rank + 1), ceiling))
        notes.append(("evasion", finding.span, SignalKind.EVASION))

    def line(span: tuple[int, int], name: str, reason: Reason, kind: SignalKind) -> Signal:
        return Signal(
            span=folded.span(*span),
            view=finding.view,
            rule=name,
            category=rule.category,
            severity=level,
            reason_nl=reason.nl,
            reason_en=reason.en,
            stance=_stance(finding) if kind is SignalKind.FINDING else Stance.NEUTRAL,
            kind=kind,
        )

    lines = [line(finding.span, rule.name, rule.reason, SignalKind.FINDING)]
    lines += [line(span, name, ruleset.notes[name], kind) for name, span, kind in notes]
    return lines


def _stance(finding: Finding) -> Stance:
    lighter = None if finding.lowered is None else finding.lowered[0]
    if lighter == "quotation":
        return Stance.QUOTES
    if lighter == "recovery":
        return Stance.RECOVERS
    if lighter == "third_person":
        return Stance.CONCERN
    return finding.rule.stance


def note(name: str, length: int, ruleset: Ruleset, kind: SignalKind, category: Category | None = None) -> Signal:
    """Promise a line about the text as a whole (`length` raw characters) at level medium."""
    reason = ruleset.notes[name]
    return Signal((0, length), "raw", name, category, Severity.MEDIUM, reason.nl, reason.en, Stance.NEUTRAL, kind)


def combine(
    findings: Iterable[Finding],
    folded: Folded,
    ruleset: Ruleset,
    profile: Profile,
    repeated: Mapping[Category, int],
    faults: Iterable[str] = (),
) -> Assessment:
    """Promise the assessment of all findings: ordinal maximum, and at least medium when a part failed (`faults`)."""
    groups: list[list[Signal]] = []
    concerns: dict[Category, None] = {}
    categories: dict[Category, None] = {}
    for finding in findings:
        lines = signals_of(finding, folded, ruleset, profile)
        groups.append(lines)
        if finding.rule.severity is Severity.NONE:  # it only says what makes the words ordinary
            continue
        categories[finding.rule.category] = None
        if finding.rule.concern:
            concerns[finding.rule.category] = None
    groups.sort(key=lambda lines: (-lines[0].severity.rank, lines[0].span, lines[0].rule))
    level = Severity.worst(*(lines[0].severity for lines in groups))
    if len(groups) > _MOST_LINES:  # of one level what may be about somebody in need is never what is left out
        first = sorted(groups, key=lambda lines: (-lines[0].severity.rank, lines[0].category in ANONYMITY))
        kept = set(map(id, first[:_MOST_LINES]))
        groups = [lines for lines in groups if id(lines) in kept]
    signals = [signal for lines in groups for signal in lines]
    length = len(folded.raw)
    signals += [
        note(HISTORY, length, ruleset, SignalKind.CONTEXT, category)
        for category in categories
        if repeated.get(category, 0) > 0
    ]
    problems = list(dict.fromkeys(faults))
    signals += [note(name, length, ruleset, SignalKind.FAULT) for name in problems]
    if problems:
        level = max(level, Severity.MEDIUM)
    return Assessment(
        severity=level,
        categories=tuple(category for category in Category if category in categories),
        concerns=tuple(category for category in Category if category in concerns),
        signals=tuple(signals),
        rules_version=ruleset.version,
        assessed=not problems,
    )
