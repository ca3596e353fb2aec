"""Labelled posts: JSON lines of this project, its suite and its corpus; two older tables; HateCheck's public format."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any

from safespace.moderation.risk.assessment import Category, Profile, Severity, Stance

_LEVELS = tuple(Severity)
_CALM = (Severity.NONE, Severity.LOW)
# The older ladder of four steps: green is none or low, amber medium, red high.
_OLD_LADDER = {"green": _CALM, "amber": _LEVELS[2:], "red": _LEVELS[3:], "crisis": _LEVELS[4:]}
_OLD_FILTER = {"should_not_flag": _CALM, "must_flag": _LEVELS[2:], "any": _LEVELS, "stretch": _LEVELS}
HATEFUL = "hateful"


class Half(StrEnum):
    """Which cases: those that rules are written with, those that are only measured, or all."""

    DEV = "dev"
    FROZEN = "frozen"
    ALL = "all"


class SuiteInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """A suite that cannot be read; names file and line, never the text that stood there."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One labelled post: every level in `expect` is right; at least one of `categories` must be found, if any."""

    name: str
    functionality: str
    part: str
    expect: tuple[Severity, ...]
    categories: tuple[Category, ...]
    text: str
    profile: Profile
    half: Half

    def __repr__(self) -> str:
        return f"<Case {self.name}>"

    @property
    def floor(self) -> Severity:
        """The lowest level that is right."""
        return min(self.expect)

    @property
    def calm(self) -> bool:
        """Tell whether this post must not be raised above low."""
        return max(self.expect) <= Severity.LOW


def half_of(key: str) -> Half:
    """Promise the half that a pair, template or text belongs to, for ever the same."""
    return Half.FROZEN if hashlib.sha256(f"half:{key}".encode()).digest()[0] % 2 else Half.DEV


def read_suite(path: Path) -> list[Case]:
    """Promise all cases of a file, or of every file in a directory. Raises SuiteInvalid with file and line."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    cases = [case for file in files for case in _read_file(file)]
    if not cases:
        raise SuiteInvalid(f"{path.name}: no cases here")
    return cases


def _read_file(path: Path) -> Iterator[Case]:
    try:
        text = path.read_text("utf-8-sig")  # some tables begin with a byte-order mark
    except UnicodeDecodeError:
        raise SuiteInvalid(f"{path.name}: not UTF-8") from None
    if path.suffix in {".csv", ".tsv"}:
        rows = _table(path.name, text, "\t" if path.suffix == ".tsv" else ",")
    else:
        rows = _json_lines(path.name, text)
    for number, row in rows:
        try:
            yield _case({"case_id": f"{path.stem}-{number}", **row})
        except (KeyError, ValueError, TypeError, AttributeError) as wrong:
            raise SuiteInvalid(f"{path.name}:{number}: not a case ({type(wrong).__name__})") from None


def _table(name: str, text: str, delimiter: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error:
        raise SuiteInvalid(f"{name}:{rows.line_num + 1}: not a table") from None


def _json_lines(name: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):  # JSON may hold what else ends a line elsewhere
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                raise SuiteInvalid(f"{name}:{number}: not JSON") from None


def _case(row: Mapping[str, Any]) -> Case:
    if "label_gold" in row:
        return _hatecheck(row)
    if "min_sev" in row:
        return _older(row, row["functionality"], _OLD_LADDER[row["min_sev"]], ())
    if "kind" in row and "expect" in row:
        found = row["expect"] == "1"
        levels = _LEVELS[2:] if found else _CALM
        return _older(row, f"personal_data:{row['expect']}", levels, (Category.PERSONAL_DATA,) if found else ())
    if "filter" in row:
        named = row["category"] != "none"
        return _older(row, row["filter"], _OLD_FILTER[row["filter"]], (Category(row["category"]),) if named else ())
    if "severity" in row:
        return _written(row)
    expect = tuple(Severity(level) for level in row["expect"])
    return Case(
        name=str(row["id"]),
        functionality=str(row["functionality"]),
        part=str(row.get("part", row["functionality"])),
        expect=expect,
        categories=tuple(Category(name) for name in row["categories"]),
        text=_text(row["text"]),
        profile=Profile(row.get("profile", Profile.GENERAL)),
        half=half_of(f"pair:{row['pair']}" if row.get("pair") else row["text"]),
    )


def _written(row: Mapping[str, Any]) -> Case:
    """A post of the corpus: one level as a reader labelled it; a step above it is right as well, from medium on."""
    level = Severity(row["severity"])
    expect = _CALM if level <= Severity.LOW else (level, *_LEVELS[level.rank + 1 : level.rank + 2])
    categories = tuple(Category(name) for name in row["categories"])
    subject = "calm" if level <= Severity.LOW else str((*categories, "other")[0])
    return Case(
        name=str(row["id"]),
        functionality=subject if row["plain"] else f"{subject}_keyword_free",
        part=str(Stance(row["stance"])),
        expect=expect,
        categories=() if level <= Severity.LOW else categories,
        text=_text(row["text"]),
        profile=Profile.GENERAL,
        half=half_of(f"pair:{row['pair']}"),
    )


def _older(
    row: Mapping[str, Any], functionality: str, expect: tuple[Severity, ...], categories: tuple[Category, ...]
) -> Case:
    text = _text(row["text"])
    return Case(str(row["id"]), functionality, functionality, expect, categories, text, Profile.GENERAL, half_of(text))


def _hatecheck(row: Mapping[str, Any]) -> Case:
    hateful = row["label_gold"] == HATEFUL
    kind = row["functionality"]
    # Spelling attacks repeat a plain case, so a whole template goes to one half whatever group it names. Where a file
    # names no templates the text decides, and such repeats may lie in both halves.
    template = row.get("templ_id")
    return Case(
        name=str(row.get("mhc_case_id") or row.get("case_id")),
        functionality=kind,
        part=HATEFUL if hateful else "non-hateful",
        expect=_LEVELS[2:] if hateful else _CALM,
        categories=(Category.DISCRIMINATION,) if hateful else (),
        text=_text(row["test_case"]),
        profile=Profile.GENERAL,
        half=half_of(f"template:{template}" if template else row["test_case"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value
