"""Texts of which nearly every word is bent in one way: a star or space in each, letters swapped or lost, all backwards.

A single such word is read only when it is red, as ordinary words would be misread. A whole text of them is no accident,
so here every word that any rule knows may be meant; a text counts as bent when most of its unknown words turn known.
"""

import re
from collections.abc import Iterator, Sequence

from safespace.moderation.risk.mending import Undone
from safespace.moderation.risk.reading import with_undone
from safespace.moderation.risk.stream import Stream
from safespace.moderation.risk.vocabulary import Ids, Vocabulary

_STARRED = re.compile(r"[^\W\d_]+(?:\*+[^\W\d_]*)+")
_LEAST = 3
_FEWEST = 1
_EVERYDAY = 99  # what a word of every day costs at most in the lexicon
_WORDS_AN_UNKNOWN = 9
_SHARE = 0.6
_THROUGHOUT = 0.42
_SHORTEST = 4
_SHORTEST_STARRED = 6
_AT_ONCE = 8
# As many words as tell for the others, and as many as there is time for.
_ASKED = 60
_TRIED = 300


def wholly_bent(text: str, plain: Stream, vocabulary: Vocabulary) -> Iterator[Stream]:
    """Yield the streams in which a text that is bent throughout can be read; none for nearly every text."""
    lexicon = vocabulary.lexicon
    # Of some unknown words rules know how they begin or end; they may be bent all the same.
    strange = {word for word in set(plain.words) if len(word) > 1 and word.isalpha() and not lexicon.knows(word)}
    unknown = [at for at, word in enumerate(plain.words) if word in strange] if strange else []
    if "*" in text:
        starred = list(_starred(text, plain, vocabulary))
        if len(starred) < _LEAST:
            # Few such words are read only where no other word fits; short ones are oaths, starred out of courtesy.
            starred = [one for one in starred if _only(one.words[0][0], vocabulary)]
        if starred:
            yield with_undone(plain, starred)
    if len(unknown) < _FEWEST or len(unknown) * _WORDS_AN_UNKNOWN < len(plain.words):
        return
    tried: dict[str, Ids] = {}
    slipped = _all_slipped(plain, unknown, vocabulary, tried)
    if slipped:
        known = [at for at, word in enumerate(plain.words) if len(word) >= _SHORTEST - 1 and lexicon.knows(word)]
        # A dialect or street language holds some unknown words among many known ones, which then are what they seem;
        # the commonest say nothing, as nobody bends those.
        telling = [word for at in known if not lexicon.common(word := plain.words[at])]
        asked = telling[:_ASKED]
        likely = sum(map(lexicon.likely_slip, asked)) * len(telling) / max(1, len(asked))
        throughout = len(slipped) + likely >= _THROUGHOUT * (len(unknown) + len(telling))
        if throughout or len(slipped) >= _LEAST:
            everyday = len(slipped) < _LEAST
            doubted = known if throughout and _tell_for_others(slipped, plain, vocabulary) else ()
            also = _slipped(plain, doubted, vocabulary, tried, everyday=everyday)
            yield with_undone(plain, [*slipped, *also])
    turned = [at for at in unknown if vocabulary.plain(plain.words[at][::-1])]
    if _most(len(turned), unknown):
        yield _turned(plain, vocabulary)


def _most(found: int, asked: Sequence[int]) -> bool:
    return found >= _FEWEST and found >= _SHARE * len(asked)


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
            while last + 1 < len(plain.words) and plain.starts[last + 1] < end:
                last += 1
            yield Undone(first, last, ((word, ids, (start, end)),), "masked")


def _only(word: str, vocabulary: Vocabulary) -> bool:
    return len(word) >= _SHORTEST_STARRED and len(vocabulary.lexicon.behind(word)) == 1


def _all_slipped(plain: Stream, unknown: Sequence[int], vocabulary: Vocabulary, known: dict[str, Ids]) -> list[Undone]:
    """The slips among unknown words, or none as soon as too many of the words are none."""
    long = [at for at in unknown if len(plain.words[at]) >= _SHORTEST - 1]
    slipped: list[Undone] = []
    for first in range(0, len(long), _AT_ONCE):
        after = min(first + _AT_ONCE, len(long))
        slipped += _slipped(plain, long[first:after], vocabulary, known)
        if not _most(len(slipped) + len(long) - after, long):
            return []
    return slipped


def _tell_for_others(slipped: Sequence[Undone], plain: Stream, vocabulary: Vocabulary) -> bool:
    """Tell whether these slips cast doubt on words that are known: one or two may be names, or new words.

    Unless two resemble words of every day, which names seldom do.
    """
    if len(slipped) == 2:
        return all(_everyday(plain.words[one.first], vocabulary) for one in slipped)
    return len(slipped) >= _LEAST


def _everyday(word: str, vocabulary: Vocabulary) -> bool:
    lexicon = vocabulary.lexicon
    return min(map(lexicon.cost, lexicon.near(word)), default=_EVERYDAY + 1) <= _EVERYDAY


def _slipped(
    plain: Stream, places: Sequence[int], vocabulary: Vocabulary, known: dict[str, Ids], *, everyday: bool = False
) -> Iterator[Undone]:
    """The words at `places` that may be slips; `known` says what was found out about words so far.

    If `everyday`, a word of every day is read as another such word only.
    """
    for at in places:
        word = plain.words[at]
        if len(word) < _SHORTEST - 1:
            continue
        if word not in known and len(known) < _TRIED:
            known[word] = vocabulary.one_slip_from(word, everyday=everyday)
        if known.get(word):
            # A word that lost a letter may be another word now; it is read as both.
            ids = tuple(dict.fromkeys((*plain.ids[at], *known[word])))
            yield Undone(at, at, ((word, ids, (plain.starts[at], plain.ends[at])),), "fuzzy")


def _turned(plain: Stream, vocabulary: Vocabulary) -> Stream:
    words = [word[::-1] for word in reversed(plain.words)]
    last = plain.sentences[-1]
    return Stream(
        words=words,
        ids=list(map(vocabulary.plain, words)),
        starts=plain.starts[::-1],
        ends=plain.ends[::-1],
        # What stood before a word stands behind it now.
        breaks=[False, *plain.breaks[:0:-1]],
        sentences=[last - sentence for sentence in reversed(plain.sentences)],
        views=["reversed"] * len(words),
    )
