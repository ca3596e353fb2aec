"""What a member can choose when telling about a post, and words to start an answer with: `config/reports.toml`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from safespace.moderation.models import Action, ReportKind
from safespace.moderation.risk.assessment import Severity


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A plain thing to choose, and with what severity it reaches the team at least."""

    key: str
    kind: ReportKind
    severity: Severity
    label: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Words to start an answer with, by language."""

    kind: ReportKind
    actions: tuple[Action, ...]
    text: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What `config/reports.toml` holds. `coping` names the piece of the library that helps when it is too much."""

    coping: str
    choices: dict[str, Choice]
    answers: tuple[Answer, ...]

    def answer_to(self, kinds: set[ReportKind], action: Action) -> dict[str, str]:
        """Give words to start an answer with, by language; a worry about somebody comes first."""
        wanted = ReportKind.WORRIED if ReportKind.WORRIED in kinds else ReportKind.NOT_RIGHT
        return next((one.text for one in self.answers if one.kind is wanted and action in one.actions), {"nl": ""})


@lru_cache
def vocabulary(config: Path) -> Vocabulary:
    """Read the choices and answers of an installation; raises KeyError or ValueError when the file does not fit."""
    read = tomllib.loads((config / "reports.toml").read_text(encoding="utf-8"))
    choices = [
        Choice(
            key=row["key"],
            kind=ReportKind(row["kind"]),
            severity=Severity(row["severity"]),
            label={language: row[f"label_{language}"] for language in ("nl", "en")},
        )
        for row in read["choice"]
    ]
    return Vocabulary(
        coping=read["coping"],
        choices={one.key: one for one in choices},
        answers=tuple(
            Answer(
                kind=ReportKind(row["kind"]),
                actions=tuple(Action(name) for name in row["actions"]),
                text={language: row[f"text_{language}"] for language in ("nl", "en")},
            )
            for row in read["answer"]
        ),
    )
