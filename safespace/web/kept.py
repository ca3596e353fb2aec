"""What a visitor is in the middle of: sealed in the cookie for an hour, readable by the server only.

No longer, since a page may show what was made for somebody to sign in with, and the next one at this computer could
look. Each step begins a new hour. When it was too long, that is said: what was written down holds no more.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import flash, request, session, url_for
from flask_babel import gettext as _

from safespace.host.login import visitor
from safespace.host.work import host
from safespace.kernel.sealed import UnsealError

KEPT = timedelta(hours=1)
JOINED = "joined"


def keep(name: str, data: dict[str, Any], *, lasts: timedelta = KEPT) -> None:
    """Keep this under a name, instead of what was there."""
    here = host()
    text = json.dumps({"until": (here.clock() + lasts).isoformat(), "data": data}, separators=(",", ":"))
    session[name] = here.keys.seal(_place(name), text)


def kept(name: str) -> dict[str, Any]:
    """Give what is kept under a name, {} when there is nothing, it is too old, or it does not open."""
    data, over = _opened(name)
    return {} if over else data


def too_late(name: str) -> dict[str, Any]:
    """Give what was kept under a name for too long, and let it go; {} when there is no such thing."""
    data, over = _opened(name)
    if not over:
        return {}
    let_go(name)
    return data


def tell_too_late(name: str) -> dict[str, Any]:
    """Say that what somebody was in the middle of took too long, and give what it was; {} where nothing is known."""
    data = too_late(name)
    if "made" in data:
        flash(_("Dit duurde te lang. Wat je opschreef geldt niet meer; begin opnieuw."), "wait")
    elif data or (request.method == "POST" and not visitor.is_authenticated):
        flash(_("Dit duurde te lang. Begin opnieuw."), "wait")
    return data


def let_go(name: str) -> None:
    """Keep this no longer."""
    session.pop(name, None)


def place_just_made() -> str:
    """Give where joining led this browser, for who presses its last step once more; "" when it led nowhere lately."""
    group_id = kept(JOINED).get("group_id") if visitor.is_authenticated else None
    return url_for("groups.show", group_id=group_id) if group_id else ""


def _opened(name: str) -> tuple[dict[str, Any], bool]:
    """Give what lies under a name, and whether it is too old."""
    here = host()
    blob = session.get(name)
    if not isinstance(blob, bytes):
        return {}, False
    try:
        stored = json.loads(here.keys.open(_place(name), blob))
    except UnsealError:
        return {}, False
    return stored["data"], datetime.fromisoformat(stored["until"]) < here.clock()


def _place(name: str) -> str:
    return f"cookie.{name}:browser"
