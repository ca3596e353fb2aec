"""Choosing the language, on every page, without JavaScript."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from safespace.host.language import COOKIE, LANGUAGES
from safespace.host.work import host
from safespace.policy.permissions import Permission
from safespace.web.addresses import asked_next
from safespace.web.gate import permits

pages = Blueprint("language", __name__)
ONE_YEAR = 31_536_000  # seconds


@pages.post("/taal")
@permits(Permission.ENTER)
def switch() -> ResponseReturnValue:
    """Remember the language in a cookie and go back to the page."""
    answer = redirect(asked_next() or url_for("entry.start"), 303)
    asked = request.form.get("lang", "")
    if asked in LANGUAGES:
        answer.set_cookie(
            COOKIE,
            asked,
            max_age=ONE_YEAR,
            secure=host().settings.secure_cookies,
            httponly=True,
            samesite="Lax",
        )
    return answer
