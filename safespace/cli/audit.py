"""safespace audit: whether the log is still what was written."""

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.audit.chain import HEADS_FILE, Broken, Fault, export_heads, read_heads, verify_all
from safespace.audit.chain import heads as read_ends
from safespace.audit.models import ORGANISATION
from safespace.cli.ground import console, database, the_settings
from safespace.groups.models import Location
from safespace.kernel.work import utc_now

WORDS = {
    Fault.CHANGED: "was changed",
    Fault.MISSING: "is missing",
    Fault.UNLINKED: "does not follow the entry before it",
    Fault.ADDED: "was added behind the log's back",
    Fault.CUT: "is gone, with everything after it",
    Fault.REWRITTEN: "is not the entry that was exported earlier",
}


@click.group()
def audit() -> None:
    """The log of who did what."""


@audit.command()
def verify() -> None:
    """Check every chain against itself and against the exported heads; exit code 1 names the first broken entry."""
    settings = the_settings()
    path = settings.data_dir / HEADS_FILE
    try:
        exported = read_heads(path)
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}.") from error
    with database(settings) as engine, Session(engine) as session:
        broken = verify_all(session, exported)
        ends = read_ends(session)
        names = _names(session)
    for one in broken:
        console.print(_sentence(one, names))
    if broken:
        raise click.exceptions.Exit(1)
    console.print(f"The log is whole: {sum(end.number for end in ends)} entries in {len(ends)} chains.")
    if not exported:
        console.print(f"No heads were exported to {path} yet, so a cut tail would not show: safespace audit heads")


@audit.command()
def heads() -> None:
    """Export the end of every chain, and show it for a copy on paper or elsewhere."""
    settings = the_settings()
    path = settings.data_dir / HEADS_FILE
    with database(settings) as engine, Session(engine) as session:
        ends = export_heads(session, path, utc_now())
        names = _names(session)
    for end in ends:
        console.print(f"{end.number:>8}  {end.hash}  {names.get(end.chain_id, str(end.chain_id))}", markup=False)
    console.print(f"Added to {path}. Keep a copy where whoever runs the database cannot change it.")


def _sentence(broken: Broken, names: dict[object, str]) -> str:
    chain = names.get(broken.chain_id, str(broken.chain_id))
    return f"Broken: entry {broken.number} of {chain} {WORDS[broken.fault]}."


def _names(session: Session) -> dict[object, str]:
    rows = session.execute(sa.select(Location.id, Location.name))
    return {ORGANISATION: "the organisation"} | {row.id: f"location {row.name}" for row in rows}
