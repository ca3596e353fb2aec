"""Deny by default: every view declares its permission, and without one the service does not start."""

import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable, UnsupportedMediaType

from safespace.accounts import sessions
from safespace.host.login import visitor
from safespace.host.work import host, unit_of_work
from safespace.policy.permissions import Permission
from safespace.web import errors

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
ACTED = "X-Acted"
FORM = {"application/x-www-form-urlencoded", "text/plain", "application/json", ""}


class UndeclaredEndpointError(Exception):
    """A view has no permission; it would be open to everybody."""


def permits(
    permission: Permission, *, without_database: bool = False, background: bool = False
) -> Callable[[View], View]:
    """Declare which permission a view needs. The use case it calls asks again, about the object.

    `background` is for what pages ask by themselves: it keeps nobody signed in who went away (docs/security.md).
    """

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # a declaration on the function itself
        view.without_database = without_database  # type: ignore[attr-defined]  # as above
        view.background = background  # type: ignore[attr-defined]  # as above
        return view

    return declare


def declared(app: Flask, endpoint: str) -> Permission | None:
    """Give the permission of an endpoint; static files are open."""
    if endpoint == "static":
        return Permission.ENTER
    return getattr(app.view_functions[endpoint], "permission", None)


def only_forms(app: Flask) -> None:
    """Refuse whatever is sent but a form, before anything reads it. Call before all that looks into forms."""

    @app.before_request
    def refuse() -> None:
        if request.method == "POST" and request.mimetype not in FORM:
            raise UnsupportedMediaType


def init_app(app: Flask) -> None:
    """Guard every request. Call after all views are registered."""
    bare = sorted({rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None})
    if bare:
        raise UndeclaredEndpointError(", ".join(bare))

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        time.sleep(0)  # under gevent a request that never blocks would starve the others
        view = app.view_functions.get(request.endpoint or "")
        if not host().checked and request.endpoint != "static" and not getattr(view, "without_database", False):
            raise ServiceUnavailable
        if request.endpoint is None or declared(app, request.endpoint) is Permission.ENTER:
            return None
        if not visitor.is_authenticated:
            return errors.signed_out()
        if not visitor.proven:
            return redirect(url_for("accounts.second_factor"))
        if visitor.stale and _somebody_is_there(app, request.endpoint):
            _touch()
        return None


def _somebody_is_there(app: Flask, endpoint: str) -> bool:
    """Say whether a human asks: for a page, or by typing or tapping on one that asks what is new (live.js)."""
    return not getattr(app.view_functions[endpoint], "background", False) or ACTED in request.headers


def _touch() -> None:
    try:
        with unit_of_work() as work:
            sessions.touch(work, visitor.session_id)
    except OperationalError:  # a page that only reads must not fail because this small write did
        return
