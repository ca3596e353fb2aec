"""Administration of staff: accounts, roles that a second administrator confirms, and their end."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from safespace.groups import locations, staff, staff_list
from safespace.groups.staff import NewStaff
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import claims, unseen
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role
from safespace.web import words
from safespace.web.admin_pages import draw, origin, pages, refusal
from safespace.web.gate import permits
from safespace.web.sentences import sentence

ROLES: dict[str, Any] = {
    Role.CLINICIAN.value: lazy_gettext("Behandelaar: leest, beoordeelt en antwoordt"),
    Role.PEER_WORKER.value: lazy_gettext("Ervaringsdeskundige: leest mee in de groepen"),
    Role.ADMINISTRATOR.value: lazy_gettext("Beheerder: regelt de locatie, leest geen berichten"),
}
ROLE_NAMES: dict[str, Any] = {
    Role.CLINICIAN.value: lazy_gettext("behandelaar"),
    Role.PEER_WORKER.value: lazy_gettext("ervaringsdeskundige"),
    Role.ADMINISTRATOR.value: lazy_gettext("beheerder"),
    Role.QUALITY.value: lazy_gettext("kwaliteit"),
}


@pages.get("/l/<uuid:location_id>/team")
@permits(Permission.MANAGE_STAFF)
def team(location_id: UUID) -> ResponseReturnValue:
    """Show who works at a location, what waits for a second administrator, and the forms to add somebody."""
    return _team(location_id)


@pages.post("/l/<uuid:location_id>/team")
@permits(Permission.MANAGE_STAFF)
def add_staff(location_id: UUID) -> ResponseReturnValue:
    """Make an account for a new colleague and show the enrolment link, this once."""
    form = request.form
    try:
        with unit_of_work(once=True) as work:
            made = staff.create_staff_account(
                work,
                acting(work),
                location_id,
                role=_role(),
                staff_name=form.get("staff_name", ""),
                role_title=form.get("role_title", ""),
            )
            work.notes["answer"] = _team_url(location_id)
    except InvalidError as error:
        errors, status = refusal(error)
        return _team(location_id, errors, status, form.to_dict())
    return _link_page(location_id, made)


@pages.post("/l/<uuid:location_id>/team/rol")
@permits(Permission.MANAGE_STAFF)
def grant_role(location_id: UUID) -> ResponseReturnValue:
    """Grant a role to somebody who works elsewhere already, found by the sign-in name they give."""
    try:
        with unit_of_work() as work:
            actor = acting(work)
            account_id = _named(work, actor, location_id)
            staff.grant_role(work, actor, account_id, location_id, _role())
    except (InvalidError, ConflictError) as error:
        errors, status = refusal(error)
        return _team(location_id, {f"existing_{key}" if key else "": words for key, words in errors.items()}, status)
    except NotAllowedError as error:
        return _team(location_id, {"": sentence(error.code)}, 403)
    flash(gettext("De rol is gegeven. Hij werkt over een dag, of zodra een andere beheerder bevestigt."), "ok")
    return redirect(_team_url(location_id), 303)


@pages.post("/l/<uuid:location_id>/team/<uuid:role_id>/bevestigen")
@permits(Permission.MANAGE_STAFF)
def confirm_role(location_id: UUID, role_id: UUID) -> ResponseReturnValue:
    """Let a role that another administrator granted work from now on."""
    return _done(location_id, gettext("De rol werkt nu."), staff.confirm_role, role_id)


@pages.post("/l/<uuid:location_id>/team/<uuid:role_id>/intrekken")
@permits(Permission.MANAGE_STAFF)
def revoke_role(location_id: UUID, role_id: UUID) -> ResponseReturnValue:
    """End a role at this location, at once."""
    return _done(location_id, gettext("De rol is ingetrokken. Dat werkt meteen."), _revoke, role_id)


@pages.post("/l/<uuid:location_id>/team/<uuid:account_id>/uitschakelen")
@permits(Permission.MANAGE_STAFF)
def disable_account(location_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """End somebody's access everywhere, at once."""
    text = gettext("Het account is uitgeschakeld, met alle sessies.")
    return _done(location_id, text, _disable, account_id)


@pages.post("/l/<uuid:location_id>/team/<uuid:account_id>/link")
@permits(Permission.MANAGE_STAFF)
def renew_link(location_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Make another enrolment link for somebody who has not enrolled, and show it this once."""
    try:
        with unit_of_work() as work:
            made = staff.renew_link(work, acting(work), location_id, account_id)
    except ConflictError as error:
        errors, status = refusal(error)
        return _team(location_id, errors, status)
    return _link_page(location_id, made)


def _revoke(work: Work, actor: Actor, role_id: UUID) -> None:
    revoked = staff.revoke_role(work, actor, role_id)
    claims.let_go_all(work, revoked.account_id, revoked.location_id)
    unseen.let_go(work, actor, revoked.account_id, revoked.location_id)


def _disable(work: Work, actor: Actor, account_id: UUID) -> None:
    staff.disable_account(work, actor, account_id)
    claims.let_go_all(work, account_id)
    unseen.let_go(work, actor, account_id)


def _done(location_id: UUID, text: str, act: Any, subject_id: UUID) -> ResponseReturnValue:
    try:
        with unit_of_work() as work:
            actor = acting(work)
            locations.managed_location(work, actor, location_id)
            act(work, actor, subject_id)
            still = location_id in acting(work).locations(Role.ADMINISTRATOR)
    except ConflictError as error:
        errors, status = refusal(error)
        return _team(location_id, errors, status)
    except NotAllowedError as error:
        return _team(location_id, {"": sentence(error.code)}, 403)
    flash(text, "ok")
    return redirect(_team_url(location_id) if still else url_for("entry.start"), 303)


def _team(
    location_id: UUID, errors: dict[str, str] | None = None, status: int = 200, values: dict[str, str] | None = None
) -> ResponseReturnValue:
    with reading() as work:
        actor = acting(work)
        place = locations.managed_location(work, actor, location_id)
        colleagues = staff_list.staff_of(work, actor, location_id)
        return draw(
            "team.html",
            status,
            location=place,
            colleagues=[(one, words.when_for_staff(one.works_from, work.now)) for one in colleagues],
            me=visitor.account_id,
            roles=ROLES.items(),
            role_names=ROLE_NAMES,
            values=values or {},
            errors=errors or {},
        )


def _link_page(location_id: UUID, made: NewStaff) -> ResponseReturnValue:
    with reading() as work:
        place = locations.managed_location(work, acting(work), location_id)
        until = words.when_for_staff(made.expires_at, work.now)
    link = f"{origin()}{url_for('enrolment.link')}#{made.token}"
    return draw("link.html", location=place, made=made, link=link, until=until)


def _named(work: Any, actor: Any, location_id: UUID) -> UUID:
    name = request.form.get("sign_in_name", "").strip()
    if not name:
        raise InvalidError(sign_in_name="required")
    try:
        return staff_list.find_staff(work, actor, location_id, name)
    except NotFoundError:
        locations.managed_location(work, actor, location_id)  # a location that is not theirs stays unknown
        raise InvalidError(sign_in_name="no_such_name") from None


def _role() -> Role:
    chosen = request.form.get("role", "")
    if chosen not in ROLES:
        raise InvalidError(role="unknown_choice")
    return Role(chosen)


def _team_url(location_id: UUID) -> str:
    return url_for("admin.team", location_id=location_id)
