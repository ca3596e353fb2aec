"""Passphrases of Dutch words, private sign-in names, and what one's own passphrase must be (ASVS 6.2)."""

import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path

from zxcvbn import zxcvbn

from safespace.accounts.codes import new_code
from safespace.accounts.credentials import LONGEST
from safespace.kernel.refusals import InvalidError
from safespace.settings import Settings, SettingsInvalidError

SHORTEST = 12
WORDS = 5
RECOVERY_SYMBOLS = 20
_FEWEST_WORDS = 1600
_STRONG = 3
_LOOKED_AT = 72  # zxcvbn grows quadratic with length
_COMMON = (
    "wachtwoord",
    "welkom",
    "geheim",
    "qwerty",
    "azerty",
    "nederland",
    "amsterdam",
    "voetbal",
    "ajax",
    "feyenoord",
    "zomer",
    "winter",
    "herfst",
    "lente",
    "ikhouvanjou",
    "liefde",
    "schatje",
    "password",
    "letmein",
    "iloveyou",
    "jeugd",
    "groep",
    "plek",
    "veilig",
)


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
    if zxcvbn(plain[:_LOOKED_AT], user_inputs=[*_COMMON, *filter(None, near)])["score"] < _STRONG:
        raise InvalidError(passphrase="passphrase_common")  # noqa: S106  # a code, no secret
    return passphrase


@lru_cache(maxsize=4)
def word_list(path: Path) -> tuple[str, ...]:
    """Read the words, one a line, `#` for notes; raises SettingsInvalidError when they are too few to be safe."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    words = tuple(dict.fromkeys(line for line in lines if line))
    if len(words) < _FEWEST_WORDS or not all(word.isalpha() for word in words):
        raise SettingsInvalidError(f"{path.name} needs at least {_FEWEST_WORDS} different words of letters only")
    return words
