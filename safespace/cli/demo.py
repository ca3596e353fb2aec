"""safespace demo: a lived-in clinic with fictional people, for this machine only."""

import json
import os
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from safespace import server
from safespace.cli.ground import console, unit
from safespace.demo import folder as place
from safespace.demo.seeding import seed
from safespace.groups.claiming import find_invitation
from safespace.host import schema
from safespace.host.database import engine_options, prepare_sqlite
from safespace.kernel import marks
from safespace.kernel.refusals import InvalidError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.roster.routes import is_loopback
from safespace.settings import Settings, SettingsInvalidError, load

WIDE = 140
ROLES = {"administrator": "beheerder", "clinician": "behandelaar", "youth": "jongere"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address; nothing else is allowed.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--data", default="data/demo", show_default=True, type=click.Path(path_type=Path, file_okay=False), help="Folder."
)
@click.option("--accounts", type=click.Path(path_type=Path, dir_okay=False), help="Also write who can sign in here.")
@click.option("--fresh", is_flag=True, help="Begin anew, without what was done in this demo before.")
def demo(*, host: str, port: int, data: Path, accounts: Path | None, fresh: bool) -> None:
    """Start a lived-in demo clinic and say who can sign in."""
    if os.environ.get("SAFESPACE_ENVIRONMENT", _unsaid()) == "production":
        raise click.ClickException("These are production settings; a demo never runs beside real people.")
    if not is_loopback(host):
        raise click.ClickException("The demo is for this machine only: use 127.0.0.1.")
    try:
        server.check_port(host, port)
        place.open_folder(data, fresh=fresh)
        settings = _settings(data, port)
        told = _filled(settings, fresh=fresh)
        if accounts is not None:
            place.write_accounts(accounts, told)
        _show(told, port)
        server.serve(settings, host=host, port=port, alone=True)
    except (place.NotADemoFolderError, SettingsInvalidError, schema.SchemaMismatchError) as error:
        raise click.ClickException(f"{error}.") from error
    except server.StartRefusedError as error:
        raise click.ClickException(f"Not started: {error}.") from error


def _unsaid() -> str:
    """Give the environment that nobody named: where keys of a real service are, it is one."""
    real = {"SAFESPACE_SECRET_KEY", "SAFESPACE_KEY_FILE"} & os.environ.keys()
    return "production" if real else "demo"


def _settings(data: Path, port: int) -> Settings:
    return load(
        "demo",
        data_dir=data.resolve(),
        secret_key=place.secret_of(data),
        key_file=data.resolve() / place.KEYS,
        origins=tuple(f"http://{name}:{port}" for name in ("127.0.0.1", "localhost")),
    )


def _filled(settings: Settings, *, fresh: bool) -> dict[str, Any]:
    """Bring the tables up to date, seed them when they are empty, and give who can sign in."""
    file = settings.data_dir / place.ACCOUNTS
    engine = sa.create_engine(settings.database_url, **engine_options(settings))
    if settings.is_sqlite:
        prepare_sqlite(engine)
    try:
        if fresh and _is_demo(engine):
            schema.downgrade(engine, "base")
        _refuse_others(engine)
        schema.upgrade(engine)
        if not _is_demo(engine):
            with unit(settings, engine, KeyRing.load(settings.key_file)) as work:
                told = seed(work)
                place.write_accounts(file, told)  # before the commit: an account that nobody knows helps nobody
            return told
        if not file.exists():
            raise click.ClickException(f"{file} is gone, so nobody knows who can sign in; start with --fresh.")
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        with unit(settings, engine, KeyRing.load(settings.key_file)) as work:
            codes = {group: [code for code in known if _opens(work, code)] for group, known in found["codes"].items()}
        return found | {"codes": codes}
    finally:
        engine.dispose()


def _opens(work: Work, code: str) -> bool:
    """Say whether somebody can still join with this code."""
    try:
        return bool(find_invitation(work, code))
    except InvalidError:
        return False


def _refuse_others(engine: sa.Engine) -> None:
    """Stop at tables that no demo made, or that a version made which this one does not know."""
    with engine.connect() as connection:
        found = schema.revision_of(connection)
    if found and not _is_demo(engine):
        raise click.ClickException("This database is not a demo; its people could be real.")
    if found and found != schema.head():
        raise click.ClickException("This demo was made by another version; start with --fresh.")


def _is_demo(engine: sa.Engine) -> bool:
    if not sa.inspect(engine).has_table(marks.InstallationMark.__tablename__):
        return False
    with Session(engine) as session:
        return bool(marks.mark_of(session, marks.DEMO))


def _show(told: dict[str, Any], port: int) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("wie", "rol", "locatie", "inlognaam", "wachtzin"):
        table.add_column(title, no_wrap=True)
    order = list(ROLES)
    for one in sorted(told["accounts"], key=lambda row: (order.index(row["role"]), row["location"])):
        table.add_row(one["display"], ROLES[one["role"]], one["location"], one["sign_in_name"], one["passphrase"])
    Console(width=max(console.width, WIDE), highlight=False).print(table)  # a phrase cut short signs nobody in
    console.print("Behandelaars en beheerders hebben ook een code nodig; met één klik naar binnen kan op /demo.")
    for group, codes in told["codes"].items():
        code = codes[0] if codes else "op; een beheerder maakt nieuwe, of begin opnieuw met --fresh"
        console.print(f"Uitnodiging voor {group}: {code}", markup=False)
    console.print(f"\nhttp://127.0.0.1:{port}/demo   (alle mensen zijn verzonnen; stoppen met Ctrl-C)", markup=False)
