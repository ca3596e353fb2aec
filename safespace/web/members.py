"""The members of a group for their clinicians, and a break with an end, a reason and a plan from both sides."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups import members
from safespace.groups.models import Location, Membership
from safespace.groups.reading import obtain_group
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.work import Work
from safespace.moderation import breaks
from safespace.policy.permissions import Permission
from safespace.policy.roles import MembershipState
from safespace.web.gate import permits
from safespace.web.moments import last_day
from safespace.web.own_break import break_page
from safespace.web.sentences import explained

pages = Blueprint("members", __name__)


@pages.get("/g/<uuid:group_id>/leden")
@permits(Permission.CARE_FOR_MEMBER)
def home(group_id: UUID) -> ResponseReturnValue:
    """Show who is in a group, under the alias used there, and who has a break."""
    with reading() as work:
        actor = acting(work)
        group = obtain_group(work, actor, group_id)
        found = members.members_of(work, actor, group)
        asked = sa.select(Location.id, Location.name).where(
            Location.id.in_({one.longer_asked_location_id for one in found})
        )
        places: dict[UUID, str] = dict(work.session.execute(asked).all())
        return render_template(
            "members/home.html",
            group=group,
            members=[_fields(work, one, places) for one in found],
            blocked=breaks.blocked(work, group),
        )


@pages.get("/lid/<uuid:membership_id>/rust")
@permits(Permission.CARE_FOR_MEMBER)
def ask(membership_id: UUID) -> ResponseReturnValue:
    """Show the form for a break."""
    return _ask_page(membership_id)


@pages.post("/lid/<uuid:membership_id>/rust")
@permits(Permission.CARE_FOR_MEMBER)
def pause(membership_id: UUID) -> ResponseReturnValue:
    """Give a member a break, from now until the end of the day that was chosen."""
    form = request.form
    try:
        with unit_of_work(once=True) as work:
            until = _end_of(work, form.get("until", ""))
            made = breaks.pause_member(
                work,
                acting(work),
                membership_id,
                until,
                reason=form.get("reason", ""),
                return_plan=form.get("return_plan", ""),
            )
            longer = made.longer_until is not None
            answer = work.notes["answer"] = url_for("members.home", group_id=made.group_id)
    except InvalidError as error:
        return _ask_page(membership_id, errors=explained(error.errors)), 422
    if longer:
        flash(_("Het rustmoment is begonnen, eerst voor een week. Een tweede collega bevestigt de rest."), "sent")
    else:
        flash(_("Het rustmoment is begonnen."), "sent")
    return redirect(answer, 303)


@pages.post("/lid/<uuid:membership_id>/rust/bevestigen")
@permits(Permission.CARE_FOR_MEMBER)
def confirm(membership_id: UUID) -> ResponseReturnValue:
    """Agree, as a second clinician, with a break of more than a week."""
    with unit_of_work() as work:
        breaks.confirm_longer(work, acting(work), membership_id)
        answer = _members_url(work, membership_id)
    flash(_("Bevestigd. Het rustmoment duurt zo lang als je collega vroeg."), "ok")
    return redirect(answer, 303)


@pages.post("/lid/<uuid:membership_id>/rust/einde")
@permits(Permission.CARE_FOR_MEMBER)
def end(membership_id: UUID) -> ResponseReturnValue:
    """End a break now."""
    with unit_of_work() as work:
        members.end_pause(work, acting(work), membership_id)
        answer = _members_url(work, membership_id)
    flash(_("Het rustmoment is voorbij. Dit lid kan weer meedoen."), "ok")
    return redirect(answer, 303)


@pages.get("/g/<uuid:group_id>/rust")
@permits(Permission.HAVE_OWN_PLACE)
def own(group_id: UUID) -> ResponseReturnValue:
    """Show somebody with a break why, until when, and the plan for coming back."""
    return break_page(group_id, [])


@pages.post("/g/<uuid:group_id>/terug")
@permits(Permission.HAVE_OWN_PLACE)
def come_back(group_id: UUID) -> ResponseReturnValue:
    """Take note, after a break, of the plan for coming back."""
    with unit_of_work() as work:
        members.come_back(work, acting(work), group_id)
    return redirect(url_for("groups.show", group_id=group_id), 303)


def _ask_page(membership_id: UUID, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        membership, group = members.obtain_member(work, acting(work), membership_id)
        if membership.state is MembershipState.LEFT or members.has_break(work, membership):
            raise ConflictError
        return render_template(
            "members/pause.html",
            group=group,
            alias=work.unseal(membership, "alias"),
            typed=request.form,
            soonest=_local(work, work.now + timedelta(days=1)).date().isoformat(),
            errors=errors or {},
            form_key=str(uuid4()),
        )


def _fields(work: Work, one: Membership, places: dict[UUID, str]) -> dict[str, Any]:
    paused = members.has_break(work, one)
    waits = paused and one.longer_until is not None and one.longer_until > work.now
    asked = one.longer_asked_location_id if waits else None
    return {
        "id": one.id,
        "alias": work.unseal(one, "alias"),
        "paused": paused,
        "until": last_day(one.paused_until) if paused else "",
        "longer": last_day(one.longer_until) if waits else "",
        "elsewhere": places[asked] if asked else "",
        "left": one.longer_left_at is not None,
        "may_confirm": waits and one.longer_asked_by != visitor.account_id,
        "reason": work.unseal(one, "pause_reason") if paused else "",
        "plan": work.unseal(one, "return_plan") if paused else "",
    }


def _members_url(work: Work, membership_id: UUID) -> str:
    return url_for("members.home", group_id=work.session.get_one(Membership, membership_id).group_id)


def _end_of(work: Work, day: str) -> datetime:
    """Give the end of a local day; raises InvalidError for what is no day."""
    try:
        chosen = datetime.strptime(day, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone yet
    except ValueError as error:
        raise InvalidError(until="date_wrong") from error
    zone = ZoneInfo(work.settings.time_zone)
    return datetime.combine(chosen + timedelta(days=1), time.min, zone).astimezone(work.now.tzinfo)


def _local(work: Work, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(work.settings.time_zone))
