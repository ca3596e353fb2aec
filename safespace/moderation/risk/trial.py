"""Tries a proposed rule on the rules that are loaded: is it written as agreed, do its examples hold, what else changes.

It makes an engine and reads many examples, which can take a second: not for inside a unit of work.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from safespace.moderation.risk.assessment import Category, Severity, SignalKind
from safespace.moderation.risk.changes import faulty, found
from safespace.moderation.risk.drafting import Draft, DraftKind, draft_of, fragment, rule_named
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.fields import read_text
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.loading import read_rule
from safespace.moderation.risk.nodes import Choice, Node, Word
from safespace.moderation.risk.pattern import Grammar, PatternInvalid
from safespace.moderation.risk.rules import Rule, Ruleset, RulesInvalid

_NAME = re.compile(r"[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)+")
_SIGNS = re.compile(r"[()|?~<>{}*]|~\d")
# So many phrases of a pattern are read to see whether it describes a way of doing harm.
_PHRASES = 24


class DraftInvalid(Exception):  # noqa: N818 - refusals are named for what is wrong
    """A draft that cannot be proposed. `errors` maps a field to a code, and `:line` where one line of it is wrong."""

    def __init__(self, **errors: str) -> None:
        self.errors = errors
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))


@dataclass(frozen=True, kw_only=True, repr=False)
class Line:
    """One example and what happens to it: found by the rule or not, and its level without and with the proposal."""

    text: str
    hit: bool
    before: Severity
    after: Severity


@dataclass(frozen=True, kw_only=True, repr=False)
class Tried:
    """A draft that was tried and can be proposed. `severity` is the highest level of the rule, before or after.

    `broken` names other rules of its categories of which an own example no longer holds.
    """

    draft: Draft
    severity: Severity
    lines: tuple[Line, ...]
    broken: tuple[str, ...]
    rules_version: str


def try_draft(engine: Engine, draft: Draft) -> Tried:
    """Promise what a draft does to the rules of `engine`. Raises DraftInvalid."""
    rules = engine.ruleset
    old = _old(rules, draft)
    _check_words(engine, draft, old)
    new = None if draft.kind is DraftKind.REMOVE else _read(draft, old)
    after = _with(engine, old, new)
    there = [rule for rule in (new, old) if rule is not None]
    examples = there[0].examples
    given = Context(names=examples.names)
    lines = []
    for hit, texts in ((True, examples.hit), (False, examples.miss)):
        for number, text in enumerate(texts, 1):
            read = after.assess(text, given)
            if new and (draft.name in found(read)) != hit:
                raise DraftInvalid(**{"hit": f"hit_missed:{number}"} if hit else {"miss": f"miss_found:{number}"})
            lines.append(Line(text=text, hit=hit, before=engine.assess(text, given).severity, after=read.severity))
    return Tried(
        draft=draft,
        severity=Severity.worst(*(level for rule in there for level in _levels(rules, rule))),
        lines=tuple(lines),
        broken=tuple(_broken(after, there)),
        rules_version=rules.version,
    )


def _old(rules: Ruleset, draft: Draft) -> Rule | None:
    old = rule_named(rules, draft.name)
    if draft.kind is DraftKind.NEW:
        if not _NAME.fullmatch(draft.name):
            raise DraftInvalid(name="rule_name_wrong")
        if old is not None:
            raise DraftInvalid(name="rule_name_taken")
    elif old is None:
        raise DraftInvalid(name="rule_unknown")
    elif draft.kind is DraftKind.REMOVE and any(draft.name in (*rule.replaces, *rule.lightens) for rule in rules.rules):
        raise DraftInvalid(name="rule_needed")
    elif draft.kind is DraftKind.CHANGE and (draft.patterns or draft.patterns_en) and not old.patterns:
        raise DraftInvalid(patterns="patterns_elsewhere")
    elif draft == draft_of(old, DraftKind.CHANGE):
        raise DraftInvalid(name="rule_same")
    return old


def _check_words(engine: Engine, draft: Draft, old: Rule | None) -> None:
    """Read patterns as a rule file's are read, and refuse whatever tells how to do harm, unless the rules have it."""
    known = draft_of(old, draft.kind) if old else None
    grammar, folding = Grammar(engine.ruleset.lists), Folding()
    for field in ("patterns", "patterns_en", "hit", "miss", "reason_nl", "reason_en"):
        value = getattr(draft, field)
        had = getattr(known, field) if known else ()
        for number, text in enumerate([value] if isinstance(value, str) else value, 1):
            phrases: Iterable[str] = (text,)
            if field.startswith("patterns"):
                try:
                    node = grammar.parse(folding.fold(text).text)
                except PatternInvalid as wrong:
                    raise DraftInvalid(**{field: f"pattern_{wrong.code}:{number}"}) from wrong
                phrases = (_SIGNS.sub(" ", text), *(_phrase(grammar, node, turn) for turn in range(_PHRASES)))
            if text not in had and tells_how(engine, phrases):
                raise DraftInvalid(**{field: f"method_detail:{number}"})


def tells_how(engine: Engine, texts: Iterable[str]) -> bool:
    """Tell whether one of these texts has what the rules take for details of a way to do harm."""
    return any(
        signal.category is Category.METHOD_DETAIL and signal.kind is SignalKind.FINDING
        for text in texts
        for signal in engine.assess(text).signals
    )


def _phrase(grammar: Grammar, node: Node, turn: int) -> str:
    """Promise one of the texts that a pattern finds; another one for another `turn`."""
    if isinstance(node, Word):
        words = grammar.spelled(node)
        return words[turn % len(words)] if words else ""
    if isinstance(node, Choice):
        return _phrase(grammar, node.parts[turn % len(node.parts)], turn)
    return " ".join(filter(None, (_phrase(grammar, part, turn) for part in node.parts)))


def _read(draft: Draft, old: Rule | None) -> Rule:
    """Read the draft from the very text that is handed to the owner of the files."""
    folding = Folding()
    try:
        top = read_text("proposal", fragment(draft, old, date(2000, 1, 1)))
        (item,) = top.entries()["rules"].items()
        return read_rule(item, lambda text: folding.fold(text).text)
    except RulesInvalid as wrong:
        missing = {"patterns": draft.patterns or draft.patterns_en or old, "hit": draft.hit, "miss": draft.miss}
        fields = [field for field, value in missing.items() if not value] or ["name"]
        raise DraftInvalid(**dict.fromkeys(fields, "rule_incomplete")) from wrong


def _with(engine: Engine, old: Rule | None, new: Rule | None) -> Engine:
    kept = [new if rule is old else rule for rule in engine.ruleset.rules] + ([new] if old is None else [])
    try:
        return engine.with_rules(rule for rule in kept if rule is not None)
    except RulesInvalid as wrong:
        raise DraftInvalid(name="rule_incomplete") from wrong


def _levels(rules: Ruleset, rule: Rule) -> Iterator[Severity]:
    """The levels of a rule in any kind of group, and of the rules that it hides or makes lighter."""
    yield from (rule.severity, *rule.profiles.values())
    for floors in rules.profiles.values():
        yield floors.get(rule.category, {}).get(rule.severity, rule.severity)
    yield from (other.severity for other in rules.rules if other.name in (*rule.replaces, *rule.lightens))


def _broken(engine: Engine, there: Sequence[Rule]) -> Iterator[str]:
    categories = {rule.category for rule in there}
    touched = {name for rule in there for name in (*rule.replaces, *rule.lightens)}
    for rule in engine.ruleset.rules:
        if rule.name == there[0].name or not (rule.category in categories or rule.name in touched):
            continue
        if any(faulty(engine, rule)):
            yield rule.name
