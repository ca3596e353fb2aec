"""Opschalingen: the list, one with its script beside the post, closing it, and the report."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import escalations, revealed, tasks
from safespace.crisis.escalations import Closing
from safespace.crisis.models import CareTask, Escalation, EscalationStep
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import taking_up, talking, worries, worry_report
from safespace.moderation.decisions import obtain_review
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.web import care
from safespace.web.alert_routes import places_of
from safespace.web.gate import permits
from safespace.web.item import item_page
from safespace.web.numbers import number_in
from safespace.web.sentences import explained, sentence

pages = Blueprint("escalations", __name__)
Do = Callable[[Work, Actor], Any]


@pages.get("/zorg")
@permits(Permission.ESCALATE)
def home() -> ResponseReturnValue:
    """Show the open worries, what must still be done, and what was closed lately."""
    with reading() as work:
        actor = acting(work)
        found = worries.listed(work, actor)
        rows = [care.row_fields(work, one) for one in found]
        return render_template(
            "escalations/home.html",
            **care.clock_fields(work),
            standing=_standing(found),
            open_rows=[one for one in rows if one["open"]],
            closed_rows=[one for one in rows if not one["open"]],
            asked=[(one, care.when(work, one.requested_at)) for one in revealed.asked_of(work, actor)],
            untold=[(one, care.when(work, one.decided_at)) for one in revealed.untold(work, actor)],
            tasks=care.task_list(work, tasks.open_tasks(work, actor)),
            places=places_of(work, actor),
        )


@pages.get("/zorg/nu")
@permits(Permission.ESCALATE, background=True)
def listing() -> ResponseReturnValue:
    """Give where the list stands, so that its page knows when to draw itself again."""
    with reading() as work:
        return {"standing": _standing(worries.listed(work, acting(work)))}


@pages.get("/zorg/<uuid:escalation_id>")
@permits(Permission.ESCALATE)
def show(escalation_id: UUID) -> ResponseReturnValue:
    """Show one worry: the script as a checklist, timers, the safe talk, and the post it is about."""
    return _page(escalation_id)


@pages.get("/zorg/<uuid:escalation_id>/stand")
@permits(Permission.ESCALATE, background=True)
def standing(escalation_id: UUID) -> ResponseReturnValue:
    """Give where a worry stands, so that its page says when a colleague did something."""
    with reading() as work:
        return {"standing": standing_of(worries.worry(work, acting(work), escalation_id))}


@pages.post("/wachtrij/<uuid:review_id>/opschalen")
@permits(Permission.ESCALATE)
def escalate(review_id: UUID) -> ResponseReturnValue:
    """Take up a worry about the author of an item, apart from any decision; what was typed comes back when it fails."""
    try:
        with unit_of_work() as work:
            actor = acting(work)
            review, _post, _group = obtain_review(work, actor, review_id)
            made = taking_up.take_up(work, actor, review, chosen_level(), request.form.get("summary", ""))
            place = url_for("escalations.show", escalation_id=made.id)
    except InvalidError as error:
        return item_page(review_id, errors=error.errors), 422
    return redirect(place, 303)


@pages.post("/zorg/<uuid:escalation_id>/stap")
@permits(Permission.ESCALATE)
def step(escalation_id: UUID) -> ResponseReturnValue:
    """Tick one step."""
    key, note = request.form.get("key", ""), request.form.get("note", "")

    def done(work: Work, actor: Actor) -> None:
        _keeps(work, escalations.do_step(work, actor, escalation_id, key, note), note)

    return _do(escalation_id, done)


@pages.post("/zorg/<uuid:escalation_id>/overnemen")
@permits(Permission.ESCALATE)
def take_over(escalation_id: UUID) -> ResponseReturnValue:
    """Become the one who has it."""
    return _do(escalation_id, lambda work, actor: escalations.take_over(work, actor, escalation_id))


@pages.post("/zorg/<uuid:escalation_id>/niveau")
@permits(Permission.ESCALATE)
def raise_level(escalation_id: UUID) -> ResponseReturnValue:
    """Make it more urgent."""
    return _do(escalation_id, lambda work, actor: taking_up.raise_level(work, actor, escalation_id, chosen_level()))


@pages.post("/zorg/<uuid:escalation_id>/contact")
@permits(Permission.ESCALATE)
def contact(escalation_id: UUID) -> ResponseReturnValue:
    """Say that the author was reached."""
    return _do(escalation_id, lambda work, actor: escalations.reached(work, actor, escalation_id))


@pages.post("/zorg/<uuid:escalation_id>/afsluiten")
@permits(Permission.ESCALATE)
def close(escalation_id: UUID) -> ResponseReturnValue:
    """End it with its outcome."""
    form = request.form

    def done(work: Work, actor: Actor) -> Escalation:
        return talking.close(
            work,
            actor,
            escalation_id,
            Closing(
                outcome=form.get("outcome", ""),
                note=form.get("closing_note", ""),
                note_to_author=form.get("note_to_author", ""),
                check_back_on=_day(form.get("check_back_on", "")),
                seen_version=number_in(form, "seen_version", None),
                seen_line=number_in(form, "seen_line", None),
            ),
        )

    return _do(escalation_id, done)


@pages.post("/zorg/taak/<uuid:task_id>")
@permits(Permission.ESCALATE)
def do_task(task_id: UUID) -> ResponseReturnValue:
    """Take something off the list."""
    note = request.form.get("note", "")
    with unit_of_work() as work:
        _keeps(work, tasks.do_task(work, acting(work), task_id, note), note)
    flash(_("Gedaan."), "ok")
    return redirect(url_for("escalations.home"), 303)


@pages.get("/zorg/<uuid:escalation_id>/verslag")
@permits(Permission.ESCALATE)
def report(escalation_id: UUID) -> ResponseReturnValue:
    """Show how a worry went: times, steps, outcome."""
    with reading() as work:
        found = worry_report.report(work, acting(work), escalation_id)
        return render_template("escalations/report.html", **care.report_fields(work, found))


@pages.get("/zorg/<uuid:escalation_id>/verslag.csv")
@permits(Permission.ESCALATE)
def report_file(escalation_id: UUID) -> ResponseReturnValue:
    """Give the same as a file."""
    with reading() as work:
        found = worry_report.report(work, acting(work), escalation_id)
    text = io.StringIO()
    csv.writer(text).writerows(care.report_rows(found))
    headers = {"Content-Disposition": f'attachment; filename="verslag-{found.opened_at:%Y-%m-%d}.csv"'}
    return Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def hold_level() -> int:
    """Give the level of the worry with which a post is held; raises InvalidError for any other text."""
    return chosen_level() if request.form.get("level") else escalations.CARE


def after_hold(work: Work, actor: Actor, review_id: UUID, level: int) -> str:
    """Take up the worry that belongs to a held post, within the same unit of work; gives where that leads."""
    review, _post, _group = obtain_review(work, actor, review_id)
    made = taking_up.take_up(work, actor, review, level, request.form.get("summary", ""))
    return url_for("escalations.show", escalation_id=made.id)


def chosen_level() -> int:
    """Give the level of this form; raises InvalidError for any other text."""
    chosen = request.form.get("level", "")
    if chosen not in {"1", "2", "3"}:
        raise InvalidError(level="unknown_choice")
    return int(chosen)


def standing_of(found: worries.Worry) -> str:
    """Give what an open page compares: everything a colleague can change."""
    one = found.escalation
    facts: list[Any] = [
        one.level,
        one.version,
        one.owner_id,
        one.acknowledged_at,
        one.contact_at,
        one.closed_at,
        *found.steps,
    ]
    facts += [(reveal.id, reveal.decided_at, reveal.told_at, reveal.reviewed_at) for reveal in found.reveals]
    return _digest(facts)


def _standing(found: list[worries.Row]) -> str:
    return _digest(
        [one.id, one.level, one.owner, one.acknowledged_at, one.contact_at, one.closed_at, one.unseen] for one in found
    )


def _digest(facts: Iterable[Any]) -> str:
    return hashlib.sha256(repr([str(fact) for fact in facts]).encode()).hexdigest()[:16]


def _do(escalation_id: UUID, done: Do) -> ResponseReturnValue:
    """Do one thing to a worry and show it again; whatever was typed comes back when it could not be done.

    It comes back in its form, or apart where that form is not there any more.
    """
    try:
        with unit_of_work() as work:
            done(work, acting(work))
    except InvalidError as error:
        return _page(escalation_id, explained(error.errors), kept=_typed() if "key" in error.errors else []), 422
    except ConflictError as error:
        return _page(escalation_id, {"": sentence(error.code)}, kept=_typed()), 409
    return redirect(url_for("escalations.show", escalation_id=escalation_id), 303)


def _keeps(work: Work, done: EscalationStep | CareTask, note: str) -> None:
    """Raise ConflictError (`done_already`) when what was done before has another note than this one."""
    text = accept("note", note, cap=NOTE, required=False)
    if text and work.unseal(done, "note") != text:
        raise ConflictError("done_already")


def _typed() -> list[tuple[str, str]]:
    """Give what was written on this page, with the name of its field."""
    names = {
        "note": _("Alleen voor het team"),
        "closing_note": _("Verslag voor het team"),
        "note_to_author": _("Aan de schrijver"),
    }
    return [(label, text) for name, label in names.items() if (text := request.form.get(name, "").strip())]


def _page(escalation_id: UUID, errors: dict[str, str] | None = None, *, kept: Sequence[tuple[str, str]] = ()) -> str:
    with reading() as work:
        actor = acting(work)
        found = worries.worry(work, actor, escalation_id)
        return render_template(
            "escalations/show.html",
            **care.page_fields(work, actor, found),
            standing=standing_of(found),
            errors=errors or {},
            typed=request.form if errors else {},
            kept=kept,
            key=str(uuid4()),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidError(check_back_on="date_wrong") from error
