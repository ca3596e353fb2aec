"""Administration of reading along: holidays, posts outside the opening hours, norms, and the second location."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from safespace.groups import locations
from safespace.groups.holidays import holidays_of
from safespace.groups.listed_names import TEXT, listed_names
from safespace.groups.models import AfterHours, Location
from safespace.host.language import spoken
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.roster import arrangements
from safespace.roster.after_hours import proven_until
from safespace.roster.arrangements import Arrangements
from safespace.roster.norms import LEVELS, MINUTES, USUAL
from safespace.web.admin_pages import draw, pages, refusal, typed
from safespace.web.gate import permits
from safespace.web.moments import day_words
from safespace.web.numbers import number_in
from safespace.web.words import when_for_staff

MODES: dict[str, tuple[Any, Any]] = {
    AfterHours.DRAFTS_ONLY.value: (
        lazy_gettext("Alleen bewaren"),
        lazy_gettext("Wat jongeren schrijven, blijft een concept tot het team weer meeleest."),
    ),
    AfterHours.QUEUE.value: (
        lazy_gettext("Aannemen"),
        lazy_gettext("Berichten komen in de wachtrij. Bij nood wordt iemand gebeld, dag en nacht."),
    ),
}
NAMES: dict[str, Any] = {
    USUAL: lazy_gettext("Meestal (dit lezen jongeren)"),
    "none": lazy_gettext("Geen signaal"),
    "low": lazy_gettext("Laag"),
    "medium": lazy_gettext("Midden"),
    "high": lazy_gettext("Hoog"),
    "crisis": lazy_gettext("Crisis (ook buiten de openingstijden)"),
}


@pages.get("/l/<uuid:location_id>/meelezen")
@permits(Permission.MANAGE_LOCATION)
def reading_along(location_id: UUID) -> ResponseReturnValue:
    """Show how a location reads along, with the form to change it."""
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
        return _page(work, place, _values(work, place))


@pages.post("/l/<uuid:location_id>/meelezen")
@permits(Permission.MANAGE_LOCATION)
def arrange_reading(location_id: UUID) -> ResponseReturnValue:
    """Change how a location reads along, as it was when the form was opened."""
    version = number_in(request.form, "version", 0)
    try:
        with unit_of_work() as work:
            actor = acting(work)
            arrangements.arrange(work, actor, location_id, version, _chosen())
    except (InvalidError, ConflictError) as error:
        errors, status = refusal(error)
        with reading() as work:
            place = locations.managed_location(work, acting(work), location_id)
            present = _values(work, place)
            kept = typed(present) | {name: request.form.get(name, "") for name in ("holidays", "training")}
            return _page(work, place, kept | ({"version": place.version} if status == 409 else {}), errors, status)
    flash(gettext("Opgeslagen."), "ok")
    return redirect(url_for("admin.reading_along", location_id=location_id), 303)


def _chosen() -> Arrangements:
    form = request.form
    return Arrangements(
        closed_on_holidays=bool(form.get("holidays")),
        after_hours=form.get("after_hours", ""),
        norms={key: form.get(f"norm_{key}", "") for key in (USUAL, *LEVELS)},
        second_location_id=form.get("second_location_id", ""),
        training_required=bool(form.get("training")),
        blind_share=form.get("blind_share", ""),
        names=form.get("names"),
    )


def _values(work: Work, place: Location) -> dict[str, Any]:
    return {
        "version": place.version,
        "holidays": place.closed_on_holidays,
        "after_hours": place.after_hours.value,
        "second_location_id": place.second_location_id or "",
        "training": place.training_required,
        "blind_share": str(place.blind_share),
        "names": "\n".join(listed_names(work, place.id)),
    } | {f"norm_{key}": str(minutes) for key, minutes in place.norms.items()}


def _page(
    work: Work, place: Location, values: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = acting(work)
    proven = proven_until(work, [place.id]).get(place.id)
    today = work.now.date()
    coming = [(name, day_words(day)) for day, name in _coming(today.year) if day >= today][:5]
    return draw(
        "reading.html",
        status,
        location=place,
        values=values,
        errors=errors or {},
        modes=[(key, title, text) for key, (title, text) in MODES.items()],
        names=NAMES,
        minutes=MINUTES,
        longest_names=TEXT,
        proven=when_for_staff(proven, work.now) if proven else "",
        fallen_back=place.after_hours is AfterHours.QUEUE and proven is None,
        others=[("", gettext("geen")), *arrangements.other_locations(work, actor, place.id)],
        coming=coming,
    )


def _coming(year: int) -> list[tuple[Any, str]]:
    return holidays_of(year, spoken()) + holidays_of(year + 1, spoken())
