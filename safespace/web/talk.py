"""The safe talk, for its author and for staff; the one question to an author; what is new on the author's home."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import talk
from safespace.crisis.models import Escalation
from safespace.crisis.talk import Line, OwnTalk
from safespace.groups.models import Group
from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError, TooManyError
from safespace.kernel.work import Work
from safespace.moderation import safety, talking, unseen
from safespace.moderation.safety import Answer
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.presence import presence_of
from safespace.web.sentences import explained, sentence

pages = Blueprint("talk", __name__)
CARDS = 5


@pages.get("/veilig/<uuid:escalation_id>")
@permits(Permission.TALK_WITH_TEAM)
def show(escalation_id: UUID) -> ResponseReturnValue:
    """Show the safe talk to its author."""
    _only(staff=False)
    return _page(escalation_id)


@pages.post("/veilig/<uuid:escalation_id>")
@permits(Permission.TALK_WITH_TEAM)
def write(escalation_id: UUID) -> ResponseReturnValue:
    """Write to the team; whatever was typed comes back when it could not be sent."""
    _only(staff=False)
    return _say(escalation_id)


@pages.post("/zorg/<uuid:escalation_id>/gesprek")
@permits(Permission.ESCALATE)
def write_as_staff(escalation_id: UUID) -> ResponseReturnValue:
    """Write to the author."""
    _only(staff=True)
    try:
        with unit_of_work(once=True) as work:
            answer = work.notes["answer"] = url_for("escalations.show", escalation_id=escalation_id, _anchor="talk")
            talking.say(work, acting(work), escalation_id, request.form.get("words", ""))
    except (InvalidError, ConflictError) as error:
        return _staff_page(escalation_id, _errors(error)), 409 if isinstance(error, ConflictError) else 422
    flash(_("Verstuurd."), "sent")
    return redirect(answer, 303)


@pages.post("/zorg/<uuid:escalation_id>/gesprek/gelezen")
@permits(Permission.ESCALATE, background=True)
def seen_by_staff(escalation_id: UUID) -> ResponseReturnValue:
    """Say that this clinician saw what the author wrote, up to the number `tot`; by care.js, or by hand."""
    _only(staff=True)
    with unit_of_work() as work:
        unseen.see(work, acting(work), escalation_id, number_in(request.form, "tot", 0))
    return redirect(url_for("escalations.show", escalation_id=escalation_id, _anchor="talk"), 303)


@pages.get("/veilig/<uuid:escalation_id>/nieuw")
@permits(Permission.TALK_WITH_TEAM, background=True)
def news(escalation_id: UUID) -> ResponseReturnValue:
    """Give what was said after a number, for talk.js on the author's page."""
    return _news(escalation_id, staff=False)


@pages.get("/zorg/<uuid:escalation_id>/gesprek/nieuw")
@permits(Permission.ESCALATE, background=True)
def news_for_staff(escalation_id: UUID) -> ResponseReturnValue:
    """Give the same for a clinician's page."""
    return _news(escalation_id, staff=True)


@pages.post("/mijn/<uuid:post_id>/veilig")
@permits(Permission.TALK_WITH_TEAM)
def answer(post_id: UUID) -> ResponseReturnValue:
    """Take the answer to: are you safe now? A worry is never refused for being said often, or with an old form."""
    chosen = request.form.get("safe", "")
    with unit_of_work() as work:
        called = safety.answer_safety(work, acting(work), post_id, chosen, said=_said(chosen))
    host().wake()
    if chosen == Answer.YES:
        flash(_("Fijn dat je nu veilig bent. Verandert dat? Dan mag je dat hier altijd zeggen."), "ok")
        return redirect(url_for("posts.show", post_id=post_id), 303)
    if called.human_called:
        flash(_("We roepen nu iemand van het team. Blijf niet alleen: ga naar iemand toe, of bel 113 of 112."), "help")
    else:
        flash(
            _(
                "Je antwoord is bewaard, maar er leest nu niemand mee. Wacht niet op ons: bel nu 113. Bij direct "
                "gevaar bel je 112."
            ),
            "help",
        )
    return redirect(url_for("talk.show", escalation_id=called.escalation_id), 303)


@pages.get("/mijn/nieuws")
@permits(Permission.HAVE_OWN_PLACE, background=True)
def standing() -> ResponseReturnValue:
    """Give where the own talks and reveals stand, so that the home page knows when to draw itself again."""
    with reading() as work:
        return {"standing": own_news(work, acting(work))["news"]}


def own_news(work: Work, actor: Actor) -> dict[str, Any]:
    """Give what the author's own place shows of talks and reveals; `news` is what an open page compares."""
    talks = talk.own_talks(work, actor)
    facts = [(one.escalation_id, one.open, one.answered, one.told) for one in talks]
    return {
        "talks": [_card(one) for one in talks[:CARDS]],
        "reveals": sum(one.told for one in talks),
        "news": hashlib.sha256(repr(facts).encode()).hexdigest()[:16],
    }


def talk_cards(work: Work, actor: Actor) -> list[dict[str, str]]:
    """Give the own safe talks that are open, as cards."""
    return [_card(one) for one in talk.own_talks(work, actor, limit=CARDS) if one.open]


def _card(one: OwnTalk) -> dict[str, str]:
    return {
        "href": url_for("talk.show", escalation_id=one.escalation_id),
        "title": _("Veilig gesprek met het team"),
        "text": _("Het team schreef je.") if one.answered else (_("Staat open") if one.open else _("Gesloten")),
        "meta": one.group,
        "tag": _("nieuw") if one.answered else "",
    }


def line_fields(work: Work, line: Line, *, staff: bool) -> dict[str, Any]:
    """Give the fields of one message, for the page and for talk.js. A youth sees no exact time."""
    when = words.when_for_staff(line.at, work.now) if staff else words.when_for_youth(line.at, work.now)
    by = line.by or (_("De schrijver") if staff else _("Jij"))
    return {"number": line.number, "by": by, "own": line.own, "words": line.words, "when": when}


def _only(*, staff: bool) -> None:
    """Both sides may read the talk; each has a page of its own, and the other one's is none of theirs."""
    if visitor.is_youth is staff:
        raise NotFoundError


def _news(escalation_id: UUID, *, staff: bool) -> ResponseReturnValue:
    _only(staff=staff)
    after = number_in(request.args, "na", 0)
    with reading() as work:
        actor = acting(work)
        found = talk.obtain_talk(work, actor, escalation_id)
        said = talk.lines(work, actor, escalation_id, after=after)
        return {
            "lines": [line_fields(work, one, staff=staff) for one in said],
            "open": found.closed_at is None,
        }


def _said(chosen: str) -> str:
    """Give the question with the answer, as it stands in the talk."""
    answers = {Answer.YES: _("Ja"), Answer.UNSURE: _("Weet ik niet"), Answer.NO: _("Nee")}
    text = answers.get(Answer(chosen), "") if chosen in {one.value for one in Answer} else ""
    return f"{_('Ben je nu veilig?')} {text}"


def _say(escalation_id: UUID) -> ResponseReturnValue:
    try:
        limits.count("talk", str(visitor.account_id))
        with unit_of_work(once=True) as work:
            said = talking.say(work, acting(work), escalation_id, request.form.get("words", ""))
            answer = work.notes["answer"] = url_for("talk.show", escalation_id=said.escalation_id)
    except (InvalidError, ConflictError, TooManyError) as error:
        status = {InvalidError: 422, ConflictError: 409, TooManyError: 429}[type(error)]
        return _page(escalation_id, _errors(error)), status
    told = _("Verstuurd.")
    if said.escalation_id != escalation_id:
        host().wake()
        told = _("Het vorige gesprek was al gesloten. Je bericht staat nu in dit gesprek, en het team krijgt het.")
    flash(told, "sent")
    return redirect(answer, 303)


def _errors(error: InvalidError | ConflictError | TooManyError) -> dict[str, str]:
    return explained(error.errors) if isinstance(error, InvalidError) else {"": sentence(error.code)}


def _page(escalation_id: UUID, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        found = talk.obtain_talk(work, actor, escalation_id)
        group = work.session.get_one(Group, found.group_id)
        return render_template(
            "talk/show.html",
            talk=found,
            group=group,
            presence=presence_of(work, group),
            near=safety.is_human_near(work, found, group),
            said=[line_fields(work, one, staff=False) for one in talk.lines(work, actor, escalation_id)],
            closing=work.unseal(found, "note_to_author") if found.closed_at else "",
            errors=errors or {},
            typed=request.form.get("words", "") if errors else "",
            form_key=str(uuid4()),
        )


def _staff_page(escalation_id: UUID, errors: dict[str, str]) -> str:
    with reading() as work:
        found: Escalation = talk.obtain_talk(work, acting(work), escalation_id)
        return render_template(
            "talk/kept.html", escalation=found, errors=errors, typed=request.form.get("words", ""), key=str(uuid4())
        )
