"""safespace backup and restore: one file with the database, the help page and the exported heads; never the keys.

Texts are sealed in the database already, so the file shows no words and no names; it opens nothing without the key
file, which has to be kept elsewhere.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace import tables
from safespace.audit.chain import HEADS_FILE, export_heads, read_heads, verify_all
from safespace.cli import postgresql
from safespace.cli.ground import alone, console, database, sqlite_path, the_keys, the_settings
from safespace.cli.restored import end_what_was_open
from safespace.crisis.help import SNAPSHOT
from safespace.kernel.rotation import one_of_each_version, unopened
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import utc_now
from safespace.settings import Settings

FORMAT = 2
MANIFEST = "manifest.json"
DUMP = "database"
MEMBERS = (DUMP, SNAPSHOT, HEADS_FILE)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write database, help page and exported heads to FILE, while the service runs. The keys are not in it."""
    settings = the_settings()
    if file.exists():
        raise click.ClickException(f"{file} exists already; choose another name.")
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}; make it first.")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        dump = Path(folder) / DUMP
        with database(settings) as engine:
            with Session(engine) as session:
                export_heads(session, settings.data_dir / HEADS_FILE, utc_now())
            with engine.connect() as connection:
                opens = one_of_each_version(connection, tables.sealed())
            _dump(settings, dump)
        spare = Path(folder) / "backup"
        _pack(settings, dump, opens, spare)
        spare.replace(file)
    console.print(f"Wrote {file} ({file.stat().st_size} bytes).")
    console.print(f"The keys are not in it: keep a copy of {settings.key_file} in another place.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace what is there; the service must be stopped.")
def restore(file: Path, *, force: bool) -> None:
    """Put back what `safespace backup` wrote to FILE, end what must not live again, and verify the log.

    The parts and the keys are tried first. What was there is kept under another name.
    """
    settings = the_settings()
    keys = the_keys(settings)
    if not force and _holds_something(settings):
        raise click.ClickException("The database is not empty. Stop the service and use --force to replace it.")
    with alone(settings):
        kept = _replace(settings, keys, file)
        with database(settings) as engine:
            sessions, codes = end_what_was_open(engine)
            with Session(engine) as session:
                broken = verify_all(session, read_heads(settings.data_dir / HEADS_FILE))
    console.print(f"Restored {file}.")
    if kept:
        console.print(f"What was there is kept as {kept}. Remove it when you are sure.")
    console.print(f"Ended: {sessions} sessions and {codes} unused codes and links. Everybody signs in again.")
    if broken:
        raise click.ClickException("The log in it is not whole; see: safespace audit verify")
    console.print("The log is whole, and the keys open it.")


def _replace(settings: Settings, keys: KeyRing, file: Path) -> Path | None:
    """Put the backup in place once its parts and its keys are right; give where what was there is kept."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        parts, opens = _unpack(settings, file, Path(folder))
        _try_keys(settings, keys, opens)
        kept = _load(settings, parts[DUMP])
        _put_aside(settings.data_dir / HEADS_FILE)
        for name in (SNAPSHOT, HEADS_FILE):
            if name in parts:
                parts[name].replace(settings.data_dir / name)
    return kept


def _try_keys(settings: Settings, keys: KeyRing, opens: dict[str, tuple[str, str]]) -> None:
    """Open one value of each key version in the backup; a ring that has the number may still have another key."""
    unknown = unopened(keys, {int(version): (where, bytes.fromhex(blob)) for version, (where, blob) in opens.items()})
    if unknown:
        what = f"Texts are sealed with keys that {settings.key_file} does not have: {unknown}"
        raise click.ClickException(f"{what}. Nothing was changed.")


def _keep(settings: Settings) -> Path | None:
    """Keep what is about to be replaced under another name; on a server as a dump that pg_restore takes."""
    if not _holds_something(settings):
        return None
    stamp = f"before-{utc_now():%Y%m%dT%H%M%S}"
    if not settings.is_sqlite:
        kept = settings.data_dir / f"{DUMP}.{stamp}"
        postgresql.dump(settings.database_url, kept)
        return kept
    path = sqlite_path(settings)
    kept = path.with_name(f"{path.name}.{stamp}")
    for rest in ("-wal", "-shm", ""):
        part = path.with_name(path.name + rest)
        if part.exists():
            part.replace(kept.with_name(kept.name + rest))
    return kept


def _dump(settings: Settings, target: Path) -> None:
    if not settings.is_sqlite:
        postgresql.dump(settings.database_url, target)
        return
    with closing(sqlite3.connect(sqlite_path(settings))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # consistent, whatever is written meanwhile
        copy.execute("PRAGMA journal_mode=DELETE")


def _load(settings: Settings, dump: Path) -> Path | None:
    if not settings.is_sqlite:
        kept = _keep(settings)
        postgresql.load(settings.database_url, dump)
        return kept
    path = sqlite_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(path.name + ".restored")  # beside it: another disk could not be replaced in one step
    with (
        dump.open("rb") as source,
        os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy,
    ):
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    kept = _keep(settings)
    spare.replace(path)
    return kept


def _holds_something(settings: Settings) -> bool:
    if settings.is_sqlite:
        return sqlite_path(settings).exists()
    with database(settings) as engine:
        return bool(sa.inspect(engine).get_table_names())


def _pack(settings: Settings, dump: Path, opens: dict[int, tuple[str, bytes]], target: Path) -> None:
    parts = {DUMP: dump} | {name: settings.data_dir / name for name in (SNAPSHOT, HEADS_FILE)}
    parts = {name: path for name, path in parts.items() if path.exists()}
    kind = "sqlite" if settings.is_sqlite else "postgresql"
    sums = {name: _sum(path) for name, path in parts.items()}
    manifest = {
        "format": FORMAT,
        "made_at": utc_now().isoformat(),
        "database": kind,
        "files": sums,
        "opens": {version: (where, value.hex()) for version, (where, value) in opens.items()},
    }
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw,
        tarfile.open(fileobj=raw, mode="w") as tar,
    ):
        _add(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
        for name, path in parts.items():
            tar.add(path, arcname=name, filter=_nobody)
        tar.close()
        raw.flush()
        os.fsync(raw.fileno())


def _unpack(settings: Settings, file: Path, folder: Path) -> tuple[dict[str, Path], dict[str, tuple[str, str]]]:
    """Take out the known parts only, and only when each is what was written; and one sealed value of each key."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            manifest = json.loads(_read(tar, MANIFEST))
            parts: dict[str, Path] = {}
            for name in manifest["files"]:
                if name in MEMBERS:
                    tar.extract(name, folder, filter="data")
                    parts[name] = folder / name
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{file} is not a backup of this service.") from error
    _check(settings, file, manifest, parts)
    return parts, manifest["opens"]


def _check(settings: Settings, file: Path, manifest: dict[str, Any], parts: dict[str, Path]) -> None:
    kind = "sqlite" if settings.is_sqlite else "postgresql"
    if manifest.get("format") != FORMAT or DUMP not in parts:
        raise click.ClickException(f"{file} is not a backup that this version can read.")
    if manifest.get("database") != kind:
        raise click.ClickException(f"{file} holds a {manifest.get('database')} database; this installation has {kind}.")
    for name, path in parts.items():
        if _sum(path) != manifest["files"][name]:
            raise click.ClickException(f"{file} is damaged: {name} is not what was written. Nothing was changed.")


def _put_aside(heads: Path) -> None:
    """Heads of what is being replaced would call the restored log cut; they are kept under another name."""
    if heads.exists():
        heads.replace(heads.with_name(f"{heads.name}.before-{utc_now():%Y%m%dT%H%M%S}"))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _nobody(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
