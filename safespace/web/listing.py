"""What a clinician sees of the queue, as fields that templates and scripts draw."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from safespace.groups.models import Group
from safespace.host.login import visitor
from safespace.kernel.work import Work
from safespace.moderation import exposure
from safespace.moderation.before import Folded
from safespace.moderation.claims import Holder
from safespace.moderation.desks import DeskView, as_used
from safespace.moderation.models import ReviewKind, ReviewState
from safespace.moderation.queue import Item, Waiting
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.rows import Row
from safespace.policy.roles import Actor
from safespace.web import deadlines, words

KEYS: dict[str, Any] = {
    "down": lazy_gettext("Naar de volgende regel"),
    "up": lazy_gettext("Naar de vorige regel"),
    "open": lazy_gettext("Open deze regel, of vouw de tekst open"),
    "next": lazy_gettext("Volgende bericht"),
    "undo": lazy_gettext("Mijn laatste besluit ongedaan maken"),
    "pass_on": lazy_gettext("Draag over aan een collega"),
    "take_over": lazy_gettext("Neem over van een collega"),
    "approve": lazy_gettext("Plaatsen"),
    "approve_with_word": lazy_gettext("Plaatsen met een berichtje"),
    "approve_with_notes": lazy_gettext("Plaatsen met ‘gaat over’"),
    "ask_reword": lazy_gettext("Vragen om anders op te schrijven"),
    "redact": lazy_gettext("Stukje weglaten"),
    "decline": lazy_gettext("Niet plaatsen"),
    "hold": lazy_gettext("Vasthouden en contact"),
    "second_look": lazy_gettext("Collega laten meekijken"),
    "hide": lazy_gettext("Verbergen"),
    "keep": lazy_gettext("Laten staan"),
    "confirm": lazy_gettext("Bij het besluit blijven"),
    "close": lazy_gettext("Afsluiten"),
    "severity": lazy_gettext("Naar de ernst"),
    "flag": lazy_gettext("Naar markeren"),
    "help": lazy_gettext("Deze lijst met toetsen"),
}


def row_fields(row: Row, now: datetime, *, here: UUID | None = None) -> dict[str, Any]:
    """Give the fields of `queue_row(row)` in macros/staff.html; the same for the page and for queue.js."""
    return {
        "id": str(row.id),
        "href": url_for("moderation.review", review_id=row.id),
        "alias": row.alias,
        "group": f"{row.group} · {row.location}",
        "excerpt": row.excerpt or _summary(row),
        "folded": row.folded,
        "level": "blind" if row.blind else row.severity.value,
        "level_label": _("zonder signalen") if row.blind else str(words.SEVERITIES[row.severity]),
        "age": words.waited(row.opened_at, now),
        "left": deadlines.left_of(row, now),
        "left_kind": deadlines.kind_of(row, now),
        "opened": row.opened_at.isoformat(),
        "late": row.late,
        "first": row.first_post,
        "tags": _tags(row),
        "blocked": _("wacht op een tweede collega, en die is er niet") if row.blocked else "",
        "claimed_by": _("%(name)s is hiermee bezig", name=row.claimed_by) if row.claimed_by else "",
        "chosen": f"{row.id}.{row.version}" if row.together else "",
        "choose": _("Kies het bericht van %(alias)s", alias=row.alias),
        "here": row.id == here,
        "urgent": row.urgent,
        "lane": "now" if row.live or (row.severity >= Severity.HIGH and not row.blind) else "later",
    }


def queue_fields(found: Waiting, now: datetime) -> dict[str, Any]:
    """Give the queue page's moving parts: rows, counts, title, what is late, and the alarm."""
    return {
        "rows": [row_fields(row, now) for row in found.rows],
        "counts": [
            {"level": level.value, "count": count} for level, count in sorted(found.counts.items(), reverse=True)
        ],
        "total": found.total,
        "heading": ngettext("%(num)s bericht wacht", "%(num)s berichten wachten", found.total),
        "title": f"({found.total}) {_('Wachtrij')}" if found.total else _("Wachtrij"),
        "outside": _outside(found),
        "alarm": alarm_of(found.urgent, found.rows),
        "late": late_fields(found, now),
    }


def _outside(found: Waiting) -> str:
    if not found.outside:
        return ""
    text = ngettext("Nog %(num)s bericht buiten je filter", "Nog %(num)s berichten buiten je filter", found.outside)
    return " ".join(filter(None, (f"{text}.", _heavy_of(found))))


def _heavy_of(found: Waiting) -> str:
    """Say how many of what the filters leave out are urgent; "" when none is."""
    if not found.outside_heavy:
        return ""
    return ngettext(
        "%(num)s daarvan heeft ernst hoog of crisis.",
        "%(num)s daarvan hebben ernst hoog of crisis.",
        found.outside_heavy,
    )


def nothing_next(found: Waiting, *, practise: bool) -> str:
    """Say why there is no next item: the filters hide what waits, it asks for practice first, or colleagues have it."""
    first = ""
    if practise:
        first = _(
            "Er wachten berichten waarover jij pas beslist als je hebt geoefend. Dat doe je bij Team. Lezen mag al."
        )
    if not found.outside:
        return first or _(
            "Er is nu geen volgend bericht voor jou. Wat er nog staat, is bij een collega of liet jij over."
        )
    hidden = ngettext("Je filter verbergt %(num)s bericht.", "Je filter verbergt %(num)s berichten.", found.outside)
    return " ".join(
        filter(None, (_("Binnen je filter is er geen volgend bericht voor jou."), hidden, _heavy_of(found), first))
    )


def late_fields(found: Waiting, now: datetime) -> dict[str, Any] | None:
    """Give the band of what is too late, the longest first; None when nothing is."""
    if not found.late:
        return None
    return {
        "text": ngettext("%(num)s bericht is te laat", "%(num)s berichten zijn te laat", found.late),
        "rows": [
            {
                "href": url_for("moderation.review", review_id=row.id),
                "alias": row.alias,
                "group": row.group,
                "left": deadlines.left_of(row, now),
            }
            for row in found.late_rows
        ],
        "more": found.late > len(found.late_rows),
    }


def asks_of(breaks: int) -> str:
    """Say that other locations ask about longer breaks; "" when none does."""
    if not breaks:
        return ""
    return ngettext(
        "Een andere locatie vraagt jullie akkoord voor een langer rustmoment.",
        "Andere locaties vragen jullie akkoord voor %(num)s langere rustmomenten.",
        breaks,
    )


def alarm_of(urgent: int, rows: list[Row]) -> dict[str, str] | None:
    """Give the band for what asks for somebody now; None when nothing does. Without a row it leads to the queue."""
    if not urgent:
        return None
    first = next((row for row in rows if row.urgent), None)
    href = url_for("moderation.review", review_id=first.id) if first else url_for("queue.show", alles=1)
    text = ngettext(
        "%(num)s bericht heeft ernst hoog of crisis. Lees het nu.",
        "%(num)s berichten hebben ernst hoog of crisis. Lees ze nu.",
        urgent,
    )
    return {"text": text, "href": href, "link": _("Open dit bericht") if first else _("Naar de hele wachtrij")}


def holder_fields(holder: Holder) -> dict[str, Any]:
    """Give who is at an item, for claim.js."""
    return {
        "mine": holder.mine,
        "name": holder.name,
        "text": _("%(name)s is hiermee bezig", name=holder.name) if holder.name else "",
    }


def keys_of(desk: DeskView) -> dict[str, Any]:
    """Give what keys.js needs, and the list under `?`; no keys when they are switched off."""
    return {
        "map": json.dumps(desk.keys if desk.keys_on else {}),
        "on": desk.keys_on,
        "list": [(desk.keys[name], str(label)) for name, label in KEYS.items()],
    }


def item_fields(item: Item) -> dict[str, Any]:
    """Give what the desk adds to the page of one item: keys, and the line behind which heavy words are folded."""
    line = ""
    if item.hidden:
        line = _("Steekproef: lees dit bericht zonder signalen.")
    elif item.review.severity >= Severity.HIGH:
        line = about(item.assessment.categories)
    return {"shortcuts": keys_of(as_used(visitor.desk)), "hidden": item.hidden, "fold": line}


def offers_pause(work: Work, actor: Actor) -> bool:
    """Whether the page says a word about a pause; not while an alarm rings, which comes first."""
    return not visitor.rings and not visitor.unseen and exposure.pause_due(work, actor)


def filter_choices(groups: list[Group]) -> dict[str, list[tuple[str, str]]]:
    """Give what can be chosen in each filter."""
    return {
        "groep": [
            ("", _("Alle groepen")),
            *((str(one.id), f"{one.name} · {one.location.name}") for one in groups),
        ],
        "ernst": [("", _("Elke ernst")), *((one.value, str(words.SEVERITIES[one])) for one in reversed(Severity))],
        "onderwerp": [("", _("Elk onderwerp")), *((one.value, str(words.CATEGORIES[one])) for one in Category)],
        "soort": [
            ("", _("Elke soort")),
            *((kind.value, str(words.KINDS[kind])) for kind in ReviewKind if kind in words.KINDS),
        ],
    }


def about(categories: tuple[Category, ...]) -> str:
    """Give the one line behind which heavy words are folded."""
    if not categories:
        return _("Dit bericht kan zwaar zijn om te lezen. De tekst staat dicht.")
    named = ", ".join(str(words.CATEGORIES[one]) for one in categories[:3])
    return _("Gaat over: %(topics)s. De tekst staat dicht.", topics=named)


def fold_fields(folded: Folded | None) -> dict[str, Any] | None:
    """Give the line behind which other words stand, and where it is told that they were read; None for open words."""
    if folded is None:
        return None
    line = _("Steekproef: lees dit bericht zonder signalen.") if folded.hidden else about(folded.about)
    return {"line": line, "review_id": folded.review_id, "versions": [folded.revision_id]}


def _summary(row: Row) -> str:
    if row.blind:
        return _("Steekproef: lees dit bericht zonder signalen.")
    return about(row.about) if row.folded else ""


def _tags(row: Row) -> list[str]:
    tags = [str(words.TYPES[row.type])]
    if row.kind is not ReviewKind.NEW:
        tags.insert(0, str(words.KINDS[row.kind]))
    if row.live:
        tags.insert(0, _("live-uur"))
    if row.state is ReviewState.CONTACT:
        tags.insert(0, _("contact loopt"))
    if row.asked and not row.blocked:
        tags.append(_("collega van elders gevraagd"))
    if row.passed_on:
        tags.append(_("overgedragen"))
    return tags
