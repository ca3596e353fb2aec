"""The readings of a text as streams of words: as written, and again with bent, spaced, glued or masked words undone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.vocabulary import Ids, Vocabulary

# Views that nobody ends up in by accident: the writer bent the word.
EVASIVE = frozenset({"leet", "despaced", "letters", "masked"})
_UNITS = "kilos|kilo|kgs|kg|kcal|calorieen|calorie|cals|cal|cm|lbs|lb|uur|u|hrs|h"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*(?=(?:{_UNITS})?(?![^\W_]))|[^\W_]+")
_END = re.compile(r"[.!?\u2026](?:\s|$)|\n\s*\n|[.!?]{2}|[.!?][)\"\u201d]")
_SIGNS = re.compile(r"[@$!|*€+]")
_CHUNK = re.compile(r"\S+")
_EDGES = '.,;:?!()[]{}"\u201c\u201d\u201e\u00ab\u00bb#-_/'
_SHORTEST_GLUED = 7
_LONGEST_GLUED = 80
_RUN = 3
_LONGEST_RUN = 240


@dataclass(slots=True, repr=False)
class Stream:
    """Words of one reading: what rules know them as, where they stand in the folded text, and how they were read."""

    words: list[str] = field(default_factory=list)
    ids: list[Ids] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    breaks: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def add(self, word: str, ids: Ids, span: tuple[int, int], where: tuple[bool, int], view: str) -> None:
        """Append one word with its folded span, (break before it, sentence number) and view."""
        self.words.append(word)
        self.ids.append(ids)
        self.starts.append(span[0])
        self.ends.append(span[1])
        self.breaks.append(where[0])
        self.sentences.append(where[1])
        self.views.append(view)


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
    return [plain, _with(plain, undone)]


def _as_written(folded: Folded, vocabulary: Vocabulary) -> Stream:
    text = folded.text
    stream = Stream()
    sentence, last = 0, 0
    seen: dict[str, tuple[Ids, str]] = {}
    styled = folded.styled
    for found in _WORD.finditer(text):
        word, (start, end) = found.group(), found.span()
        broken = False
        if start - last != 1 or text[last] != " ":
            between = text[last:start]
            broken = bool(stream.words) and _END.search(between) is not None
            if broken or (stream.words and ("\n" in between or ";" in between)):
                sentence += 1
        known = seen.get(word)
        if known is None:
            known = seen[word] = _know(word, vocabulary)
        ids, view = known
        if styled and not styled.isdisjoint(range(start, end)):
            view = "letters"
        stream.add(word, ids, (start, end), (broken, sentence), view)
        last = end
    starts = {start: at for at, start in enumerate(stream.starts)}
    ends = {end: at for at, end in enumerate(stream.ends)}
    for start, end, ids in vocabulary.affixes(text, starts, ends):
        at = starts.get(start, ends.get(end, -1))
        if at < 0:
            at = next((starts[before] for before in range(start, max(-1, start - 40), -1) if before in starts), -1)
        if at >= 0 and end <= stream.ends[at]:
            stream.ids[at] = tuple(dict.fromkeys((*stream.ids[at], *ids)))
    return stream


def _know(word: str, vocabulary: Vocabulary) -> tuple[Ids, str]:
    if word[0].isdigit() and word.replace(".", "").replace(",", "").isdecimal():
        return vocabulary.number(word), "folded"
    ids = vocabulary.plain(word)
    if ids:
        return ids, "folded"
    bent = vocabulary.bent(word)
    return bent.ids, bent.view


def _undo(folded: Folded, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    yield from _spaced(folded.text, plain, vocabulary)
    yield from _signs(folded.text, plain, vocabulary)
    words = plain.words
    for at, word in enumerate(words):
        hashtag = plain.starts[at] > 0 and folded.text[plain.starts[at] - 1] == "#"
        if (not plain.ids[at] or hashtag) and _SHORTEST_GLUED <= len(word) <= _LONGEST_GLUED and word.isalpha():
            yield from _glued(plain, at, vocabulary, hashtag=hashtag)
        if at and words[at - 1] + word in vocabulary.red and not plain.breaks[at]:
            span = plain.starts[at - 1], plain.ends[at]
            whole = words[at - 1] + word
            yield Undone(at - 1, at, ((whole, vocabulary.exact(whole), span),), "joined")


def _glued(plain: Stream, at: int, vocabulary: Vocabulary, *, hashtag: bool) -> Iterator[Undone]:
    word, start = plain.words[at], plain.starts[at]
    pieces = vocabulary.segments(word)
    if pieces is None or len(pieces) < 2:
        return
    unknown = sum(len(piece) for piece in pieces if not vocabulary.plain(piece))
    if unknown * (2 if hashtag else 100) > len(word):
        return
    yield Undone(at, at, _placed(pieces, list(range(start, start + len(word))), vocabulary), "hashtag")


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
        gaps = [plain.starts[i] - plain.ends[i - 1] for i in range(first + 1, at)]
        narrow = min(gaps)
        pieces, current = [], [first]
        for i, gap in enumerate(gaps, start=first + 1):
            if gap > narrow:
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
            split = [joined] if whole else vocabulary.segments(joined) or [joined]
            if whole:
                words.append((joined, whole, (offsets[0], offsets[-1] + 1)))
            else:
                words.extend(_placed(split, offsets, vocabulary))
        yield Undone(first, at - 1, tuple(words), "despaced")


def _tight(between: str) -> bool:
    return 0 < len(between) <= 3 and "\n" not in between


def _signs(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    """Chunks between spaces with signs for letters (th!nspo), stars (d**d) or splits inside (sn.ij.den)."""
    at = 0
    for chunk in _CHUNK.finditer(text):
        start, end = chunk.span()
        first = at
        while at < len(plain.words) and plain.starts[at] < end:
            at += 1
        inner = chunk.group().strip(_EDGES)
        if first == at or len(inner) > 32:
            continue
        known = None
        view = "leet"
        if _SIGNS.search(chunk.group()):
            signed = chunk.group().strip(_EDGES.replace("!", ""))
            known = vocabulary.leet(signed.rstrip("!*+|")) if signed.rstrip("!*+|") else None
            if (known is None or not known.ids) and "*" in signed:
                known = vocabulary.leet(signed)
            view = known.view if known is not None and known.ids else view
        if (known is None or not known.ids) and at - first > 1:
            joined = "".join(plain.words[first:at])
            if joined in vocabulary.red and joined != inner:
                yield Undone(
                    first, at - 1, ((joined, vocabulary.exact(joined), (start, end)),), _split_view(at - first)
                )
            continue
        if known is not None and known.ids:
            yield Undone(first, at - 1, ((inner, known.ids, (start, end)),), view)


def _split_view(parts: int) -> str:
    return "despaced" if parts > 2 else "joined"


def _with(plain: Stream, undone: list[Undone]) -> Stream:
    """The stream with the undone words in place of the written ones; the first reading of a word wins."""
    by_first: dict[int, Undone] = {}
    for reading in undone:
        by_first.setdefault(reading.first, reading)
    stream = Stream()
    at = 0
    while at < len(plain.words):
        reading = by_first.get(at)
        if reading is None:
            stream.add(
                plain.words[at],
                plain.ids[at],
                (plain.starts[at], plain.ends[at]),
                (plain.breaks[at], plain.sentences[at]),
                plain.views[at],
            )
            at += 1
            continue
        for position, (word, ids, span) in enumerate(reading.words):
            stream.add(word, ids, span, (position == 0 and plain.breaks[at], plain.sentences[at]), reading.view)
        at = reading.last + 1
    return stream
