"""The words clinicians own: reasons, message templates and content notes, read from `config/`, checked at start."""

import re
import tomllib
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from safespace.kernel.text import fold
from safespace.moderation.models import Action

PERSONAL = "{personal}"
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_ALIKE = 0.85


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a post is not placed as it stands: which house rule, and the words for the author."""

    code: str
    rule: int
    actions: tuple[Action, ...]
    title: dict[str, str]
    explanation: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A starting text for a note; a clinician's own words take the place of `{personal}`."""

    key: str
    action: Action
    reasons: tuple[str, ...]
    title: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ContentNote:
    """A topic a post can be about, so that a reader can choose."""

    key: str
    label: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Content:
    """All of it, by code or key."""

    reasons: dict[str, Reason]
    templates: dict[str, Template]
    notes: dict[str, ContentNote]


def _both(row: dict[str, str], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in ("nl", "en")}


@lru_cache
def content(config: Path) -> Content:
    """Read the content of an installation; raises KeyError or ValueError when a file does not fit."""
    read = {
        name: tomllib.loads((config / f"{name}.toml").read_text()) for name in ("reasons", "templates", "content_notes")
    }
    return Content(
        reasons={
            row["code"]: Reason(
                code=row["code"],
                rule=row["rule"],
                actions=tuple(Action(name) for name in row["actions"]),
                title=_both(row, "title"),
                explanation=_both(row, "explanation"),
            )
            for row in read["reasons"]["reason"]
        },
        templates={
            row["key"]: Template(
                key=row["key"],
                action=Action(row["action"]),
                reasons=tuple(row["reasons"]),
                title=_both(row, "title"),
                text=_both(row, "text"),
            )
            for row in read["templates"]["template"]
        },
        notes={
            row["key"]: ContentNote(key=row["key"], label=_both(row, "label")) for row in read["content_notes"]["note"]
        },
    )


def own_words(found: Content, note: str) -> str:
    """Give what somebody wrote beyond every template: sentences that look like a template's are left out."""
    known = [
        fold(sentence)
        for template in found.templates.values()
        for text in template.text.values()
        for sentence in _SENTENCE.findall(text.replace(PERSONAL, ""))
    ]
    return "".join(
        sentence for sentence in _SENTENCE.findall(note) if not any(_alike(fold(sentence), one) for one in known)
    ).strip()


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
