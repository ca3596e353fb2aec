"""The script of each level and the words of alerts, read from `config/escalation.toml`, checked at the start."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LEVELS = (1, 2, 3)
LANGUAGES = ("nl", "en")
ASKS = frozenset({"", "talk", "reveal"})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do. `asks` names what the service itself offers for it: `talk`, `reveal` or nothing."""

    key: str
    text: dict[str, str]
    asks: str = ""


@dataclass(frozen=True, kw_only=True)
class Level:
    """How far a worry goes, and what is done then, in order."""

    number: int
    title: dict[str, str]
    about: dict[str, str]
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do where the script does not fit."""

    title: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Scripts:
    """All of it."""

    levels: dict[int, Level]
    advice: tuple[Advice, ...]
    alert: dict[str, str]


@lru_cache
def scripts(config: Path) -> Scripts:
    """Read the scripts of an installation; raises KeyError or ValueError when the file does not fit."""
    read = tomllib.loads((config / "escalation.toml").read_text())
    levels = {row["number"]: _level(row) for row in read["level"]}
    if tuple(sorted(levels)) != LEVELS:
        raise ValueError("escalation.toml must hold the levels 1, 2 and 3")
    alert = {
        f"{name}_{language}": str(read["alert"][f"{name}_{language}"])
        for name in ("subject", "text", "test_subject", "test_text")
        for language in LANGUAGES
    }
    advice = tuple(Advice(title=_both(row, "title"), text=_both(row, "text")) for row in read["advice"])
    return Scripts(levels=levels, advice=advice, alert=alert)


def _level(row: dict[str, Any]) -> Level:
    steps = tuple(Step(key=one["key"], text=_both(one, "text"), asks=one.get("asks", "")) for one in row["step"])
    if len({step.key for step in steps}) != len(steps) or {step.asks for step in steps} - ASKS:
        raise ValueError(f"the steps of level {row['number']} do not fit")
    return Level(number=row["number"], title=_both(row, "title"), about=_both(row, "about"), steps=steps)


def _both(row: dict[str, Any], name: str) -> dict[str, str]:
    return {language: str(row[f"{name}_{language}"]) for language in LANGUAGES}
