"""Turns what was matched in one stream into findings: guards, compositions and replacements applied."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from safespace.moderation.risk.assessment import Severity, Stance
from safespace.moderation.risk.context import Cues, Reach, lowering, meant, told_apart
from safespace.moderation.risk.matching import Match
from safespace.moderation.risk.reading import EVASIVE
from safespace.moderation.risk.rules import NEVER_BELOW_MEDIUM, SOMEBODY_IN_DANGER, Composition, Lowering, Rule

_MOST_PAIRS = 40
_PLAINLY = frozenset({"folded"})
# Fixed expressions: in these the words mean something else, whatever stands beside them.
_EXPRESSIONS = frozenset({"idioms", "titles"})
# News is about others: what somebody says of themself stays theirs, whoever reports on it.
_REPORT = "news_report"
# How far words are explained by what stands around them, and by which words.
_Explained = tuple[Reach, Match | None]
_AS_IT_SAYS: _Explained = (Reach.APART, None)
_AWAY: _Explained = (Reach.WITHIN, None)


class Finding(NamedTuple):
    """One rule found at one place of the folded text, with what made it lighter and how the words were read.

    `clauses` are the first and last clause of what was found itself, without what a composition found around it.
    `lightens` says that a rule which lightens others was found to be about this very mention.
    """

    rule: Rule
    span: tuple[int, int]
    view: str
    evasive: bool
    sentences: tuple[int, int]
    lowered: tuple[Lowering, tuple[int, int]] | None = None
    clauses: tuple[int, int] = (-9, -9)
    lightens: bool = False


def _span(match: Match, cues: Cues) -> tuple[int, int]:
    starts, ends = cues.stream.starts, cues.stream.ends
    # A text read backwards has its last word first.
    return min(starts[match.start], starts[match.end]), max(ends[match.start], ends[match.end])


def _view(match: Match, cues: Cues) -> str:
    views = set(cues.stream.views[match.start : match.end + 1])
    if views == _PLAINLY:
        return "folded"
    odd = sorted(views & EVASIVE) or sorted(views - _PLAINLY)
    return odd[0] if odd else "folded"


def _explained(rule: Rule, slots: Sequence[str], match: Match, cues: Cues) -> _Explained:
    """How far any of `slots` makes the words of `match` ordinary, and which words do.

    Where somebody may be in danger now only what has to do with it explains it, elsewhere anything in its sentence.
    """
    first, last = cues.sentences(match)
    found = _AS_IT_SAYS
    for slot in slots:
        if cues.near(slot, first, last) is None:
            continue
        if rule.severity < Severity.HIGH or rule.category not in SOMEBODY_IN_DANGER:
            return _AWAY
        for guard in cues.near_all(slot, first, last):
            reach = cues.reach(guard, match)
            if reach is Reach.WITHIN:
                return reach, guard
            if reach > found[0]:
                found = reach, guard
    return found


def _guarded(rule: Rule, match: Match, cues: Cues) -> _Explained:
    """How far words at or around `match` explain it; where somebody says to mean it only an idiom can."""
    over = [slot for slot in rule.guards_over if cues.over(slot, match.start, match.end)]
    if over and not _EXPRESSIONS.isdisjoint(over):
        return _AWAY
    slots = rule.guards_near
    if _REPORT in slots and cues.near("speaks", *cues.sentences(match)) is not None:
        slots = tuple(slot for slot in slots if slot != _REPORT)
    found = _AWAY if over else _explained(rule, slots, match, cues)
    return _AS_IT_SAYS if found[0] and meant(rule, match, cues) else found


def _missed(rule: Rule, composition: Composition, match: Match, partners: Sequence[str], cues: Cues) -> _Explained:
    """How far a composition is made only with words near which a slot stands that must not.

    What makes words ordinary speaks of its own sentence and hides nothing beside it, unless it explains what is around.
    """
    first, last = cues.sentences(match)
    low, high = first - composition.within, last + composition.within
    if _any_near(composition.around, low, high, cues):
        found = _AWAY
    elif _any_near(composition.without, low, high, cues):
        found = _explained(rule, composition.without, match, cues)
        for slot in partners:
            asked = (_explained(rule, composition.without, one, cues) for one in cues.near_all(slot, low, high))
            found = _farther(found, min(asked, key=itemgetter(0), default=found))
    else:
        return _AS_IT_SAYS
    return _AS_IT_SAYS if found[0] and meant(rule, match, cues) else found


def _farther(one: _Explained, other: _Explained) -> _Explained:
    return max(one, other, key=itemgetter(0))


def _any_near(slots: Sequence[str], first: int, last: int, cues: Cues) -> bool:
    """Tell whether any of these slots stands within sentences `first` to `last`."""
    for slot in slots:  # noqa: SIM110 - the generator of any() costs more than the question
        if cues.near(slot, first, last) is not None:
            return True
    return False


def found_by_pattern(
    rule: Rule, matches: Sequence[Match], cues: Cues, quoted: Sequence[tuple[int, int]]
) -> list[Finding]:
    """Promise the findings of a pattern rule that no guard explains away."""
    found = []
    for match in matches:
        reach, beside = _guarded(rule, match, cues)
        if reach is not Reach.WITHIN:
            found.append(_finding(rule, match, cues, quoted, beside=beside))
    return [one._replace(lightens=True) for one in found] if rule.lightens else found


def _finding(
    rule: Rule,
    match: Match,
    cues: Cues,
    quoted: Sequence[tuple[int, int]],
    extent: tuple[int, int] | None = None,
    *,
    beside: Match | None = None,
) -> Finding:
    """One finding, lighter by the context of `match`, or by what stands `beside` it and makes such words ordinary."""
    lighter = lowering(rule, match, cues, quoted)
    if lighter is None and beside is not None:
        lighter = Lowering.ELSEWHERE, beside
    view = _view(match, cues)
    return Finding(
        rule=rule,
        span=_span(match, cues) if extent is None else extent,
        view=view,
        evasive=view in EVASIVE,
        sentences=cues.sentences(match),
        lowered=None if lighter is None else (lighter[0], _span(lighter[1], cues)),
        clauses=(cues.clause(match.start), cues.clause(match.end)),
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
        if len(partners) < len(others):
            continue
        reach, beside = _guarded(rule, match, cues)
        if reach is not Reach.WITHIN:
            reach, beside = _farther((reach, beside), _missed(rule, composition, match, others, cues))
        if reach is Reach.WITHIN:
            continue
        extent = _span(match, cues)
        for partner in partners:
            if cues.sentences(partner) == (first, last):
                start, end = _span(partner, cues)
                extent = min(extent[0], start), max(extent[1], end)
        found = _finding(rule, match, cues, quoted, extent, beside=beside)
        lightens = bool(rule.lightens) and (not partners or told_apart(match, partners, cues))
        findings.append(found._replace(lightens=True) if lightens else found)
    return findings


def _found_by_two(rule: Rule, composition: Composition, cues: Cues, quoted: Sequence[tuple[int, int]]) -> list[Finding]:
    """Any two different slots near each other that share no word; the first pair is enough to read on."""
    matches = sorted(
        ((match.start, slot, match) for slot in composition.alike for match in cues.of(slot)),
        key=lambda entry: entry[:2],
    )

    def asked(one: Match) -> _Explained:
        return _farther(_guarded(rule, one, cues), _missed(rule, composition, one, (), cues))

    for at, (_, slot, match) in enumerate(matches[:_MOST_PAIRS]):
        first, last = cues.sentences(match)
        high = last + composition.within
        partner = next(
            (
                other
                for _, name, other in matches[at + 1 : at + _MOST_PAIRS]
                if name != slot and other.start > match.end and cues.sentences(other)[0] <= high
            ),
            None,
        )
        if partner is None:
            continue
        reach, beside = _farther(asked(match), asked(partner))
        if reach is Reach.WITHIN:
            continue
        extent = _span(match, cues)
        if cues.sentences(partner) == (first, last):
            extent = extent[0], max(extent[1], _span(partner, cues)[1])
        return [_finding(rule, match, cues, quoted, extent, beside=beside)]
    return []


def without_replaced(findings: list[Finding]) -> list[Finding]:
    """Promise the findings minus those that a more precise rule in the same or a neighbouring sentence replaces.

    One that only says why words are ordinary replaces in its own sentence.
    What a rule only lightens stays: a level lower, with a line that says so, and nowhere but at the same mention.
    """
    replacing: dict[str, dict[int, Severity]] = {}
    lightening: dict[str, list[Finding]] = {}
    for finding in findings:
        for name in finding.rule.replaces:
            near = replacing.setdefault(name, {})
            reach = finding.rule.severity is not Severity.NONE  # what makes words ordinary speaks of its own sentence
            for sentence in range(finding.sentences[0] - reach, finding.sentences[1] + 1 + reach):
                near[sentence] = max(near.get(sentence, Severity.NONE), finding.rule.severity)
        for name in finding.rule.lightens if finding.lightens else ():
            lightening.setdefault(name, []).append(finding)
    return [
        _lightened(finding, lightening.get(finding.rule.name, ()))
        for finding in findings
        if not _replaced(finding, replacing.get(finding.rule.name, {}))
    ]


def _replaced(finding: Finding, near: Mapping[int, Severity]) -> bool:
    first, last = finding.sentences
    if first not in near or last not in near:
        return False
    # Rule files are refused for this; a proposed change of a level is tried without them.
    heavier = finding.rule.severity > min(near[first], near[last])
    return not (heavier and finding.rule.category in NEVER_BELOW_MEDIUM)


def _lightened(finding: Finding, others: Sequence[Finding]) -> Finding:
    first, last = finding.clauses
    other = next((one for one in others if one.clauses[0] <= last and first <= one.clauses[1]), None)
    if other is None or finding.lowered is not None:
        return finding
    reason = Lowering.RECOVERY if other.rule.stance is Stance.RECOVERS else Lowering.ELSEWHERE
    return finding._replace(lowered=(reason, other.span))


def distinct(findings: list[Finding]) -> list[Finding]:
    """Promise one finding per rule and place; of readings of the same place the plainest comes first and stays."""
    kept: dict[str, list[Finding]] = {}
    for finding in findings:
        mine = kept.setdefault(finding.rule.name, [])
        start, end = finding.span
        if not any(start < other.span[1] and end > other.span[0] for other in mine[-8:]):
            mine.append(finding)
    return [finding for mine in kept.values() for finding in mine]
