"""Passphrases and recovery codes at rest: argon2id, and the same work for a name nobody has (ASVS 6.3.8, 11.4.2)."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safespace.settings import Settings

LONGEST = 128


@dataclass
class Bench:
    """Where hashing is done: in place, or where the host says, so that it stops nobody else."""

    run: Callable[..., Any] = lambda work, *args: work(*args)  # a default, replaced by the host at start


BENCH = Bench()


def hash_secret(settings: Settings, secret: str) -> str:
    """Give the argon2id hash of a secret, in its NFC form. Slow on purpose: call it outside a unit of work."""
    hasher = _hasher(settings.argon2_memory_kib, settings.argon2_time)
    return str(BENCH.run(hasher.hash, _plain(secret)))


def holds(settings: Settings, stored: str, secret: str) -> bool:
    """Say whether the secret belongs to the stored hash; an empty hash costs the same work and never holds."""
    hasher = _hasher(settings.argon2_memory_kib, settings.argon2_time)
    nobody = _nobody(settings.argon2_memory_kib, settings.argon2_time)
    try:
        BENCH.run(hasher.verify, stored or nobody, _plain(secret))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def outdated(settings: Settings, stored: str) -> bool:
    """Say whether the hash was made with other costs than today's."""
    return _hasher(settings.argon2_memory_kib, settings.argon2_time).check_needs_rehash(stored)


def _plain(secret: str) -> bytes:
    return unicodedata.normalize("NFC", secret[: LONGEST * 4]).encode("utf-8", "replace")


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, time: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _nobody(memory_kib: int, time: int) -> str:
    return _hasher(memory_kib, time).hash("nobody has this passphrase")
