"""What a pattern consists of once it is read: words, rows of parts, gaps and choices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST_GAP = 3
_LONG_LIST = 3

# Words by their numbers: one, or a set of several.
Words = int | frozenset[int]


def each_of(words: Words) -> Iterable[int]:
    """Promise the numbers of all words that `words` stands for."""
    return (words,) if isinstance(words, int) else words


# Nodes are compared as the objects they are: those that say the same are one, and are worked out once for a text.
@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One place in a pattern: any of `words` (None: any word at all)."""

    words: Words | None
    least: int
    most: int = 1

    @property
    def choices(self) -> frozenset[int] | None:
        """The numbers of the words that fill this place; None where any word does."""
        return None if self.words is None else frozenset(each_of(self.words))


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """Parts that follow each other, `least` to `most` words together."""

    parts: tuple["Node", ...]
    least: int
    most: int


class Gap(Sequence):
    """Up to as many words of any kind as it has parts."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several parts, of `least` to `most` words; `optional` adds the choice of none.

    Of a long list nearly all parts are in no text: `by_word` has them by one of the `telling` words, without which they
    cannot be; `others` are those that are not in it.
    """

    parts: tuple["Node", ...]
    least: int
    most: int
    optional: bool
    others: tuple["Node", ...]
    by_word: Mapping[int, tuple["Node", ...]]
    telling: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Maybe(Choice):
    """One of `words` or none."""

    words: Words | None


Node = Word | Sequence | Choice


def choice_of(parts: tuple[Node, ...], *, optional: bool = False) -> Choice:
    """Promise the choice of one of `parts`, or of none of them."""
    by_word: dict[int, tuple[Node, ...]] = {}
    others = []
    for part in parts:
        words = _telling(part) if len(parts) >= _LONG_LIST else None
        if words is None:
            others.append(part)
        else:
            for word in each_of(words):
                by_word[word] = (*by_word.get(word, ()), part)
    least = 0 if optional else min(part.least for part in parts)
    most = max(part.most for part in parts)
    if optional and len(parts) == 1 and isinstance(parts[0], Word):
        return Maybe(parts, least, most, True, parts, {}, frozenset(), parts[0].words)
    return Choice(parts, least, most, optional, tuple(others), by_word, frozenset(by_word))


def _telling(part: Node) -> Words | None:
    """The words of a part that fewest texts hold: words that came up late are the rarer ones."""
    if isinstance(part, Word):
        return None
    words = [one.words for one in part.parts if isinstance(one, Word) and one.words is not None]
    return max(words, key=lambda some: some if isinstance(some, int) else min(some), default=None)


_GAP = choice_of((Word(None, 1),), optional=True)
GAPS = {longest: Gap((_GAP,) * longest, 0, longest) for longest in range(1, LONGEST_GAP + 1)}


def branches(node: Node) -> tuple[Node, ...]:
    """Promise the alternatives that a pattern as a whole consists of; just itself when it is no choice."""
    if isinstance(node, Choice) and not node.optional:
        return tuple(branch for part in node.parts for branch in branches(part))
    return (node,)


def words_of(nodes: Iterable[Node]) -> frozenset[int]:
    """Promise the numbers of all words that patterns name."""
    found: set[int] = set()
    seen: set[int] = set()
    left = list(nodes)
    while left:
        node = left.pop()
        if id(node) in seen:  # lists and words are shared by many patterns
            continue
        seen.add(id(node))
        if not isinstance(node, Word):
            left += node.parts
        elif node.words is not None:
            found.update(each_of(node.words))
    return frozenset(found)
