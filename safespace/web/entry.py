"""The front door: everybody to where they work or belong, strangers to a calm welcome; and what is kept of people."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from safespace.groups.onboarding import privacy as privacy_words
from safespace.host.language import spoken
from safespace.host.login import visitor
from safespace.host.work import host
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


@pages.get("/privacy")
@permits(Permission.ENTER)
def privacy() -> str:
    """Tell what is kept of a young person, who reads it, and what one can ask; for everybody, signed in or not."""
    words = privacy_words(host().settings.config_dir)
    day = format_date(words.date, "d MMMM y", rebase=False)
    return render_template("entry/privacy.html", words=words, language=spoken(), day=day)


def home_of() -> str:
    """Give the endpoint where this visitor starts."""
    if not visitor.proven:
        return "accounts.second_factor"
    if visitor.kind is AccountKind.STAFF and visitor.is_clinician:
        return "queue.show"
    if visitor.kind is AccountKind.STAFF and visitor.is_administrator:
        return "admin.home"
    return "groups.home"
