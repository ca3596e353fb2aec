"""The command `safespace`: finds the commands, and imports one only when it is asked for."""

import importlib
import os
import sys
from collections.abc import Mapping

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("safespace.cli.demo:demo", "Start a lived-in demo clinic on this machine."),
    "serve": ("safespace.cli.serve:serve", "Serve the pages and the sockets."),
    "worker": ("safespace.cli.serve:worker", "Release posts and ring doorbells for several servers."),
    "migrate": ("safespace.cli.database:migrate", "Bring the tables to what this version needs."),
    "create-admin": ("safespace.cli.accounts:create_admin", "Appoint the first administrator of a location."),
    "keys": ("safespace.cli.keys:keys", "Make and rotate the keys that seal texts."),
    "backup": ("safespace.cli.backup:backup", "Write a backup while the service runs."),
    "restore": ("safespace.cli.backup:restore", "Put a backup back."),
    "audit": ("safespace.cli.audit:audit", "Verify the log and export its heads."),
    "risk": ("safespace.cli.risk:risk", "Assess texts as the service does."),
}
# These serve many at once: the standard library is made cooperative before anything else of it is imported.
COOPERATIVE = frozenset({"demo", "serve", "worker"})


class Commands(click.Group):
    """The commands by name; `--help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order in which somebody needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(cls=Commands)
def main() -> None:
    """Run a moderated peer-support forum; settings come from config/ and SAFESPACE_*."""


def run() -> None:
    """Run the command of this process; what it writes is for its own user alone.

    A server is made cooperative before anything else is imported.
    """
    os.umask(0o077)
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if asked in COOPERATIVE:
        importlib.import_module("safespace.host.sweeping").pause()  # until it serves: see server.py
        # Not processes and signals: gunicorn forks and waits by itself, and each of its workers patches the rest.
        importlib.import_module("gevent.monkey").patch_all(os=False, signal=False)
    main()


if __name__ == "__main__":
    run()
