"""Codes that are read from paper: an alphabet without look-alikes, and patience with how people type them."""

import itertools
import secrets
import unicodedata

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no I, L, O, U, 0 or 1; 4.9 bits a symbol
GROUP = 4
_MEANT = {"O": "QD", "0": "QD", "I": "JT", "L": "JT", "1": "7JT", "U": "V"}
_MOST_READINGS = 16


def new_code(symbols: int) -> str:
    """Make a random code of so many symbols, printed in groups of four."""
    return printed("".join(secrets.choice(ALPHABET) for _ in range(symbols)))


def printed(code: str) -> str:
    """Give the code as it stands on paper: XXXX-XXXX-XXXX."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def bare(typed: str) -> str:
    """Give what was typed without hyphens and spaces, in capitals; at most 80 characters of it are looked at."""
    folded = unicodedata.normalize("NFKC", typed[:80]).upper()
    return "".join(char for char in folded if char.isalnum())


def readings(typed: str, symbols: int) -> list[str]:
    """Give the codes that may have been meant: a letter that no code contains stands for those it looks like.

    Nothing when the length is wrong or too much is unclear, so that a guess never covers more than 16 codes.
    """
    code = bare(typed)
    if len(code) != symbols:
        return []
    choices = [char if char in ALPHABET else _MEANT.get(char, "") for char in code]
    total = 1
    for choice in choices:
        total *= len(choice)
    if not 1 <= total <= _MOST_READINGS:
        return []
    return ["".join(chars) for chars in itertools.product(*choices)]
