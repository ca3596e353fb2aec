"""One slip of the keyboard: how words look that lost, gained, changed or swapped a letter."""

from collections.abc import Iterator

# Only letters that sound or look alike may stand for each other: overgeven is no slip of overleven.
_SOUND_ALIKE = ("aeiouy", "dt", "sz", "fvw", "ckq", "gh", "mn", "bp")
_ALIKE = {char: group.replace(char, "") for group in _SOUND_ALIKE for char in group}
SHORTEST_FUZZY = 7
# Short red words may lose one letter inside, or one of two that stand doubled: vrow, mslim, hat for haat.
_SHORTEST_LOST = 5
_SHORTEST_DOUBLED = 4


def slips(word: str) -> Iterator[str]:
    """Yield all words with one letter fewer; words that share one differ by a slip or two."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def alike(char: str) -> str:
    """Promise the other letters that may stand for `char` because they sound or look like it."""
    return _ALIKE.get(char, "")


def losses(word: str) -> Iterator[str]:
    """Yield a short word with one letter too few: any but the first and the last, or one of a pair."""
    if _SHORTEST_LOST <= len(word) < SHORTEST_FUZZY:
        yield from (word[:at] + word[at + 1 :] for at in range(1, len(word) - 1))
    elif len(word) == _SHORTEST_DOUBLED:
        yield from (word[:at] + word[at + 1 :] for at in range(1, len(word) - 1) if word[at] == word[at - 1])


def one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter was dropped, added, changed, or two neighbours swapped. The first letter must stand."""
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1:
        return False
    at = next((i for i, pair in enumerate(zip(typed, meant, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return True
    if len(typed) < len(meant):
        return typed[at:] == meant[at + 1 :]
    if len(typed) > len(meant):
        return typed[at + 1 :] == meant[at:]
    if typed[at + 1 :] == meant[at + 1 :]:
        return meant[at] in alike(typed[at])
    return typed[at:] == meant[at + 1 : at + 2] + meant[at] + meant[at + 2 :]
