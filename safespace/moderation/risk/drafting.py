"""A rule that somebody proposes, and how it is written in a rule file; the content owner puts it there, nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

import yaml

from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.rules import Rule, Ruleset

_HEAD = "# Proposed and agreed by clinicians. The owner of the rule files decides when and where it is released.\n"
_FILE = (
    'version: "{day:%Y}.{day.month}.1"\nowner: clinical content group\ndate: {day:%Y-%m-%d}\n'
    "reviewed: to be reviewed by clinicians\n\n"
)
_WIDEST = 10_000


class DraftKind(StrEnum):
    """What a proposal does with the rules."""

    NEW = "new"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True, repr=False)
class Draft:
    """A proposed rule. Of a removal only `name` counts; without patterns a changed rule keeps its way of looking."""

    kind: DraftKind
    name: str
    category: Category | None = None
    severity: Severity | None = None
    patterns: tuple[str, ...] = ()
    patterns_en: tuple[str, ...] = ()
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()
    reason_nl: str = ""
    reason_en: str = ""

    def to_json(self) -> dict[str, Any]:
        """Promise plain values that come back equal by `from_json`."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._values().items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Promise the draft that `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        values["kind"] = DraftKind(values["kind"])
        values["category"] = Category(values["category"]) if values["category"] else None
        values["severity"] = Severity(values["severity"]) if values["severity"] else None
        return cls(**values)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def rule_named(ruleset: Ruleset, name: str) -> Rule | None:
    """Promise the rule of this name, None when there is none."""
    return next((rule for rule in ruleset.rules if rule.name == name), None)


def as_written(rule: Rule) -> dict[str, Any]:
    """Promise the keys and texts of a rule as its file has them."""
    written = dict(rule.written)
    if "concern" in written:
        written["concern"] = written["concern"] == "true"
    for name in ("within", "fuzzy"):
        if name in written:
            written[name] = int(written[name])
    return written


def draft_of(rule: Rule, kind: DraftKind) -> Draft:
    """Promise a draft that says what a rule says now, to begin a change with."""
    written = as_written(rule)
    patterns = written.get("any", {})
    return Draft(
        kind=kind,
        name=rule.name,
        category=rule.category,
        severity=rule.severity,
        patterns=tuple(patterns.get("nl", ())),
        patterns_en=tuple(patterns.get("en", ())),
        hit=rule.examples.hit,
        miss=rule.examples.miss,
        reason_nl=rule.reason.nl,
        reason_en=rule.reason.en,
    )


def mapping_of(draft: Draft, old: Rule | None) -> dict[str, Any]:
    """Promise the keys and values of the rule that a draft proposes; what a form does not ask stays as it was."""
    written: dict[str, Any] = {"id": draft.name} if old is None else as_written(old)
    written |= {"category": str(draft.category), "severity": str(draft.severity)}
    written["reason"] = {"nl": draft.reason_nl, "en": draft.reason_en}
    if draft.patterns or draft.patterns_en:
        languages = {"nl": list(draft.patterns), "en": list(draft.patterns_en)}
        written["any"] = {language: patterns for language, patterns in languages.items() if patterns}
    written.pop("examples", None)  # they stand last, as in the files
    written["examples"] = {"hit": list(draft.hit), "miss": list(draft.miss)}
    return written


def fragment(draft: Draft, old: Rule | None, day: date) -> str:
    """Promise the proposed rule as text for a rule file: a file of its own, what replaces a rule, or a removal.

    `day` is when it was agreed; the owner of the files sets their version and date at the release.
    """
    place = old.place if old else "no file any more"
    if draft.kind is DraftKind.REMOVE:
        return f"{_HEAD}# Remove the rule {draft.name}, which stands in {place}.\n"
    rule = yaml.dump(
        {"rules": [mapping_of(draft, old)]},
        Dumper=_Indented,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDEST,
        default_flow_style=None,
    )
    if draft.kind is DraftKind.CHANGE:
        return f"{_HEAD}# Takes the place of {draft.name} in {place}.\n{rule}"
    return f"{_HEAD}{_FILE.format(day=day)}{rule}"


class _Indented(yaml.SafeDumper):
    """Writes lists a step further in, as the rule files have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def _listed(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    """Texts stand in a row, anything else below each other."""
    in_a_row = all(isinstance(value, str) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=in_a_row)


def _keyed(dumper: yaml.SafeDumper, values: dict[str, Any]) -> yaml.MappingNode:
    in_a_row = all(isinstance(value, str) for value in values.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", values, flow_style=in_a_row)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Sentences stand in quotation marks, names do not."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if " " in text else None)


_Indented.add_representer(list, _listed)
_Indented.add_representer(dict, _keyed)
_Indented.add_representer(str, _text)
