"""Hulp nu: served to anyone, from a file, whether or not there is a session, a script or a database."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from safespace.crisis.help import Line, help_page
from safespace.host.language import spoken
from safespace.host.login import PLACE
from safespace.host.work import host
from safespace.policy.permissions import Permission
from safespace.web.gate import permits

pages = Blueprint("help", __name__)

TOPICS: dict[str, Any] = {
    "general": _("Gewoon met iemand praten"),
    "suicide": _("Denken aan de dood"),
    "self_harm": _("Jezelf pijn doen"),
    "eating": _("Eten en je lichaam"),
    "online": _("Vervelende dingen online"),
    "violence": _("Geweld of misbruik"),
    "sexual_violence": _("Seks of aanraking die je niet wilde"),
    "drugs": _("Alcohol en drugs"),
    "someone_else": _("Zorgen om een ander"),
}


@pages.get("/help")
@permits(Permission.ENTER, without_database=True)
def page() -> ResponseReturnValue:
    """Show who to call; nothing here may need the database or know who looks."""
    shown = help_page(host().settings)
    own = str(session.get(PLACE, ""))
    return render_template(
        "help/page.html",
        visitor=None,
        tab="help",
        fixed=[spoken_line(line) for line in shown.fixed],
        own=shown.place(own),
        others=[place for place in shown.places_from(own) if place.id != own],
        topics=[(TOPICS[topic], [spoken_line(line) for line in lines]) for topic, lines in shown.by_topic()],
    )


def remember_place(location_ids: Iterable[UUID]) -> None:
    """Let this browser's help page show one location first; with several, the choice that was there stays."""
    found = {str(location_id) for location_id in location_ids}
    if len(found) == 1 and session.get(PLACE) not in found:
        session[PLACE] = found.pop()


def spoken_line(line: Line) -> dict[str, str]:
    """Give a line in the language of this page."""
    language = spoken()
    return {
        "key": line.key,
        "name": line.name(language),
        "purpose": line.purpose(language),
        "hours": line.hours(language),
        "phone": line.phone,
        "tel": line.tel,
        "chat": line.chat,
        "site": line.site,
    }
