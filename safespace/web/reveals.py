"""Noodinzage: asking, agreeing, looking alone, seeing it for a quarter of an hour; and the youth's own page of it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import revealed, reveals, reviewing
from safespace.crisis.reveals import Details
from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Role
from safespace.web import words
from safespace.web.crisis_words import lasted
from safespace.web.gate import permits
from safespace.web.sentences import explained, sentence

pages = Blueprint("reveals", __name__)


@pages.get("/zorg/<uuid:escalation_id>/inzage")
@permits(Permission.REVEAL)
def ask_form(escalation_id: UUID) -> ResponseReturnValue:
    """Show the form to ask for it."""
    return _form(escalation_id)


@pages.post("/zorg/<uuid:escalation_id>/inzage")
@permits(Permission.REVEAL)
def ask(escalation_id: UUID) -> ResponseReturnValue:
    """Ask a colleague to look along."""
    form, later = request.form, request.form.get("tell") == "later"
    try:
        with unit_of_work() as work:
            made = reveals.request(
                work,
                acting(work),
                escalation_id,
                form.get("reason", ""),
                delay_reason=form.get("delay_reason", "") if later else None,
            )
            place = url_for("reveals.show", reveal_id=made.id)
    except InvalidError as error:
        return _form(escalation_id, explained(error.errors)), 422
    return redirect(place, 303)


@pages.get("/inzage/<uuid:reveal_id>")
@permits(Permission.LOOK_BACK)
def show(reveal_id: UUID) -> ResponseReturnValue:
    """Show where a request stands, and what this person can do about it now. Never the details themselves."""
    return _page(reveal_id)


@pages.post("/inzage/<uuid:reveal_id>/antwoord")
@permits(Permission.REVEAL)
def answer(reveal_id: UUID) -> ResponseReturnValue:
    """Agree or not, as the second person."""
    return _do(
        reveal_id, lambda work: reveals.answer(work, acting(work), reveal_id, agree=request.form.get("agree") == "yes")
    )


@pages.post("/inzage/<uuid:reveal_id>/alleen")
@permits(Permission.REVEAL)
def alone(reveal_id: UUID) -> ResponseReturnValue:
    """Look alone, with a fresh code of the second factor."""
    limits.count("sign_in_attempts", f"second factor {visitor.account_id}")
    done = _do(reveal_id, lambda work: reveals.look_alone(work, acting(work), reveal_id, request.form.get("totp", "")))
    host().wake()
    return done


@pages.post("/inzage/<uuid:reveal_id>/toon")
@permits(Permission.REVEAL)
def details(reveal_id: UUID) -> ResponseReturnValue:
    """Show the details to who asked and who agreed. An answer to a press of a button: no Back brings it up again."""
    try:
        with unit_of_work() as work:
            shown = reveals.show(work, acting(work), reveal_id)
    except NotAllowedError as error:
        return _page(reveal_id, errors={"": sentence(error.code)}), 403
    return _page(reveal_id, details=shown)


@pages.post("/inzage/<uuid:reveal_id>/vertel")
@permits(Permission.REVEAL)
def tell(reveal_id: UUID) -> ResponseReturnValue:
    """Tell the youth now."""
    return _do(reveal_id, lambda work: reveals.tell(work, acting(work), reveal_id))


@pages.post("/inzage/<uuid:reveal_id>/nagekeken")
@permits(Permission.LOOK_BACK)
def review(reveal_id: UUID) -> ResponseReturnValue:
    """Look back at what a colleague saw alone."""
    note = request.form.get("review_note", "")
    return _do(reveal_id, lambda work: reviewing.review(work, acting(work), reveal_id, note), place=_home(reveal_id))


@pages.get("/mijn/inzage")
@permits(Permission.SEE_OWN_REVEALS)
def mine() -> ResponseReturnValue:
    """Wie heeft mijn gegevens bekeken: to the youth, who looked, when and why."""
    with reading() as work:
        told = [(one, words.day_of(one.at)) for one in revealed.told_to(work, acting(work))]
        return render_template("reveals/mine.html", told=told)


def _do(reveal_id: UUID, done: Any, *, place: str = "") -> ResponseReturnValue:
    try:
        with unit_of_work() as work:
            done(work)
    except InvalidError as error:
        return _page(reveal_id, errors=explained(error.errors)), 422
    except NotAllowedError as error:
        return _page(reveal_id, errors={"": sentence(error.code)}), 403
    except ConflictError as error:
        return _page(reveal_id, errors={"": sentence(error.code)}), 409
    flash(_("Gedaan. Dit staat in het logboek."), "ok")
    return redirect(place or url_for("reveals.show", reveal_id=reveal_id), 303)


def _home(reveal_id: UUID) -> str:
    """Give where somebody goes on who looked back: for who was asked from elsewhere it is not there any more."""
    with reading() as work:
        actor = acting(work)
        found = reviewing.obtain(work, actor, reveal_id)
        here = found.location_id in actor.locations(Role.CLINICIAN)
        return url_for("reveals.show", reveal_id=reveal_id) if here else url_for("escalations.home")


def _form(escalation_id: UUID, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        escalation = reveals.askable(work, acting(work), escalation_id)
        return render_template(
            "reveals/form.html", escalation=escalation, errors=errors or {}, typed=request.form if errors else {}
        )


def _page(reveal_id: UUID, *, errors: dict[str, str] | None = None, details: Details | None = None) -> Response:
    with reading() as work:
        actor = acting(work)
        found = reviewing.obtain(work, actor, reveal_id)
        place = reviewing.place_of(work, found) if found.emergency or found.decided_at is None else None
        ids = {found.requested_by, found.decided_by, found.reviewed_by}
        names = revealed.names_of(work, {one for one in ids if one})
        page = make_response(
            render_template(
                "reveals/show.html",
                reveal=found,
                reason=work.unseal(found, "reason"),
                delay_reason=work.unseal(found, "delay_reason"),
                review_note=work.unseal(found, "review_note"),
                asked_by=names.get(found.requested_by, ""),
                decided_by=names.get(found.decided_by, "") if found.decided_by else "",
                reviewed_by=names.get(found.reviewed_by, "") if found.reviewed_by else "",
                own=found.requested_by == actor.account_id,
                here=found.location_id in actor.locations(Role.CLINICIAN),
                nobody=place is None,
                elsewhere=place.name if place is not None and place.id != found.location_id else "",
                asked=words.when_for_staff(found.requested_at, work.now),
                decided=words.when_for_staff(found.decided_at, work.now),
                told=words.when_for_staff(found.told_at, work.now),
                may_approve=reveals.may_approve(work, actor, found),
                may_refuse=reveals.may_refuse(work, actor, found),
                may_alone=reveals.may_alone(work, actor, found),
                wait=_wait(work, found),
                shown=reveals.is_shown_to(actor, found, work.now),
                until=words.when_for_staff(found.shown_until, work.now),
                details=details,
                sentence=sentence,
                errors=errors or {},
                typed=request.form if errors else {},
            )
        )
        waiting = found.requested_by == actor.account_id and found.decided_at is None and bool(_wait(work, found))
        _forget_in_time(page, work, found, details, waiting=waiting)
        return page


def _wait(work: Work, found: Any) -> str:
    left = found.requested_at + reveals.ALONE_AFTER - work.now
    return lasted(work.now, work.now + left) if left.total_seconds() > 0 else ""


def _forget_in_time(page: Response, work: Work, found: Any, details: Details | None, *, waiting: bool) -> None:
    """Let the browser itself fetch the masked page when the time is over, also without JavaScript."""
    if details is not None:
        seconds = max(1, int((details.until - work.now).total_seconds()) + 1)
    elif waiting:  # whoever asked sees the answer come
        seconds = 10
    else:
        return
    page.headers["Refresh"] = f"{seconds}; url={url_for('reveals.show', reveal_id=found.id)}"
