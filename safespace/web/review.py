"""What a clinician sees of the queue and of one item, as fields that templates and scripts draw."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from safespace.host.language import spoken
from safespace.kernel.work import Work
from safespace.moderation.before import Decided, Said
from safespace.moderation.content import content
from safespace.moderation.decisions import PLACING, TOLD
from safespace.moderation.models import Action, ReviewKind, ReviewState
from safespace.moderation.queue import HeldApproval, Item, Row, Waiting
from safespace.moderation.risk.assessment import Category, Severity, Signal, SignalKind
from safespace.web import words

# Categories of what does harm to readers come first in the list by which a human flags.
HARMFUL = (
    Category.EATING_DISORDER_PROMOTION,
    Category.NUMBERS,
    Category.METHOD_DETAIL,
    Category.SUICIDE,
    Category.SELF_HARM,
    Category.GROOMING,
    Category.BULLYING,
    Category.PERSONAL_DATA,
    Category.CONTACT_REQUEST,
)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One decision on the screen: what it is called, what it asks, and what can be chosen."""

    key: str
    action: Action
    title: str
    about: str
    symbol: str
    kind: str
    asks_reason: bool
    asks_topics: bool
    asks_note: bool
    note_required: bool
    reasons: list[tuple[str, str]]
    templates: list[tuple[str, str, str]]
    preset: str

    @property
    def template_choices(self) -> list[tuple[str, str]]:
        """The templates as choices of a field."""
        return [(key, title) for key, title, _text in self.templates]


def row_fields(row: Row, now: datetime, *, here: UUID | None = None) -> dict[str, Any]:
    """Give the fields of `queue_row(row)` in macros/staff.html; the same for the page and for queue.js."""
    tags = [str(words.TYPES[row.type])]
    if row.kind is not ReviewKind.NEW:
        tags.insert(0, str(words.KINDS[row.kind]))
    if row.state is ReviewState.CONTACT:
        tags.insert(0, _("contact loopt"))
    return {
        "id": str(row.id),
        "href": url_for("moderation.review", review_id=row.id),
        "alias": row.alias,
        "group": f"{row.group} · {row.location}",
        "excerpt": row.excerpt,
        "level": row.severity.value,
        "level_label": str(words.SEVERITIES[row.severity]),
        "age": words.waited(row.opened_at, now),
        "opened": row.opened_at.isoformat(),
        "late": row.late,
        "first": row.first_post,
        "tags": tags,
        "claimed_by": "",
        "here": row.id == here,
        "urgent": row.urgent,
        "lane": "now" if row.severity >= Severity.HIGH else "later",
    }


def queue_fields(found: Waiting, now: datetime) -> dict[str, Any]:
    """Give the queue page's moving parts: rows, counts, title, and the alarm."""
    return {
        "rows": [row_fields(row, now) for row in found.rows],
        "counts": [
            {"level": level.value, "count": count} for level, count in sorted(found.counts.items(), reverse=True)
        ],
        "total": found.total,
        "heading": ngettext("%(num)s bericht wacht", "%(num)s berichten wachten", found.total),
        "title": f"({found.total}) {_('Wachtrij')}" if found.total else _("Wachtrij"),
        "alarm": alarm_of(found.urgent, found.rows),
    }


def alarm_of(urgent: int, rows: list[Row]) -> dict[str, str] | None:
    """Give the band for what asks for somebody now; None when nothing does. Without a row it leads to the queue."""
    if not urgent:
        return None
    first = next((row for row in rows if row.urgent), None)
    href = url_for("moderation.review", review_id=first.id) if first else url_for("moderation.queue")
    text = ngettext(
        "%(num)s bericht heeft ernst hoog of crisis. Lees het nu.",
        "%(num)s berichten hebben ernst hoog of crisis. Lees ze nu.",
        urgent,
    )
    return {"text": text, "href": href, "link": _("Open dit bericht") if first else _("Naar de hele wachtrij")}


def held_fields(held: list[HeldApproval], now: datetime) -> list[dict[str, Any]]:
    """Give the bands of own approvals that can still be undone."""
    return [
        {
            "url": url_for("moderation.undo", decision_id=one.decision_id),
            "seconds": max(0, ceil((one.release_at - now).total_seconds())),
            "name": _("Je antwoord") if one.action is Action.ANSWER else _("Bericht van %(alias)s", alias=one.alias),
        }
        for one in held
    ]


def panels_of(work: Work, item: Item) -> list[Panel]:
    """Give the decisions that `available()` offers, as panels."""
    found = []
    for action in item.actions:
        found.append(_panel(work, item, action.value, action))
        if action is Action.APPROVE:
            found.append(_panel(work, item, "approve_with_word", action))
    return found


def _panel(work: Work, item: Item, key: str, action: Action) -> Panel:
    known = content(work.settings.config_dir)
    title, about, symbol, kind = _looks(key, action)
    wanted = Action.APPROVE if action in PLACING else action
    bare = key == Action.APPROVE.value
    return Panel(
        key=key,
        action=action,
        title=title,
        about=about,
        symbol=symbol,
        kind=kind,
        asks_reason=action in TOLD,
        asks_topics=action is Action.APPROVE_WITH_NOTES,
        asks_note=not bare and action is not Action.CLOSE,
        note_required=action in TOLD,
        reasons=[
            (reason.code, words.in_words(reason.title)) for reason in known.reasons.values() if action in reason.actions
        ],
        templates=[]
        if bare or action is Action.CLOSE
        else [
            (one.key, words.in_words(one.title), words.in_words(one.text))
            for one in known.templates.values()
            if one.action is wanted
        ],
        preset="needs_contact_first" if action is Action.HOLD and item.review.severity >= Severity.HIGH else "",
    )


def _looks(key: str, action: Action) -> tuple[str, str, str, str]:
    if key == "approve_with_word":
        return _("Plaatsen met een berichtje"), _("Alleen de schrijver leest je berichtje."), "check", "ok"
    about, symbol, kind = {
        Action.APPROVE: (_("Het bericht komt over enkele seconden in de groep."), "check", "ok"),
        Action.APPROVE_WITH_NOTES: (
            _("Anderen zien eerst waar het over gaat, en kiezen zelf of ze verder lezen."),
            "check",
            "ok",
        ),
        Action.ASK_REWORD: (
            _("De schrijver krijgt de eigen tekst terug, met de reden en jouw berichtje."),
            "pen",
            "",
        ),
        Action.DECLINE: (_("De schrijver leest waarom, en blijft welkom."), "close", "danger"),
        Action.HOLD: (
            _("Het bericht komt niet in de groep. De schrijver leest dat je contact zoekt en ziet de hulpkaart."),
            "help",
            "help",
        ),
        Action.CLOSE: (
            _("De schrijver haalde dit bericht terug. Sluit af als de zorg geregeld is; schrijf op wat er gedaan is."),
            "check",
            "ok",
        ),
    }[action]
    return str(words.ACTIONS[action]), about, symbol, kind


def explained_signals(item: Item) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Give the text in runs with numbered spans, the reasons by number, and what could not be read."""
    numbered: dict[tuple[str, str], list[Signal]] = {}
    faults = []
    for signal in item.assessment.signals:
        if signal.kind is SignalKind.FAULT or signal.span[0] >= signal.span[1]:
            faults.append(_reason(signal))
        else:
            numbered.setdefault((signal.rule, signal.kind.value), []).append(signal)
    groups = sorted(numbered.values(), key=lambda group: (min(one.span for one in group), group[0].kind.value))
    reasons = [
        {
            "n": number,
            "level": Severity.worst(*(one.severity for one in group)).value,
            "title": _title(group[0]),
            "reason": _reason(group[0]),
            "rule": group[0].rule,
            "unsure": False,
        }
        for number, group in enumerate(groups, 1)
    ]
    spans = [(one.span[0], one.span[1], number) for number, group in enumerate(groups, 1) for one in group]
    return marked_runs(item.text, spans), reasons, faults


def marked_runs(text: str, spans: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """Cut a text where spans (start, end, number) begin and end; every run knows the numbers that cover it."""
    cuts = sorted({0, len(text), *(min(max(edge, 0), len(text)) for span in spans for edge in span[:2])})
    runs: list[dict[str, Any]] = []
    for start, end in pairwise(cuts):
        numbers = sorted({number for first, last, number in spans if first <= start and end <= last})
        if runs and runs[-1].get("n", []) == numbers:
            runs[-1]["t"] += text[start:end]
        else:
            runs.append({"t": text[start:end], "n": numbers} if numbers else {"t": text[start:end]})
    return runs


def _title(signal: Signal) -> str:
    if signal.kind is not SignalKind.FINDING or signal.category is None:
        return str(words.SIGNAL_KINDS[signal.kind])
    stance = words.STANCES.get(signal.stance)
    category = str(words.CATEGORIES[signal.category])
    return f"{category} · {stance}" if stance else category


def _reason(signal: Signal) -> str:
    return signal.reason_en if spoken() == "en" else signal.reason_nl


def decided_fields(decided: Decided, now: datetime) -> dict[str, str]:
    """Give one decision as an event of `timeline()`."""
    parts = []
    if decided.reason:
        parts.append(_("Reden: %(reason)s", reason=words.reason_title(decided.reason)))
    if decided.content_notes:
        parts.append(_("Gaat over: %(topics)s", topics=", ".join(words.note_labels(decided.content_notes))))
    if decided.note:
        parts.append(_("Aan de schrijver: %(note)s", note=decided.note))
    if decided.internal_note:
        parts.append(_("Alleen voor het team: %(note)s", note=decided.internal_note))
    what = str(words.DECIDED[decided.action])
    return {
        "who": decided.by,
        "when": words.when_for_staff(decided.at, now),
        "what": _("%(what)s, teruggenomen", what=what) if decided.undone else what,
        "note": "\n".join(parts),
    }


def said_fields(said: Said, now: datetime, decided: list[Decided] | None = None) -> dict[str, Any]:
    """Give one earlier post, with the decision that stands on it."""
    standing = [one for one in decided or () if not one.undone]
    return {
        "alias": said.alias,
        "badge": said.badge,
        "body": said.body,
        "when": words.when_for_staff(said.at, now),
        "state": words.STATES[said.state],
        "decided": decided_fields(standing[-1], now) if standing else None,
    }


def known_categories(names: list[str]) -> list[Category]:
    """Give the categories of flags; what an older version of the service called otherwise is left out."""
    return [Category(name) for name in names if name in {one.value for one in Category}]


def flag_choices(taken: list[str]) -> list[tuple[str, str]]:
    """Give the categories that can still be flagged, the harmful ones first."""
    ordered = [*HARMFUL, *(one for one in Category if one not in HARMFUL)]
    return [
        ("", _("Kies een soort")),
        *((one.value, str(words.CATEGORIES[one])) for one in ordered if one not in taken),
    ]
