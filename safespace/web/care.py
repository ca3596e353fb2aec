"""What a clinician sees of a worry, as fields that templates draw; moments as words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.crisis import reveals, reviewing, talk
from safespace.crisis.escalations import CRISIS
from safespace.crisis.models import CareTask, Reveal, TaskKind
from safespace.crisis.scripts import scripts
from safespace.kernel.work import Work
from safespace.moderation.worries import Row, Worry
from safespace.moderation.worry_report import Report
from safespace.policy.roles import Actor
from safespace.threads.models import PostState
from safespace.web import words
from safespace.web.crisis_words import OUTCOMES, TASKS, lasted, lasting_words, level, level_choices, level_name
from safespace.web.talk import line_fields

HAPPENED: dict[str, Any] = {
    "opened": lazy_gettext("Opgeschaald"),
    "rung": lazy_gettext("Alarm belde (bezorgd/verstuurd)"),
    "answered": lazy_gettext("Alarm beantwoord"),
    "acknowledged": lazy_gettext("Opgepakt"),
    "step": lazy_gettext("Stap gedaan"),
    "contact": lazy_gettext("Contact met de schrijver"),
    "reveal_asked": lazy_gettext("Noodinzage gevraagd"),
    "reveal_agreed": lazy_gettext("Noodinzage akkoord"),
    "reveal_refused": lazy_gettext("Noodinzage niet akkoord"),
    "reveal_alone": lazy_gettext("Noodinzage door één persoon"),
    "reveal_told": lazy_gettext("Jongere verteld over noodinzage"),
    "reveal_reviewed": lazy_gettext("Noodinzage nagekeken"),
    "closed": lazy_gettext("Afgesloten"),
}


def when(work: Work, moment: datetime | None) -> str:
    """Give a moment in words for staff."""
    return words.when_for_staff(moment, work.now)


def row_fields(work: Work, row: Row) -> dict[str, Any]:
    """Give the fields of one worry in the list."""
    return {
        "href": url_for("escalations.show", escalation_id=row.id),
        "level": row.level,
        "level_name": level_name(row.level),
        "alias": row.alias,
        "group": f"{row.group} · {row.location}",
        "owner": row.owner,
        "opened": when(work, row.opened_at),
        "timer": _timer(work, row),
        "open": row.closed_at is None,
        "outcome": OUTCOMES[row.outcome] if row.outcome else "",
        "closed": when(work, row.closed_at),
        "unseen": row.unseen,
        "report": url_for("escalations.report", escalation_id=row.id),
    }


def _timer(work: Work, row: Row) -> dict[str, str]:
    if row.acknowledged_at is None and (row.level == CRISIS or not row.owner):  # a crisis rings until it is answered
        text = _("het alarm is nog niet beantwoord") if row.owner else _("nog door niemand opgepakt")
        return {"text": text, **_running(work, row.opened_at)}
    if row.contact_at is None:
        return {"text": _("opgepakt, nog geen contact"), **_running(work, row.opened_at)}
    return {"text": _("contact na %(time)s", time=lasted(row.opened_at, row.contact_at))}


def _running(work: Work, since: datetime) -> dict[str, str]:
    """Give how long something lasts by now, and since when, so that the page can count on."""
    return {"time": lasted(since, work.now), "since": since.isoformat()}


def clock_fields(work: Work) -> dict[str, Any]:
    """Give what lasting.js needs to let times run: the clock of the server, and the words."""
    return {"at": work.now.isoformat(), "lasting": lasting_words()}


def task_list(work: Work, found: list[CareTask]) -> list[dict[str, Any]]:
    """Give the fields of what must still be done. Looking back is done on its own page, maybe for another location."""
    looking_back = {one.escalation_id for one in found if one.kind is TaskKind.REVEAL_REVIEW}
    reveal_of = reviewing.unreviewed(work, looking_back)
    return [
        {
            "id": task.id,
            "text": TASKS[task.kind],
            "due": when(work, task.due_at),
            "late": task.due_at < work.now,
            "href": url_for("reveals.show", reveal_id=reveal_of[task.escalation_id])
            if task.kind is TaskKind.REVEAL_REVIEW and task.escalation_id in reveal_of
            else url_for("escalations.show", escalation_id=task.escalation_id),
            "here": task.kind is not TaskKind.REVEAL_REVIEW,
        }
        for task in found
    ]


def page_fields(work: Work, actor: Actor, found: Worry) -> dict[str, Any]:
    """Give everything the page of one worry draws."""
    one = found.escalation
    script = level(one.level)
    said = talk.lines(work, actor, one.id)
    look_back_on = (work.now + timedelta(days=3 if one.level == 1 else 1)).date()
    return {
        "worry": found,
        "escalation": one,
        "level_name": level_name(one.level),
        "about": words.in_words(script.about),
        "steps": [
            {
                "key": step.key,
                "text": words.in_words(step.text),
                "asks": step.asks,
                "done": found.steps.get(step.key),
                "when": when(work, found.steps[step.key].at) if step.key in found.steps else "",
            }
            for step in script.steps
        ],
        "advice": [
            (words.in_words(advice.title), words.in_words(advice.text))
            for advice in scripts(work.settings.config_dir).advice
        ],
        "timers": list(_timers(work, found)),
        **clock_fields(work),
        "owner": found.names.get(one.owner_id, "") if one.owner_id else "",
        "mine": one.owner_id == actor.account_id,
        "opened_by": found.names.get(one.opened_by, "") if one.opened_by else "",
        "is_open": one.closed_at is None,
        "draft": found.state is PostState.DRAFT,
        "paragraphs": words.paragraphs(found.text),
        "state": words.STATES[found.state],
        "said": [line_fields(work, line, staff=True) for line in said],
        "last_said": said[-1].number if said else 0,
        "unseen": any(not line.by and not line.read for line in said),
        "reveals": [reveal_fields(work, found.names, reveal) for reveal in found.reveals],
        "may_reveal": one.level == 3 and one.closed_at is None,
        "outcomes": [("", _("Kies hoe het afliep")), *((key.value, text) for key, text in OUTCOMES.items())],
        "outcome": OUTCOMES[one.outcome] if one.outcome else "",
        "higher": level_choices(one.level + 1),
        "look_back_on": look_back_on.isoformat(),
    }


def _timers(work: Work, found: Worry) -> Iterator[dict[str, str]]:
    one = found.escalation
    opened = {"name": _("Open sinds"), "text": when(work, one.opened_at)}
    yield opened | ({"time": lasted(one.opened_at, one.closed_at)} if one.closed_at else _running(work, one.opened_at))
    for name, moment in ((_("Opgepakt"), one.acknowledged_at), (_("Contact"), one.contact_at)):
        missing = _("niet genoteerd") if one.closed_at else _("nog niet")
        text = _("na %(time)s", time=lasted(one.opened_at, moment)) if moment else missing
        yield {"name": name, "text": text}


def reveal_fields(work: Work, names: dict[Any, str], reveal: Reveal) -> dict[str, Any]:
    """Give where a request stands, in words."""
    if reveal.granted and reveal.emergency:
        text = _("Noodinzage door %(name)s alleen", name=names.get(reveal.requested_by, ""))
    elif reveal.granted:
        text = _(
            "Noodinzage: gevraagd door %(asked)s, akkoord van %(agreed)s",
            asked=names.get(reveal.requested_by, ""),
            agreed=names.get(reveal.decided_by, ""),
        )
    elif reveal.decided_at is not None:
        text = _("Noodinzage niet akkoord: %(name)s", name=names.get(reveal.decided_by, ""))
    elif work.now - reveal.requested_at > reveals.ANSWER_WITHIN:
        text = _(
            "Noodinzage gevraagd door %(name)s; niemand antwoordde op tijd", name=names.get(reveal.requested_by, "")
        )
    else:
        text = _("%(name)s vraagt noodinzage; een collega moet akkoord geven", name=names.get(reveal.requested_by, ""))
    return {
        "href": url_for("reveals.show", reveal_id=reveal.id),
        "text": text,
        "when": when(work, reveal.decided_at or reveal.requested_at),
        "untold": reveal.granted and reveal.told_at is None,
    }


def report_fields(work: Work, found: Report) -> dict[str, Any]:
    """Give the report for its page."""
    return {
        "report": found,
        "level_name": level_name(found.level),
        "outcome": OUTCOMES[found.outcome] if found.outcome else _("nog open"),
        "times": [
            (_("Opgeschaald"), when(work, found.opened_at)),
            (_("Opgepakt"), _after(found, found.acknowledged_at)),
            (_("Contact"), _after(found, found.contact_at)),
            (_("Afgesloten"), _after(found, found.closed_at)),
        ],
        "rows": [[when(work, one.at), HAPPENED[one.what], one.by, _more(one.what, one.more)] for one in found.moments],
    }


def report_rows(found: Report) -> list[list[str]]:
    """Give the report as rows of a file: codes and times only, the same in every language."""
    head = [["escalation", str(found.escalation_id)], ["level", str(found.level)], ["group", found.group]]
    head += [["location", found.location], ["outcome", found.outcome.value if found.outcome else ""]]
    for name, moment in (("acknowledged", found.acknowledged_at), ("contact", found.contact_at)):
        seconds = "" if moment is None else str(int((moment - found.opened_at).total_seconds()))
        head.append([f"seconds_until_{name}", seconds])
    head += [["check_back_on", found.check_back_on.isoformat() if found.check_back_on else ""], []]
    head.append(["at", "what", "by", "more"])
    rows = [[one.at.isoformat(timespec="seconds"), one.what, one.by, one.more] for one in found.moments]
    return [[_harmless(cell) for cell in row] for row in (*head, *rows)]


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _after(found: Report, moment: datetime | None) -> str:
    return "–" if moment is None else _("na %(time)s", time=lasted(found.opened_at, moment))


def _more(what: str, more: str) -> str:
    if what == "closed":
        return next((str(text) for key, text in OUTCOMES.items() if key.value == more), more)
    return more
