"""For clinicians: who got a role lately, and handing out a code with the care reference written along."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.claiming import InvitationState
from safespace.groups.invitations import batches, enter_care_reference, group_of_batch, mark_of, states
from safespace.groups.models import Location
from safespace.groups.reading import scope_of
from safespace.groups.staff_list import recent_grants
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.policy.permissions import Permission
from safespace.policy.roles import Role
from safespace.policy.rules import require
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.sentences import explained
from safespace.web.words import when_for_staff

pages = Blueprint("team", __name__)


@pages.get("/team")
@permits(Permission.HAND_OUT_CODE)
def home() -> ResponseReturnValue:
    """Show, for each of one's own locations, the roles granted lately and the sheets with codes to hand out."""
    with reading() as work:
        actor = acting(work)
        own = actor.locations(Role.CLINICIAN)
        if not own or not actor.proven:
            raise NotFoundError
        named = work.session.execute(sa.select(Location.id, Location.name).where(Location.id.in_(own)))
        places = [
            {
                "id": location_id,
                "name": name,
                "grants": [
                    (one, when_for_staff(one.granted_at, work.now), when_for_staff(one.works_from, work.now))
                    for one in recent_grants(work, actor, location_id)
                ],
                "sheets": [
                    (sheet, when_for_staff(sheet.made_at, work.now), when_for_staff(sheet.expires_at, work.now))
                    for sheet in batches(work, actor, location_id)
                    if sheet.open
                ],
            }
            for location_id, name in sorted(named, key=lambda row: str(row[1]))
        ]
    return render_template("team/home.html", places=places)


@pages.get("/team/codes/<uuid:batch_id>")
@permits(Permission.HAND_OUT_CODE)
def sheet(batch_id: UUID) -> ResponseReturnValue:
    """Show the codes of a sheet by their number, and the form to hand one out."""
    return _sheet(batch_id, {})


@pages.post("/team/codes/<uuid:batch_id>")
@permits(Permission.HAND_OUT_CODE)
def hand_out(batch_id: UUID) -> ResponseReturnValue:
    """Write the care reference along with a code; it is sealed, and no page shows it."""
    number = number_in(request.form, "number", 0)
    try:
        with unit_of_work() as work:
            reference, replace = request.form.get("care_reference", ""), bool(request.form.get("replace"))
            enter_care_reference(work, acting(work), batch_id, number, reference, replace=replace)
    except InvalidError as error:
        return _sheet(batch_id, explained(error.errors)), 422
    except ConflictError as error:
        return _sheet(batch_id, explained({"number": error.code})), 409
    mark = mark_of(batch_id)
    flash(
        _("De verwijzing bij kaart %(number)s · vel %(mark)s is versleuteld bewaard.", number=number, mark=mark), "ok"
    )
    return redirect(url_for("team.sheet", batch_id=batch_id), 303)


def _sheet(batch_id: UUID, errors: dict[str, str]) -> str:
    with reading() as work:
        actor = acting(work)
        group = group_of_batch(work, actor, batch_id)
        require(actor, Permission.HAND_OUT_CODE, scope_of(group))
        found = states(work, actor, batch_id)
    still = [one for one in found if one.state is InvitationState.OPEN]
    typed: dict[str, Any] = {name: request.form.get(name, "")[:240] for name in ("number", "care_reference", "replace")}
    return render_template(
        "team/sheet.html",
        codes=found,
        open=still,
        mark=mark_of(batch_id),
        group=group,
        errors=errors,
        typed=typed,
    )
