"""How a new colleague chooses a passphrase with a one-time link; the token stands behind the # and reaches no log."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.accounts.enrolment import Enrollee, enrol, find_link
from safespace.host.limits import count, still_open
from safespace.host.login import visitor
from safespace.host.work import reading, unit_of_work
from safespace.kernel.refusals import InvalidError
from safespace.policy.permissions import Permission
from safespace.web.gate import permits
from safespace.web.kept import keep, kept, let_go, tell_too_late
from safespace.web.proofs import chosen, offered
from safespace.web.sentences import explained

pages = Blueprint("enrolment", __name__)
KEPT = "enrol"


@pages.route("/in/welkom", methods=["GET", "POST"])
@permits(Permission.ENTER)
def link() -> ResponseReturnValue:
    """Take the token of the link."""
    if request.method != "POST":
        return render_template("accounts/link.html", errors={})
    still_open("join_attempts")
    token = request.form.get("token", "")
    try:
        _enrollee(token)
    except InvalidError as error:
        count("join_attempts")
        return render_template("accounts/link.html", errors=explained(error.errors)), 422
    keep(KEPT, offered({"token": token[:80]}))
    return redirect(url_for("enrolment.choose"), 303)


@pages.route("/in/welkom/wachtzin", methods=["GET", "POST"])
@permits(Permission.ENTER)
def choose() -> ResponseReturnValue:
    """Show the private name and the recovery code, and take the passphrase."""
    data = kept(KEPT)
    if not data:
        tell_too_late(KEPT)
        return redirect(url_for("enrolment.link"), 303)
    try:
        person = _enrollee(data["token"])
    except InvalidError as error:
        return render_template("accounts/link.html", errors=explained(error.errors)), 422
    if request.method != "POST":
        return render_template("accounts/choose.html", errors={}, person=person, data=data)
    count("join_secrets", str(person.account_id))
    try:
        hashes = chosen(data, person.sign_in_name, person.staff_name)
        with unit_of_work() as work:
            enrol(work, person, **hashes)
    except InvalidError as error:
        return render_template("accounts/choose.html", errors=explained(error.errors), person=person, data=data), 422
    let_go(KEPT)
    flash(_("Je wachtzin is bewaard. Log nu in en koppel je telefoon."), "ok")
    return redirect(url_for("accounts.sign_in"), 303)


def _enrollee(token: str) -> Enrollee:
    with reading() as work:
        return find_link(work, token, by=visitor.account_id if visitor.is_authenticated else None)
