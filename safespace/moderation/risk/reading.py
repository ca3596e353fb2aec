"""The readings of a text as streams of words: as written, and again with bent, spaced, glued or masked words undone."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain

from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.mending import Undone, Written, finer, parted, placed, unglued
from safespace.moderation.risk.stream import Stream
from safespace.moderation.risk.vocabulary import UNKNOWN, Ids, Known, Vocabulary

# Views that nobody ends up in by accident: the writer bent the word.
EVASIVE = frozenset({"leet", "despaced", "letters", "masked", "reversed"})
_UNITS = "kilos|kilo|kgs|kg|kcal|calorieen|calorie|cals|cal|cm|lbs|lb|uur|u|hrs|h"
_WORD = re.compile(rf"\d+(?:[.,]\d+)*(?=(?:{_UNITS})?(?![^\W_]))|[^\W_]+")
_END = re.compile(r"[.!?\u2026]\s|\n\s*\n|[.!?]{2}|[.!?][)\"\u201d]")
# Where spaces are left out, none follows the end of a sentence.
_BARE_END = re.compile(r"[.!?\u2026]")
_LETTERS_A_SPACE = 14
_SHORTEST_ENDED = 3
# Among more different words than ordinary texts hold, a mistyped one is not looked for.
_SLIPS_TRIED = 600
_SIGNS = re.compile(r"[@$!|*€¥+]")
_SIGNED = re.compile(r"[@$|*\u20ac\u00a5+]|\w[!._\-/]\w")
_SPLITS = re.compile(r"[._-]")
_EDGES = '.,;:?!()[]{}"\u201c\u201d\u201e\u00ab\u00bb#-_/'
# How young people write "ik wil" and "het is" in one word.
_AFTER_K = ("wil", "heb", "ben", "ga", "zou", "kan", "weet", "denk", "vind", "moet", "wou", "voel", "doe")
_SHORTENED = frozenset({"tis", "tgaat", "twas", *(f"k{verb}" for verb in _AFTER_K)})
_RUN = 3
_LONGEST_RUN = 240
_LONGEST_CHUNK = 32
_FARTHEST = 4


def read(folded: Folded, vocabulary: Vocabulary) -> list[Stream]:
    """Promise the stream of words as written and, when any word can be read otherwise, a second stream with those."""
    plain = _as_written(folded, vocabulary)
    undone = list(_undo(folded, plain, vocabulary))
    if not undone:
        return [plain]
    streams = [plain, _around(with_undone(plain, undone), {plain.sentences[one.first] for one in undone})]
    fine = [finer(one, vocabulary) for one in undone]
    if fine != undone:
        streams.append(_around(with_undone(plain, fine), {plain.sentences[one.first] for one in undone}))
    return streams


def _around(stream: Stream, sentences: set[int]) -> Stream:
    """The part of a stream in which a word was undone, with as many sentences around as a rule may look at."""
    near = {sentence + step for sentence in sentences for step in range(-_FARTHEST, _FARTHEST + 1)}
    return stream.only(map(near.__contains__, stream.sentences))


def _as_written(folded: Folded, vocabulary: Vocabulary) -> Stream:
    text = folded.text
    places = list(_WORD.finditer(text))
    words = [place[0] for place in places]
    starts = [place.start() for place in places]
    ends = [place.end() for place in places]
    breaks, sentences = _sentences(text, words, starts, ends)
    different = dict.fromkeys(words)
    known = dict(zip(different, map(vocabulary.plain, different), strict=True))
    odd: dict[str, str] = {}
    for count, word in enumerate(different):
        if not known[word] or word[0].isdigit():  # nearly all others rules know as they stand
            known[word], odd[word] = _know(word, vocabulary, slips=count < _SLIPS_TRIED)
    ids = list(map(known.__getitem__, words))
    views = [odd.get(word, "folded") for word in words]
    if folded.styled:
        for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if not folded.styled.isdisjoint(range(start, end)):
                views[at] = "letters"
    plain = Stream(words, ids, starts, ends, breaks, sentences, views)
    _add_affixes(plain, text, vocabulary)
    return plain


def _sentences(
    text: str, words: Sequence[str], starts: Sequence[int], ends: Sequence[int]
) -> tuple[list[bool], list[int]]:
    """Tell before which words a sentence ends for good, and in which sentence each word stands."""
    breaks, turns = [False] * len(words), [0] * len(words)
    bare = text.count(" ") * _LETTERS_A_SPACE < len(text)
    for at in range(1, len(words)):
        last, start = ends[at - 1], starts[at]
        if start - last == 1 and text[last] == " ":  # so nearly all words follow each other
            continue
        between = text[last:start]
        broken = _END.search(between) is not None
        if bare and len(words[at - 1]) >= _SHORTEST_ENDED <= len(words[at]):
            broken = broken or _BARE_END.search(between) is not None
        breaks[at] = broken
        turns[at] = int(broken or "\n" in between or ";" in between)
    return breaks, list(accumulate(turns))


def _add_affixes(plain: Stream, text: str, vocabulary: Vocabulary) -> None:
    starts = {start: at for at, start in enumerate(plain.starts)}
    ends = {end: at for at, end in enumerate(plain.ends)}
    for start, end, ids in vocabulary.affixes(text, starts, ends):
        at = starts.get(start, ends.get(end, -1))
        if at >= 0 and end <= plain.ends[at] and start >= plain.starts[at]:
            plain.ids[at] = tuple(dict.fromkeys((*plain.ids[at], *ids)))


def _know(word: str, vocabulary: Vocabulary, *, slips: bool) -> tuple[Ids, str]:
    if word[0].isdigit() and word.replace(".", "").replace(",", "").isdecimal():
        return (*vocabulary.number(word), *vocabulary.plain(word)), "folded"
    ids = vocabulary.plain(word)
    if ids:
        return ids, "folded"
    bent = vocabulary.bent(word, slips=slips)
    return bent.ids, bent.view


def _undo(folded: Folded, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    yield from _spaced(folded.text, plain, vocabulary)
    yield from _signs(folded.text, plain, vocabulary)
    words, starts, ends = plain.words, plain.starts, plain.ends
    text = folded.text
    marked = {at for at, start in enumerate(starts) if start and text[start - 1] == "#"} if "#" in text else frozenset()
    for at, found in unglued(words, marked, plain.ids, vocabulary).items():
        yield Undone(at, at, placed(found.pieces, range(starts[at], ends[at]), vocabulary), found.view)
    for at, word in enumerate(words):
        if word in _SHORTENED:
            yield Undone(at, at, placed((word[0], word[1:]), range(starts[at], ends[at]), vocabulary), "folded")
    for at, whole in parted(words, plain.breaks, vocabulary):
        yield Undone(at, at + 1, ((whole, vocabulary.exact(whole), (starts[at], ends[at + 1])),), "joined")


def _spaced(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    """Runs of single letters: s n i j d e n, p.r.o.a.n.a, with wider gaps read as spaces between words."""
    if list(map(len, plain.words)).count(1) < _RUN:
        return
    at, after = 0, len(plain.words)
    while at < after:
        first = at
        while at < after and at - first < _LONGEST_RUN and plain.ends[at] - plain.starts[at] == 1:
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
        words = chain.from_iterable(_pieced(piece, plain, vocabulary) for piece in pieces)
        yield Undone(first, at - 1, tuple(words), "despaced")


def _pieced(places: list[int], plain: Stream, vocabulary: Vocabulary) -> tuple[Written, ...]:
    """The word or words that the single letters at `places` make."""
    joined = "".join(plain.words[at] for at in places)
    offsets = [plain.starts[at] for at in places]
    span = offsets[0], offsets[-1] + 1
    if not joined.isalpha():
        return ((joined, vocabulary.leet(joined).ids, span),)
    whole = vocabulary.plain(joined) or vocabulary.bent(joined).ids
    split, loose = ([joined], 0) if whole else vocabulary.lexicon.split(joined)
    if loose:
        whole = vocabulary.exact(joined)
    return ((joined, whole, span),) if whole else placed(split, offsets, vocabulary)


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
    for candidate in dict.fromkeys((bare.rstrip("!*+|"), bare, _SPLITS.sub("", bare))):
        if candidate:
            known = vocabulary.leet(candidate)
            if known.ids:
                return known
    return UNKNOWN


def with_undone(plain: Stream, undone: list[Undone]) -> Stream:
    """Promise the stream with the undone words in place of the written ones; the first reading of a word wins."""
    made = Stream()
    at = 0
    for one in sorted(undone, key=lambda reading: reading.first):
        if one.first < at:
            continue
        made.take(plain, at, one.first)
        broken, sentence = plain.breaks[one.first], plain.sentences[one.first]
        for word, ids, span in one.words:
            made.add(word, ids, span, sentence, one.view, broken=broken)
            broken = False
        at = one.last + 1
    made.take(plain, at, len(plain.words))
    return made
