"""Passphrases of Dutch words, private sign-in names, and what one's own passphrase must be (ASVS 6.2)."""

import re
import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path

from zxcvbn import zxcvbn

from safespace.accounts.codes import new_code
from safespace.accounts.credentials import LONGEST
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import fold
from safespace.settings import Settings, SettingsInvalidError

SHORTEST = 12
WORDS = 5
RECOVERY_SYMBOLS = 20
_FEWEST_WORDS = 1600
_STRONG = 3
_LOOKED_AT = 72  # zxcvbn grows quadratic with length
_LEAST = 7  # letters that are left when what everybody says is left out
_WORD = re.compile(r"[^\W_]+")
# What people take first, and what is said around it; months and days too, since they make dates.
_SAID_BY_ALL = """
wachtwoord wachtzin welkom geheim geheime qwerty azerty nederland amsterdam rotterdam voetbal ajax feyenoord zomer
winter herfst lente ikhouvanjou liefde liefs lief lieve schat schatje mama papa mam pap oma opa broer zus familie
vriend vriendin vrienden hallo hoi hey hi doei dag goedemorgen goedenavond welterusten allemaal iedereen daar wereld
password letmein iloveyou hello welcome secret admin login test jeugd groep plek veilig naam geboren jarig
verjaardag toegang inloggen inlog code pin vergeten
ik jij je jou jouw hij zij ze wij we jullie mij me mijn zijn haar ons dit dat deze die de het een en of maar is ben
bent was heb hebt heeft hou houd houden van voor met op in aan bij om te er hier nu niet geen wel ook heel veel zo
hoe wat wie waar gaat gaan laat naar erin ga kan mag wil weet heet my the and you this is love
nul twee drie vier vijf zes zeven acht negen tien elf twaalf jaar januari februari maart april mei juni juli
augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
"""
_COMMON = tuple(_SAID_BY_ALL.split())
_KNOWN = frozenset(_COMMON)


def new_passphrase(settings: Settings) -> str:
    """Make a passphrase of five Dutch words (at least 53 bits)."""
    words = word_list(settings.config_dir / "passphrase_words.txt")
    return " ".join(secrets.choice(words) for _ in range(WORDS))


def new_name(settings: Settings) -> str:
    """Make a private sign-in name: two words and two digits. Whether it is free is the caller's question."""
    words = word_list(settings.config_dir / "passphrase_words.txt")
    return f"{secrets.choice(words)}-{secrets.choice(words)}-{10 + secrets.randbelow(90)}"


def new_recovery_code() -> str:
    """Make a recovery code (98 bits), for showing once."""
    return new_code(RECOVERY_SYMBOLS)


def accept_passphrase(settings: Settings, passphrase: str, *, context: tuple[str, ...] = ()) -> str:
    """Give the passphrase back, or raise InvalidError: `passphrase_short`, `_long`, `_common`.

    No composition rules (ASVS 6.2.5). `context` are words that somebody near could guess: sign-in name, location.
    Takes milliseconds: call it outside a unit of work.
    """
    if len(passphrase) > LONGEST:
        raise InvalidError(passphrase="passphrase_long")  # noqa: S106  # a code, no secret
    if len(passphrase.strip()) < SHORTEST:
        raise InvalidError(passphrase="passphrase_short")  # noqa: S106  # a code, no secret
    plain = unicodedata.normalize("NFC", passphrase)
    near = [
        word.casefold()
        for text in (settings.product_name, *context)
        for word in (text, *text.split(), *text.split("-"))
    ]
    inputs = [*_COMMON, *filter(None, near)]
    either_way = (plain, "".join(plain.split()))  # a space between them makes two known words no stranger
    weak = any(zxcvbn(text[:_LOOKED_AT], user_inputs=inputs)["score"] < _STRONG for text in either_way)
    if weak or _says_little(plain):
        raise InvalidError(passphrase="passphrase_common")  # noqa: S106  # a code, no secret
    return passphrase


def _says_little(text: str) -> bool:
    """Say whether this is one word again and again, or what everybody says: known words, numbers and dates."""
    words = [fold(word) for word in _WORD.findall(text)]
    if len(words) > 1 and len(set(words)) == 1:
        return True
    return sum(len(word) for word in set(words) if not _is_common(word)) < _LEAST


def _is_common(word: str) -> bool:
    """Say whether a word is a number, or made of common words and numbers only, as "ditismijnwachtwoord" is."""
    ends = {0}
    for end in range(1, len(word) + 1):
        if any(start in ends and (word[start:end] in _KNOWN or word[start:end].isdigit()) for start in range(end)):
            ends.add(end)
    return len(word) in ends


@lru_cache(maxsize=4)
def word_list(path: Path) -> tuple[str, ...]:
    """Read the words, one a line, `#` for notes; raises SettingsInvalidError when they are too few to be safe."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    words = tuple(dict.fromkeys(line for line in lines if line))
    if len(words) < _FEWEST_WORDS or not all(word.isalpha() for word in words):
        raise SettingsInvalidError(f"{path.name} needs at least {_FEWEST_WORDS} different words of letters only")
    return words
