"""How the parts of a pattern move places on: the bits of one number are all places of a text at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """A piece of a pattern: how it moves places on, how it moves them back, and its length where it is a mere gap."""

    onward: "Move"
    back: "Move"
    gap: int = 0


# What places are known by: a word, or a set of them.
Words = int | frozenset[int]
Masks = Mapping[Words, int]
# Takes places, the places of all words, and the places that any word may fill.
Move = Callable[[int, Masks, int], int]


def known_as(words: frozenset[int]) -> Words:
    """Promise what the places of a set of words are known by: a single word needs no set."""
    return next(iter(words)) if len(words) == 1 else words


def one_of(choices: frozenset[int]) -> Part:
    """Promise one of the words of a set."""
    words = known_as(choices)

    def onward(here: int, masks: Masks, _: int) -> int:
        return (here & masks[words]) << 1

    def back(here: int, masks: Masks, _: int) -> int:
        return (here >> 1) & masks[words]

    return Part(onward, back)


def gap_of(longest: int) -> Part:
    """Promise up to `longest` words of any kind."""

    def onward(here: int, _: Masks, free: int) -> int:
        for _step in range(longest):
            here |= (here & free) << 1
        return here

    def back(here: int, _: Masks, free: int) -> int:
        for _step in range(longest):
            here |= (here >> 1) & free
        return here

    return Part(onward, back, longest)


def row_of(parts: Sequence[Part]) -> Part:
    """Promise parts that follow each other."""
    forth = tuple(part.onward for part in parts)
    backward = tuple(part.back for part in reversed(parts))

    def onward(here: int, masks: Masks, free: int) -> int:
        for move in forth:
            here = move(here, masks, free)
            if not here:
                return 0
        return here

    def back(here: int, masks: Masks, free: int) -> int:
        for move in backward:
            here = move(here, masks, free)
            if not here:
                return 0
        return here

    return Part(onward, back)


def either_of(parts: Sequence[tuple[Words | None, Part]], *, optional: bool) -> Part:
    """Promise one of several parts, or none where `optional`; a part may say what words it cannot do without."""
    forth = tuple((words, part.onward) for words, part in parts)
    backward = tuple((words, part.back) for words, part in parts)

    def onward(here: int, masks: Masks, free: int) -> int:
        reached = here if optional else 0
        for words, move in forth:
            if words is None or masks[words]:
                reached |= move(here, masks, free)
        return reached

    def back(here: int, masks: Masks, free: int) -> int:
        reached = here if optional else 0
        for words, move in backward:
            if words is None or masks[words]:
                reached |= move(here, masks, free)
        return reached

    return Part(onward, back)
