"""What was learned from decisions, and phrases that may become rules: clinicians read it, and answer."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.moderation.learning import standing, suggestions
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.models import SuggestionState
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import require
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.sentences import explained

pages = Blueprint("learning", __name__)
HEADS = {
    Head.URGENT: lazy_gettext("Heeft iemand extra aandacht nodig?"),
    Head.HIGH: lazy_gettext("Is het dringend?"),
    Head.HARM: lazy_gettext("Kan het lezers schaden?"),
}
OUTCOMES = {
    "": lazy_gettext("Er is nog niet geleerd."),
    "too_few": lazy_gettext("Zwijgt: er zijn nog te weinig besluiten."),
    "uneven": lazy_gettext("Zwijgt: de besluiten zijn te ongelijk over de tijd verdeeld."),
    "no_pattern": lazy_gettext("Zwijgt: uit eerdere besluiten volgen de latere niet."),
    "missing": lazy_gettext("Zwijgt: op de server ontbreekt het onderdeel om te leren."),
    "failed": lazy_gettext("Het leren lukte de laatste keer niet."),
}
KEPT = lazy_gettext("De laatste keer was het nieuwe niet goed genoeg. Het oude blijft in gebruik.")
UNUSED = lazy_gettext("Zwijgt: wat geleerd werd, was niet goed genoeg.")
LIVE = lazy_gettext("In gebruik.")


@pages.get("/voorsortering/geleerd")
@permits(Permission.READ_LEARNED)
def home() -> ResponseReturnValue:
    """Show what is in use at the own locations, and the phrases that wait for an answer."""
    return _page()


@pages.post("/voorsortering/geleerd/<uuid:suggestion_id>")
@permits(Permission.ANSWER_SUGGESTION)
def answer(suggestion_id: UUID) -> ResponseReturnValue:
    """Accept a phrase as a suggestion for who owns the rules, or drop it."""
    chosen, note = request.form.get("choice", ""), request.form.get("note", "")
    try:
        with unit_of_work() as work:
            suggestions.answer(work, acting(work), suggestion_id, chosen, note)
    except InvalidError as error:
        return _page(about=suggestion_id, errors=explained(error.errors)), 422
    except ConflictError:
        flash(_("Een collega gaf hier al antwoord op."), "info")
        return redirect(url_for("learning.home"), 303)
    flash(_("Bewaard voor wie de regels beheert.") if chosen == "accept" else _("Opzij gelegd."), "ok")
    return redirect(url_for("learning.home"), 303)


def _page(about: UUID | None = None, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.READ_LEARNED, NOWHERE)
        found = suggestions.suggestions(work, actor)
        return render_template(
            "learning/home.html",
            standing=[_standing_fields(one) for one in standing.standing(work, actor)],
            open=[one for one in found if one.state is SuggestionState.OPEN],
            accepted=[
                (one, words.when_for_staff(one.answered_at, work.now))
                for one in found
                if one.state is SuggestionState.ACCEPTED
            ],
            about=about,
            errors=errors or {},
            typed=request.form,
        )


def _standing_fields(one: standing.Standing) -> dict[str, Any]:
    later = one.figures.get("later", {})
    return {
        "location": one.location,
        "head": HEADS[one.head],
        "said": _said(one),
        "version": one.version,
        "counted": one.outcome == "too_few",
        "decisions": one.decisions,
        "positives": one.positives,
        "caught": later.get("caught"),
        "yes": later.get("yes"),
        "false": later.get("false"),
        "no": later.get("no"),
        "paused": one.paused,
    }


def _said(one: standing.Standing) -> str:
    if one.version:
        return str(LIVE if one.outcome in {"live", "same", ""} else KEPT)
    return str(OUTCOMES.get(one.outcome, UNUSED))
