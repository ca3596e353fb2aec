"""Dumping and loading a PostgreSQL database with its own programs; the password never stands on a command line."""

import os
import shutil
import subprocess
from pathlib import Path

import click
import sqlalchemy as sa


def dump(url: str, target: Path) -> None:
    """Write a consistent dump of the database."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(url: str, dump_file: Path) -> None:
    """Replace the database by a dump, in one transaction: either all of it or nothing."""
    name = sa.make_url(url).database or ""
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", f"--dbname={name}")
    _run("pg_restore", url, *options, str(dump_file))


def _run(program: str, url: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(f"{program} is not installed (Debian: postgresql-client).")
    parts = sa.make_url(url)
    settings = {
        "PGHOST": parts.host,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": parts.username,
        "PGPASSWORD": str(parts.password) if parts.password else None,
        "PGDATABASE": parts.database,
    }
    env = os.environ | {key: value for key, value in settings.items() if value}
    done = subprocess.run([found, *arguments], env=env, capture_output=True, text=True, check=False)  # noqa: S603  # fixed program
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "unknown reason")
        raise click.ClickException(f"{program} did not finish: {reason}")
