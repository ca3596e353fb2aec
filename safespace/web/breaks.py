"""Longer breaks that another location, where nobody else works, asks about: a short list, and an answer to each."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.moderation import breaks
from safespace.policy.permissions import Permission
from safespace.web.gate import permits
from safespace.web.moments import last_day

pages = Blueprint("breaks", __name__)


@pages.get("/rustmomenten")
@permits(Permission.READ_QUEUE)
def home() -> ResponseReturnValue:
    """Show what other locations ask, and nothing else of these members."""
    with reading() as work:
        asked = breaks.asked_of(work, acting(work))
    return render_template("breaks/home.html", asked=[(one, last_day(one.until)) for one in asked])


@pages.post("/rustmomenten/<uuid:membership_id>/akkoord")
@permits(Permission.ANSWER_FOR_LOCATION)
def agree(membership_id: UUID) -> ResponseReturnValue:
    """Agree, as the second clinician."""
    with unit_of_work() as work:
        breaks.answer_elsewhere(work, acting(work), membership_id, request.form.get("seen", ""), agrees=True)
    flash(_("Bevestigd. Het rustmoment duurt zo lang als de andere locatie vroeg."), "ok")
    return redirect(url_for("breaks.home"), 303)


@pages.post("/rustmomenten/<uuid:membership_id>/een-week")
@permits(Permission.ANSWER_FOR_LOCATION)
def leave(membership_id: UUID) -> ResponseReturnValue:
    """Leave it at a week."""
    with unit_of_work() as work:
        breaks.answer_elsewhere(work, acting(work), membership_id, request.form.get("seen", ""), agrees=False)
    flash(_("Het blijft bij een week. De andere locatie ziet dat."), "ok")
    return redirect(url_for("breaks.home"), 303)
