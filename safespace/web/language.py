"""Choosing the language, on every page, without JavaScript."""

from contextlib import suppress

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from safespace.accounts.registration import prefer_language
from safespace.host.language import LANGUAGES, speak
from safespace.host.login import visitor
from safespace.host.work import host, unit_of_work
from safespace.policy.permissions import Permission
from safespace.web.addresses import asked_next
from safespace.web.gate import permits

pages = Blueprint("language", __name__)


@pages.post("/taal")
@permits(Permission.ENTER, without_database=True)
def switch() -> ResponseReturnValue:
    """Remember the language in a cookie and go back; of who is signed in also for what the team writes to them."""
    answer = redirect(asked_next() or url_for("entry.start"), 303)
    asked = request.form.get("lang", "")
    if asked not in LANGUAGES:
        return answer
    with suppress(DBAPIError):  # Help is read in this language, also while the database is away
        if host().checked and visitor.is_authenticated:
            with unit_of_work() as work:
                prefer_language(work, visitor.account_id, asked)
    return speak(answer, asked)
