"""The service's own log: one JSON object a line, and nothing in it that tells about a person.

A message is the sentence in the code, never what was filled in; extra fields come from a list. Other libraries write
addresses and values into their sentences, so of theirs only the place in the code is kept. A fault shows kinds and
places, never its words.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

OWN = "safespace"
FIELDS = ("event", "kind", "where", "endpoint", "status", "count", "seconds", "port", "workers", "database", "revision")
FRAMES = 6


class PlainWords(logging.Formatter):
    """Writes a record without anybody's words, names, addresses or paths of pages."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        own = record.name == OWN or record.name.startswith(f"{OWN}.")
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.msg if own and isinstance(record.msg, str) else _place(record.pathname, record),
        }
        line |= {name: value for name in FIELDS if isinstance(value := getattr(record, name, None), str | int | float)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def fault(error: BaseException) -> dict[str, Any]:
    """Give the kinds of an exception and its causes, and where it came from."""
    kinds: list[str] = []
    cause: BaseException | None = error
    frames = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    while cause is not None and len(kinds) < FRAMES:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return {"fault": kinds, "where": frames[-FRAMES:]}


def set_up(stream: TextIO | None = None) -> None:
    """Send everything through one handler; other libraries from warnings on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(PlainWords())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def _place(path: str, record: logging.LogRecord) -> str:
    return f"{_short(path)}:{record.lineno} {record.funcName}"


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-3:])
