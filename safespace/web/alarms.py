"""Alarms: what rings now, answering one, also from the link in a message; and the bands on every page of staff.

Below what rings stands quietly what an author wrote in a safe talk and nobody has seen.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import revealed, ringing
from safespace.crisis.models import Alarm, AlarmKind
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.work import Work
from safespace.moderation import unseen
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.web import words
from safespace.web.gate import permits

pages = Blueprint("alarms", __name__)


@pages.get("/alarm/nu", endpoint="now")
@permits(Permission.ESCALATE, background=True)
def ringing_now() -> ResponseReturnValue:
    """Give what rings now at the own locations, who asks for a second pair of eyes, and unseen words, for alarm.js."""
    with reading() as work:
        actor = acting(work)
        return {"alarms": _ringing(work, actor), "asked": _asked(work, actor), "unseen": _unseen(work, actor)}


@pages.get("/alarm/<uuid:alarm_id>")
@permits(Permission.ESCALATE)
def show(alarm_id: UUID) -> ResponseReturnValue:
    """Show one alarm with the button that answers it; this is where the link in a message leads."""
    with reading() as work:
        actor = acting(work)
        alarm = ringing.obtain_alarm(work, actor, alarm_id)
        fields = _fields(work, alarm, late=unseen.late_by(work, alarm))
        to_see = ringing.is_to_see(work, actor, alarm)
        answered = words.when_for_staff(alarm.acknowledged_at, work.now)
        return render_template(
            "alarms/show.html",
            alarm=fields,
            answered=answered,
            to_see=to_see,
            test=alarm.kind is AlarmKind.TEST,
            place=_place(alarm),
        )


@pages.post("/alarm/<uuid:alarm_id>/antwoord")
@permits(Permission.ESCALATE)
def answer(alarm_id: UUID) -> ResponseReturnValue:
    """Answer an alarm: it stops ringing for everybody, and leads to what it is about."""
    with unit_of_work() as work:
        actor = acting(work)
        alarm = ringing.acknowledge(work, actor, alarm_id)
        mine = alarm.acknowledged_by == actor.account_id
        place = _place(alarm)
        test = alarm.kind is AlarmKind.TEST
    if test:
        flash(_("Bedankt. Dit bericht bereikt je; de proef is gelukt."), "ok")
        return redirect(url_for("alarms.show", alarm_id=alarm_id), 303)
    if not mine:
        flash(_("Een collega antwoordde al op dit alarm. We onthouden dat jij het zag."), "ok")
        return redirect(place, 303)
    flash(_("Jij antwoordde op het alarm. Het belt niet meer; collega’s zien dat jij ermee bezig bent."), "ok")
    return redirect(place, 303)


def bands() -> dict[str, Any]:
    """Give the bands for the frame of a page of staff; asks the database only for a clinician who has any.

    What rings stands on the page it is about too, for there also somebody must answer; only the link to it is left out.
    """
    if not visitor or not visitor.is_clinician:
        return {"shown": False, "alarms": [], "unseen": []}
    if not visitor.rings and not visitor.unseen:
        return {"shown": True, "alarms": [], "unseen": []}
    with reading() as work:
        rings = _ringing(work, visitor.actor) if visitor.rings else []
        waits = _unseen(work, visitor.actor) if visitor.unseen and not rings else []  # alarm.js tells both
    return {
        "shown": True,
        "alarms": rings,
        "unseen": [one for one in waits if request.path != one["href"]],
    }


def _ringing(work: Work, actor: Actor) -> list[dict[str, str]]:
    return [_fields(work, one, late=late) for one, late in unseen.ringing_now(work, actor)]


def _unseen(work: Work, actor: Actor) -> list[dict[str, str]]:
    return [
        {
            "id": f"talk-{one.escalation_id}",
            "text": _("Een schrijver schreef in het veilig gesprek. Nog niemand van het team zag het.")
            if one.words
            else _("Een zorg over een schrijver is nu van niemand. Wie pakt die op?"),
            "since": words.waited(one.since, work.now),
            "href": url_for("escalations.show", escalation_id=one.escalation_id),
        }
        for one in unseen.waiting(work, actor)
    ]


def _fields(work: Work, alarm: Alarm, *, late: unseen.Late | None) -> dict[str, str]:
    return {
        "id": str(alarm.id),
        "text": _text(alarm, late),
        "since": words.waited(alarm.opened_at, work.now),
        "href": _place(alarm),
        "answer": url_for("alarms.answer", alarm_id=alarm.id),
        "label": _("Ik ga erop af") if alarm.acknowledged_at is None else _("Ik heb het gezien"),
    }


def _text(alarm: Alarm, late: unseen.Late | None) -> str:
    if late is unseen.Late.WORDS:
        return _("Alarm: woorden in een veilig gesprek zijn te lang door niemand gezien.")
    if late is unseen.Late.WORRY:
        return _("Alarm: een zorg over een schrijver wachtte te lang.")
    return {
        AlarmKind.CRISIS_ITEM: _("Alarm: een bericht heeft ernst crisis."),
        AlarmKind.ESCALATION: _("Alarm: iemand kan nu in gevaar zijn (niveau 3)."),
        AlarmKind.EMERGENCY_REVEAL: _("Alarm: een collega deed alleen noodinzage."),
        AlarmKind.TEST: _("Proefalarm: er is niets aan de hand."),
    }[alarm.kind]


def _place(alarm: Alarm) -> str:
    """Give where somebody goes for this alarm."""
    if alarm.kind is AlarmKind.CRISIS_ITEM:
        return url_for("moderation.review", review_id=alarm.subject_id)
    if alarm.kind is AlarmKind.ESCALATION:
        return url_for("escalations.show", escalation_id=alarm.subject_id)
    if alarm.kind is AlarmKind.EMERGENCY_REVEAL:
        return url_for("reveals.show", reveal_id=alarm.subject_id)
    return url_for("escalations.home")


def _asked(work: Work, actor: Actor) -> list[dict[str, str]]:
    return [
        {
            "id": str(one.id),
            "text": _("Een collega vraagt jou mee te kijken: noodinzage."),
            "href": url_for("reveals.show", reveal_id=one.id),
        }
        for one in revealed.asked_of(work, actor)
    ]
