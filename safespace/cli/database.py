"""safespace migrate: brings the tables to what this version needs."""

import click
from flask_migrate import upgrade

from safespace.app import create_app
from safespace.cli.ground import console, the_keys, the_settings
from safespace.crisis.lines import seed_lines
from safespace.crisis.snapshot import publish
from safespace.host.work import unit_of_work


@click.command()
@click.argument("revision", default="head")
def migrate(revision: str) -> None:
    """Bring the tables to REVISION (the newest when left out), and put in the help lines when there are none."""
    settings = the_settings()
    keys = the_keys(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = create_app(settings, keys)
    with app.app_context():
        upgrade(revision=revision)
        if revision == "head":
            with unit_of_work() as work:
                seed_lines(work)
            with unit_of_work() as work:
                publish(work)
    console.print(f"The tables are at {revision}.")
