"""Administration of locations and their groups: opening and changing them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from safespace.groups import hours, locations
from safespace.groups.locations import GroupDraft, LocationDraft
from safespace.groups.models import Group, GroupKind, GroupProfile, GroupState, Location
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import require
from safespace.web.admin_pages import draw, pages, publish_help, refusal, typed
from safespace.web.gate import permits
from safespace.web.numbers import number_in

PROFILES: dict[str, Any] = {
    GroupProfile.GENERAL.value: lazy_gettext("Algemeen"),
    GroupProfile.EATING.value: lazy_gettext("Eten en lichaam (er wordt strenger meegelezen)"),
    GroupProfile.AUTISM.value: lazy_gettext("Autisme (rustiger beeld)"),
}
KINDS: dict[str, Any] = {
    GroupKind.GROUP.value: lazy_gettext("Groep: leden zijn in behandeling"),
    GroupKind.WAITING_LIST.value: lazy_gettext("Wachtlijst: leden wachten nog op behandeling"),
}
STATES: dict[str, Any] = {
    GroupState.OPEN.value: lazy_gettext("Open: lezen en schrijven"),
    GroupState.READ_ONLY.value: lazy_gettext("Alleen lezen"),
    GroupState.CLOSED.value: lazy_gettext("Gesloten: leden zien de groep niet meer"),
}
DAYS: tuple[Any, ...] = (
    lazy_gettext("Maandag"),
    lazy_gettext("Dinsdag"),
    lazy_gettext("Woensdag"),
    lazy_gettext("Donderdag"),
    lazy_gettext("Vrijdag"),
    lazy_gettext("Zaterdag"),
    lazy_gettext("Zondag"),
)


@pages.get("/locaties/nieuw")
@permits(Permission.OPEN_LOCATION)
def new_location() -> ResponseReturnValue:
    """Show the form for a new location, with office hours to start from."""
    office = [[day, 9 * 60, 17 * 60] for day in range(5)]
    _may_open()
    return _location_form(None, hours.week_fields(office))


@pages.post("/locaties/nieuw")
@permits(Permission.OPEN_LOCATION)
def open_location() -> ResponseReturnValue:
    """Open a location; whoever opens it administers it."""
    try:
        with unit_of_work(once=True) as work:
            actor = acting(work)
            require(actor, Permission.OPEN_LOCATION, NOWHERE)
            opened = locations.open_location(work, actor, _location_draft())
            answer = work.notes["answer"] = url_for("admin.location", location_id=opened.id)
    except InvalidError as error:
        _may_open()
        errors, status = refusal(error)
        return _location_form(None, typed({}), errors, status)
    publish_help()
    flash(gettext("De locatie is open. Jij beheert haar; maak nu een groep en voeg het team toe."), "ok")
    return redirect(answer, 303)


@pages.get("/l/<uuid:location_id>")
@permits(Permission.MANAGE_LOCATION)
def location(location_id: UUID) -> ResponseReturnValue:
    """Show one location: its number, its hours, its groups and the ways on."""
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
        groups = locations.groups_of(work, [place])[place.id]
        return draw("location.html", location=place, groups=groups, week=_week(place), states=STATES, profiles=PROFILES)


@pages.get("/l/<uuid:location_id>/gegevens")
@permits(Permission.MANAGE_LOCATION)
def edit_location(location_id: UUID) -> ResponseReturnValue:
    """Show the form to change a location."""
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
        return _location_form(place, _location_values(place))


@pages.post("/l/<uuid:location_id>/gegevens")
@permits(Permission.MANAGE_LOCATION)
def change_location(location_id: UUID) -> ResponseReturnValue:
    """Change a location as it was when the form was opened."""
    version = number_in(request.form, "version", 0)
    try:
        with unit_of_work() as work:
            actor = acting(work)
            locations.managed_location(work, actor, location_id)
            locations.change_location(work, actor, location_id, version, _location_draft())
    except (InvalidError, ConflictError) as error:
        errors, status = refusal(error)
        with reading() as work:
            place = locations.managed_location(work, acting(work), location_id)
            values = _location_values(place)
            values["never_open"] = ""  # what is not ticked is not sent
            kept = typed(values) | ({"version": values["version"]} if status == 409 else {})
            return _location_form(place, kept, errors, status)
    publish_help()
    flash(gettext("Opgeslagen."), "ok")
    return redirect(url_for("admin.location", location_id=location_id), 303)


@pages.get("/l/<uuid:location_id>/groepen/nieuw")
@permits(Permission.MANAGE_LOCATION)
def new_group(location_id: UUID) -> ResponseReturnValue:
    """Show the form for a new group."""
    return _group_form(location_id, None, {"profile": GroupProfile.GENERAL.value, "kind": GroupKind.GROUP.value})


@pages.post("/l/<uuid:location_id>/groepen/nieuw")
@permits(Permission.MANAGE_LOCATION)
def open_group(location_id: UUID) -> ResponseReturnValue:
    """Open a group at a location."""
    try:
        with unit_of_work(once=True) as work:
            locations.open_group(work, acting(work), location_id, _group_draft())
            answer = work.notes["answer"] = url_for("admin.location", location_id=location_id)
    except InvalidError as error:
        errors, status = refusal(error)
        return _group_form(location_id, None, typed({}), errors, status)
    flash(gettext("De groep is open. Maak nu uitnodigingen voor de leden."), "ok")
    return redirect(answer, 303)


@pages.get("/groepen/<uuid:group_id>")
@permits(Permission.MANAGE_LOCATION)
def edit_group(group_id: UUID) -> ResponseReturnValue:
    """Show the form to change a group."""
    with reading() as work:
        group = locations.managed_group(work, acting(work), group_id)
        values = _group_values(group)
    return _group_form(group.location_id, group, values)


@pages.post("/groepen/<uuid:group_id>")
@permits(Permission.MANAGE_LOCATION)
def change_group(group_id: UUID) -> ResponseReturnValue:
    """Change a group as it was when the form was opened."""
    version = number_in(request.form, "version", 0)
    try:
        with unit_of_work() as work:
            group = locations.change_group(work, acting(work), group_id, version, _group_draft())
            place = group.location_id
    except (InvalidError, ConflictError) as error:
        errors, status = refusal(error)
        with reading() as work:
            group = locations.managed_group(work, acting(work), group_id)
            values = _group_values(group)
        kept = typed(values) | ({"version": values["version"]} if status == 409 else {})
        return _group_form(group.location_id, group, kept, errors, status)
    flash(gettext("Opgeslagen."), "ok")
    return redirect(url_for("admin.location", location_id=place), 303)


def _may_open() -> None:
    with reading() as work:
        require(acting(work), Permission.OPEN_LOCATION, NOWHERE)


def _location_draft() -> LocationDraft:
    """Read the whole form and refuse with everything that is wrong at once."""
    form, week = request.form, []
    errors: dict[str, str] = {}
    try:
        week = hours.parse_week(form)
    except InvalidError as error:
        errors |= error.errors
    draft = LocationDraft(
        name=form.get("name", ""),
        crisis_phone=form.get("crisis_phone", ""),
        hours=week,
        never_open=bool(form.get("never_open")) or bool(errors),  # a time that cannot be read is no missing week
    )
    try:
        locations.check_location(draft)
    except InvalidError as error:
        errors |= error.errors
    if errors:
        raise InvalidError(**errors)
    return draft


def _group_draft() -> GroupDraft:
    form = request.form
    return GroupDraft(
        name=form.get("name", ""),
        about=form.get("about", ""),
        profile=form.get("profile", ""),
        kind=form.get("kind", ""),
        state=form.get("state", ""),
    )


def _location_values(place: Location) -> dict[str, Any]:
    values = {
        "name": place.name,
        "crisis_phone": place.crisis_phone,
        "version": place.version,
        "never_open": not place.hours,
    }
    return values | hours.week_fields(place.hours)


def _group_values(group: Group) -> dict[str, Any]:
    return {"name": group.name, "about": group.about, "state": group.state.value, "version": group.version}


def _location_form(
    place: Location | None, values: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    return draw(
        "location_form.html", status, location=place, values=values, errors=errors or {}, days=list(enumerate(DAYS))
    )


def _group_form(
    location_id: UUID,
    group: Group | None,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
    choices = {"profiles": PROFILES.items(), "kinds": KINDS.items(), "states": STATES.items()}
    return draw("group_form.html", status, location=place, group=group, values=values, errors=errors or {}, **choices)


def _week(place: Location) -> list[tuple[Any, str]]:
    """Give each day with its opening hours in words."""
    return [
        (
            day,
            gettext(" en ").join(
                gettext("%(opens)s tot %(closes)s uur", opens=hours.clock(opens), closes=hours.clock(closes))
                for weekday, opens, closes in place.hours
                if weekday == number
            )
            or gettext("niemand leest mee"),
        )
        for number, day in enumerate(DAYS)
    ]
