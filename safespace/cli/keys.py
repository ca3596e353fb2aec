"""safespace keys: the key ring that opens every sealed text, and its rotation."""

import secrets

import click

from safespace import tables
from safespace.cli.ground import alone, console, database, the_keys, the_settings
from safespace.host.database import WRITES
from safespace.kernel.rotation import Column, UnfinishedRotationError, reseal, versions_in_use
from safespace.kernel.sealed import KeyRing, UnsealError


@click.group()
def keys() -> None:
    """The keys that seal texts."""


@keys.command()
def secret() -> None:
    """Print a new secret for SAFESPACE_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@keys.command()
def create() -> None:
    """Make the key file of a new installation; refused when there is one."""
    settings = the_settings()
    if settings.key_file.exists():
        raise click.ClickException(f"There is a key file at {settings.key_file} already; it was left as it is.")
    KeyRing.fresh().save(settings.key_file)
    console.print(f"Made {settings.key_file}. Keep a copy away from the database: without it no text can be read.")


@keys.command()
@click.option("--drop-old", is_flag=True, help="Remove older keys once nothing is sealed with them.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted rotation; makes no new key.")
def rotate(*, drop_old: bool, resume: bool) -> None:
    """Make a new key and seal every text anew with it.

    Stop the service first: a running one knows the old keys only. An interrupted rotation loses nothing; go on with
    --resume. Older backups need the older keys: keep a copy of the key file before using --drop-old.
    """
    settings = the_settings()
    ring = the_keys(settings)
    columns = tables.sealed()
    with alone(settings), database(settings) as engine:
        if not resume:
            ring = ring.with_new_key()
            ring.save(settings.key_file)  # first the key, then what it seals
            console.print(f"Key {ring.current} is in {settings.key_file} and seals from now on.")
        try:
            count = reseal(engine, ring, columns, options=WRITES, told=_tell)
        except UnsealError as error:
            raise click.ClickException(f"Stopped, all keys are kept: {error}.") from error
        except UnfinishedRotationError as error:
            raise click.ClickException(
                f"{error} is still written with an older key. Stop the service, then: safespace keys rotate --resume"
            ) from error
        console.print(f"{count} values are sealed with key {ring.current} now.")
        with engine.connect() as connection:
            used = versions_in_use(connection, columns)
    older = sorted(set(ring.keys) - {ring.current})
    if left := {version: used[version] for version in older if used[version]}:
        raise click.ClickException(f"Still sealed with older keys: {left}. Run: safespace keys rotate --resume")
    if not drop_old:
        console.print(f"Older keys that nothing needs any more: {_named(older)}. Remove them with --resume --drop-old.")
        return
    for version in older:
        ring = ring.without(version)
    ring.save(settings.key_file)
    console.print(f"Removed keys: {_named(older)}.")


def _tell(column: Column, count: int) -> None:
    console.print(f"  {column.table.name}.{column.name}: {count}")


def _named(versions: list[int]) -> str:
    return ", ".join(str(version) for version in versions) or "none"
