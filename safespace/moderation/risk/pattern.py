"""The small pattern language of the rule files: words, alternatives, optional parts and short gaps, nothing else.

`ik (wil|wou) niet meer leven`, `(echt)?` or `word?` for optional, `~` for up to three words between (`~1`, `~2`),
`<list>` for a named list, `snij*` for the start of a word, `*spo` for its end, `*spo*` for its middle,
`{num}` for any number and `{num 30-150}` for one in that range. There is no way to write a slow pattern.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_PART = re.compile(r"\(|\)|\||\?|~\d?|<[a-z_]+>|\{num(?: \d+-\d+)?\}|[^\s()|?<>{}~]+|[<>{}]")
_LONGEST_GAP = 3


class PatternInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """A pattern that the language does not know; says what is wrong with it, and `code` names that for a screen."""

    def __init__(self, code: str, said: str) -> None:
        self.code = code
        super().__init__(said)


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


class Grammar:
    """Reads patterns that share named lists, each read once; `words` gathers every word that any pattern names."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self.words: set[str] = set()
        self._lists = lists
        self._trees: dict[str, Node] = {}
        self._open: list[str] = []

    def parse(self, text: str) -> Node:
        """Promise the tree of a pattern whose words are already folded. Raises PatternInvalid."""
        reader = _Reader(_PART.findall(text), self)
        node = reader.choice()
        if reader.at != len(reader.parts):
            raise PatternInvalid("bracket_unopened", "a bracket that was never opened")
        if not extent(node)[0]:
            raise PatternInvalid("matches_nothing", "a pattern that matches an empty text")
        return node

    def word(self, word: str) -> Word:
        """Promise the place of one word."""
        self.words.add(word)
        return Word(frozenset({word}))

    def named(self, name: str) -> Node:
        """Promise the tree of a named list. Raises PatternInvalid when there is none, or it names itself."""
        if name not in self._lists:
            raise PatternInvalid("unknown_list", f"an unknown list <{name}>")
        if name in self._open:
            raise PatternInvalid("endless_list", f"lists that name each other without end at <{name}>")
        if name not in self._trees:
            self._open.append(name)
            self._trees[name] = _choice([self.parse(entry) for entry in self._lists[name]])
            self._open.pop()
        return self._trees[name]


@dataclass(slots=True)
class _Reader:
    parts: list[str]
    grammar: Grammar
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
            raise PatternInvalid("empty_part", "an empty pattern or alternative")
        return found[0] if len(found) == 1 else Sequence(tuple(found))

    def single(self) -> Node:
        part = self.parts[self.at]
        self.at += 1
        if part == "(":
            inner = self.choice()
            if self.at >= len(self.parts) or self.parts[self.at] != ")":
                raise PatternInvalid("bracket_unclosed", "a bracket that is never closed")
            self.at += 1
            return inner
        if part in {"?", "<", ">", "{", "}"}:
            raise PatternInvalid("loose_sign", f"a loose {part}")
        if part.startswith("~"):
            longest = int(part[1:] or _LONGEST_GAP)
            if not 1 <= longest <= _LONGEST_GAP:
                raise PatternInvalid("gap_too_long", f"a gap longer than {_LONGEST_GAP} words")
            return _GAPS[longest]
        return self.grammar.named(part[1:-1]) if part.startswith("<") else self.grammar.word(part)


_GAP = Choice((Word(None),), optional=True)
_GAPS = {longest: Sequence((_GAP,) * longest) for longest in range(1, _LONGEST_GAP + 1)}


def branches(node: Node) -> tuple[Node, ...]:
    """Promise the alternatives that a pattern as a whole consists of; just itself when it is no choice."""
    if isinstance(node, Choice) and not node.optional:
        return tuple(branch for part in node.parts for branch in branches(part))
    return (node,)


def literals(node: Node) -> Iterator[str]:
    """Yield every word that a pattern names."""
    if isinstance(node, Word):
        yield from node.choices or ()
        return
    for part in node.parts:
        yield from literals(part)


def extent(node: Node) -> tuple[int, int]:
    """Promise the smallest and the largest number of words that a match can have."""
    if isinstance(node, Word):
        return (0 if node.choices is None else 1), 1
    extents = [extent(part) for part in node.parts]
    if isinstance(node, Sequence):
        return sum(low for low, _ in extents), sum(high for _, high in extents)
    low = 0 if node.optional else min(low for low, _ in extents)
    return low, max(high for _, high in extents)


@dataclass(frozen=True, slots=True)
class Needed:
    """Words of which every match holds at least one, `low` to `high` words behind its first one."""

    words: frozenset[str]
    low: int
    high: int


def required(node: Node) -> list[Needed]:
    """Promise what every match must hold; a text without one of these needs no closer look."""
    if isinstance(node, Word):
        return [] if node.choices is None else [Needed(node.choices, 0, 0)]
    found: list[Needed] = []
    if isinstance(node, Sequence):
        low = high = 0
        for part in node.parts:
            found += [Needed(need.words, low + need.low, high + need.high) for need in required(part)]
            least, most = extent(part)
            low, high = low + least, high + most
        return found
    if node.optional:
        return []
    for part in node.parts:
        needs = required(part)
        if not needs:
            return []
        found.append(min(needs, key=lambda need: len(need.words)))
    words = frozenset(word for need in found for word in need.words)
    return [Needed(words, min(need.low for need in found), max(need.high for need in found))]
