"""Joining in five small steps: code, how anonymous, name and passphrase, nickname, house rules; no JavaScript needed.

Between steps everything is kept sealed in the cookie; nothing is in the database before the last step, and the code
itself is nowhere.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.accounts.registration import Credentials, account_made_with, free_name
from safespace.accounts.sessions import open_session
from safespace.groups.aliases import suggest
from safespace.groups.claiming import Invited, find_invitation
from safespace.groups.joining import check_alias, join_as_newcomer, join_group
from safespace.groups.onboarding import house_rules, introduction
from safespace.host import login
from safespace.host.language import spoken
from safespace.host.limits import count, still_open
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.moderation import nicknames
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import require
from safespace.web.gate import permits
from safespace.web.kept import JOINED, keep, kept, let_go, place_just_made, tell_too_late
from safespace.web.proofs import chosen, offered
from safespace.web.sentences import explained, sentence

pages = Blueprint("join", __name__)
KEPT, LATE = "join", "late"
TICKS = {"house_rules": "accept_rules", "anonymity": "accept_anonymity", "privacy": "accept_privacy"}


@pages.route("/m", methods=["GET", "POST"])
@permits(Permission.ENTER)
def code() -> ResponseReturnValue:
    """Take the code of a card. Who is signed in already joins a further group with it."""
    if visitor:  # signed in elsewhere meanwhile: what was typed goes along where no log sees it
        typed = request.form.get("code", "")[:40] or None
        return redirect(url_for("join.further", _anchor=typed) if visitor.is_youth else url_for("entry.start"), 303)
    if request.method != "POST":
        return render_template("join/code.html", errors={}, typed="")
    try:
        place = _place_of_code()
    except InvalidError as error:
        return _code_page("join/code.html", error)
    _begin(place, further=False)
    return redirect(url_for("join.anonymity"), 303)


@pages.route("/g/code", methods=["GET", "POST"])
@permits(Permission.JOIN_GROUP)
def further() -> ResponseReturnValue:
    """Take a code from a young person who has a place already; nothing will link the two."""
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.JOIN_GROUP, NOWHERE)
    if request.method != "POST":
        return render_template("join/further.html", errors={}, typed="")
    try:
        place = _place_of_code()
    except InvalidError as error:
        return _code_page("join/further.html", error)
    if actor.member_of(place.group_id):
        return _member_already(place.group_id)
    _begin(place, further=True)
    return redirect(url_for("join.alias"), 303)


@pages.route("/m/anoniem", methods=["GET", "POST"])
@permits(Permission.ENTER)
def anonymity() -> ResponseReturnValue:
    """Tell how anonymous this is and ask one question; a wrong answer explains and never blocks."""
    data = _data("invitation")
    if data is None:
        return _from_the_start()
    words = introduction(host().settings.config_dir)
    answer = words.answer(request.form.get("answer", ""))
    errors = explained({"answer": "unknown_choice"}) if request.method == "POST" and answer is None else {}
    if answer is not None:
        keep(KEPT, data | {"answered": True})
        if answer.right:
            return redirect(url_for("join.account"), 303)
    page = render_template(
        "join/anonymity.html", errors=errors, words=words, answer=answer, language=spoken(), data=data
    )
    return page, 422 if errors else 200


@pages.route("/m/naam", methods=["GET", "POST"])
@permits(Permission.ENTER)
def account() -> ResponseReturnValue:
    """Show the private name and the recovery code, and take the passphrase."""
    data = _data("answered")
    if data is None:
        return _from_the_start()
    if "name" not in data:
        with reading() as work:
            data = offered(data) | {"name": free_name(work)}
        keep(KEPT, data)
    if request.method != "POST":
        return render_template("join/account.html", errors={}, data=data)
    count("join_secrets", data["invitation"])
    try:
        keep(KEPT, data | chosen(data, data["name"], data["location"]))
    except InvalidError as error:
        return render_template("join/account.html", errors=explained(error.errors), data=data), 422
    return redirect(url_for("join.alias"), 303)


@pages.route("/m/schuilnaam", methods=["GET", "POST"])
@permits(Permission.ENTER)
def alias() -> ResponseReturnValue:
    """Offer six nicknames and take one of them or one's own."""
    data = _data("passphrase_hash") or _data("further")
    if data is None:
        return _from_the_start()
    group_id = UUID(data["group_id"])
    if "suggestions" not in data or "nieuw" in request.args:
        with reading() as work:
            data = data | {"suggestions": suggest(work, group_id)}
        keep(KEPT, data)
    if request.method != "POST":
        typed = data.get("alias") or data.get("before", "")
        return render_template("join/alias.html", errors={}, data=data, typed=typed)
    typed = _chosen_alias(data)
    try:
        with reading() as work:
            own = visitor.account_id if data.get("further") else None
            alias = check_alias(work, group_id, typed, is_risky=_is_risky, account_id=own)
            keep(KEPT, data | {"alias": alias})
    except InvalidError as error:
        keep(KEPT, data | {"refused": typed[:60]})
        return render_template("join/alias.html", errors=explained(error.errors), data=data, typed=typed[:60]), 422
    return redirect(url_for("join.rules"), 303)


@pages.route("/m/afspraken", methods=["GET", "POST"])
@permits(Permission.ENTER)
def rules() -> ResponseReturnValue:
    """Show the house rules; accepting them makes the place in the group."""
    data = _data("alias")
    if data is None:
        made = place_just_made()
        return redirect(made, 303) if made else _from_the_start()
    if request.method != "POST":
        return _rules_page(data, {})
    missing = {name: "required" for name in TICKS.values() if not request.form.get(name)}
    if missing:
        return _rules_page(data, explained(missing)), 422
    try:
        group_id = _join_further(data) if data.get("further") else _join(data)
    except InvalidError as error:
        return _back_to(error, data)
    except ConflictError as error:
        if error.code != "already_member":
            raise
        return _member_already(UUID(data["group_id"]))
    let_go(KEPT)
    keep(JOINED, {"group_id": str(group_id)})
    return redirect(url_for("groups.show", group_id=group_id), 303)


def _join(data: dict[str, Any]) -> UUID:
    try:
        with unit_of_work() as work:
            joined = join_as_newcomer(
                work,
                UUID(data["invitation"]),
                _credentials(data),
                alias=data["alias"],
                language=spoken(),
                is_risky=_is_risky,
            )
            login.sign_in(work, open_session(work, joined.account, proven=False))
    except InvalidError as error:
        if error.errors.get("code") == "code_used" and _enter_again(data):
            return UUID(data["group_id"])
        raise
    return joined.group_id


def _enter_again(data: dict[str, Any]) -> bool:
    """Let in who sent the last step twice: this browser's sealed cookie made the account that used the code."""
    with unit_of_work() as work:
        account = account_made_with(work, _credentials(data))
        if account is not None:
            login.sign_in(work, open_session(work, account, proven=False))
    return account is not None


def _credentials(data: dict[str, Any]) -> Credentials:
    return Credentials(
        sign_in_name=data["name"], passphrase_hash=data["passphrase_hash"], recovery_hash=data["recovery_hash"]
    )


def _join_further(data: dict[str, Any]) -> UUID:
    with unit_of_work() as work:
        joined = join_group(work, acting(work), UUID(data["invitation"]), alias=data["alias"], is_risky=_is_risky)
    flash(_("Je hoort nu ook bij deze groep. Niets verbindt je andere schuilnaam met deze."), "ok")
    return joined.group_id


def _chosen_alias(data: dict[str, Any]) -> str:
    """Give the nickname that was meant: one's own, unless it still stands there from a refusal."""
    own, suggestion = request.form.get("alias", "").strip(), request.form.get("suggestion", "")
    return suggestion if suggestion and (not own or own == data.get("refused")) else own


def _begin(place: Invited, *, further: bool) -> None:
    before, late = kept(KEPT), kept(LATE)
    data = before if before.get("invitation") == str(place.invitation_id) else {}
    if late.get("invitation") == str(place.invitation_id):  # the nickname is still there; nothing else of it holds
        data |= {"before": late["alias"]}
    let_go(LATE)
    data |= {
        "invitation": str(place.invitation_id),
        "group_id": str(place.group_id),
        "group": place.group_name,
        "location": place.location_name,
        "further": further,
    }
    keep(KEPT, data)


def _from_the_start() -> ResponseReturnValue:
    """Lead back to the code. Who was too late hears so, and finds the nickname again with the same code."""
    data = tell_too_late(KEPT)
    alias = request.form.get("alias", "").strip() or request.form.get("suggestion", "") or data.get("alias", "")
    if data and alias:
        keep(LATE, {"invitation": data["invitation"], "alias": alias[:60]})
    return redirect(url_for("join.code"), 303)


def _data(step: str) -> dict[str, Any] | None:
    data = kept(KEPT)
    signed_in = bool(visitor.is_authenticated)
    return data if data.get(step) and bool(data.get("further")) is signed_in else None


def _place_of_code() -> Invited:
    """Give where a code leads. Only a wrong one counts: a ward where many join at once shares one address."""
    account = str(visitor.account_id) if visitor.is_authenticated else ""
    still_open("join_attempts", account)
    try:
        with reading() as work:
            return find_invitation(work, request.form.get("code", ""))
    except InvalidError:
        count("join_attempts", account)
        raise


def _code_page(template: str, error: InvalidError) -> ResponseReturnValue:
    return render_template(template, errors=explained(error.errors), typed=request.form.get("code", "")[:40]), 422


def _rules_page(data: dict[str, Any], errors: dict[str, str]) -> str:
    config = host().settings.config_dir
    consents = [
        (TICKS[consent.key], consent)
        for consent in introduction(config).consents
        if consent.required and consent.key in TICKS
    ]
    return render_template(
        "join/rules.html",
        errors=errors,
        rules=house_rules(config),
        consents=consents,
        ticked=request.form,
        language=spoken(),
        data=data,
    )


def _back_to(error: InvalidError, data: dict[str, Any]) -> ResponseReturnValue:
    """Lead to the step that went wrong meanwhile: the nickname was taken, or the code is over."""
    if "alias" in error.errors:
        keep(KEPT, {key: value for key, value in data.items() if key not in {"alias", "suggestions"}})
        flash(sentence(error.errors["alias"]), "info")
        return redirect(url_for("join.alias"), 303)
    let_go(KEPT)
    flash(sentence(error.errors.get("code", "invalid")), "info")
    return redirect(url_for("join.further" if data.get("further") else "join.code"), 303)


def _member_already(group_id: UUID) -> ResponseReturnValue:
    let_go(KEPT)
    flash(sentence("already_member"), "info")
    return redirect(url_for("groups.show", group_id=group_id), 303)


def _is_risky(text: str) -> bool:
    return nicknames.is_risky(host().settings, text)
