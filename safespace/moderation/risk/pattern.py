"""The small pattern language of the rule files: words, alternatives, optional parts and short gaps, nothing else.

`ik (wil|wou) niet meer leven`, `(echt)?` or `word?` for optional, `~` for up to three words between (`~1`, `~2`),
`<list>` for a named list, `snij*` for the start of a word, `*spo` for its end, `*spo*` for its middle,
`{num}` for any number, `{num 30-150}` for one in that range. None is slow. `fuzzy: 0` in a rule wants words unbent.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safespace.moderation.risk.nodes import (
    GAPS,
    LONGEST_GAP,
    Choice,
    Gap,
    Node,
    Sequence,
    Word,
    Words,
    choice_of,
    each_of,
)

_LETTERS = r"[^\s()|?<>{}~]+"
# Words in brackets with nothing else are one part: nearly all brackets are of this kind.
_PART = re.compile(
    rf"\({_LETTERS}(?:\|{_LETTERS})*\)|\(|\)|\||\?|~\d?|<[a-z_]+>|\{{num(?: \d+-\d+)?\}}|{_LETTERS}|[<>{{}}]"
)
_PLAIN = re.compile(rf"{_LETTERS}(?: {_LETTERS})*")


class PatternInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """A pattern that the language does not know; says what is wrong with it, and `code` names that for a screen."""

    def __init__(self, code: str, said: str) -> None:
        self.code = code
        super().__init__(said)


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
        self._sets: dict[Words, Word] = {}
        self._rows: dict[tuple[Node, ...], Node] = {}
        self._choices: dict[tuple[Node, ...], Choice] = {}
        self._maybes: dict[Node, Choice] = {}

    def parse(self, text: str) -> Node:
        """Promise the tree of a pattern whose words are already folded. Raises PatternInvalid."""
        if _PLAIN.fullmatch(text):  # a third of all patterns
            return self.row(map(self.place, text.split()))
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
        other._rows, other._choices, other._maybes = self._rows.copy(), self._choices.copy(), self._maybes.copy()
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
            known = self.places[text] = self._set(set(map(self.number, text.strip("()").split("|"))))
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
            if isinstance(part, Word) and part.words is not None:
                words.update(each_of(part.words))
            else:
                others.append(part)
        if words:
            others.append(self._set(words))
        if len(others) == 1:
            return others[0]
        key = tuple(others)
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = choice_of(key)
        return known

    def maybe(self, part: Node) -> Node:
        """Promise the choice of `part` or nothing."""
        known = self._maybes.get(part)
        if known is None:
            known = self._maybes[part] = choice_of((part,), optional=True)
        return known

    def row(self, parts: Iterable[Node]) -> Node:
        """Promise `parts` behind each other."""
        key = tuple(parts)
        known = key[0] if len(key) == 1 else self._rows.get(key)
        if known is None:
            known = self._rows[key] = Sequence(key, sum(part.least for part in key), sum(part.most for part in key))
        return known

    def _set(self, words: set[int]) -> Word:
        key = next(iter(words)) if len(words) == 1 else frozenset(words)
        known = self._sets.get(key)
        if known is None:
            known = self._sets[key] = Word(key, 1)
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
                node = self.grammar.maybe(node)
            if isinstance(node, Sequence) and not isinstance(node, Gap):
                found += node.parts
            else:
                found.append(node)
        if not found:
            raise PatternInvalid("empty_part", "an empty pattern or alternative")
        return self.grammar.row(found)

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
            longest = int(part[1:] or LONGEST_GAP)
            if not 1 <= longest <= LONGEST_GAP:
                raise PatternInvalid("gap_too_long", f"a gap longer than {LONGEST_GAP} words")
            return GAPS[longest]
        return self.grammar.named(part[1:-1]) if part.startswith("<") else self.grammar.place(part)
