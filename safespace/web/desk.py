"""*Mijn bureau*: own keys, categories left to colleagues, own exposure; a pause; figures of the blind sample."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.models import Location
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError
from safespace.moderation import blind, desks, exposure, rows
from safespace.moderation.risk.assessment import Category, Severity
from safespace.policy.permissions import Permission
from safespace.web import listing, words
from safespace.web.gate import permits
from safespace.web.sentences import explained

pages = Blueprint("desk", __name__)
LEVELS = tuple(Severity)


@pages.get("/bureau")
@permits(Permission.READ_QUEUE)
def home() -> ResponseReturnValue:
    """Show how one works, and what one read this week; for a lead, also the totals of the team."""
    return _page({})


@pages.post("/bureau/toetsen")
@permits(Permission.READ_QUEUE)
def keep_keys() -> ResponseReturnValue:
    """Remember which keys do what, and whether they do anything."""
    typed = {name: request.form.get(f"key_{name}", "") for name in desks.KEYS}
    try:
        with unit_of_work() as work:
            actor = acting(work)
            usual = "gewoon" in request.form
            desks.keep_keys(work, actor, {} if usual else typed, on=usual or "aan" in request.form)
    except InvalidError as error:
        return _page(explained({f"key_{name}": code for name, code in error.errors.items()})), 422
    flash(_("Je toetsen zijn bewaard."), "ok")
    return redirect(url_for("desk.home"), 303)


@pages.post("/bureau/over-te-laten")
@permits(Permission.READ_QUEUE)
def leave_out() -> ResponseReturnValue:
    """Remember which categories are left to colleagues; nobody else sees it."""
    try:
        with unit_of_work() as work:
            desks.leave_out(work, acting(work), request.form.getlist("left_out"))
    except InvalidError as error:
        return _page(explained(error.errors)), 422
    flash(_("Bewaard. ‘Volgende’ geeft je deze berichten niet meer. In de wachtrij staan ze nog wel."), "ok")
    return redirect(url_for("desk.home"), 303)


@pages.post("/bureau/pauze")
@permits(Permission.READ_QUEUE)
def rest() -> ResponseReturnValue:
    """Answer the word about a pause: take one, or go on (`verder`) where one was."""
    with unit_of_work() as work:
        desks.rest(work, acting(work))
    if "verder" not in request.form:
        flash(_("Neem je tijd. Wat wacht, staat er straks nog. Is er haast, dan ziet het hele team dat."), "ok")
        return redirect(url_for("desk.home"), 303)
    at = request.form.get("van", type=UUID)
    return redirect(url_for("moderation.review", review_id=at) if at else url_for("queue.show"), 303)


@pages.get("/bureau/steekproef")
@permits(Permission.READ_QUEUE)
def sample() -> ResponseReturnValue:
    """Compare the engine with humans on the items whose signals were hidden."""
    with reading() as work:
        found = blind.figures(work, rows.own_locations(acting(work)))
    table: list[list[Any]] = [
        [str(words.SEVERITIES[engine]), *(found.levels.get((engine, human), 0) for human in LEVELS)]
        for engine in reversed(LEVELS)
    ]
    return render_template(
        "moderation/sample.html", found=found, table_rows=table, levels=[str(words.SEVERITIES[one]) for one in LEVELS]
    )


def _page(errors: dict[str, str]) -> str:
    with reading() as work:
        actor = acting(work)
        own = desks.desk_of(work, actor)
        led = exposure.led_locations(work, actor)
        team = exposure.team_week(work, actor) if led else []
        named = work.session.execute(sa.select(Location.id, Location.name).where(Location.id.in_(led)))
        names: dict[UUID, str] = dict(named.all())
        return render_template(
            "moderation/desk.html",
            keys=[
                (name, label, request.form.get(f"key_{name}", own.keys[name])) for name, label in listing.KEYS.items()
            ],
            keys_on=own.keys_on,
            left_out=[one.value for one in own.left_out],
            categories=[(one.value, str(words.CATEGORIES[one])) for one in Category],
            week=_counts(exposure.own_week(work, actor)),
            team=[(names[one.location_id], None if one.counts is None else _counts(one.counts)) for one in team],
            errors=errors,
        )


def _counts(found: dict[Severity, int]) -> list[tuple[str, int]]:
    return [(level.value, found.get(level, 0)) for level in reversed(LEVELS)]
