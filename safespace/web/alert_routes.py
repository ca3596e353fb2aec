"""Bereikbaarheid: by which address each clinician of a location is called, in which order, and whether that works."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import alerts
from safespace.crisis.alerts import Trouble
from safespace.groups.models import Location
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role
from safespace.roster import routes
from safespace.roster.models import Channel
from safespace.roster.routes import Reachable
from safespace.web import words
from safespace.web.crisis_words import CHANNELS, failure
from safespace.web.gate import permits
from safespace.web.sentences import explained

pages = Blueprint("alert_routes", __name__)


@pages.get("/bereik/<uuid:location_id>")
@permits(Permission.MANAGE_ROSTER)
def home(location_id: UUID) -> ResponseReturnValue:
    """Show who is called for a location, in order, and what is known of each route."""
    return _page(location_id)


@pages.post("/bereik/<uuid:location_id>")
@permits(Permission.MANAGE_ROSTER)
def add(location_id: UUID) -> ResponseReturnValue:
    """Add a route."""
    form = request.form
    try:
        with unit_of_work() as work:
            channel, account_id = _channel(form.get("channel", "")), _account(form.get("account_id", ""))
            routes.add_route(work, acting(work), location_id, account_id, channel, form.get("address", ""))
    except InvalidError as error:
        return _page(location_id, explained(error.errors)), 422
    flash(_("Toegevoegd. Stuur nu een proef, zodat we weten dat het werkt."), "ok")
    return redirect(url_for("alert_routes.home", location_id=location_id), 303)


@pages.post("/bereik/route/<uuid:route_id>/proef")
@permits(Permission.MANAGE_ROSTER)
def test(route_id: UUID) -> ResponseReturnValue:
    """Send a test over one route."""
    with unit_of_work() as work:
        alarm = alerts.send_test(work, acting(work), route_id)
        location_id = alarm.location_id
    host().wake()
    flash(_("De proef is onderweg. De route telt mee zodra de ander in dat bericht antwoordt."), "ok")
    return redirect(url_for("alert_routes.home", location_id=location_id), 303)


@pages.post("/bereik/route/<uuid:route_id>/omhoog")
@permits(Permission.MANAGE_ROSTER)
def move_up(route_id: UUID) -> ResponseReturnValue:
    """Call this route earlier."""
    with unit_of_work() as work:
        location_id = routes.move_up(work, acting(work), route_id).location_id
    return redirect(url_for("alert_routes.home", location_id=location_id), 303)


@pages.post("/bereik/route/<uuid:route_id>/weg")
@permits(Permission.MANAGE_ROSTER)
def remove(route_id: UUID) -> ResponseReturnValue:
    """Take a route away."""
    with unit_of_work() as work:
        location_id = routes.remove_route(work, acting(work), route_id).location_id
    flash(_("Weggehaald. Over deze route gaat niets meer."), "ok")
    return redirect(url_for("alert_routes.home", location_id=location_id), 303)


def places_of(work: Work, actor: Actor) -> list[tuple[str, str]]:
    """Give (name, address of the page) of each location whose routes this actor manages."""
    mine = [*actor.locations(Role.CLINICIAN), *actor.locations(Role.ADMINISTRATOR)]
    named = work.session.execute(
        sa.select(Location.id, Location.name).where(Location.id.in_(mine)).order_by(Location.name)
    )
    return [(row.name, url_for("alert_routes.home", location_id=row.id)) for row in named]


def _page(location_id: UUID, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        people = routes.clinicians_at(work, actor, location_id)  # asks the permission
        location = work.session.get(Location, location_id)
        if location is None:
            raise NotFoundError
        found = routes.reachable(work, location_id, named=True)
        troubles = alerts.troubles(work, location_id)
        return render_template(
            "routes/home.html",
            location=location,
            people=[("", _("Kies een collega")), *((str(one), name) for one, name in people)],
            channels=list(CHANNELS.items()),
            rows=[_row(work, one, troubles.get(one.id)) for one in found],
            first={one.id for one in routes.called_first(found)},
            unreached=routes.unreached_leads(work, actor, location_id),
            on_shift=any(one.on_shift for one in found),
            errors=errors or {},
            typed=request.form,
        )


def _row(work: Work, one: Reachable, trouble: Trouble | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "place": one.place,
        "channel": CHANNELS[one.channel],
        "lead": one.lead,
        "on_shift": one.on_shift,
        "proven": words.when_for_staff(one.proven_at, work.now),
        "fresh": routes.is_fresh(one.proven_at, work.now),
        "trouble": _trouble(work, trouble),
    }


def _trouble(work: Work, trouble: Trouble | None) -> str:
    if trouble is None:
        return ""
    when = words.when_for_staff(trouble.tried_at, work.now)
    return _("Niet bezorgd (%(when)s): %(why)s", when=when, why=failure(trouble.failed))


def _channel(chosen: str) -> Channel:
    try:
        return Channel(chosen)
    except ValueError as error:
        raise InvalidError(channel="unknown_choice") from error


def _account(chosen: str) -> UUID:
    try:
        return UUID(chosen)
    except ValueError as error:
        raise InvalidError(account_id="unknown_choice") from error
