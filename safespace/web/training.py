"""Practising on fictional posts, with what colleagues choose and why after each answer."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.moderation import training
from safespace.moderation.risk.assessment import Profile, Severity
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.sentences import explained

pages = Blueprint("training", __name__)
PROFILES = {
    Profile.GENERAL: lazy_gettext("Verzonnen, voor een gewone groep."),
    Profile.EATING: lazy_gettext("Verzonnen, voor een groep over eten."),
    Profile.AUTISM: lazy_gettext("Verzonnen, voor een groep voor jongeren met autisme."),
}


@pages.get("/oefenen")
@permits(Permission.TRAIN)
def home() -> ResponseReturnValue:
    """Show how far somebody is, and what each answer was."""
    with reading() as work:
        found = training.progress(work, acting(work))
        return render_template("training/home.html", progress=found, said=_said(found))


@pages.get("/oefenen/bericht/<key>")
@permits(Permission.TRAIN)
def exercise(key: str) -> ResponseReturnValue:
    """Show one fictional post to decide about, or what was chosen and why colleagues choose as they do."""
    return _exercise_page(key)


@pages.post("/oefenen/bericht/<key>")
@permits(Permission.TRAIN)
def answer(key: str) -> ResponseReturnValue:
    """Keep what somebody chose; the same page then tells what colleagues choose."""
    try:
        with unit_of_work() as work:
            chosen, soon = request.form.get("action", ""), request.form.get("severity", "")
            training.answer(work, acting(work), key, chosen, soon)
    except InvalidError as error:
        return _exercise_page(key, errors=explained(error.errors)), 422
    return redirect(url_for("training.exercise", key=key), 303)


@pages.post("/oefenen/opnieuw")
@permits(Permission.TRAIN)
def start_over() -> ResponseReturnValue:
    """Begin a new round."""
    with unit_of_work() as work:
        training.start_over(work, acting(work))
    flash(_("Je begint met een nieuwe ronde."), "ok")
    return redirect(url_for("training.home"), 303)


def _exercise_page(key: str, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        found = training.progress(work, acting(work))
        if key not in found.course.exercises:
            raise NotFoundError
        one = found.course.exercises[key]
        return render_template(
            "training/exercise.html",
            exercise=one,
            number=list(found.course.exercises).index(key) + 1,
            progress=found,
            answered=found.answered.get(key),
            why=words.in_words(one.why),
            expected=[words.ACTIONS[action] for action in one.actions],
            levels_expected=[words.SEVERITIES[level] for level in one.severities],
            profile=PROFILES[one.profile],
            actions=[(action.value, words.ACTIONS[action]) for action in training.CHOICES],
            levels=[(level.value, words.SEVERITIES[level]) for level in Severity],
            action_words=words.ACTIONS,
            level_words=words.SEVERITIES,
            typed=request.form,
            errors=errors or {},
        )


def _said(found: training.Progress) -> str:
    """Say the agreement in words."""
    total = len(found.course.exercises)
    if not found.answered:
        return _(
            "Er zijn %(total)s berichten. Kies je er %(needed)s hetzelfde als collega’s, dan is dat genoeg.",
            total=total,
            needed=found.course.needed,
        )
    agreed = ngettext(
        "Bij %(num)s van de %(total)s berichten kies je hetzelfde als collega’s.",
        "Bij %(num)s van de %(total)s berichten kies je hetzelfde als collega’s.",
        found.agreed,
        total=total,
    )
    if found.passed:
        return f"{agreed} {_('Dat is genoeg om zelf te beslissen.')}"
    return f"{agreed} {_('Vanaf %(needed)s is dat genoeg om zelf te beslissen.', needed=found.course.needed)}"
