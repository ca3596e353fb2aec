"""The small pattern language of the rule files: words, alternatives, optional parts and short gaps, nothing else.

`ik (wil|wou) niet meer leven`, `(echt)?` or `word?` for optional, `~` for up to three words between (`~1`, `~2`),
`<list>` for a named list, `snij*` for the start of a word, `*spo` for its end, `*spo*` for its middle,
`{num}` for any number and `{num 30-150}` for one in that range. There is no way to write a slow pattern.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

_LETTERS = r"[^\s()|?<>{}~]+"
# Words in brackets with nothing else are one part: nearly all brackets are of this kind.
_PART = re.compile(
    rf"\({_LETTERS}(?:\|{_LETTERS})*\)|\(|\)|\||\?|~\d?|<[a-z_]+>|\{{num(?: \d+-\d+)?\}}|{_LETTERS}|[<>{{}}]"
)
_WORD = re.compile(_LETTERS)
_LONGEST_GAP = 3


class PatternInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """A pattern that the language does not know; says what is wrong with it, and `code` names that for a screen."""

    def __init__(self, code: str, said: str) -> None:
        self.code = code
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Word:
    """One place in a pattern: any of `choices`, by their numbers (None: any word at all, or none)."""

    choices: frozenset[int] | None
    least: int
    most: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other, `least` to `most` words together."""

    parts: tuple["Node", ...]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts, of `least` to `most` words; `optional` adds the choice of none."""

    parts: tuple["Node", ...]
    least: int
    most: int
    optional: bool = False


Node = Word | Sequence | Choice


def _row(parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Sequence(tuple(parts), sum(part.least for part in parts), sum(part.most for part in parts))


class Grammar:
    """Reads patterns that share named lists, each read once, and numbers every word that any pattern names."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self.numbers: dict[str, int] = {}
        self._spelled: list[str] = []
        self._lists = lists
        self._trees: dict[str, Node] = {}
        self._open: list[str] = []
        # The same few words stand in many patterns; each set of them is kept once.
        self.places: dict[str, Word] = {}
        self._sets: dict[frozenset[int], Word] = {}

    def parse(self, text: str) -> Node:
        """Promise the tree of a pattern whose words are already folded. Raises PatternInvalid."""
        if _WORD.fullmatch(text):
            return self.place(text)
        reader = _Reader(_PART.findall(text), self)
        node = reader.choice()
        if reader.at != len(reader.parts):
            raise PatternInvalid("bracket_unopened", "a bracket that was never opened")
        if not node.least:
            raise PatternInvalid("matches_nothing", "a pattern that matches an empty text")
        return node

    def copy(self) -> "Grammar":
        """Promise a grammar that knows all this one knows and learns without it."""
        other = Grammar(self._lists)
        other.numbers, other._spelled = self.numbers.copy(), self._spelled.copy()
        other._trees, other.places, other._sets = self._trees.copy(), self.places.copy(), self._sets.copy()
        return other

    def number(self, word: str) -> int:
        """Promise the number that stands for `word` in all patterns read here."""
        number = self.numbers.get(word)
        if number is None:
            number = self.numbers[word] = len(self._spelled)
            self._spelled.append(word)
        return number

    def place(self, text: str) -> Word:
        """Promise the place of one word, or of one of the words in brackets with bars between them."""
        known = self.places.get(text)
        if known is None:
            known = self.places[text] = self._set(frozenset(map(self.number, text.strip("()").split("|"))))
        return known

    def spelled(self, word: Word) -> list[str]:
        """Promise the words that fill a place, in order; none where any word does."""
        return sorted(self._spelled[number] for number in word.choices or ())

    def named(self, name: str) -> Node:
        """Promise the tree of a named list. Raises PatternInvalid when there is none, or it names itself."""
        if name not in self._lists:
            raise PatternInvalid("unknown_list", f"an unknown list <{name}>")
        if name in self._open:
            raise PatternInvalid("endless_list", f"lists that name each other without end at <{name}>")
        if name not in self._trees:
            self._open.append(name)
            self._trees[name] = self.either([self.parse(entry) for entry in self._lists[name]])
            self._open.pop()
        return self._trees[name]

    def either(self, parts: list[Node]) -> Node:
        """Promise the choice of one of `parts`; those that are one word become one set."""
        if len(parts) == 1:
            return parts[0]
        words: set[int] = set()
        others: list[Node] = []
        for part in parts:
            if isinstance(part, Word) and part.choices is not None:
                words |= part.choices
            else:
                others.append(part)
        if words:
            others.append(self._set(frozenset(words)))
        if len(others) == 1:
            return others[0]
        return Choice(tuple(others), min(part.least for part in others), max(part.most for part in others))

    def _set(self, choices: frozenset[int]) -> Word:
        known = self._sets.get(choices)
        if known is None:
            known = self._sets[choices] = Word(choices, 1)
        return known


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
        return self.grammar.either(branches)

    def sequence(self) -> Node:
        found: list[Node] = []
        parts, known = self.parts, self.grammar.places
        while self.at < len(parts) and (part := parts[self.at]) not in "|)":
            node: Node | None = known.get(part)
            if node is None:
                node = self.single()
            else:
                self.at += 1
            if self.at < len(parts) and parts[self.at] == "?":
                self.at += 1
                node = Choice((node,), 0, node.most, optional=True)
            found.append(node)
        if not found:
            raise PatternInvalid("empty_part", "an empty pattern or alternative")
        return _row(found)

    def single(self) -> Node:
        part = self.parts[self.at]
        self.at += 1
        if part[0] == "(":
            if len(part) > 1:
                return self.grammar.place(part)
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
        return self.grammar.named(part[1:-1]) if part.startswith("<") else self.grammar.place(part)


_GAP = Choice((Word(None, 0),), 0, 1, optional=True)
_GAPS = {longest: Sequence((_GAP,) * longest, 0, longest) for longest in range(1, _LONGEST_GAP + 1)}


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
        elif node.choices is not None:
            found |= node.choices
    return frozenset(found)


class Needed(NamedTuple):
    """Words of which every match holds at least one, `low` to `high` words behind its first one."""

    words: frozenset[int]
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
            if isinstance(part, Word):
                if part.choices is not None:
                    found.append(Needed(part.choices, low, high))
            elif part.least:  # whatever may be left out is not required
                found += [Needed(words, low + first, high + last) for words, first, last in required(part)]
            low, high = low + part.least, high + part.most
        return found
    if node.optional:
        return []
    for part in node.parts:
        needs = required(part)
        if not needs:
            return []
        found.append(min(needs, key=lambda need: len(need.words)))
    words = frozenset().union(*(need.words for need in found))
    return [Needed(words, min(need.low for need in found), max(need.high for need in found))]
