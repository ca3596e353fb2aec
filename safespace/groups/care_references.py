"""What a clinician may write along with a code: a number of the clinic's own, never a name or a BSN."""

import re
from itertools import pairwise
from pathlib import Path

from safespace.groups.alias_rules import AliasWords, alias_words, is_full_name
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import accept_line, fold

LONGEST = 60
_NINE = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8}(?!\d)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def accept_care_reference(config_dir: Path, typed: str) -> str:
    """Give the cleaned reference, or raise InvalidError(care_reference=…).

    Codes: `empty`, `too_long`, `care_bsn`, `care_name`.
    """
    text = accept_line("care_reference", typed, cap=LONGEST)
    if any(_is_bsn(found) for found in _NINE.findall(text)):
        raise InvalidError(care_reference="care_bsn")
    if _names_somebody(alias_words(config_dir), text):
        raise InvalidError(care_reference="care_name")
    return text


def _is_bsn(number: str) -> bool:
    """Say whether these nine digits pass the eleven test, as every BSN (citizen service number) does."""
    digits = [int(char) for char in number if char.isdecimal()]
    return sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def _names_somebody(words: AliasWords, text: str) -> bool:
    """Say whether two words in a row, each with a capital, look like somebody's name; "van der" does not count."""
    parts = [(word[0].isupper(), fold(word)) for word in _WORD.findall(text)]
    named = [part for part in parts if part[1] not in words.name_particles]
    return any(
        first_up and last_up and is_full_name(words, [first, last])
        for (first_up, first), (last_up, last) in pairwise(named)
    )
