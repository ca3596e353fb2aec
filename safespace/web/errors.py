"""Refusals and faults become one calm page (or JSON) that keeps the typed text and always shows help."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from werkzeug.exceptions import HTTPException

from safespace.host.login import visitor
from safespace.host.work import ReplayedError, host
from safespace.kernel.refusals import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    RefusalError,
    TooManyError,
)
from safespace.moderation.hinting import cries_for_help
from safespace.moderation.redacting import MOST_PARTS
from safespace.policy.permissions import Permission
from safespace.web.addresses import page_here
from safespace.web.kept import place_just_made
from safespace.web.own_break import instead_of_group
from safespace.web.sentences import sentence
from safespace.web.words import reason_title

STATUS: dict[type[RefusalError], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
    InvalidError: 422,
    TooManyError: 429,
}
OWN_FAULTS = (DataError, IntegrityError, ProgrammingError)  # of the database these say that it is there
DRAWN = frozenset({400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})
TYPED: dict[str, Any] = {  # the fields somebody writes in, by name; never a secret
    "title": _("Titel"),
    "body": _("Tekst"),
    "title_en": _("Titel in het Engels"),
    "body_en": _("Tekst in het Engels"),
    "note": _("Jouw woorden aan de schrijver"),
    "internal_note": _("Alleen voor het team"),
    "words": _("Wil je er iets bij zeggen?"),
    "answer": _("Antwoord aan wie het vertelde"),
    "summary": _("Waarom je je zorgen maakt"),
    "closing_note": _("Verslag voor het team"),
    "note_to_author": _("Aan de schrijver"),
    "question": _("Jouw vraag aan een collega"),
    **{f"part_{number}": _("Stukje %(number)s", number=number) for number in range(1, MOST_PARTS + 1)},
    "reason": _("Reden"),
    "delay_reason": _("Waarom later"),
    "review_note": _("Wat je ervan vindt"),
    "hit": _("Voorbeelden die de regel wel vindt"),
    "miss": _("Voorbeelden die de regel niet vindt"),
    "why": _("Waarom?"),
    "names": _("Namen van collega’s, klinieken en scholen hier"),
    "return_plan": _("Plan om terug te komen"),
    "about": _("Waar de groep over gaat"),
    "safety_contact": _("Wie mogen we bellen, en op welk nummer?"),
    "alias": _("Of bedenk er zelf een"),
    "staff_name": _("Naam die collega’s en jongeren zien"),
    "role_title": _("Functie"),
    "name": _("Naam"),
    "name_nl": _("Naam"),
    "name_en": _("Naam in het Engels"),
    "purpose_nl": _("Waarvoor"),
    "purpose_en": _("Waarvoor, in het Engels"),
    "hours_nl": _("Wanneer bereikbaar"),
    "hours_en": _("Wanneer bereikbaar, in het Engels"),
    "phone": _("Telefoonnummer"),
    "crisis_phone": _("Crisisnummer"),
    "chat": _("Adres van de chat"),
    "site": _("Adres van de site"),
    "address": _("Adres"),
}
ONLY_AT_ITS_FIELD = ("care_reference",)  # what may name a youth: given back where it was typed, and nowhere else
WAYS_ON: dict[str, tuple[Any, str, Any]] = {  # by code: the heading, and where it leads under which words
    "training_needed": (_("Eerst oefenen"), "training.home", _("Naar het oefenen")),
    "group_over": (_("Deze groep is gesloten"), "posts.mine", _("Naar Mijn plek")),
}
MOST_FIELDS = 200
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register one handler for each way something can go wrong."""
    app.jinja_env.globals.update(read_again=read_again)
    app.register_error_handler(RefusalError, refused)
    app.register_error_handler(ReplayedError, replayed)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(Exception, fault)


def typed(form: Mapping[str, str] | None = None) -> list[tuple[Any, str]]:
    """Give every text somebody typed in this request, with the name of its field, so that no page loses a word."""
    sent = request.form if form is None else form
    found = ((name, label, sent[name].strip()) for name, label in TYPED.items() if name in sent)
    return [(label, _in_words(name, text)) for name, label, text in found if text]


def _in_words(name: str, text: str) -> str:
    """Give what somebody chose as it stood in the list, since a code says nothing; what was written stays as it is."""
    return (reason_title(text) or text) if name == "reason" else text


def read_again() -> str:
    """Give where this page can be read in the other language; "" where what is on it would be lost by that.

    An answer to a form with somebody's words in it is such a page, and one that stands at no address.
    """
    if request.method in {"GET", "HEAD"}:
        return page_here()
    try:
        there = any(request.form.get(name, "").strip() for name in ONLY_AT_ITS_FIELD)
        return "" if there or typed() else page_here()
    except HTTPException:  # the form could not be read, so nobody knows
        return ""


def typed_in_part() -> list[tuple[Any, str]]:
    """Like typed, for a form that is larger than the server takes in: of its beginning, so much as it does take in."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return []
    beginning = request.environ["wsgi.input"].read(request.max_content_length or 0)
    try:
        return typed(dict(parse_qsl(beginning.decode("ascii", "replace"), max_num_fields=MOST_FIELDS)))
    except ValueError:
        return []


def words_cry(found: list[tuple[Any, str]] | None = None) -> bool:
    """Say whether what was typed here and could not be taken in asks for help at once; touches no database."""
    words = "\n\n".join(text for _label, text in (typed() if found is None else found))
    return bool(words) and cries_for_help(host().settings, words)


def wants_json() -> bool:
    """Say whether a script asked."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def page(status: int, code: str = "", *, message: str = "", safe: bool = False) -> ResponseReturnValue:
    """Draw the page of a status; `safe` pages touch no database."""
    words = message or (sentence(code) if code else "")
    if wants_json():
        return {"error": code or str(status), "message": words}, status
    name = status if status in DRAWN else (400 if status < 500 else 500)
    extra: dict[str, Any] = {"visitor": None} if safe or status >= 500 else {"way": WAYS_ON.get(code)}
    return render_template(f"errors/{name}.html", message=words, typed=typed(), **extra), status


def refused(error: RefusalError) -> ResponseReturnValue:
    """Answer a refusal of a use case; somebody with a break reads about that instead."""
    if isinstance(error, NotFoundError) and not wants_json() and (answer := instead_of_group(typed())):
        return answer
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    code = next(iter(error.errors.values())) if isinstance(error, InvalidError) and error.errors else error.code
    return page(status, code)


def replayed(error: ReplayedError) -> ResponseReturnValue:
    """Lead a form that was sent twice to where it led the first time; what told so may have got lost on its way."""
    if not any(kind == "sent" for kind, _text in session.get("_flashes", [])):
        flash(gettext("Dit was al aangekomen. Je hoeft het niet nog een keer te sturen."), "sent")
    return redirect(error.answer, 303)


def stale_form(error: CSRFError) -> ResponseReturnValue:
    """Give the text back when a form no longer belongs to this session, or when that session has ended."""
    del error
    view = current_app.view_functions.get(request.endpoint or "")
    if not visitor.is_authenticated and getattr(view, "permission", Permission.ENTER) is not Permission.ENTER:
        return signed_out()
    if request.endpoint == "join.rules" and (made := place_just_made()):
        return redirect(made, 303)
    return page(400)


def signed_out() -> ResponseReturnValue:
    """Send a reader to the sign-in page; give a writer the typed text back first. Both come back to where they were."""
    if wants_json():
        return {"error": "signed_out", "message": ""}, 401
    door = url_for("accounts.sign_in", next=page_here() or None)
    if request.method in {"GET", "HEAD"}:
        return redirect(door)
    return render_template("errors/signed_out.html", typed=typed(), visitor=None, door=door), 401


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Draw Flask's own errors like ours."""
    if error.code and error.code < 400:
        return error
    try:
        return page(error.code or 500, safe=error.code == 413)
    except HTTPException:  # the form itself is what could not be read
        return render_template("errors/413.html", message="", typed=typed_in_part(), visitor=None), 413
    except DBAPIError as away:  # who looks is shown on the page, and could not be asked
        return database_error(away)


def database_error(error: DBAPIError) -> ResponseReturnValue:
    """Answer calmly while the database is away."""
    log.error("database error", extra={"kind": type(error).__name__})
    return page(500 if isinstance(error, OWN_FAULTS) else 503, safe=True)


def fault(error: Exception) -> ResponseReturnValue:
    """Log where a bug is, never what somebody wrote, and show a calm page."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"
    log.error("fault", extra={"kind": type(error).__name__, "where": where, "endpoint": request.endpoint})
    return page(500, safe=True)
