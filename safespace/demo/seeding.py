"""Seeding the demo clinic into an empty database, in one unit of work: all of it or nothing."""

from typing import Any

from safespace.crisis.lines import seed_lines
from safespace.demo.cast import gather, spare_codes
from safespace.demo.history import History
from safespace.demo.script import read_script
from safespace.kernel import marks
from safespace.kernel.work import Work


class NotADemoError(Exception):
    """The settings are not those of a demo; fictional people never come into a real clinic."""


def seed(work: Work) -> dict[str, Any]:
    """Fill the database and mark it as a demo; give the accounts and the unused invitation codes.

    Raises NotADemoError unless the environment is `demo`.
    """
    if not work.settings.is_demo:
        raise NotADemoError("only settings of the environment `demo` may hold fictional people")
    marks.mark(work.session, marks.DEMO)
    now = work.now
    script = read_script(work.settings.config_dir / "demo")
    seed_lines(work)
    cast = gather(work, script, now)
    History(work, cast, script, now).play()
    return {"accounts": cast.accounts, "codes": spare_codes(work, cast, script)}
