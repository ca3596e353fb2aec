"""The words clinicians own: reasons, message templates and content notes, read from `config/`, checked at start."""

import re
import tomllib
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from safespace.kernel.text import fold, seen
from safespace.moderation.models import Action

PERSONAL = "{personal}"
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_ALIKE = 0.85
_FEWEST_LETTERS = 6


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a post is not placed as it stands: which house rule, and the words for the author.

    `strike`: it is behaviour towards others, never a sign of illness. `second_reader`: a colleague reads it too.
    `harms_readers`: it is about what could harm whoever reads the post.
    """

    code: str
    rule: int
    actions: tuple[Action, ...]
    strike: bool
    second_reader: bool
    harms_readers: bool
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
class Placeholder:
    """What can be left out of a post, and the words that come in its place."""

    key: str
    label: dict[str, str]
    placeholder: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """All of it, by code or key. `known` are the sentences of all templates, folded once for comparison."""

    reasons: dict[str, Reason]
    templates: dict[str, Template]
    notes: dict[str, ContentNote]
    placeholders: dict[str, Placeholder]
    rules: dict[int, dict[str, str]]
    known: tuple[str, ...]


def _both(row: dict[str, str], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in ("nl", "en")}


@lru_cache
def content(config: Path) -> Content:
    """Read the content of an installation; raises KeyError or ValueError when a file does not fit."""
    names = ("reasons", "templates", "content_notes", "redaction", "house_rules")
    read = {name: tomllib.loads((config / f"{name}.toml").read_text()) for name in names}
    templates = {
        row["key"]: Template(
            key=row["key"],
            action=Action(row["action"]),
            reasons=tuple(row["reasons"]),
            title=_both(row, "title"),
            text=_both(row, "text"),
        )
        for row in read["templates"]["template"]
    }
    return Content(
        reasons={
            row["code"]: Reason(
                code=row["code"],
                rule=row["rule"],
                actions=tuple(Action(name) for name in row["actions"]),
                strike=row["strike"],
                second_reader=row["second_reader"],
                harms_readers=row["harms_readers"],
                title=_both(row, "title"),
                explanation=_both(row, "explanation"),
            )
            for row in read["reasons"]["reason"]
        },
        templates=templates,
        notes={
            row["key"]: ContentNote(key=row["key"], label=_both(row, "label")) for row in read["content_notes"]["note"]
        },
        placeholders={
            row["key"]: Placeholder(key=row["key"], label=_both(row, "label"), placeholder=row["placeholder"])
            for row in read["redaction"]["kind"]
        },
        rules={row["number"]: _both(row, "title") for row in read["house_rules"]["rule"]},
        known=tuple(
            fold(sentence)
            for template in templates.values()
            for text in template.text.values()
            for sentence in _SENTENCE.findall(text.replace(PERSONAL, ""))
        ),
    )


def own_words(found: Content, note: str) -> str:
    """Give what somebody wrote beyond every template: sentences that look like a template's are left out."""
    return "".join(sentence for sentence in _SENTENCE.findall(note) if not _is_known(found, fold(sentence))).strip()


def says_enough(found: Content, note: str, least: int) -> bool:
    """Say whether a note has so many characters of one's own that are seen, and is no key held down or one word again.

    Letters decide about the latter, not words: a short sentence has more than a handful, whatever its language.
    """
    own = seen(own_words(found, note))
    return len(own) >= least and len({char for char in fold(own) if char.isalpha()}) >= _FEWEST_LETTERS


def _is_known(found: Content, sentence: str) -> bool:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(sentence)  # what is kept about it serves every comparison
    for known in found.known:
        matcher.set_seq1(known)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            return True
    return False
