"""Texts of which nearly every word is bent in one way: a star or space in each, letters swapped or lost, all backwards.

A single such word is read only when it is red, as ordinary words would be misread. A whole text of them is no accident,
so here every word that any rule knows may be meant; a text counts as bent when most of its unknown words turn known.
"""

import re
from collections.abc import Iterator, Sequence

from safespace.moderation.risk.reading import Row, Stream, Undone, with_undone
from safespace.moderation.risk.vocabulary import Ids, Vocabulary

_STARRED = re.compile(r"[^\W\d_]+(?:\*+[^\W\d_]*)+")
_LEAST = 3
_SHARE = 0.6
_PAIR_SHARE = 0.4
_UNKNOWN_SHARE = 0.45
# Another language holds many unknown words too; its small words tell, as nobody bends those.
_ENGLISH = frozenset({"the", "and", "there", "you", "for", "that", "with", "this", "they", "she", "my", "i", "are"})
_SHORTEST = 4
_AT_ONCE = 8


def wholly_bent(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Stream]:
    """Yield the streams in which a text that is bent throughout can be read; none for nearly every text."""
    unknown = [at for at, row in enumerate(plain.rows) if not row.ids and row.word.isalpha()]
    if "*" in text:
        starred = list(_starred(text, plain, vocabulary))
        if len(starred) >= _LEAST:
            yield with_undone(plain, starred)
    if len(unknown) < _LEAST:
        return
    slipped = _all_slipped(plain, unknown, vocabulary)
    if slipped and len(_ENGLISH.intersection(plain.words)) < 2:
        known = [at for at, row in enumerate(plain.rows) if row.ids and row.word.isalpha()]
        # A dialect or street language holds some unknown words among many known ones, which then are what they seem.
        bent = sum(len(plain.words[at]) >= _SHORTEST - 1 for at in unknown)
        throughout = bent >= _UNKNOWN_SHARE * (bent + sum(len(plain.words[at]) >= _SHORTEST for at in known))
        yield with_undone(plain, [*slipped, *(_slipped(plain, known, vocabulary) if throughout else ())])
    parted = list(_parted(plain, vocabulary))
    if len(parted) >= _LEAST and len(parted) >= _PAIR_SHARE * len(unknown):
        yield with_undone(plain, parted)
    turned = [at for at in unknown if vocabulary.plain(plain.words[at][::-1])]
    if _most(len(turned), unknown):
        yield _turned(plain, vocabulary)


def _most(found: int, asked: Sequence[int]) -> bool:
    return found >= _LEAST and found >= _SHARE * len(asked)


def _starred(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    first_at = {start: at for at, start in enumerate(plain.starts)}
    known: dict[str, Ids] = {}
    for found in _STARRED.finditer(text):
        start, end = found.span()
        word = found.group()
        if word not in known:
            known[word] = vocabulary.behind_stars(word)
        ids = known[word]
        first = first_at.get(start)
        if ids and first is not None:
            last = first
            while last + 1 < len(plain.rows) and plain.starts[last + 1] < end:
                last += 1
            yield Undone(first, last, ((word, ids, (start, end)),), "masked")


def _all_slipped(plain: Stream, unknown: Sequence[int], vocabulary: Vocabulary) -> list[Undone]:
    """The slips among unknown words, or none as soon as too many of the words are none."""
    long = [at for at in unknown if len(plain.words[at]) >= _SHORTEST - 1]
    slipped: list[Undone] = []
    for first in range(0, len(long), _AT_ONCE):
        tried = long[: first + _AT_ONCE]
        slipped += _slipped(plain, tried[first:], vocabulary)
        if not _most(len(slipped) + len(long) - len(tried), long):
            return []
    return slipped


def _slipped(plain: Stream, unknown: Sequence[int], vocabulary: Vocabulary) -> Iterator[Undone]:
    known: dict[str, Ids] = {}
    for at in unknown:
        word = plain.words[at]
        if len(word) < _SHORTEST - 1:
            continue
        if word not in known:
            known[word] = vocabulary.one_slip_from(word)
        if known[word]:
            # A word that lost a letter may be another word now; it is read as both.
            ids = tuple(dict.fromkeys((*plain.ids[at], *known[word])))
            yield Undone(at, at, ((word, ids, (plain.starts[at], plain.ends[at])),), "fuzzy")


def _parted(plain: Stream, vocabulary: Vocabulary) -> Iterator[Undone]:
    words, known = plain.words, plain.ids
    at = 0
    while at + 1 < len(words):
        if not (known[at] and known[at + 1]) and not plain.breaks[at + 1]:
            whole = words[at] + words[at + 1]
            ids = vocabulary.plain(whole) if len(whole) >= _SHORTEST else ()
            if ids:
                yield Undone(at, at + 1, ((whole, ids, (plain.starts[at], plain.ends[at + 1])),), "joined")
                at += 1
        at += 1


def _turned(plain: Stream, vocabulary: Vocabulary) -> Stream:
    rows: list[Row] = []
    last = plain.sentences[-1]
    after = False
    for row in reversed(plain.rows):
        word = row.word[::-1]
        rows.append(Row(word, vocabulary.plain(word), row.start, row.end, after, last - row.sentence, "reversed"))
        after = row.broken
    return Stream(rows)
