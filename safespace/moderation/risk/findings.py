"""Turns what was matched in one stream into findings: guards, compositions and replacements applied."""

from collections.abc import Sequence
from dataclasses import dataclass

from safespace.moderation.risk.context import Cues, lowering
from safespace.moderation.risk.matching import Match
from safespace.moderation.risk.reading import EVASIVE
from safespace.moderation.risk.rules import Composition, Lowering, Rule

_MOST_PAIRS = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule found at one place of the folded text, with what made it lighter and how the words were read."""

    rule: Rule
    span: tuple[int, int]
    view: str
    evasive: bool
    sentences: tuple[int, int]
    lowered: tuple[Lowering, tuple[int, int]] | None = None


def _span(match: Match, cues: Cues) -> tuple[int, int]:
    starts, ends = cues.stream.starts, cues.stream.ends
    # A text read backwards has its last word first.
    return min(starts[match.start], starts[match.end]), max(ends[match.start], ends[match.end])


def _view(match: Match, cues: Cues) -> str:
    views = set(cues.stream.views[match.start : match.end + 1])
    odd = sorted(views & EVASIVE) or sorted(views - {"folded"})
    return odd[0] if odd else "folded"


def _guarded(rule: Rule, match: Match, cues: Cues) -> bool:
    first, last = cues.sentences(match)
    return any(cues.over(slot, match.start, match.end) for slot in rule.guards_over) or any(
        cues.near(slot, first, last) is not None for slot in rule.guards_near
    )


def found_by_pattern(
    rule: Rule, matches: Sequence[Match], cues: Cues, quoted: Sequence[tuple[int, int]]
) -> list[Finding]:
    """Promise the findings of a pattern rule that no guard explains away."""
    return [_finding(rule, match, cues, quoted) for match in matches if not _guarded(rule, match, cues)]


def _finding(
    rule: Rule, match: Match, cues: Cues, quoted: Sequence[tuple[int, int]], extent: tuple[int, int] | None = None
) -> Finding:
    lighter = lowering(rule, match, cues, quoted)
    view = _view(match, cues)
    return Finding(
        rule=rule,
        span=_span(match, cues) if extent is None else extent,
        view=view,
        evasive=view in EVASIVE,
        sentences=cues.sentences(match),
        lowered=None if lighter is None else (lighter[0], _span(lighter[1], cues)),
    )


def found_by_composition(
    rule: Rule, composition: Composition, cues: Cues, quoted: Sequence[tuple[int, int]]
) -> list[Finding]:
    """Promise the findings of a rule whose slots must stand together; the first slot is the anchor."""
    if composition.alike:
        return _found_by_two(rule, composition, cues, quoted)
    findings = []
    anchor, *others = composition.needs
    for match in cues.of(anchor):
        first, last = cues.sentences(match)
        low, high = first - composition.within, last + composition.within
        partners: list[Match] = []
        # The first slot that is missing settles it, and nearly always one is: guards are asked last.
        for slot in others:
            partner = cues.near(slot, low, high)
            if partner is None:
                break
            partners.append(cues.near(slot, first, last) or partner)
        if len(partners) < len(others) or _guarded(rule, match, cues):
            continue
        if any(cues.near(slot, low, high) is not None for slot in composition.without):
            continue
        extent = _span(match, cues)
        for partner in partners:
            if cues.sentences(partner) == (first, last):
                start, end = _span(partner, cues)
                extent = min(extent[0], start), max(extent[1], end)
        findings.append(_finding(rule, match, cues, quoted, extent))
    return findings


def _found_by_two(rule: Rule, composition: Composition, cues: Cues, quoted: Sequence[tuple[int, int]]) -> list[Finding]:
    """Any two different slots near each other that share no word; the first pair is enough to read on."""
    matches = sorted(
        ((match.start, slot, match) for slot in composition.alike for match in cues.of(slot)),
        key=lambda entry: entry[:2],
    )
    for at, (_, slot, match) in enumerate(matches[:_MOST_PAIRS]):
        first, last = cues.sentences(match)
        low, high = first - composition.within, last + composition.within
        partner = next(
            (
                other
                for _, name, other in matches[at + 1 : at + _MOST_PAIRS]
                if name != slot and other.start > match.end and cues.sentences(other)[0] <= high
            ),
            None,
        )
        if partner is None or _guarded(rule, match, cues) or _guarded(rule, partner, cues):
            continue
        if any(cues.near(name, low, high) is not None for name in composition.without):
            continue
        extent = _span(match, cues)
        if cues.sentences(partner) == (first, last):
            extent = extent[0], max(extent[1], _span(partner, cues)[1])
        return [_finding(rule, match, cues, quoted, extent)]
    return []


def without_replaced(findings: list[Finding]) -> list[Finding]:
    """Promise the findings minus those that a more precise rule in the same or a neighbouring sentence replaces."""
    replacing: dict[str, set[int]] = {}
    for finding in findings:
        for name in finding.rule.replaces:
            near = replacing.setdefault(name, set())
            near.update(range(finding.sentences[0] - 1, finding.sentences[1] + 2))
    return [
        finding
        for finding in findings
        if finding.sentences[0] not in replacing.get(finding.rule.name, ())
        or finding.sentences[1] not in replacing.get(finding.rule.name, ())
    ]


def distinct(findings: list[Finding]) -> list[Finding]:
    """Promise one finding per rule and place; of readings of the same place the plainest comes first and stays."""
    kept: dict[str, list[Finding]] = {}
    for finding in findings:
        mine = kept.setdefault(finding.rule.name, [])
        start, end = finding.span
        if not any(start < other.span[1] and end > other.span[0] for other in mine[-8:]):
            mine.append(finding)
    return [finding for mine in kept.values() for finding in mine]
