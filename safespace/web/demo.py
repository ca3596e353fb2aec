"""Signing in with one click, in a demonstration with fictional people, from this computer only."""

import ipaddress
import json
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safespace.accounts.models import Account
from safespace.accounts.sessions import end_session, open_session
from safespace.accounts.signing_in import find_passphrase
from safespace.host import login
from safespace.host.login import visitor
from safespace.host.work import host, reading, unit_of_work
from safespace.kernel.refusals import NotFoundError
from safespace.policy.permissions import Permission
from safespace.web.gate import permits

pages = Blueprint("demo", __name__)
FILE = "accounts.json"
HERE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


@pages.get("/demo")
@permits(Permission.ENTER)
def people() -> ResponseReturnValue:
    """List the fictional people one can be."""
    _only_here()
    return render_template("demo/people.html", people=_people())


@pages.post("/demo/in")
@permits(Permission.ENTER)
def sign_in() -> ResponseReturnValue:
    """Become one of them, with the second factor taken as shown."""
    _only_here()
    person = next((one for one in _people() if one["sign_in_name"] == request.form.get("sign_in_name")), None)
    if person is None:
        raise NotFoundError
    with reading() as work:
        proof = find_passphrase(work, person["sign_in_name"])
    shown = proof.shown_by(host().settings, person["passphrase"])
    if shown is None:
        raise NotFoundError
    with unit_of_work() as work:
        if visitor.is_authenticated:
            end_session(work, visitor.session_id)
        login.sign_in(work, open_session(work, work.session.get_one(Account, shown.account_id), proven=True))
    return redirect(url_for("entry.start"), 303)


def _people() -> list[dict[str, Any]]:
    path = host().settings.data_dir / FILE
    if not path.exists():
        return []
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["accounts"]
    return found


def _only_here() -> None:
    """Refuse everything but loopback, by address and by name: the settings, too, bind a demonstration to loopback."""
    try:
        near = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if not (host().settings.is_demo and near and name in HERE):
        raise NotFoundError
