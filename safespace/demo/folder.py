"""The folder of a demo: marked, private, with a key ring and a secret of its own, and removed only when it is one."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from safespace.kernel.sealed import KeyRing

MARKER = "demo.marker"
ACCOUNTS = "accounts.json"
KEYS = "keys.json"
SECRET = "secret"  # noqa: S105  # the name of a file
DATABASE = "safespace.db"


class NotADemoFolderError(Exception):
    """There is something in the folder that no demo put there."""


def open_folder(folder: Path, *, fresh: bool) -> None:
    """Make or reuse the folder; with `fresh` what an earlier demo left is removed.

    Raises NotADemoFolderError rather than touch anything of a folder that is not marked.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise NotADemoFolderError(f"{folder} is not empty and not of a demo")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if fresh:
        for path in folder.iterdir():
            if path.is_file() and path.name != MARKER:
                path.unlink()
    write_private(folder / MARKER, "Everybody in this folder is fictional. The service refuses it for a real clinic.\n")
    if not (folder / KEYS).exists():
        KeyRing.fresh().save(folder / KEYS)
    if not (folder / SECRET).exists():
        write_private(folder / SECRET, secrets.token_urlsafe(48))


def secret_of(folder: Path) -> str:
    """Give the secret that signs the cookies of this demo."""
    return (folder / SECRET).read_text()


def write_accounts(path: Path, told: dict[str, Any]) -> None:
    """Write who can sign in, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    spare = path.with_name(f".{path.name}.new")
    spare.unlink(missing_ok=True)
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    spare.replace(path)
