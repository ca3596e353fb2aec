"""Signing in and out, the second factor, recovery, and where one is signed in."""

from datetime import timedelta

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from safespace.accounts import signing_in
from safespace.accounts.codes import printed
from safespace.accounts.credentials import hash_secret
from safespace.accounts.passphrases import accept_passphrase, new_recovery_code
from safespace.accounts.registration import sign_in_index
from safespace.accounts.second_factor import Enrolment, enrolment, prove
from safespace.accounts.sessions import end_session
from safespace.accounts.signing_in import Proof, find_passphrase, find_recovery, recovery_secret
from safespace.host import login
from safespace.host.limits import count
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import InvalidError
from safespace.moderation import claims, handing_over
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind
from safespace.web.addresses import asked_next
from safespace.web.gate import permits
from safespace.web.kept import keep, kept, let_go, too_late
from safespace.web.sentences import explained, sentence

pages = Blueprint("accounts", __name__)
TO_WRITE_DOWN = timedelta(minutes=10)


@pages.route("/in", methods=["GET", "POST"])
@permits(Permission.ENTER)
def sign_in() -> ResponseReturnValue:
    """Sign in; every wrong guess gets the same answer after the same work."""
    if request.method != "POST":
        return render_template("accounts/sign_in.html", errors={}, name="", next=asked_next())
    name = request.form.get("sign_in_name", "")
    shown = _attempt(find_passphrase, name, request.form.get("passphrase", ""))
    if shown is None or not _enter(shown):
        errors = {"": sentence("sign_in_wrong")}
        return render_template("accounts/sign_in.html", errors=errors, name=name[:80], next=asked_next()), 422
    if visitor.kind is AccountKind.STAFF:
        return redirect(url_for("accounts.second_factor", next=asked_next() or None), 303)
    return redirect(asked_next() or url_for("entry.start"), 303)


@pages.route("/in/bevestigen", methods=["GET", "POST"])
@permits(Permission.ENTER)
def second_factor() -> ResponseReturnValue:
    """Ask staff for a code of their app; at the first sign-in, show what the app must scan."""
    if not visitor.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=asked_next() or None), 303)
    if visitor.proven:
        return redirect(asked_next() or url_for("entry.start"), 303)
    if request.method != "POST":
        return _second_factor_page({})
    count("sign_in_attempts", f"totp {visitor.account_id}")
    try:
        with unit_of_work() as work:
            token = prove(work, visitor.account_id, visitor.session_id, request.form.get("totp", ""))
            login.sign_in(work, token)
    except InvalidError as error:
        return _second_factor_page(explained(error.errors)), 422
    return redirect(asked_next() or url_for("entry.start"), 303)


@pages.post("/uit")
@permits(Permission.ENTER)
def sign_out() -> ResponseReturnValue:
    """End this session on the server and in the browser. A clinician with something open leaves a word first."""
    leaving = visitor.is_authenticated and visitor.is_clinician
    if leaving and not request.form.get("anyway"):
        with reading() as work:
            left = handing_over.unsaid(work, acting(work))
        if left:
            return redirect(url_for("handover.stopping", location_id=left[0], out="1"), 303)
    if visitor.is_authenticated:
        with unit_of_work() as work:
            if leaving:
                handing_over.leave_unsaid(work, acting(work))
            claims.let_go_all(work, visitor.account_id)
            end_session(work, visitor.session_id)
    login.sign_out()
    flash(_("Je bent uitgelogd."), "ok")
    answer = redirect(url_for("entry.start"), 303)
    answer.headers["Clear-Site-Data"] = '"storage"'  # what was typed in this tab
    return answer


@pages.route("/in/herstel", methods=["GET", "POST"])
@permits(Permission.ENTER)
def recover() -> ResponseReturnValue:
    """Give another passphrase to who shows the recovery code, and end all sessions of the account."""
    if request.method != "POST":
        return render_template("accounts/recover.html", errors={}, name="")
    name, words = request.form.get("sign_in_name", ""), request.form.get("passphrase", "")
    settings, code = host().settings, new_recovery_code()
    try:
        accept_passphrase(settings, words, context=(name[:80],))
        shown = _attempt(find_recovery, name, recovery_secret(request.form.get("recovery_code", "")))
        hashes = {
            "passphrase_hash": hash_secret(settings, words),
            "recovery_hash": hash_secret(settings, recovery_secret(code)),
        }
        _recover(shown, hashes)
    except InvalidError as error:
        return render_template("accounts/recover.html", errors=explained(error.errors), name=name[:80]), 422
    keep("recovered", {"code": code}, lasts=TO_WRITE_DOWN)
    return redirect(url_for("accounts.recovered"), 303)


@pages.route("/in/herstel/klaar", methods=["GET", "POST"])
@permits(Permission.ENTER)
def recovered() -> ResponseReturnValue:
    """Show the new recovery code until it was written down, or for a few minutes: others may use this computer."""
    if request.method == "POST":
        let_go("recovered")
        return redirect(url_for("accounts.sign_in"), 303)
    code = kept("recovered").get("code", "")
    if not code:
        if too_late("recovered"):
            flash(_("Je nieuwe herstelcode staat hier niet meer. Je nieuwe wachtzin werkt wel."), "info")
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/recovered.html", code=code)


def _attempt(find: signing_in.Finder, name: str, secret: str) -> Proof | None:
    with reading() as work:
        key = sign_in_index(work.keys, name)
        proof = find(work, name)
    count("sign_in_attempts", key)
    return proof.shown_by(host().settings, secret)


def _enter(shown: Proof) -> bool:
    with unit_of_work() as work:
        replacing = visitor.session_id if visitor.is_authenticated else None
        token = signing_in.sign_in(work, shown, replacing=replacing)
        if token is not None:
            login.sign_in(work, token)
    return token is not None


def _recover(shown: Proof | None, hashes: dict[str, str]) -> None:
    if shown is None:
        raise InvalidError(recovery_code="recovery_wrong")
    with unit_of_work() as work:
        signing_in.recover(work, shown, **hashes)


def _second_factor_page(errors: dict[str, str]) -> str:
    with reading() as work:
        app = enrolment(work, visitor.account_id)
    return render_template(
        "accounts/second_factor.html",
        errors=errors,
        app=app,
        qr=_qr(app) if app else "",
        next=asked_next(),
        secret=printed(app.secret) if app else "",
    )


def _qr(app: Enrolment) -> Markup:
    """Draw the QR code; the mark-up is segno's own, without anybody's text in it."""
    return Markup(  # noqa: S704  # drawn by segno from an address we made
        segno.make(app.address, micro=False).svg_inline(scale=4, light="#fff", svgclass="qr")
    )
