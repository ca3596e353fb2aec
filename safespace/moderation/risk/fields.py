"""Reads YAML as a tree that still knows its lines, so that every complaint about a rule file names file and line."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from safespace.moderation.risk.rules import RulesInvalid

Choice = TypeVar("Choice", bound=StrEnum)
# Every scalar is read as the words it is written in, so nothing needs to be told what 1 or yes might be.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Field:
    """One value in a rule file with the place where it stands."""

    file: str
    node: yaml.Node

    @property
    def place(self) -> str:
        """File name and line, as an editor jumps to it."""
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def refuse(self, complaint: str) -> NoReturn:
        """Raise RulesInvalid with this place and `complaint`."""
        raise RulesInvalid(f"{self.place}: {complaint}")

    def text(self) -> str:
        """Promise the words of a scalar; refuses anything else and empty text."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.refuse("expected a text")
        return str(self.node.value).strip()

    def flag(self) -> bool:
        """Promise true or false; refuses other words."""
        word = self.text()
        if word not in {"true", "false"}:
            self.refuse(f"expected true or false, not {word!r}")
        return word == "true"

    def number(self) -> int:
        """Promise a small whole number; refuses anything else."""
        word = self.text()
        if not (word.isascii() and word.isdigit() and len(word) < 4):
            self.refuse(f"expected a small whole number, not {word!r}")
        return int(word)

    def date(self) -> dt.date:
        """Promise a date written as 2026-11-23; refuses anything else."""
        try:
            return dt.date.fromisoformat(self.text())
        except ValueError:
            self.refuse("expected a date like 2026-11-23")

    def one_of(self, kind: type[Choice]) -> Choice:
        """Promise a member of `kind`; refuses other words and names the ones it knows."""
        word = self.text()
        try:
            return kind(word)
        except ValueError:
            self.refuse(f"unknown {kind.__name__.lower()} {word!r}; known are {', '.join(kind)}")

    def items(self) -> list["Field"]:
        """Promise the members of a list; refuses anything else."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse("expected a list")
        return [Field(self.file, item) for item in self.node.value]

    def texts(self) -> tuple[str, ...]:
        """Promise a list of texts without doubles."""
        items = self.items()
        found = tuple(item.text() for item in items)
        if len(set(found)) < len(found):
            item, word = next(pair for pair in zip(items, found, strict=True) if found.count(pair[1]) > 1)
            item.refuse(f"{word!r} stands here twice")
        return found

    def entries(self) -> dict[str, "Field"]:
        """Promise the keys and values of a mapping; refuses doubles and anything else."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("expected keys with values")
        found: dict[str, Field] = {}
        for key_node, value in self.node.value:
            key = Field(self.file, key_node).text()
            if key in found:
                Field(self.file, key_node).refuse(f"the key {key!r} stands here twice")
            found[key] = Field(self.file, value)
        return found

    def known(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Field"]:
        """Promise a mapping with every required key and no key that is unknown."""
        found = self.entries()
        wanted, allowed = set(required), set(optional)
        for name, field in found.items():
            if name not in wanted and name not in allowed:
                field.refuse(f"unknown key {name!r}")
        missing = sorted(wanted - found.keys())
        if missing:
            self.refuse(f"missing {', '.join(missing)}")
        return found

    def plain(self) -> Any:
        """Promise what stands here as mappings, lists and texts."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: value.plain() for name, value in self.entries().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        return self.node.value


def read_file(path: Path) -> Field:
    """Promise the tree of one rule file. Raises RulesInvalid when it isn't YAML or is empty."""
    try:
        return read_text(path.name, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as broken:
        raise RulesInvalid(f"{path.name}:1: not UTF-8") from broken


def read_text(name: str, text: str) -> Field:
    """Promise the tree of a text as if it stood in a rule file of this name. Raises RulesInvalid as read_file does."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise RulesInvalid(f"{name}:{line}: not valid YAML: {getattr(broken, 'problem', '')}") from broken
    if node is None:
        raise RulesInvalid(f"{name}:1: the file is empty")
    return Field(name, node)
