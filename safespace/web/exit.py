"""Snel weg: ends the session on the server, replaces the cookie, and shows a page that looks like nothing.

Works without JavaScript, without a session and without the database. The view is exempt from CSRF protection: a beacon
carries no token, and all that a forged request could do is sign somebody out.
"""

import logging
import secrets

from flask import Blueprint, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import format_date, to_user_timezone
from sqlalchemy.exc import SQLAlchemyError

from safespace.accounts.sessions import end_session
from safespace.host.login import sign_out, visitor
from safespace.host.work import host, unit_of_work
from safespace.moderation import claims
from safespace.policy.permissions import Permission
from safespace.web.gate import permits

pages = Blueprint("exit", __name__)
log = logging.getLogger(__name__)
FORGET = '"cache", "storage"'


@pages.route("/weg", methods=["GET", "POST"])
@permits(Permission.ENTER, without_database=True)
def leave() -> ResponseReturnValue:
    """Leave at once; a beacon gets an empty answer, a click without JavaScript a page whose link leaves."""
    try:
        if visitor.is_authenticated:
            with unit_of_work() as work:
                if not visitor.is_youth:
                    claims.let_go_all(work, visitor.account_id)
                end_session(work, visitor.session_id)
            sign_out()
    except (SQLAlchemyError, TimeoutError) as error:  # also when the database only lets one wait too long
        log.error(  # noqa: TRY400  # a trace could quote a row
            "exit without the database", extra={"kind": type(error).__name__}
        )
    session.clear()
    # Another value, not only an empty one: browsers drop a page kept for Back when a cookie changes.
    session["was"] = secrets.token_urlsafe(6)
    if request.method == "POST":
        answer = make_response("", 204)
    else:
        answer = make_response(render_template("exit/leave.html", target=host().settings.exit_target))
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


@pages.get("/weg/klaar")
@permits(Permission.ENTER, without_database=True)
def left() -> ResponseReturnValue:
    """Show a page that looks like nothing and leads nowhere."""
    today = to_user_timezone(host().clock()).date()
    return render_template("exit/left.html", day=format_date(today, "EEEE d MMMM", rebase=False))
