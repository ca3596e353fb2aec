"""Pages about one's own account, in the blueprint of `accounts`: sessions, another passphrase, the safety contact."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.accounts.credentials import hash_secret
from safespace.accounts.own_sessions import end_own_session, own_sessions
from safespace.accounts.passphrases import accept_passphrase
from safespace.accounts.sessions import end_all_sessions
from safespace.accounts.signing_in import Proof, change_passphrase, passphrase_of
from safespace.groups.onboarding import introduction
from safespace.groups.safety_contact import keep_safety_contact, own_places, remove_safety_contact
from safespace.host import login
from safespace.host.language import spoken
from safespace.host.limits import count
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import InvalidError
from safespace.policy.permissions import Permission
from safespace.web import accounts
from safespace.web.gate import permits
from safespace.web.sentences import explained
from safespace.web.words import when_for_youth

pages = accounts.pages


@pages.get("/mijn/ingelogd")
@permits(Permission.BE_SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """List where one is signed in."""
    with reading() as work:
        found = own_sessions(work, acting(work))
        listed = [(one.id, when_for_youth(one.created_at, work.now)) for one in found]
    return render_template("accounts/sessions.html", sessions=listed, here=visitor.session_id)


@pages.get("/mijn/nog-hier")
@permits(Permission.BE_SIGNED_IN, background=True)
def still_here() -> ResponseReturnValue:
    """Say nothing but that the session goes on: a page that holds something of one's own leaves with it."""
    return {}


@pages.post("/mijn/ingelogd/<uuid:session_id>/einde")
@permits(Permission.BE_SIGNED_IN)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with unit_of_work() as work:
        end_own_session(work, acting(work), session_id)
    if session_id == visitor.session_id:
        login.sign_out()
        return redirect(url_for("entry.start"), 303)
    flash(_("Daar ben je nu uitgelogd."), "ok")
    return redirect(url_for("accounts.sessions"), 303)


@pages.post("/mijn/ingelogd/einde")
@permits(Permission.BE_SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions but this one."""
    with unit_of_work() as work:
        end_all_sessions(work, visitor.account_id, keep=visitor.session_id)
    flash(_("Overal elders ben je nu uitgelogd."), "ok")
    return redirect(url_for("accounts.sessions"), 303)


@pages.route("/mijn/wachtzin", methods=["GET", "POST"])
@permits(Permission.BE_SIGNED_IN)
def passphrase() -> ResponseReturnValue:
    """Change the passphrase; the other sessions end."""
    if request.method != "POST":
        return render_template("accounts/passphrase.html", errors={})
    count("sign_in_attempts", f"passphrase {visitor.account_id}")
    settings, words = host().settings, request.form.get("passphrase", "")
    try:
        accept_passphrase(settings, words)
        shown = _current()
        fresh = hash_secret(settings, words)
        with unit_of_work() as work:
            change_passphrase(work, shown, passphrase_hash=fresh, keep=visitor.session_id)
    except InvalidError as error:
        return render_template("accounts/passphrase.html", errors=explained(error.errors)), 422
    flash(_("Je nieuwe wachtzin is bewaard. Overal elders ben je nu uitgelogd."), "ok")
    return redirect(url_for("accounts.sessions"), 303)


@pages.route("/mijn/noodcontact", methods=["GET", "POST"])
@permits(Permission.HAVE_OWN_PLACE)
def safety_contact() -> ResponseReturnValue:
    """Give or take back whom the team may call, per group. What was given is never shown again."""
    if request.method != "POST":
        return _contact_page({})
    removing = bool(request.form.get("remove"))
    try:
        with unit_of_work() as work:
            if removing:
                remove_safety_contact(work, acting(work), _group_id())
            else:
                keep_safety_contact(work, acting(work), _group_id(), request.form.get("safety_contact", ""))
    except InvalidError as error:
        return _contact_page(explained(error.errors)), 422
    flash(_("Je noodcontact is weggehaald.") if removing else _("Dat is bewaard."), "ok")
    return redirect(url_for("accounts.safety_contact"), 303)


def _current() -> Proof:
    with reading() as work:
        proof = passphrase_of(work, visitor.account_id)
    shown = proof.shown_by(host().settings, request.form.get("current", ""))
    if shown is None:
        raise InvalidError(current="current_wrong")
    return shown


def _contact_page(errors: dict[str, str]) -> str:
    with reading() as work:
        places = own_places(work, acting(work))
        words = introduction(work.settings.config_dir).safety_contact
    typed = request.form.get("safety_contact", "")[:480]
    return render_template(
        "accounts/safety_contact.html",
        errors=errors,
        places=places,
        words=words,
        language=spoken(),
        typed=typed,
        typed_for=request.form.get("group_id", ""),
    )


def _group_id() -> UUID:
    try:
        return UUID(request.form.get("group_id", ""))
    except ValueError as error:
        raise InvalidError(group_id="unknown_choice") from error
