"""What the help page says: lines and numbers of locations, read without a database and never empty."""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from safespace.settings import Settings

SNAPSHOT = "help.json"
BUNDLE = "helplines.toml"
TOPICS = (
    "general",
    "suicide",
    "self_harm",
    "eating",
    "online",
    "violence",
    "sexual_violence",
    "drugs",
    "someone_else",
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A number, chat or site where help is, in both languages. `tel` and `chat` are addresses of links, or ""."""

    key: str
    name_nl: str
    name_en: str
    purpose_nl: str = ""
    purpose_en: str = ""
    phone: str = ""
    tel: str = ""
    chat: str = ""
    site: str = ""
    hours_nl: str = ""
    hours_en: str = ""
    topics: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    fixed: bool = False
    verified_on: str = ""

    def name(self, language: str) -> str:
        """Give the name in a language; Dutch when there is no other."""
        return (self.name_en if language == "en" else "") or self.name_nl

    def purpose(self, language: str) -> str:
        """Give what the line is for in a language."""
        return (self.purpose_en if language == "en" else "") or self.purpose_nl

    def hours(self, language: str) -> str:
        """Give when somebody answers, in a language."""
        return (self.hours_en if language == "en" else "") or self.hours_nl

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Make a line from a snapshot or from the bundle; keys that are no field are left out."""
        known = {field.name for field in fields(cls)}
        given = {key: value for key, value in values.items() if key in known}
        return cls(**given | {"topics": tuple(values.get("topics", ()))})


@dataclass(frozen=True, kw_only=True)
class Place:
    """A location with the number that is its own."""

    id: str
    name: str
    phone: str

    @property
    def tel(self) -> str:
        """The link that calls."""
        return tel(self.phone)


@dataclass(frozen=True, kw_only=True)
class HelpPage:
    """All there is to show. There is always a line to call."""

    lines: tuple[Line, ...]
    places: tuple[Place, ...] = ()

    @property
    def fixed(self) -> tuple[Line, ...]:
        """The lines that are on top everywhere: 112 and 113."""
        return tuple(line for line in self.lines if line.fixed)

    def by_topic(self) -> list[tuple[str, list[Line]]]:
        """Give the other lines under each topic that has any, in the order of topics."""
        found = [(topic, [line for line in self.lines if not line.fixed and topic in line.topics]) for topic in TOPICS]
        return [(topic, lines) for topic, lines in found if lines]

    def places_from(self, own: str) -> tuple[Place, ...]:
        """Give the locations by name, the own one first when it is known."""
        return tuple(sorted(self.places, key=lambda place: (place.id != own, place.name)))

    def place(self, own: str) -> Place | None:
        """Give one location by its id."""
        return next((place for place in self.places if place.id == own), None)

    def as_json(self) -> dict[str, Any]:
        """Give what a snapshot holds."""
        return {"lines": [asdict(line) for line in self.lines], "places": [asdict(place) for place in self.places]}


# What stands even when the disk gives neither snapshot nor bundle: the two numbers this page may never lack.
LAST_RESORT = HelpPage(
    lines=(
        Line(
            key="emergency",
            name_nl="112",
            name_en="112",
            purpose_nl="Direct gevaar voor jou of iemand anders.",
            purpose_en="Immediate danger to you or somebody else.",
            phone="112",
            tel="tel:112",
            fixed=True,
        ),
        Line(
            key="suicide_prevention",
            name_nl="113 Zelfmoordpreventie",
            name_en="113 Suicide Prevention",
            phone="113",
            tel="tel:113",
            chat="https://113.nl",
            fixed=True,
        ),
    )
)


def help_page(settings: Settings) -> HelpPage:
    """Give what the help page says: the snapshot, else what was delivered with the service, else 112 and 113.

    Touches no database and never raises: whatever is wrong with a file, there is somebody to call.
    """
    sources: tuple[Callable[[], HelpPage], ...] = (
        lambda: read_snapshot(settings.data_dir / SNAPSHOT),
        lambda: HelpPage(lines=read_bundle(settings.config_dir / BUNDLE)),
    )
    for source in sources:
        try:
            found = source()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            continue
        if found.fixed:
            return found
    return LAST_RESORT


def read_snapshot(path: Path) -> HelpPage:
    """Read a snapshot; raises OSError, ValueError, TypeError or KeyError when it is not one."""
    data = json.loads(path.read_text())
    return HelpPage(
        lines=tuple(Line.read(values) for values in data["lines"]),
        places=tuple(Place(**values) for values in data["places"]),
    )


def read_bundle(path: Path) -> tuple[Line, ...]:
    """Read the lines that are delivered with the service; raises like `read_snapshot`."""
    return tuple(Line.read(values) for values in tomllib.loads(path.read_text())["line"])


def tel(phone: str) -> str:
    """Give the link that calls this number; "" for none."""
    digits = "".join(char for char in phone if char.isdigit() or char == "+")
    return f"tel:{digits}" if digits else ""


def sort_lines(lines: Iterable[Line]) -> Sequence[Line]:
    """Put the fixed lines on top, and leave the rest in its order."""
    return sorted(lines, key=lambda line: not line.fixed)
