"""What a visitor is in the middle of: sealed in the cookie for an hour, readable by the server only."""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import session, url_for

from safespace.host.login import visitor
from safespace.host.work import host
from safespace.kernel.sealed import UnsealError

KEPT = timedelta(hours=1)
JOINED = "joined"


def keep(name: str, data: dict[str, Any]) -> None:
    """Keep this under a name, instead of what was there."""
    here = host()
    text = json.dumps({"until": (here.clock() + KEPT).isoformat(), "data": data}, separators=(",", ":"))
    session[name] = here.keys.seal(_place(name), text)


def kept(name: str) -> dict[str, Any]:
    """Give what is kept under a name, {} when there is nothing, it is too old, or it does not open."""
    here = host()
    blob = session.get(name)
    if not isinstance(blob, bytes):
        return {}
    try:
        stored = json.loads(here.keys.open(_place(name), blob))
    except UnsealError:
        return {}
    if datetime.fromisoformat(stored["until"]) < here.clock():
        return {}
    data: dict[str, Any] = stored["data"]
    return data


def let_go(name: str) -> None:
    """Keep this no longer."""
    session.pop(name, None)


def place_just_made() -> str:
    """Give where joining led this browser, for who presses its last step once more; "" when it led nowhere lately."""
    group_id = kept(JOINED).get("group_id") if visitor.is_authenticated else None
    return url_for("groups.show", group_id=group_id) if group_id else ""


def _place(name: str) -> str:
    return f"cookie.{name}:browser"
