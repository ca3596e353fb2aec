"""Administration of invitations: making a sheet, printing it once, seeing its states, taking codes back."""

from typing import Any
from uuid import UUID

import segno
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, lazy_gettext, ngettext, to_user_timezone
from markupsafe import Markup

from safespace.groups import invitations, locations
from safespace.groups.claiming import InvitationState
from safespace.groups.invitations import MOST_CODES, NewBatch
from safespace.groups.models import GroupState
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.admin_pages import draw, origin, pages, refusal
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.sentences import sentence

USUAL = 12
STATES: dict[InvitationState, Any] = {
    InvitationState.OPEN: lazy_gettext("open"),
    InvitationState.USED: lazy_gettext("gebruikt"),
    InvitationState.EXPIRED: lazy_gettext("verlopen"),
    InvitationState.REVOKED: lazy_gettext("ingetrokken"),
}


@pages.get("/l/<uuid:location_id>/uitnodigingen")
@permits(Permission.MANAGE_INVITATIONS)
def invitation_batches(location_id: UUID) -> ResponseReturnValue:
    """Show the sheets of a location and the form for a new one."""
    return _batches(location_id)


@pages.post("/l/<uuid:location_id>/uitnodigingen")
@permits(Permission.MANAGE_INVITATIONS)
def make_batch(location_id: UUID) -> ResponseReturnValue:
    """Make a sheet and show it with its codes, this once; sent again, it leads to the states of that sheet."""
    try:
        with unit_of_work(once=True) as work:
            actor = acting(work)
            place = locations.managed_location(work, actor, location_id)
            group = locations.managed_group(work, actor, _group_id())
            if group.location_id != place.id:
                raise NotFoundError
            count = number_in(request.form, "count", 0)
            made = invitations.make_batch(work, actor, group.id, count)
            work.notes["answer"] = url_for("admin.batch", batch_id=made.id)
    except InvalidError as error:
        errors, status = refusal(error)
        return _batches(location_id, errors, status)
    except ConflictError:
        return _batches(location_id, {"group_id": sentence("batch_group_closed")}, 409)
    return _sheet(group.location_id, made)


@pages.get("/uitnodigingen/<uuid:batch_id>")
@permits(Permission.MANAGE_INVITATIONS)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """Show what became of every code of a sheet; never a code, never who used it."""
    with reading() as work:
        actor = acting(work)
        states = invitations.states(work, actor, batch_id)
        group = locations.managed_group(work, actor, invitations.group_of_batch(work, actor, batch_id).id)
        return draw(
            "batch.html",
            location=group.location,
            group=group,
            batch_id=batch_id,
            mark=invitations.mark_of(batch_id),
            states=states,
            words=STATES,
        )


@pages.post("/uitnodigingen/<uuid:batch_id>/intrekken")
@permits(Permission.MANAGE_INVITATIONS)
def revoke_rest(batch_id: UUID) -> ResponseReturnValue:
    """Take back every code of a sheet that was not used."""
    with unit_of_work() as work:
        count = invitations.revoke_rest(work, acting(work), batch_id)
    flash(ngettext("%(num)s code ingetrokken.", "%(num)s codes ingetrokken.", count), "ok")
    return redirect(url_for("admin.batch", batch_id=batch_id), 303)


@pages.post("/uitnodigingen/<uuid:batch_id>/<uuid:invitation_id>/intrekken")
@permits(Permission.MANAGE_INVITATIONS)
def revoke_code(batch_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Take back one code."""
    with unit_of_work() as work:
        invitations.revoke_one(work, acting(work), batch_id, invitation_id)
    flash(gettext("De code is ingetrokken."), "ok")
    return redirect(url_for("admin.batch", batch_id=batch_id), 303)


def qr(text: str) -> Markup:
    """Draw a QR code as SVG without any style, so that the page's policy lets it be."""
    drawing = segno.make(text, error="m").svg_inline(scale=1, omitsize=True, border=2)
    return Markup(drawing)  # noqa: S704  # made by segno from an address and a code of our own


def _batches(location_id: UUID, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        actor = acting(work)
        place = locations.managed_location(work, actor, location_id)
        groups = [one for one in locations.groups_of(work, [place])[place.id] if one.state is not GroupState.CLOSED]
        found = invitations.batches(work, actor, location_id)
        values = {"count": request.form.get("count", USUAL), "group_id": request.form.get("group_id", "")}
        return draw(
            "invitations.html",
            status,
            location=place,
            groups=[(str(group.id), group.name) for group in groups],
            batches=[(one, words.when_for_staff(one.made_at, work.now), _day(one.expires_at)) for one in found],
            values=values,
            most=MOST_CODES,
            days=work.settings.invitation_days,
            errors=errors or {},
        )


def _sheet(location_id: UUID, made: NewBatch) -> ResponseReturnValue:
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
    address = f"{origin()}/m"
    cards = [(code, qr(f"{address}#{code}")) for code in made.codes]
    return draw(
        "sheet.html",
        location=place,
        batch_id=made.id,
        mark=made.mark,
        cards=cards,
        address=address.split("://", 1)[1],
        product_name=host().settings.product_name,
        until=_day(made.expires_at),
    )


def _day(moment: Any) -> str:
    return format_date(to_user_timezone(moment).date(), "d MMMM yyyy", rebase=False)


def _group_id() -> UUID:
    try:
        return UUID(request.form.get("group_id", ""))
    except ValueError:
        raise InvalidError(group_id="unknown_choice") from None
