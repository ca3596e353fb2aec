"""The live hour of a group: a clinician opens and closes it, and the group's pages say so at once."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.reading import obtain_group
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation import going_live
from safespace.policy.permissions import Permission
from safespace.roster import live_hours
from safespace.roster.offline_ideas import ideas_for
from safespace.roster.waiting import OnPage
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.presence import presence_in
from safespace.web.sentences import explained, sentence
from safespace.web.words import in_words

pages = Blueprint("live_hour", __name__)
LENGTHS = (30, 45, 60, 90, 120)


@pages.get("/g/<uuid:group_id>/live-uur")
@permits(Permission.OPEN_LIVE_HOUR)
def show(group_id: UUID) -> ResponseReturnValue:
    """Show the form to open a live hour, or to close the one that runs."""
    return _page(group_id)


@pages.post("/g/<uuid:group_id>/live-uur")
@permits(Permission.OPEN_LIVE_HOUR)
def begin(group_id: UUID) -> ResponseReturnValue:
    """Open a live hour."""
    minutes = number_in(request.form, "minutes", 0)
    try:
        with unit_of_work(once=True) as work:
            going_live.go_live(work, acting(work), group_id, minutes)
            answer = work.notes["answer"] = url_for("groups.show", group_id=group_id)
    except InvalidError as error:
        return _page(group_id, errors=explained(error.errors), status=422)
    except ConflictError as error:
        return _page(group_id, errors={"": sentence(error.code)}, status=409)
    flash(_("Het live-uur is open. Berichten van deze groep staan nu bovenaan in de wachtrij."), "ok")
    return redirect(answer, 303)


@pages.post("/g/<uuid:group_id>/live-uur/sluiten")
@permits(Permission.OPEN_LIVE_HOUR)
def end(group_id: UUID) -> ResponseReturnValue:
    """Close the live hour of a group; conversations stay open."""
    with unit_of_work() as work:
        going_live.end_live(work, acting(work), group_id)
    flash(_("Het live-uur is gesloten. De groep ziet een paar ideeën voor iets offline."), "ok")
    return redirect(url_for("groups.show", group_id=group_id), 303)


def goodbye(work: Work, page: OnPage) -> dict[str, Any]:
    """Give what a page of a group says after a live hour: whether now, and the ideas of the day."""
    ideas = ideas_for(work.settings.config_dir, page.now.reading.now.date())
    return {"now": page.ended is not None, "ideas": [in_words(idea) for idea in ideas]}


def standing(work: Work, page: OnPage) -> dict[str, Any]:
    """Give how a group stands, as fields for presence.js."""
    presence = presence_in(work, page.now)
    return {
        "line": f"{presence.line} {presence.wait}",
        "in_need": presence.in_need().line,  # beside a help card
        "live": presence.live,
        "ended": page.ended is not None,
    }


def _page(group_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        group = obtain_group(work, acting(work), group_id, Permission.OPEN_LIVE_HOUR)
        running = live_hours.open_in(work, group_id)
        page_html = render_template(
            "groups/live_hour.html",
            group=group,
            running=running,
            lengths=[(minutes, _("%(minutes)s minuten", minutes=minutes)) for minutes in LENGTHS],
            minutes=request.form.get("minutes", str(live_hours.USUAL)),
            errors=errors or {},
            key=str(uuid4()),
        )
        return page_html, status
