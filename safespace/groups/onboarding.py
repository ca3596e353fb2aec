"""What a young person reads and agrees to on joining: the clinic's texts from `config/`, checked when first read."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from safespace.settings import SettingsInvalidError


@dataclass(frozen=True, kw_only=True)
class Words:
    """One text in both languages."""

    nl: str
    en: str

    def said_in(self, language: str) -> str:
        """Give the text in this language; Dutch unless it is English."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True, kw_only=True)
class Part:
    """A titled part of a page: paragraphs or items."""

    title: Words
    lines: tuple[Words, ...]


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to the check question, with what is said about it."""

    key: str
    text: Words
    right: bool
    explanation: Words


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Something to agree to; never ticked beforehand."""

    key: str
    required: bool
    label: Words
    detail: Words


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """How anonymous this is, what cannot be promised, one question, and what to agree to."""

    version: str
    anonymity: Part
    limits: Part
    question: Words
    options: tuple[Option, ...]
    consents: tuple[Consent, ...]
    exit_does: Part
    exit_does_not: tuple[Words, ...]
    safety_contact: Part

    def answer(self, key: str) -> Option | None:
        """Give the option with this key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What is kept of a young person, who reads it, and what one can ask."""

    version: str
    date: date
    title: Words
    intro: Words
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One house rule and why it is there."""

    number: int
    title: Words
    text: Words
    why: Words


@dataclass(frozen=True, kw_only=True)
class HouseRules:
    """The house rules of one version."""

    version: str
    rules: tuple[Rule, ...]
    footer: Words


@lru_cache(maxsize=4)
def introduction(config_dir: Path) -> Introduction:
    """Read `onboarding.toml`; raises SettingsInvalidError when a text is missing or no answer is right."""
    data = _read(config_dir / "onboarding.toml")
    try:
        found = Introduction(
            version=data["version"],
            anonymity=_part(data["anonymity"], "paragraphs"),
            limits=_part(data["limits"], "items"),
            question=_words(data["check"], "question"),
            options=tuple(
                Option(key=o["key"], text=_words(o, "text"), right=o["right"], explanation=_words(o, "explanation"))
                for o in data["check"]["option"]
            ),
            consents=tuple(
                Consent(key=c["key"], required=c["required"], label=_words(c, "label"), detail=_words(c, "detail"))
                for c in data["consent"]
            ),
            exit_does=_part(data["quick_exit"], "does"),
            exit_does_not=_several(data["quick_exit"], "does_not"),
            safety_contact=_part(data["safety_contact"], "paragraphs"),
        )
    except KeyError as error:
        raise SettingsInvalidError(f"onboarding.toml lacks {error}") from error
    if sum(option.right for option in found.options) != 1:
        raise SettingsInvalidError("onboarding.toml needs exactly one right answer")
    return found


@lru_cache(maxsize=4)
def house_rules(config_dir: Path) -> HouseRules:
    """Read `house_rules.toml`; raises SettingsInvalidError when a text is missing."""
    data = _read(config_dir / "house_rules.toml")
    try:
        return HouseRules(
            version=data["version"],
            rules=tuple(
                Rule(number=r["number"], title=_words(r, "title"), text=_words(r, "text"), why=_words(r, "why"))
                for r in data["rule"]
            ),
            footer=_words(data, "footer"),
        )
    except KeyError as error:
        raise SettingsInvalidError(f"house_rules.toml lacks {error}") from error


@lru_cache(maxsize=4)
def privacy(config_dir: Path) -> Privacy:
    """Read `privacy.toml`; raises SettingsInvalidError when a text is missing."""
    data = _read(config_dir / "privacy.toml")
    try:
        return Privacy(
            version=data["version"],
            date=data["date"],
            title=_words(data, "title"),
            intro=_words(data, "intro"),
            parts=tuple(_part(part, "lines") for part in data["part"]),
        )
    except KeyError as error:
        raise SettingsInvalidError(f"privacy.toml lacks {error}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalidError(f"{path.name} cannot be read") from error


def _words(table: dict[str, Any], name: str) -> Words:
    return Words(nl=table[f"{name}_nl"], en=table[f"{name}_en"])


def _several(table: dict[str, Any], name: str) -> tuple[Words, ...]:
    nl, en = table[f"{name}_nl"], table[f"{name}_en"]
    if len(nl) != len(en):
        raise SettingsInvalidError(f"{name} has more lines in one language than in the other")
    return tuple(Words(nl=one, en=other) for one, other in zip(nl, en, strict=True))


def _part(table: dict[str, Any], lines: str) -> Part:
    return Part(title=_words(table, "title"), lines=_several(table, lines))
