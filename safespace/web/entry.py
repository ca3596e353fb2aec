"""The front door: everybody to where they work or belong, strangers to a calm welcome."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safespace.host.login import visitor
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind
from safespace.web.gate import permits

pages = Blueprint("entry", __name__)


@pages.get("/")
@permits(Permission.ENTER)
def start() -> ResponseReturnValue:
    """Lead a visitor on, or welcome who is not signed in."""
    if not visitor.is_authenticated:
        return render_template("entry/welcome.html")
    return redirect(url_for(home_of()), 303)


def home_of() -> str:
    """Give the endpoint where this visitor starts."""
    if not visitor.proven:
        return "accounts.second_factor"
    if visitor.kind is AccountKind.STAFF and visitor.is_clinician:
        return "moderation.queue"
    if visitor.kind is AccountKind.STAFF and visitor.is_administrator:
        return "admin.home"
    return "groups.home"
