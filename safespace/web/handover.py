"""Stopping and taking over: the note that a colleague leaves, and who signs for it."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.models import Location
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.moderation import handing_over
from safespace.policy.permissions import Permission
from safespace.roster import handovers
from safespace.web.gate import permits
from safespace.web.sentences import explained, sentence

pages = Blueprint("handover", __name__)


@pages.get("/rooster/<uuid:location_id>/stoppen")
@permits(Permission.HAND_OVER)
def stopping(location_id: UUID) -> ResponseReturnValue:
    """Show what is still open, with the form to stop."""
    return _page(location_id)


@pages.post("/rooster/<uuid:location_id>/stoppen")
@permits(Permission.HAND_OVER)
def stop(location_id: UUID) -> ResponseReturnValue:
    """Stop reading here: claims are released, and the note waits for the next one. Signing out goes on from here."""
    try:
        with unit_of_work(once=True) as work:
            given = handing_over.stop(work, acting(work), location_id, request.form.get("note", ""))
            answer = work.notes["answer"] = url_for("roster.week", location_id=location_id)
    except InvalidError as error:
        return _page(location_id, errors=explained(error.errors), status=422)
    if request.form.get("out"):
        return redirect(url_for("accounts.sign_out"), 307)  # the same form again, to where it came from
    left = _("Je bent gestopt. Je overdracht wacht op een collega.")
    flash(left if given else _("Je bent gestopt. Tot de volgende keer."), "sent")
    return redirect(answer, 303)


@pages.post("/rooster/overdracht/<uuid:handover_id>")
@permits(Permission.HAND_OVER)
def take(handover_id: UUID) -> ResponseReturnValue:
    """Sign for a handover."""
    try:
        with unit_of_work() as work:
            place = handovers.take(work, acting(work), handover_id).location_id
        flash(_("Je hebt de overdracht overgenomen."), "ok")
    except (ConflictError, NotAllowedError) as error:
        flash(sentence(error.code), "wait")
        with reading() as work:
            place = handovers.place_of(work, acting(work), handover_id)
    return redirect(url_for("roster.week", location_id=place, _anchor="overdracht"), 303)


def _page(location_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        left = handing_over.still_open(work, acting(work), location_id)
        page_html = render_template(
            "roster/stop.html",
            location=work.session.get_one(Location, location_id),
            left=left,
            out=request.values.get("out", "") == "1",
            note=request.form.get("note", ""),
            errors=errors or {},
            key=str(uuid4()),
        )
        return page_html, status
