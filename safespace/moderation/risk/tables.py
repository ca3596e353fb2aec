"""The phrases of all rules as rows of numbers, as the compiled search wants them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from safespace.moderation.risk.needing import Needed
from safespace.moderation.risk.nodes import Choice, Gap, Node, Word, Words, each_of

_WORD, _ANY, _ROW, _GAP, _CHOICE = range(5)
Row = tuple[int, int, int, tuple[int, ...]]


class _Named(Protocol):
    """What is looked for, as matching.Phrase: a word or a row of parts, and its length where that is fixed."""

    @property
    def node(self) -> Node:
        """Its pattern."""

    @property
    def length(self) -> int | None:
        """How many words it has."""


def rows_of(
    owned: Sequence[tuple[int, _Named]], needs: Iterable[Sequence[Needed]]
) -> tuple[list[Row], list[list[int]], list[tuple[int, int, int]], list[list[int]]]:
    """Promise nodes, for every word its sets, phrases, and for every word what it calls up, as `Book` takes them.

    `needs`: per phrase what it cannot do without, the rarest first. No phrase can be where none of its rarest words is.
    """
    nodes: list[Row] = []
    sets: dict[Words, int] = {}
    known: dict[Node, int] = {}

    def number(node: Node) -> int:
        found = known.get(node)
        if found is None:
            children = () if isinstance(node, Word | Gap) else tuple(map(number, node.parts))
            nodes.append((*_kind(node, sets), node.most, children))
            found = known[node] = len(nodes) - 1
        return found

    phrases = [(owner, number(phrase.node), -1 if phrase.length is None else phrase.length) for owner, phrase in owned]
    asked: dict[int, list[int]] = {}
    for at, (rarest, *_) in enumerate(needs):
        for word in each_of(rarest.words):
            asked.setdefault(word, []).append(at)
    among: dict[int, list[int]] = {}
    for words, which in sets.items():
        for word in each_of(words):
            among.setdefault(word, []).append(which)
    words_there = range(max(among, default=-1) + 1)
    return nodes, [among.get(word, []) for word in words_there], phrases, [asked.get(word, []) for word in words_there]


def _kind(node: Node, sets: dict[Words, int]) -> tuple[int, int]:
    """The kind of a node and what goes with it."""
    if isinstance(node, Word):
        return (_ANY, 0) if node.words is None else (_WORD, sets.setdefault(node.words, len(sets)))
    if isinstance(node, Choice):
        return _CHOICE, int(node.optional)
    return (_GAP if isinstance(node, Gap) else _ROW), 0
