"""make bench: what a page, a post, a decision and a bell cost, beside a reference page in the same run.

The server is pinned on core 0 and this client on core 1, where the machine lets it; quote ratios, not figures.
"""

import argparse
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from gevent import monkey

HERE = Path(__file__).resolve().parent
CLIENT_CORE = 1
SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def main() -> int:
    """Measure, print, and give 0."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="a smoke: every measurement, each only briefly")
    asked.add_argument("--postgresql", nargs="?", const=SERVER, help="also on this server (default: this machine's)")
    asked.add_argument("--profile", metavar="PAGE", help="instead: where the time of thread, group or queue goes")
    options = asked.parse_args()
    monkey.patch_all()
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    os.environ |= {"PYTHONWARNINGS": "ignore"}
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    pinned = len(cores) > CLIENT_CORE and shutil.which("taskset") is not None
    if pinned:
        os.sched_setaffinity(0, {cores[CLIENT_CORE]})
    measuring = importlib.import_module("measuring")
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    began = time.monotonic()
    try:
        if options.profile:
            measuring.profile(folder, options.profile)
            return 0
        reference = _Reference(cores[0] if pinned else None)
        try:
            measuring.report(folder, options, reference.port, cores[0] if pinned else None)
        finally:
            reference.stop()
        print(f"\n{time.monotonic() - began:.0f} s in all; {'pinned' if pinned else 'not pinned'}; {len(cores)} cores")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


class _Reference:
    """The server of the reference page."""

    def __init__(self, core: int | None) -> None:
        running = importlib.import_module("running")
        self.port: int = running.free_port()
        pin = [] if core is None else ["taskset", "-c", str(core)]
        command = [*pin, sys.executable, str(HERE / "reference.py"), str(self.port)]
        self._process = subprocess.Popen(command, start_new_session=True)
        load = importlib.import_module("load")
        for _ in range(400):
            with suppress(OSError):
                load.Line(self.port).close()
                return
            time.sleep(0.02)
        raise RuntimeError("the reference does not start")

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)


if __name__ == "__main__":
    sys.exit(main())
