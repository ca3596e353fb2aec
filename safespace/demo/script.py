"""The script of the demo clinic, read from `config/demo`: places, people, conversations, and what waits."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Script:
    """All of it as it stands in the files; a test holds their shape and their tone."""

    locations: tuple[Row, ...]
    groups: tuple[Row, ...]
    staff: tuple[Row, ...]
    youths: tuple[Row, ...]
    threads: tuple[tuple[str, Row], ...]
    waiting: tuple[Row, ...]
    outcomes: tuple[Row, ...]
    pins: tuple[Row, ...]
    reports: tuple[Row, ...]
    folded: tuple[Row, ...]
    good_news: tuple[Row, ...]
    practice: tuple[Row, ...]
    rules: tuple[Row, ...]
    phrases: tuple[Row, ...]
    handovers: tuple[Row, ...]
    routes: tuple[Row, ...]

    @property
    def beginning(self) -> timedelta:
        """How long ago the first conversation began."""
        return timedelta(days=max(thread["days_ago"] for _, thread in self.threads))


def read_script(folder: Path) -> Script:
    """Read the script; raises KeyError or ValueError for a file that is not one."""
    people = _toml(folder / "people.toml")
    waiting = _toml(folder / "waiting.toml")
    desk = _toml(folder / "desk.toml")
    return Script(
        locations=tuple(people["location"]),
        groups=tuple(people["group"]),
        staff=tuple(people["staff"]),
        youths=tuple(people["youth"]),
        threads=tuple(
            (group["key"], thread)
            for group in people["group"]
            for thread in _toml(folder / f"threads-{group['key']}.toml")["thread"]
        ),
        waiting=tuple(waiting["waiting"]),
        outcomes=tuple(waiting["outcome"]),
        pins=tuple(_toml(folder / "library.toml")["pin"]),
        reports=tuple(desk["report"]),
        folded=tuple(desk["folded"]),
        good_news=tuple(desk["good_news"]),
        practice=tuple(desk["practice"]),
        rules=tuple(desk["rule"]),
        phrases=tuple(desk["phrase"]),
        handovers=tuple(_toml(folder / "roster.toml")["handover"]),
        routes=tuple(desk["route"]),
    )


def _toml(path: Path) -> Row:
    return tomllib.loads(path.read_text(encoding="utf-8"))
