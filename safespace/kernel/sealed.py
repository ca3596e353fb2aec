"""Sealed text: AES-256-GCM with a versioned key ring that lives outside the database.

The row and the column are associated data, so a sealed value moved to another row does not open. Uniqueness and
look-ups go by HMAC under keys of their own; what that leaks (that two values are equal) is said in docs/security.md.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safespace.kernel.db import Base

_NONCE = 12


class UnsealError(Exception):
    """A sealed value does not open: wrong key, moved or changed. Names the place, never the content."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation: sealing keys by version, the current version, and the index key."""

    current: int
    keys: dict[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)
    _ciphers: dict[int, AESGCM] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def fresh(cls) -> Self:
        """Make a ring with one new key."""
        return cls(current=1, keys={1: secrets.token_bytes(32)}, index_key=secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the ring from its file; raises FileNotFoundError when there is none."""
        data = json.loads(path.read_text())
        keys = {int(version): bytes.fromhex(key) for version, key in data["keys"].items()}
        return cls(current=int(data["current"]), keys=keys, index_key=bytes.fromhex(data["index"]))

    def save(self, path: Path) -> None:
        """Write the ring atomically, readable by its owner only."""
        path.parent.mkdir(parents=True, exist_ok=True)
        data = {"current": self.current, "keys": {str(v): k.hex() for v, k in self.keys.items()}}
        text = json.dumps(data | {"index": self.index_key.hex()}, indent=1)
        spare = path.with_suffix(".new")
        with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        spare.replace(path)

    def with_new_key(self) -> Self:
        """Give a ring with one more key, which seals from now on; older keys still open."""
        version = max(self.keys) + 1
        return type(self)(
            current=version, keys=self.keys | {version: secrets.token_bytes(32)}, index_key=self.index_key
        )

    def without(self, version: int) -> Self:
        """Give a ring without one older key; what is still sealed by it can never be read again."""
        keys = {v: key for v, key in self.keys.items() if v != version}
        return type(self)(current=self.current, keys=keys, index_key=self.index_key)

    def seal(self, place: str, text: str) -> bytes:
        """Seal text for one place (`table.column:row`)."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher(self.current).encrypt(nonce, text.encode(), place.encode())
        return self.current.to_bytes(2, "big") + nonce + sealed

    def open(self, place: str, blob: bytes) -> str:
        """Open what was sealed for this place; raises UnsealError."""
        version = int.from_bytes(blob[:2], "big")
        try:
            return self._cipher(version).decrypt(blob[2 : 2 + _NONCE], blob[2 + _NONCE :], place.encode()).decode()
        except (InvalidTag, KeyError) as error:
            raise UnsealError(f"cannot open {place.split(':', maxsplit=1)[0]} (key version {version})") from error

    def opens(self, place: str, blob: bytes) -> bool:
        """Say whether this ring opens what was sealed for this place."""
        try:
            self.open(place, blob)
        except UnsealError:
            return False
        return True

    def index(self, purpose: str, text: str) -> str:
        """Give a keyed fingerprint for uniqueness and look-up; purposes (and groups) do not share fingerprints."""
        key = hmac.digest(self.index_key, purpose.encode(), hashlib.sha256)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _cipher(self, version: int) -> AESGCM:
        cipher = self._ciphers.get(version)
        if cipher is None:
            cipher = self._ciphers[version] = AESGCM(self.keys[version])
        return cipher


def place(table: str, column: str, row: UUID) -> str:
    """Name the one place a sealed value belongs to."""
    return f"{table}.{column}:{row}"


def place_of(row: Base, column: str) -> str:
    """Name the place of a column of this row; the row has its id from birth."""
    row_id: UUID = row.id  # type: ignore[attr-defined]  # every table with sealed columns has an id
    return place(row.__tablename__, column, row_id)
