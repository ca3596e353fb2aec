"""What every match of a pattern must hold, so that a text without it needs no closer look."""

from typing import NamedTuple

from safespace.moderation.risk.nodes import Choice, Node, Sequence, Word, Words, each_of


class Needed(NamedTuple):
    """Words of which every match holds at least one, `low` to `high` words behind its first one."""

    words: Words
    low: int
    high: int

    @property
    def many(self) -> int:
        """How many words these are."""
        return 1 if isinstance(self.words, int) else len(self.words)


def required(node: Node, known: dict[Node, list[Needed]] | None = None) -> list[Needed]:
    """Promise what every match must hold; a text without one of these needs no closer look.

    `known` keeps what was found for the parts of one pattern for others that share them.
    """
    if known is None:
        known = {}
    found = known.get(node)
    if found is None:
        if isinstance(node, Word):
            found = [] if node.words is None else [Needed(node.words, 0, 0)]
        elif isinstance(node, Sequence):
            found = _of_all(node, known)
        else:
            found = [] if node.optional else _of_any(node, known)
        known[node] = found
    return found


def _of_all(node: Sequence, known: dict[Node, list[Needed]]) -> list[Needed]:
    found: list[Needed] = []
    low = high = 0
    for part in node.parts:
        if isinstance(part, Word):
            if part.words is not None:
                found.append(Needed(part.words, low, high))
        elif part.least:  # whatever may be left out is not required
            found += [Needed(words, low + first, high + last) for words, first, last in required(part, known)]
        low, high = low + part.least, high + part.most
    return found


def _of_any(node: Choice, known: dict[Node, list[Needed]]) -> list[Needed]:
    found: list[Needed] = []
    for part in node.parts:
        needs = required(part, known)
        if not needs:
            return []
        found.append(min(needs, key=lambda need: need.many))
    words = frozenset(word for need in found for word in each_of(need.words))
    return [Needed(words, min(need.low for need in found), max(need.high for need in found))]
