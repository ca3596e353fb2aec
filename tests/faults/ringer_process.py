"""A worker that rings and nothing else, for test_ringing.py: it kills itself at one point, and says so by dying."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from safespace.app import create_app
from safespace.crisis import alerts, ringing
from safespace.host import alerting
from safespace.moderation import assessing
from safespace.realtime.ringer import Ringer
from safespace.settings import Settings, load


def die(*_: Any, **__: Any) -> None:
    """End without a warning, as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying(original: Any, *, before: bool) -> Any:
    """Give a function that dies before or after it did its work."""

    def replaced(*given: Any, **named: Any) -> Any:
        if before:
            die()
        done = original(*given, **named)
        die()
        return done

    return replaced


POINTS = {
    "before a step is written": (ringing, "tick", True),
    "a step is written, not committed": (ringing, "tick", False),
    "a step is committed, no message taken": (alerts, "claim", True),
    "a message is taken, not committed": (alerts, "claim", False),
    "a message is committed as taken, not sent": (alerting.Email, "deliver", True),
    "a message is sent, not noted": (alerting.Email, "deliver", False),
    "a message is noted, not committed": (alerts, "mark_sent", False),
}


def ring(settings: Settings, point: str, ready: Path) -> None:
    """Ring until somebody ends this, or until the point is reached; `ready` is made when the loop begins."""
    signal.alarm(60)  # a test that went wrong leaves nothing behind
    app = create_app(settings)
    if point:
        where, name, before = POINTS[point]
        setattr(where, name, dying(getattr(where, name), before=before))
    ringer = Ringer(app)
    ready.touch()
    while True:
        ringer.round()
        time.sleep(0.1)


def main(ready: Path) -> None:
    """Read points from standard input and ring up to each in a process of its own: its id, and how it ended, go out.

    Each is a fork of this one, which has read the code and the rules: starting anew takes seconds each time.
    """
    settings = load("development")
    assessing.engine(settings)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            ring(settings, line.strip(), ready)
        print(process, flush=True)  # noqa: T201  # what test_ringing.py reads
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
