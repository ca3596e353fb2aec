"""The roster of a location: who reads along and who can be called, week by week; and what is not covered."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.groups.holidays import holiday_name
from safespace.groups.hours import Span, clock
from safespace.groups.models import Location
from safespace.host.language import spoken
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.moderation import training
from safespace.policy.permissions import Permission
from safespace.policy.roles import Scope
from safespace.policy.rules import allows, require
from safespace.roster import handovers, on_call, shifts
from safespace.roster.models import ShiftRole
from safespace.web import moments
from safespace.web.gate import permits
from safespace.web.sentences import explained
from safespace.web.words import when_for_staff

pages = Blueprint("roster", __name__)
ROLES: dict[ShiftRole, Any] = {
    ShiftRole.MODERATOR: lazy_gettext("leest mee"),
    ShiftRole.ON_CALL: lazy_gettext("achterwacht"),
}
FIELDS = ("account_id", "role", "day", "starts", "ends")


@pages.get("/rooster/<uuid:location_id>")
@permits(Permission.READ_ROSTER)
def week(location_id: UUID) -> ResponseReturnValue:
    """Show one week of a location, what is not covered, and what was handed over."""
    return _page(location_id)


@pages.post("/rooster/<uuid:location_id>")
@permits(Permission.MANAGE_ROSTER)
def plan(location_id: UUID) -> ResponseReturnValue:
    """Plan a shift."""
    try:
        with unit_of_work(once=True) as work:
            actor = acting(work)
            require(actor, Permission.MANAGE_ROSTER, Scope(location_id=location_id))
            shift = shifts.plan_shift(work, actor, location_id, **_typed())
            day = shift.starts_at.astimezone(moments.here()).date()
            long = shift.role is ShiftRole.MODERATOR and shift.ends_at - shift.starts_at > shifts.STRETCH
            reached = on_call.reaches(work, shift)
            answer = work.notes["answer"] = url_for("roster.week", location_id=location_id, week=day.isoformat())
    except InvalidError as error:
        return _page(location_id, errors=explained(error.errors), status=422)
    flash(_("Deze dienst staat op het rooster."), "ok")
    if long:
        flash(_("Langer dan twee uur achter elkaar lezen is zwaar. Wissel elkaar af, of plan een pauze."), "wait")
    if not reached:
        flash(
            _(
                "Let op: deze achterwacht heeft hier geen route die de laatste 30 dagen is getest. Een alarm komt dan "
                "niet aan. Voeg een route toe en stuur een proef."
            ),
            "wait",
        )
    return redirect(answer, 303)


@pages.post("/rooster/diensten/<uuid:shift_id>/weg")
@permits(Permission.MANAGE_ROSTER)
def cancel(shift_id: UUID) -> ResponseReturnValue:
    """Take a shift off the roster."""
    with unit_of_work() as work:
        shift = shifts.cancel_shift(work, acting(work), shift_id)
        day = shift.starts_at.astimezone(moments.here()).date()
        place = shift.location_id
    flash(_("Deze dienst is van het rooster."), "ok")
    return redirect(url_for("roster.week", location_id=place, week=day.isoformat()), 303)


def bands(seen: shifts.Glance, locations: Collection[Location]) -> list[dict[str, str]]:
    """Give what the queue says about the roster: handovers, open hours without anybody, on call without a route."""
    found = []
    for location in locations:
        address = url_for("roster.week", location_id=location.id)
        if location.id in seen.handovers:
            text = _("Een collega van %(place)s liet een overdracht achter.", place=location.name)
            found.append(
                {"kind": "info", "text": text, "href": f"{address}#overdracht", "link": _("Lees en neem over")}
            )
        if gaps := seen.empty.get(location.id):
            found.append({"kind": "wait", "text": empty_words(location, gaps), "href": address, "link": _("Rooster")})
        if spans := seen.unreached.get(location.id):
            routes = url_for("alert_routes.home", location_id=location.id)
            found.append(
                {"kind": "wait", "text": unreached_words(location, spans), "href": routes, "link": _("Naar de routes")}
            )
    return found


def empty_words(location: Location, gaps: list[Span]) -> str:
    """Say where nobody who may decide is planned within two days."""
    when = moments.span_words(gaps[0])
    if location.training_required:
        text = _("Niemand die al mag beslissen, leest mee bij %(place)s: %(when)s.", place=location.name, when=when)
    else:
        text = _("Niemand leest mee bij %(place)s: %(when)s.", place=location.name, when=when)
    return _and_more(text, gaps)


def unreached_words(location: Location, spans: list[Span]) -> str:
    """Say when somebody is on call within two days whom no alarm reaches."""
    text = _(
        "Een alarm bereikt de achterwacht van %(place)s niet: %(when)s. Er is geen route die is getest.",
        place=location.name,
        when=moments.span_words(spans[0]),
    )
    return _and_more(text, spans)


def _and_more(text: str, spans: list[Span]) -> str:
    return text if len(spans) == 1 else text + " " + _("En op nog %(count)s momenten.", count=len(spans) - 1)


def _typed() -> dict[str, Any]:
    form = request.form
    day, starts, ends = moments.typed_day(form.get("day", "")), _time("starts"), _time("ends")
    typed = (("day", day, "date_wrong"), ("starts", starts, "time_wrong"), ("ends", ends, "time_wrong"))
    errors = {name: code for name, value, code in typed if value is None}
    try:
        role, account_id = ShiftRole(form.get("role", "")), UUID(form.get("account_id", ""))
    except ValueError:
        errors["role"] = "unknown_choice"
    if errors or day is None or starts is None or ends is None:
        raise InvalidError(**errors)
    starts_at, ends_at = moments.typed_span(day, starts, ends)
    return {"account_id": account_id, "role": role, "starts_at": starts_at, "ends_at": ends_at}


def _time(name: str) -> time | None:
    return moments.typed_time(request.form.get(name, ""))


def _page(location_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.READ_ROSTER, Scope(location_id=location_id))
        location = work.session.get(Location, location_id)
        if location is None:
            raise NotFoundError
        today = work.now.astimezone(moments.here()).date()
        days = moments.week_of(moments.typed_day(request.args.get("week", "")) or today)
        first, last = (datetime.combine(day, time(), moments.here()) for day in (days[0], days[-1] + timedelta(days=1)))
        planned = shifts.shifts_between(work, actor, location_id, first, last)
        gaps, unreached = shifts.ahead(work, location, training.may_decide)
        may_hand_over = allows(actor, Permission.HAND_OVER, Scope(location_id=location_id))
        told = handovers.latest(work, actor, location_id) if may_hand_over else []
        people = shifts.clinicians_of(work, actor, location_id)
        form = {name: request.form.get(name, "") for name in FIELDS}
        page_html = render_template(
            "roster/week.html",
            location=location,
            tab="team" if may_hand_over else "admin",
            gaps=[moments.span_words(gap) for gap in gaps],
            unreached=[moments.span_words(one) for one in unreached],
            days=[_day(location, day, planned, work.now) for day in days],
            week=[days[0].isoformat(), moments.day_words(days[0]), moments.day_words(days[-1])],
            before=url_for("roster.week", location_id=location_id, week=(days[0] - timedelta(days=7)).isoformat()),
            after=url_for("roster.week", location_id=location_id, week=(days[0] + timedelta(days=7)).isoformat()),
            people=people,
            roles=list(ROLES.items()),
            values=form | {"day": form["day"] or max(today, days[0]).isoformat(), "role": form["role"] or "moderator"},
            may_hand_over=may_hand_over,
            handovers=[
                (one, when_for_staff(one.given_at, work.now), when_for_staff(one.taken_at, work.now)) for one in told
            ],
            errors=errors or {},
            key=str(uuid4()),
        )
        return page_html, status


def _day(location: Location, day: date, planned: list[shifts.Planned], now: datetime) -> dict[str, Any]:
    """Give what one day of the roster shows: its opening hours or why it is closed, and its shifts."""
    holiday = holiday_name(day, spoken()) if location.closed_on_holidays else ""
    blocks = [] if holiday else [block for block in location.hours if block[0] == day.weekday()]
    opens = _(" en ").join(f"{clock(opens)}–{clock(closes)}" for _day, opens, closes in blocks)
    first = datetime.combine(day, time(), moments.here())
    last = datetime.combine(day + timedelta(days=1), time(), moments.here())
    return {
        "name": moments.day_words(day),
        "hours": _("dicht: %(holiday)s", holiday=holiday) if holiday else opens or _("dicht"),
        "shifts": [
            {
                "id": one.id,
                "name": one.staff_name,
                "role": ROLES[one.role],
                "when": _when(one, first, last),
                "long": one.long,
                "unreached": one.unreached,
                "running": one.starts_at <= now < one.ends_at,
                "over": one.ends_at <= now,
            }
            for one in planned
            if one.starts_at < last and one.ends_at > first
        ],
    }


def _when(one: shifts.Planned, first: datetime, last: datetime) -> str:
    starts = moments.clock_words(max(one.starts_at, first))
    ends = "24.00" if one.ends_at >= last else moments.clock_words(one.ends_at)
    return f"{starts}–{ends}"
