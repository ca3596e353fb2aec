"""The phrases of all rules as rows of numbers, as the compiled search wants them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from safespace.moderation.risk.needing import Needed
from safespace.moderation.risk.nodes import Choice, Gap, Node, Word, Words, each_of

_ROW, _GAP, _CHOICE = range(3)
Parts = tuple[int, ...]


class _Named(Protocol):
    """What is looked for, as matching.Phrase: a word or a row of parts, and its length where that is fixed."""

    @property
    def node(self) -> Node:
        """Its pattern."""

    @property
    def length(self) -> int | None:
        """How many words it has."""


class _Tables:
    """Nodes and sets of words, each with a number; those that the same patterns share have one."""

    def __init__(self) -> None:
        self.nodes: list[tuple[int, int, int, Parts]] = []
        self.sets: dict[Words, int] = {}
        self._known: dict[Node, int] = {}

    def part(self, node: Node) -> int:
        """Promise the number of a node, or ~ the number of the set for a word."""
        if isinstance(node, Word) and node.words is not None:
            return ~self.sets.setdefault(node.words, len(self.sets))
        known = self._known.get(node)
        if known is None:
            # A gap is known by how many words of any kind it may skip.
            parts = () if isinstance(node, Gap) else self.parts(node)
            kind = _GAP if isinstance(node, Gap) else _CHOICE if isinstance(node, Choice) else _ROW
            optional = int(isinstance(node, Choice) and node.optional)
            self.nodes.append((kind, optional, node.most, parts))
            known = self._known[node] = len(self.nodes) - 1
        return known

    def parts(self, node: Node) -> Parts:
        """Promise the parts of a row or choice; a word is the only part of itself."""
        return (self.part(node),) if isinstance(node, Word) else tuple(map(self.part, node.parts))


def rows_of(
    owned: Sequence[tuple[int, _Named]], needs: Iterable[Sequence[Needed]]
) -> tuple[list[tuple[int, int, int, Parts]], list[list[int]], list[tuple[int, int, Parts]], list[list[int]]]:
    """Promise nodes, for every word its sets, phrases, and for every word what it calls up, as `Book` takes them.

    `needs`: per phrase what it cannot do without, the rarest first. No phrase can be where none of its rarest words is.
    """
    tables = _Tables()
    phrases = [
        (owner, -1 if phrase.length is None else phrase.length, tables.parts(phrase.node)) for owner, phrase in owned
    ]
    asked: dict[int, list[int]] = {}
    for number, (rarest, *_) in enumerate(needs):
        for word in each_of(rarest.words):
            asked.setdefault(word, []).append(number)
    among: dict[int, list[int]] = {}
    for words, which in tables.sets.items():
        for word in each_of(words):
            among.setdefault(word, []).append(which)
    words_there = range(max(among, default=-1) + 1)
    by_word = ([table.get(word, []) for word in words_there] for table in (among, asked))
    return tables.nodes, next(by_word), phrases, next(by_word)
