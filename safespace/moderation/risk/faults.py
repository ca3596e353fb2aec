"""What is kept of a part that broke: its kind and its place in the code, never a word of what it was reading."""

import logging
import traceback
from pathlib import PurePath

log = logging.getLogger(__name__)


def told(error: BaseException) -> str:
    """Write down that a part of the pre-sorting broke; promise the name of the line that says so to clinicians."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "a part of the pre-sorting broke",
        extra={
            "event": "risk",
            "kind": type(error).__name__,
            "where": f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}",
        },
    )
    return "fault"
