"""Words that somebody glued to a sentence without spaces, or parted by a space, as the words they were.

The likeliest words win, by how often each stands in ordinary posts. Where every word is known this finds nothing.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import add
from typing import NamedTuple

from safespace.moderation.risk.vocabulary import LEET, Ids, Vocabulary

_SELF = frozenset({"ik", "im"})
_SHORTEST_GLUED = 6
# Longer than any Dutch word: a sentence without its spaces.
_LONGEST_WORD = 26
_LEAST_PIECES = 3
# A sentence is read in several ways; what is longer than a post in one word takes too long for that.
_LONGEST_TWICE = 1_500
_LONGEST_ENDING = 2
# Above this for each letter it is a new word in pieces rather than a sentence.
_LIKELY = 22
_LOOSE_IN = 8
_SHORTEST_JOINED = 5
_SHORTEST_PARTED = 3
# What a joined pair must gain: much when it stands alone, as names and new words stand apart, too.
_GAIN = 90
_A_PAIR_IN = 12
# A word, its numbers and its folded span.
Written = tuple[str, Ids, tuple[int, int]]
_GLUED = frozenset({"hashtag", "leet"})
_DIGITS = re.compile(r"\d+|\D+")


@dataclass(frozen=True, slots=True, repr=False)
class Undone:
    """Words `first` up to and including `last` read as other words."""

    first: int
    last: int
    words: tuple[Written, ...]
    view: str


def placed(pieces: Sequence[str], offsets: Sequence[int], vocabulary: Vocabulary) -> tuple[Written, ...]:
    """Promise pieces of letters that stand at `offsets`, one after the other, as words with their numbers and spans."""
    words = []
    at = 0
    for piece in pieces:
        span = offsets[at], offsets[at + len(piece) - 1] + 1
        ids = (*vocabulary.number(piece), *vocabulary.plain(piece)) if piece.isdecimal() else vocabulary.exact(piece)
        words.append((piece, ids, span))
        at += len(piece)
    return tuple(words)


class Glued(NamedTuple):
    """The words of a run of letters and figures: `sure` is a sentence, `clear` stands alone, others only beside one.

    `whole` counts its pieces without loose letters and endings.
    """

    pieces: list[str]
    view: str
    whole: int
    sure: bool
    clear: bool


def unglued(
    words: Sequence[str], marked: Collection[int], ids: Sequence[Ids], vocabulary: Vocabulary
) -> dict[int, Glued]:
    """Promise, by their places, the words that are several in one; `marked` are the places of hashtags."""
    found: dict[int, Glued] = {}
    seen: dict[tuple[str, bool], Glued | None] = {}
    knows = vocabulary.lexicon.knows
    strange = {word for word in set(words) if len(word) >= _SHORTEST_GLUED and not knows(word)}
    for at, word in enumerate(words) if strange or marked else ():
        if word in strange or (at in marked and len(word) >= _SHORTEST_GLUED):
            key = word, at in marked
            if key not in seen:
                # A word known by its beginning or end is no run of words, unless two of them are red.
                seen[key] = _glued(word, vocabulary, marked=at in marked, reds=2 if ids[at] else 1)
            one = seen[key]
            if one is not None:
                found[at] = one
    if not found:
        return found
    # A text that is mostly runs of letters is a sentence, too; a single one may be a compound.
    runs = {at: one.whole for at, one in found.items() if one.whole > 1}
    several = len(runs) > 1 or max(runs.values(), default=0) >= _LEAST_PIECES
    mostly = several and sum(len(words[at]) for at in runs) * 2 > sum(map(len, words))
    if mostly or any(one.sure for one in found.values()):
        return found
    return {at: one for at, one in found.items() if one.clear}


def _glued(word: str, vocabulary: Vocabulary, *, marked: bool, reds: int) -> Glued | None:
    lexicon = vocabulary.lexicon
    if not (word.isalpha() or any(map(str.isalpha, word))):
        return None
    pieces, loose, view = _split(word, vocabulary)
    long = len(word) > _LONGEST_WORD
    if len(pieces) < 2 or loose * (2 if marked or long else _LOOSE_IN) > len(word):
        return None
    # What ends in a small word is a form of a longer one: groett-en, trap-je.
    stem = pieces if len(pieces[-1]) > _LONGEST_ENDING else pieces[:-1]
    whole = sum(len(piece) > 1 or lexicon.common(piece) for piece in stem)
    if marked or long:
        return Glued(pieces, view, whole, sure=long and not marked, clear=True)
    likely = sum(map(lexicon.cost, pieces)) < _LIKELY * len(word)
    # In a compound one small word may join two: ouder-en-zorg.
    small = sum(map(lexicon.common, stem))
    if likely and not loose and whole >= _LEAST_PIECES and small >= (2 if whole == _LEAST_PIECES else 1):
        return Glued(pieces, view, whole, sure=True, clear=True)
    # praatten is no praat + ten, and two words in one are about somebody or something red.
    about = len(vocabulary.red.intersection(pieces)) >= reds or (pieces[0] in _SELF and reds == 1)
    return Glued(pieces, view, whole, sure=False, clear=about and not loose)


def finer(one: Undone, vocabulary: Vocabulary) -> Undone:
    """Promise a sentence that was glued together as more and shorter words, where those are likely, too."""
    letters = "".join(word for word, _, _ in one.words)
    if one.view not in _GLUED or len(one.words) < _LEAST_PIECES or len(letters) > _LONGEST_TWICE:
        return one
    start = one.words[0][2][0]
    pieces, _, _ = _split(letters, vocabulary, finely=True)
    return replace(one, words=placed(pieces, range(start, start + len(letters)), vocabulary))


def _split(word: str, vocabulary: Vocabulary, *, finely: bool = False) -> tuple[list[str], int, str]:
    split = partial(vocabulary.lexicon.split, finely=finely)
    if word.isalpha():
        return *split(word), "hashtag"
    pieces: list[str] = []
    loose = 0
    for part in _DIGITS.findall(word):
        words, over = ([part], 0) if part[0].isdigit() else split(part)
        pieces += words
        loose += over
    if loose and len(word) <= _LONGEST_TWICE:
        for table in LEET:
            plain = word.translate(table)
            words, over = split(plain)
            if plain.isalpha() and over < loose:
                return words, over, "leet"
    return pieces, loose, "hashtag"


def parted(words: Sequence[str], breaks: Sequence[bool], vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    """Yield the place of every word that goes on in the next one, and the whole word that both are."""
    lexicon, red = vocabulary.lexicon, vocabulary.red
    gains: dict[int, int] = {}
    sure: dict[int, str] = {}
    for at, whole in enumerate(map(add, words, words[1:])):
        if lexicon.knows(whole) and len(whole) >= _SHORTEST_PARTED and not breaks[at + 1]:
            gains[at] = lexicon.cost(words[at]) + lexicon.cost(words[at + 1]) - lexicon.cost(whole)
            if gains[at] >= _GAIN or whole in red:
                sure[at] = whole
    if len(sure) < 2 and all(len(whole) < _SHORTEST_JOINED for whole in sure.values()):
        return
    # Where pairs abound, a pair of words that also stand alone may be one, too.
    places = gains if len(sure) * _A_PAIR_IN > len(words) else sure
    joined = {at: max(gains[at], at in sure) for at in places}
    # Of pairs that share a word those stay that gain most together.
    most = [0] * (len(words) + 2)
    for at in range(len(words) - 1, -1, -1):
        most[at] = max(most[at + 1], joined.get(at, 0) + most[at + 2])
    at = 0
    while at < len(words):
        if joined.get(at, 0) > 0 and joined[at] + most[at + 2] >= most[at + 1]:
            yield at, words[at] + words[at + 1]
            at += 1
        at += 1
