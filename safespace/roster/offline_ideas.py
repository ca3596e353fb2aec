"""Offline ideas: what clinicians suggest when a live hour is over; read from `config/offline_ideas.toml`."""

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

SHOWN = 3


def ideas_for(config: Path, day: date) -> list[dict[str, str]]:
    """Give the ideas of a day, in both languages; they take turns."""
    known = _ideas(config)
    first = day.toordinal() * SHOWN
    return [known[(first + step) % len(known)] for step in range(min(SHOWN, len(known)))]


@lru_cache
def _ideas(config: Path) -> tuple[dict[str, str], ...]:
    read = tomllib.loads((config / "offline_ideas.toml").read_text(encoding="utf-8"))
    return tuple({language: str(idea[f"text_{language}"]) for language in ("nl", "en")} for idea in read["idea"])
