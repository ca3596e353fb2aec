"""The words of one reading of a text, as columns: a few lists cost far less than a row for every word."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, Self

from safespace.moderation.risk.vocabulary import Ids


@dataclass(slots=True, eq=False, repr=False)
class Stream:
    """What rules know each word as, where it stands in the folded text, and how it was read; once built, only read.

    `breaks` tells before which words nothing goes on, `sentences` in which sentence each stands.
    """

    words: list[str] = field(default_factory=list)
    ids: list[Ids] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    breaks: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def _columns(self) -> tuple[list[Any], ...]:
        return self.words, self.ids, self.starts, self.ends, self.breaks, self.sentences, self.views

    def add(self, word: str, ids: Ids, span: tuple[int, int], sentence: int, view: str, *, broken: bool) -> None:
        """Take one more word."""
        self.words.append(word)
        self.ids.append(ids)
        self.starts.append(span[0])
        self.ends.append(span[1])
        self.breaks.append(broken)
        self.sentences.append(sentence)
        self.views.append(view)

    def take(self, other: Self, first: int, after: int) -> None:
        """Take words `first` up to `after` of another stream."""
        if first == after:
            return
        for column, theirs in zip(self._columns(), other._columns(), strict=True):
            column.extend(theirs[first:after])

    def only(self, kept: Iterable[bool]) -> "Stream":
        """Promise the stream of the words that are `kept`."""
        flags = list(kept)
        return self if all(flags) else Stream(*(list(compress(column, flags)) for column in self._columns()))
