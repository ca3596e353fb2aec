"""Whether a text can be read at all: its letters are of an alphabet that rules are written in, and something is left.

Letters of other alphabets that look like Latin ones slip a word past a list; what is read as a word is no foreign one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from safespace.moderation.risk.folding import Folded, Folding, foreign_share

LONGEST_READ = 10_000
_FOREIGN_SHARE = 0.3
# Letters of alphabets other than the Latin one; signs, emoji and letters drawn as signs are none.
_ELSEWHERE = re.compile(
    "[\u0370-\u1cff\u2c00-\ud7ff\uf900-\ufaff\ufb07-\ufdff\ufe70-\ufefc\uff66-\uffdc"
    "\U00010000-\U0001bfff\U0001e000-\U0001efff\U00020000-\U0003ffff]"
)
_MIXED = frozenset({"CYRILLIC", "GREEK", "ARMENIAN"})
_IDEOGRAPHS = "CJK"
_LATIN = "LATIN"
_UPON = "upon"
_LAST_LATIN = 0x24F
# Hearts, smiles and thumbs: the only texts without words that can be read as harmless. A broken heart is none of them.
_HEARTS = (0x1F493, *range(0x1F495, 0x1F4A0), 0x2764, 0x2665, 0x2661, 0x1F5A4, 0x1F90D, 0x1F90E, 0x1F9E1, 0x1FA77)
_SMILES = (0x1F600, 0x1F602, 0x1F603, 0x1F604, 0x1F60A, 0x1F642, 0x1F44D, 0x1F917, 0x1F970)
_CHEERS = (0x2728, 0x1F64F, 0x1F4AA, 0x1F389)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_HARMLESS_SIGNS = frozenset(map(chr, (*_HEARTS, *_SMILES, *_CHEERS, *_SKIN_TONES)))
_TYPED_SMILES = frozenset({":)", ":-)", ";)", ";-)"})


def readable_part(text: str, folding: Folding) -> tuple[Folded, bool]:
    """Promise the folded reading of as much as is read, and whether that is all; invisible characters count for none.

    So no number of them pushes a word out of what is read.
    """
    folded = folding.fold(text)
    if len(text) <= LONGEST_READ:
        return folded, True
    seen = range(len(text)) if folded.origin is None else list(dict.fromkeys(folded.origin))
    if len(seen) <= LONGEST_READ:
        return folded, True
    return folding.fold(text[: seen[LONGEST_READ]]), False


def unreadable(folded: Folded, known: Callable[[str], bool], folding: Folding) -> bool:
    """Tell whether nobody can say what a text means by the words in it; `known` tells what reads as a Latin word."""
    if foreign_share(folded.raw) > _FOREIGN_SHARE or _speaks_otherwise(folded, known, folding):
        return True
    if any(char.isalnum() for char in folded.text):
        return False
    signs = {char for char in folded.text if not char.isspace()}
    return not signs or not (signs <= _HARMLESS_SIGNS or _TYPED_SMILES.issuperset(folded.text.split()))


def _speaks_otherwise(folded: Folded, known: Callable[[str], bool], folding: Folding) -> bool:
    """Tell whether two letters or more of one other alphabet stand together; one letter twice is a face or a laugh."""
    if folded.raw.isascii() or _ELSEWHERE.search(folded.raw) is None:
        return False
    for script, run, whole in _runs(folded):
        if len(run) < 2 or (script != _IDEOGRAPHS and len(set(run)) < 2):
            continue
        # A word that is part Latin, or reads as a Latin one, is bent; those are read as what they look like.
        if script not in _MIXED or (whole and not known(folding.fold(run).text)):
            return True
    return False


def _runs(folded: Folded) -> Iterator[tuple[str, str, bool]]:
    """Yield letters of one alphabet that follow each other, and whether they are a word by themselves.

    What is drawn as nothing, or upon a letter, parts no letters.
    """
    shown = folded.raw if folded.origin is None else map(folded.raw.__getitem__, dict.fromkeys(folded.origin))
    scripts = {char: _script(char) for char in set(folded.raw)}
    script, run, begins = "", "", True
    for char in [*shown, " "]:
        here = scripts.get(char, "")
        if here == script:
            run += char
        elif here != _UPON:
            if script not in {"", _LATIN}:
                yield script, run, begins and not here
            begins, script, run = not script, here, char


def _script(char: str) -> str:
    """The alphabet of a letter by its name, "" for what is no letter, and a sign for what is drawn upon one."""
    if not char.isalpha():
        return _UPON if unicodedata.category(char)[0] == "M" else ""
    plain = unicodedata.normalize("NFKD", char)[0]
    if plain.isascii() or ord(plain) <= _LAST_LATIN:
        return _LATIN
    name = unicodedata.name(plain, "").partition(" ")[0]
    return "" if name == "MODIFIER" else name
