"""Reads a directory of rule files and refuses it, with file and line, when anything in it is not as agreed."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safespace.moderation.risk.assessment import Category, Profile, Severity, Stance
from safespace.moderation.risk.fields import Field, read_file
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.lexicon import read_counts
from safespace.moderation.risk.rules import (
    NEVER_BELOW_MEDIUM,
    Composition,
    Examples,
    Lowering,
    Reason,
    Rule,
    Ruleset,
    RulesInvalid,
)

_HEAD = ("version", "owner", "date", "reviewed")
_BODY = ("lists", "slots", "unions", "rules", "settings")
_SETTINGS = ("red", "filler", "notes", "profiles", "evasion_ceiling", "help_lines", "domains")
_RULE = ("id", "category", "severity", "reason", "examples")
_RULE_MORE = ("stance", "concern", "any", "all", "two_of", "within", "detector")
_RULE_LESS = ("over", "near", "none", "around", "lowered_by", "eased_by", "profiles")
_RULE_LAST = ("replaces", "lightens", "given", "fuzzy")
_NOTES = (*Lowering, "evasion", "profile", "history", "fault", "unread")
_FARTHEST = 3
# Categories that harm readers unless a rule says otherwise; the others are about the writer.
_HARMS_READERS = frozenset(
    {
        Category.EATING_DISORDER_PROMOTION,
        Category.NUMBERS,
        Category.METHOD_DETAIL,
        Category.PERSONAL_DATA,
        Category.CONTACT_REQUEST,
        Category.GROOMING,
        Category.BULLYING,
        Category.DISCRIMINATION,
        Category.THREAT,
        Category.SEXUAL,
        Category.MEDICAL_ADVICE,
        Category.SPAM,
    }
)


@dataclass(slots=True)
class _Gathered:
    files: dict[str, str] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    unions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    red: set[str] = field(default_factory=set)
    filler: set[str] = field(default_factory=set)
    notes: dict[str, Reason] = field(default_factory=dict)
    profiles: dict[Profile, dict[Category, dict[Severity, Severity]]] = field(default_factory=dict)
    ceiling: dict[Category, Severity] = field(default_factory=dict)
    help_lines: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    # Where a name is used that another file may explain.
    united: list[tuple[str, str, str]] = field(default_factory=list)
    noted: str = ""


def load_rules(directory: Path) -> Ruleset:
    """Promise the rules in all `*.yaml` files of `directory` and the words counted. Raises RulesInvalid: file, line."""
    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise RulesInvalid(f"{directory.name}: no rule files here")
    gathered = _Gathered()
    fingerprint = hashlib.sha256()
    folding = Folding()

    def fold(text: str) -> str:
        return folding.fold(text).text

    for path in files:
        fingerprint.update(path.read_bytes())
        _read_one(read_file(path), gathered, fold)
    _check_references(gathered)
    counts = read_counts(directory)
    fingerprint.update(repr(sorted(counts.items())).encode())
    return Ruleset(
        version=f"{max(gathered.files.values())}+{fingerprint.hexdigest()[:8]}",
        rules=tuple(gathered.rules.values()),
        slots=gathered.slots,
        unions=gathered.unions,
        lists=gathered.lists,
        red=frozenset(gathered.red),
        filler=frozenset(gathered.filler),
        notes=gathered.notes,
        profiles=gathered.profiles,
        evasion_ceiling=gathered.ceiling,
        help_lines=frozenset(gathered.help_lines),
        domains=frozenset(gathered.domains),
        counts=counts,
        files=gathered.files,
    )


def _read_one(top: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    parts = top.known(_HEAD, _BODY)
    gathered.files[top.file] = parts["version"].text()
    parts["owner"].text()
    parts["reviewed"].text()
    parts["date"].date()
    for key, read in _PARTS.items():
        if key in parts:
            read(parts[key], gathered, fold)


def _lists(value: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    for name, entries in _new(value, gathered.lists, "list"):
        gathered.lists[name] = tuple(fold(word) for word in entries.texts())


def _slots(value: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    for name, entries in _new(value, {**gathered.slots, **gathered.unions}, "slot"):
        gathered.slots[name] = tuple((fold(item.text()), item.place) for item in entries.items())


def _unions(value: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    del fold  # names of slots are not text
    for name, entries in _new(value, {**gathered.slots, **gathered.unions}, "slot"):
        gathered.unions[name] = entries.texts()
        gathered.united += ((name, item.text(), item.place) for item in entries.items())


def _new(value: Field, taken: Mapping[str, object], kind: str) -> Iterator[tuple[str, Field]]:
    for name, entries in value.entries().items():
        if name in taken:
            entries.refuse(f"the {kind} {name!r} stands in two places")
        yield name, entries


def _rules(value: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    for item in value.items():
        rule = read_rule(item, fold)
        if rule.name in gathered.rules:
            item.refuse(f"the rule {rule.name!r} stands in two places")
        gathered.rules[rule.name] = rule


def _settings(value: Field, gathered: _Gathered, fold: Callable[[str], str]) -> None:
    """Keys that one file of a directory carries for all: red words, notes, floors, allowed numbers and sites."""
    parts = value.known((), _SETTINGS)
    if "red" in parts:
        gathered.red.update(fold(word) for word in parts["red"].texts())
    if "filler" in parts:
        gathered.filler.update(fold(item.text()) for item in parts["filler"].items())
    if "notes" in parts:
        gathered.noted = parts["notes"].place
        gathered.notes.update({name: _reason(note) for name, note in parts["notes"].known((), _NOTES).items()})
    if "profiles" in parts:
        _profiles(parts["profiles"], gathered)
    if "evasion_ceiling" in parts:
        for name, level in parts["evasion_ceiling"].known((), tuple(Category)).items():
            gathered.ceiling[Category(name)] = level.one_of(Severity)
    if "help_lines" in parts:
        gathered.help_lines.update(_digits(item) for item in parts["help_lines"].items())
    if "domains" in parts:
        gathered.domains.update(word.casefold() for word in parts["domains"].texts())


_PARTS: dict[str, Callable[[Field, _Gathered, Callable[[str], str]], None]] = {
    "lists": _lists,
    "slots": _slots,
    "unions": _unions,
    "rules": _rules,
    "settings": _settings,
}


def _digits(item: Field) -> str:
    digits = "".join(char for char in item.text() if char.isdigit())
    if not digits:
        item.refuse("expected a telephone number")
    return digits


def _profiles(value: Field, gathered: _Gathered) -> None:
    for name, categories in value.known((), tuple(Profile)).items():
        floors: dict[Category, dict[Severity, Severity]] = {}
        for category, steps in categories.known((), tuple(Category)).items():
            floors[Category(category)] = {
                Severity(level): target.one_of(Severity) for level, target in steps.known((), tuple(Severity)).items()
            }
        gathered.profiles[Profile(name)] = floors


def _reason(value: Field) -> Reason:
    both = value.known(("nl", "en"))
    return Reason(nl=both["nl"].text(), en=both["en"].text())


def read_rule(item: Field, fold: Callable[[str], str]) -> Rule:
    """Promise one rule as its file says it. Raises RulesInvalid with file and line."""
    parts = item.known(_RULE, (*_RULE_MORE, *_RULE_LESS, *_RULE_LAST))
    ways = [name for name in ("any", "all", "two_of", "detector") if name in parts]
    if len(ways) != 1:
        item.refuse("a rule needs exactly one of any, all, two_of and detector")
    for name in ("none", "around", "within"):
        if name in parts and ways[0] not in {"all", "two_of"}:
            parts[name].refuse(f"{name!r} belongs to a rule with 'all' or 'two_of'")
    category = parts["category"].one_of(Category)
    examples = parts["examples"].known(("hit", "miss"))
    hit, miss = examples["hit"].texts(), examples["miss"].texts()
    if not hit or not miss:
        examples["hit"].refuse("a rule needs at least one example that it finds and one that it leaves alone")
    return Rule(
        name=parts["id"].text(),
        category=category,
        severity=parts["severity"].one_of(Severity),
        stance=parts["stance"].one_of(Stance) if "stance" in parts else Stance.NEUTRAL,
        concern=parts["concern"].flag() if "concern" in parts else category in _HARMS_READERS,
        reason=_reason(parts["reason"]),
        patterns=_patterns(parts["any"], fold) if "any" in parts else (),
        composition=_composition(parts) if ways[0] in {"all", "two_of"} else None,
        detector=parts["detector"].text() if "detector" in parts else None,
        exact="fuzzy" in parts and _slips(parts["fuzzy"], ways[0]) == 0,
        guards_over=parts["over"].texts() if "over" in parts else (),
        guards_near=parts["near"].texts() if "near" in parts else (),
        eased_by=parts["eased_by"].texts() if "eased_by" in parts else (),
        lowered_by=frozenset(entry.one_of(Lowering) for entry in parts["lowered_by"].items())
        if "lowered_by" in parts
        else frozenset(),
        replaces=parts["replaces"].texts() if "replaces" in parts else (),
        lightens=parts["lightens"].texts() if "lightens" in parts else (),
        profiles={
            Profile(name): value.one_of(Severity)
            for name, value in (parts["profiles"].known((), tuple(Profile)) if "profiles" in parts else {}).items()
        },
        examples=Examples(hit, miss, parts["given"].texts() if "given" in parts else ()),
        place=item.place,
        written=item.plain(),
    )


def _slips(value: Field, way: str) -> int:
    """How many slips of the keys a word may be away: 1 unless a rule says 0."""
    if way == "detector":
        value.refuse("'fuzzy' belongs to a rule with words")
    if value.text() not in {"0", "1"}:
        value.refuse(f"expected 0 or 1, not {value.text()!r}")
    return int(value.text())


def _patterns(value: Field, fold: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    languages = value.known((), ("nl", "en"))
    found = tuple((fold(item.text()), item.place) for items in languages.values() for item in items.items())
    if not found:
        value.refuse("a rule without patterns finds nothing")
    return found


def _composition(parts: dict[str, Field]) -> Composition:
    needs = parts["all"].texts() if "all" in parts else ()
    alike = parts["two_of"].texts() if "two_of" in parts else ()
    within = parts["within"].number() if "within" in parts else 1
    if "all" in parts and not needs:
        parts["all"].refuse("a composition needs at least one slot")
    if "two_of" in parts and len(alike) < 2:
        parts["two_of"].refuse("two different slots cannot be had of fewer than two")
    if within > _FARTHEST:
        parts["within"].refuse(f"slots farther apart than {_FARTHEST} sentences do not belong together")
    without, around = (parts[name].texts() if name in parts else () for name in ("none", "around"))
    return Composition(needs, alike, without, around, within)


def _check_rule(rule: Rule, gathered: _Gathered) -> None:
    composition = rule.composition
    used = (*rule.guards_over, *rule.guards_near, *rule.eased_by)
    if composition is not None:
        used = (*used, *composition.needs, *composition.alike, *composition.without, *composition.around)
    for slot in used:
        if slot not in gathered.slots and slot not in gathered.unions:
            raise RulesInvalid(f"{rule.place}: unknown slot {slot!r}")
    for other in (*rule.replaces, *rule.lightens):
        if other not in gathered.rules:
            raise RulesInvalid(f"{rule.place}: replaces the unknown rule {other!r}")
    for lost in map(gathered.rules.__getitem__, rule.replaces):
        if lost.category in NEVER_BELOW_MEDIUM and lost.severity > rule.severity:
            raise RulesInvalid(f"{rule.place}: {lost.name!r} weighs more and may only be lightened, not replaced")


def _check_references(gathered: _Gathered) -> None:
    for rule in gathered.rules.values():
        _check_rule(rule, gathered)
    for name, slot, place in gathered.united:
        if slot not in gathered.slots:
            raise RulesInvalid(f"{place}: the slot {name!r} unites the unknown slot {slot!r}")
    missing = [name for name in _NOTES if name not in gathered.notes]
    if missing:
        place = gathered.noted or f"{next(iter(gathered.files))}:1"
        raise RulesInvalid(f"{place}: no note for {', '.join(missing)}")
