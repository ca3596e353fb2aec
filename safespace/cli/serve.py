"""safespace serve and safespace worker: the processes of a running service."""

import click

from safespace import server
from safespace.cli.ground import the_keys, the_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes; 1 on SQLite.")
@click.option("--alone", is_flag=True, help="Release posts and ring doorbells here too; always so on SQLite.")
def serve(*, host: str, port: int, workers: int, alone: bool) -> None:
    """Serve the pages and the sockets until stopped."""
    settings = the_settings()
    the_keys(settings)
    try:
        server.serve(settings, host=host, port=port, workers=workers, alone=alone)
    except server.StartRefusedError as error:
        raise click.ClickException(f"Not started: {error}.") from error


@click.command()
def worker() -> None:
    """Release posts and ring doorbells for several servers; of several workers one works, the others wait."""
    settings = the_settings()
    the_keys(settings)
    try:
        server.run_worker(settings)
    except server.StartRefusedError as error:
        raise click.ClickException(f"Not started: {error}.") from error
