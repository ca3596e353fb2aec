"""The readings of a text as streams of words: as written, and again with bent, spaced, glued or masked words undone."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.vocabulary import UNKNOWN, Ids, Known, Vocabulary

# Views that nobody ends up in by accident: the writer bent the word.
EVASIVE = frozenset({"leet", "despaced", "letters", "masked", "reversed"})
_UNITS = "kilos|kilo|kgs|kg|kcal|calorieen|calorie|cals|cal|cm|lbs|lb|uur|u|hrs|h"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*(?=(?:{_UNITS})?(?![^\W_]))|[^\W_]+")
_END = re.compile(r"[.!?\u2026]\s|\n\s*\n|[.!?]{2}|[.!?][)\"\u201d]")
_SIGNS = re.compile(r"[@$!|*€¥+]")
_SIGNED = re.compile(r"[@$|*\u20ac\u00a5+]|\w[!._\-/]\w")
_EDGES = '.,;:?!()[]{}"\u201c\u201d\u201e\u00ab\u00bb#-_/'
# How young people write "ik wil" and "het is" in one word.
_SHORTENED = {
    "k": frozenset({"wil", "heb", "ben", "ga", "zou", "kan", "weet", "denk", "vind", "moet", "wou", "voel", "doe"}),
    "t": frozenset({"is", "gaat", "was"}),
}
_SELF = frozenset({"ik", "im"})
_SHORTEST_GLUED = 6
_SHORTEST_JOINED = 5
_LONGEST_GLUED = 400
# Longer than any Dutch word: a sentence without its spaces.
_LONGEST_WORD = 26
_RUN = 3
_LONGEST_RUN = 240
_LONGEST_CHUNK = 32
_FARTHEST = 4


class Row(NamedTuple):
    """One word of a reading: what rules know it as, where it stands in the folded text, and how it was read."""

    word: str
    ids: Ids
    start: int
    end: int
    broken: bool
    sentence: int
    view: str


class Stream:
    """The words of one reading as columns; built once, then only read."""

    __slots__ = ("breaks", "ends", "ids", "rows", "sentences", "starts", "views", "words")

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        columns = map(list, zip(*rows, strict=True)) if rows else ([] for _ in Row._fields)
        self.words, self.ids, self.starts, self.ends, self.breaks, self.sentences, self.views = columns


@dataclass(frozen=True, slots=True, repr=False)
class Undone:
    """Words `first` up to and including `last` read as other words: (word, numbers, folded span) each."""

    first: int
    last: int
    words: tuple[tuple[str, Ids, tuple[int, int]], ...]
    view: str


def read(folded: Folded, vocabulary: Vocabulary) -> list[Stream]:
    """Promise the stream of words as written and, when any word can be read otherwise, a second stream with those."""
    plain = _as_written(folded, vocabulary)
    undone = list(_undo(folded, plain, vocabulary))
    if not undone:
        return [plain]
    return [plain, _around(with_undone(plain, undone), {plain.sentences[one.first] for one in undone})]


def _around(stream: Stream, sentences: set[int]) -> Stream:
    """The part of a stream in which a word was undone, with as many sentences around as a rule may look at."""
    near = {sentence + step for sentence in sentences for step in range(-_FARTHEST, _FARTHEST + 1)}
    rows = [row for row in stream.rows if row.sentence in near]
    return stream if len(rows) == len(stream.rows) else Stream(rows)


def _as_written(folded: Folded, vocabulary: Vocabulary) -> Stream:
    text = folded.text
    rows: list[Row] = []
    sentence, last = 0, 0
    seen: dict[str, tuple[Ids, str]] = {}
    styled = folded.styled
    for found in _WORD.finditer(text):
        word = found.group()
        start, end = found.span()
        broken = False
        if start - last != 1 or text[last] != " ":
            between = text[last:start]
            broken = bool(rows) and _END.search(between) is not None
            if broken or (rows and ("\n" in between or ";" in between)):
                sentence += 1
        known = seen.get(word)
        if known is None:
            known = seen[word] = _know(word, vocabulary)
        ids, view = known
        if styled and not styled.isdisjoint(range(start, end)):
            view = "letters"
        rows.append(Row(word, ids, start, end, broken, sentence, view))
        last = end
    _add_affixes(rows, text, vocabulary)
    return Stream(rows)


def _add_affixes(rows: list[Row], text: str, vocabulary: Vocabulary) -> None:
    starts = {row.start: at for at, row in enumerate(rows)}
    ends = {row.end: at for at, row in enumerate(rows)}
    for start, end, ids in vocabulary.affixes(text, starts, ends):
        at = starts.get(start, ends.get(end, -1))
        if at >= 0 and end <= rows[at].end and start >= rows[at].start:
            rows[at] = rows[at]._replace(ids=tuple(dict.fromkeys((*rows[at].ids, *ids))))


def _know(word: str, vocabulary: Vocabulary) -> tuple[Ids, str]:
    if word[0].isdigit() and word.replace(".", "").replace(",", "").isdecimal():
        return (*vocabulary.number(word), *vocabulary.plain(word)), "folded"
    ids = vocabulary.plain(word)
    if ids:
        return ids, "folded"
    bent = vocabulary.bent(word)
    return bent.ids, bent.view


def _undo(folded: Folded, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    yield from _spaced(folded.text, plain, vocabulary)
    yield from _signs(folded.text, plain, vocabulary)
    words, red = plain.words, vocabulary.red
    glued: dict[tuple[str, bool], list[str] | None] = {}
    for at, word in enumerate(words):
        if _SHORTEST_GLUED <= len(word) <= _LONGEST_GLUED:
            marked = plain.starts[at] > 0 and folded.text[plain.starts[at] - 1] == "#"
            hashtag = marked or len(word) > _LONGEST_WORD
            if (hashtag or not vocabulary.plain(word)) and word.isalpha():
                key = word, hashtag
                if key not in glued:
                    # A word known by its beginning or end is no run of words, unless two of them are red.
                    partly = bool(plain.ids[at])
                    glued[key] = _glued(word, vocabulary, hashtag=hashtag, reds=2 if partly and not hashtag else 1)
                pieces = glued[key]
                if pieces is not None:
                    offsets = list(range(plain.starts[at], plain.ends[at]))
                    yield Undone(at, at, _placed(pieces, offsets, vocabulary), "hashtag")
        if word[1:] in _SHORTENED.get(word[0], ()):
            pieces = [word[0], word[1:]]
            yield Undone(at, at, _placed(pieces, list(range(plain.starts[at], plain.ends[at])), vocabulary), "folded")
        if at and len(words[at - 1]) + len(word) >= _SHORTEST_JOINED and not plain.breaks[at]:
            whole = words[at - 1] + word
            if whole in red:
                span = plain.starts[at - 1], plain.ends[at]
                yield Undone(at - 1, at, ((whole, vocabulary.exact(whole), span),), "joined")


def _glued(word: str, vocabulary: Vocabulary, *, hashtag: bool, reds: int) -> list[str] | None:
    pieces = vocabulary.segments(word) if hashtag else vocabulary.covered(word)
    if pieces is None or len(pieces) < 2 or (reds > 1 and len(vocabulary.red.intersection(pieces)) < reds):
        return None
    if not hashtag and vocabulary.red.isdisjoint(pieces) and pieces[0] not in _SELF:
        return None  # praatten is no praat + ten, and a sentence in one word is about somebody or something red
    unknown = sum(len(piece) for piece in pieces if not vocabulary.plain(piece))
    return None if unknown * 2 > len(word) else pieces


def _placed(
    pieces: list[str], offsets: list[int], vocabulary: Vocabulary
) -> tuple[tuple[str, Ids, tuple[int, int]], ...]:
    placed = []
    at = 0
    for piece in pieces:
        span = offsets[at], offsets[at + len(piece) - 1] + 1
        placed.append((piece, vocabulary.exact(piece), span))
        at += len(piece)
    return tuple(placed)


def _spaced(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    """Runs of single letters: s n i j d e n, p.r.o.a.n.a, with wider gaps read as spaces between words."""
    at, count = 0, len(plain.words)
    while at < count:
        first = at
        while at < count and at - first < _LONGEST_RUN and plain.ends[at] - plain.starts[at] == 1:
            if at > first and not _tight(text[plain.ends[at - 1] : plain.starts[at]]):
                break
            at += 1
        if at - first < _RUN or all(word.isdigit() for word in plain.words[first:at]):
            at = max(at, first + 1)
            continue
        gaps = [text[plain.ends[i - 1] : plain.starts[i]] for i in range(first + 1, at)]
        # Of two as usual it is the space, which then parts no words: every process reads the same, and the whole word.
        usual = max(dict.fromkeys(gaps), key=lambda gap: (gaps.count(gap), gap.isspace()))
        pieces, current = [], [first]
        for i, gap in enumerate(gaps, start=first + 1):
            if len(gap) > len(usual) or (gap.isspace() and not usual.isspace()):
                pieces.append(current)
                current = []
            current.append(i)
        pieces.append(current)
        words: list[tuple[str, Ids, tuple[int, int]]] = []
        for piece in pieces:
            joined = "".join(plain.words[i] for i in piece)
            offsets = [plain.starts[i] for i in piece]
            if not joined.isalpha():
                leet = vocabulary.leet(joined)
                words.append((joined, leet.ids, (offsets[0], offsets[-1] + 1)))
                continue
            whole = vocabulary.exact(joined) or vocabulary.bent(joined).ids
            split = [joined] if whole else vocabulary.segments(joined)
            if whole:
                words.append((joined, whole, (offsets[0], offsets[-1] + 1)))
            else:
                words.extend(_placed(split, offsets, vocabulary))
        yield Undone(first, at - 1, tuple(words), "despaced")


def _tight(between: str) -> bool:
    return 0 < len(between) <= 3 and "\n" not in between


def _signs(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    """Chunks between spaces with signs for letters (th!nspo), stars (d**d) or splits inside (sn.ij.den)."""
    done = 0
    known_as: dict[str, Known] = {}
    for sign in _SIGNED.finditer(text):
        if sign.start() < done:
            continue
        start, done = _chunk(text, sign.start())
        first, after = bisect_left(plain.starts, start), bisect_left(plain.starts, done)
        if first == after or done - start > _LONGEST_CHUNK:
            continue
        chunk = text[start:done]
        if chunk not in known_as:
            known_as[chunk] = _signed(chunk, vocabulary) if _SIGNS.search(chunk) else UNKNOWN
        known = known_as[chunk]
        if known.ids:
            yield Undone(first, after - 1, ((chunk, known.ids, (start, done)),), known.view)
        elif after - first > 1:
            joined = "".join(plain.words[first:after])
            if joined in vocabulary.red:
                view = "despaced" if after - first > _RUN - 1 else "joined"
                yield Undone(first, after - 1, ((joined, vocabulary.exact(joined), (start, done)),), view)


def _chunk(text: str, at: int) -> tuple[int, int]:
    """The stretch without white space around `at`, looked for no farther than a chunk may be long."""
    start = end = at
    while start > 0 and at - start <= _LONGEST_CHUNK and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and end - at <= _LONGEST_CHUNK and not text[end].isspace():
        end += 1
    return start, max(end, at + 1)


def _signed(chunk: str, vocabulary: Vocabulary) -> Known:
    bare = chunk.strip(_EDGES.replace("!", ""))
    for candidate in (bare.rstrip("!*+|"), bare):
        if candidate:
            known = vocabulary.leet(candidate)
            if known.ids:
                return known
    return UNKNOWN


def with_undone(plain: Stream, undone: list[Undone]) -> Stream:
    """Promise the stream with the undone words in place of the written ones; the first reading of a word wins."""
    rows: list[Row] = []
    at = 0
    for one in sorted(undone, key=lambda reading: reading.first):
        if one.first < at:
            continue
        rows += plain.rows[at : one.first]
        written = plain.rows[one.first]
        for position, (word, ids, (start, end)) in enumerate(one.words):
            rows.append(Row(word, ids, start, end, position == 0 and written.broken, written.sentence, one.view))
        at = one.last + 1
    rows += plain.rows[at:]
    return Stream(rows)
