"""The small pattern language of the rule files: words, alternatives, optional parts and short gaps, nothing else.

`ik (wil|wou) niet meer leven`, `(echt)?` or `word?` for optional, `~` for up to three words between (`~1`, `~2`),
`<list>` for a named list, `snij*` for the start of a word, `*spo` for its end, `*spo*` for its middle,
`{num}` for any number and `{num 30-150}` for one in that range. There is no way to write a slow pattern.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PART = re.compile(r"\(|\)|\||\?|~\d?|<[a-z_]+>|\{num(?: \d+-\d+)?\}|[^\s()|?<>{}~]+|[<>{}]")
_LONGEST_GAP = 3
_DEEPEST = 12


class PatternInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """A pattern that the language does not know; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One place in a pattern: any of `choices` (None: any word at all)."""

    choices: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts; `optional` adds the choice of none."""

    parts: tuple["Node", ...]
    optional: bool = False


Node = Word | Sequence | Choice


def _choice(parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    words: set[str] = set()
    others: list[Node] = []
    for part in parts:
        if isinstance(part, Word) and part.choices is not None:
            words |= part.choices
        else:
            others.append(part)
    if words:
        others.append(Word(frozenset(words)))
    return others[0] if len(others) == 1 else Choice(tuple(others))


@dataclass(slots=True)
class _Reader:
    parts: list[str]
    lists: Mapping[str, list[str]]
    depth: int
    at: int = 0

    def choice(self) -> Node:
        branches = [self.sequence()]
        while self.at < len(self.parts) and self.parts[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        return _choice(branches)

    def sequence(self) -> Node:
        found: list[Node] = []
        while self.at < len(self.parts) and self.parts[self.at] not in "|)":
            node = self.single()
            if self.at < len(self.parts) and self.parts[self.at] == "?":
                self.at += 1
                node = Choice((node,), optional=True)
            found.append(node)
        if not found:
            raise PatternInvalid("an empty pattern or alternative")
        return found[0] if len(found) == 1 else Sequence(tuple(found))

    def single(self) -> Node:
        part = self.parts[self.at]
        self.at += 1
        if part == "(":
            inner = self.choice()
            if self.at >= len(self.parts) or self.parts[self.at] != ")":
                raise PatternInvalid("a bracket that is never closed")
            self.at += 1
            return inner
        if part in {"?", "<", ">", "{", "}"}:
            raise PatternInvalid(f"a loose {part}")
        if part.startswith("~"):
            longest = int(part[1:] or _LONGEST_GAP)
            if not 1 <= longest <= _LONGEST_GAP:
                raise PatternInvalid(f"a gap longer than {_LONGEST_GAP} words")
            return Sequence(tuple(Choice((Word(None),), optional=True) for _ in range(longest)))
        if part.startswith("<"):
            return self.named(part[1:-1])
        if part.startswith("{"):
            return Word(frozenset({part}))
        return Word(frozenset({part}))

    def named(self, name: str) -> Node:
        if name not in self.lists:
            raise PatternInvalid(f"an unknown list <{name}>")
        if self.depth >= _DEEPEST:
            raise PatternInvalid(f"lists that name each other without end at <{name}>")
        return _choice([parse(entry, self.lists, self.depth + 1) for entry in self.lists[name]])


def parse(text: str, lists: Mapping[str, list[str]], depth: int = 0) -> Node:
    """Promise the tree of a pattern whose words are already folded. Raises PatternInvalid."""
    reader = _Reader(_PART.findall(text), lists, depth)
    node = reader.choice()
    if reader.at != len(reader.parts):
        raise PatternInvalid("a bracket that was never opened")
    return node


@dataclass(slots=True)
class Places:
    """All places of all patterns as one automaton: which place may follow which (Glushkov's construction)."""

    choices: list[frozenset[str] | None] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)
    before: list[set[int]] = field(default_factory=list)
    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)

    def add(self, node: Node, owner: int) -> None:
        """Add the pattern `node`, whose matches belong to `owner`. Raises PatternInvalid when it matches nothing."""
        empty, first, last = self._build(node, owner)
        if empty:
            raise PatternInvalid("a pattern that matches an empty text")
        # A gap at an edge adds nothing: the match starts and ends on a word that the pattern names.
        self.first |= {place for place in first if self.choices[place] is not None}
        self.last |= {place for place in last if self.choices[place] is not None}

    def _build(self, node: Node, owner: int) -> tuple[bool, set[int], set[int]]:
        if isinstance(node, Word):
            place = len(self.choices)
            self.choices.append(node.choices)
            self.owner.append(owner)
            self.follow.append(set())
            self.before.append(set())
            return False, {place}, {place}
        if isinstance(node, Choice):
            empty, first, last = node.optional, set[int](), set[int]()
            for part in node.parts:
                part_empty, part_first, part_last = self._build(part, owner)
                empty = empty or part_empty
                first |= part_first
                last |= part_last
            return empty, first, last
        empty, first, last = True, set[int](), set[int]()
        for part in node.parts:
            part_empty, part_first, part_last = self._build(part, owner)
            for earlier in last:
                self.follow[earlier] |= part_first
            for later in part_first:
                self.before[later] |= last
            first = first | part_first if empty else first
            last = last | part_last if part_empty else part_last
            empty = empty and part_empty
        return empty, first, last
