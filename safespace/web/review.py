"""What a clinician sees of the queue and of one item, as fields that templates and scripts draw."""

from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from safespace.host.language import spoken
from safespace.moderation.before import Decided, Said
from safespace.moderation.held import HeldApproval
from safespace.moderation.models import Action
from safespace.moderation.queue import Item
from safespace.moderation.risk.assessment import Category, Severity, Signal, SignalKind
from safespace.moderation.risk.combining import HISTORY
from safespace.threads.models import PostState
from safespace.web import listing, words

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
ABOUT_THE_WHOLE = frozenset({SignalKind.LIKENESS, SignalKind.LEARNED})


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


def worry_stands(state: PostState) -> str:
    """Say why a worry about a post is still open, and what the group sees of the post."""
    if state is PostState.WITHDRAWN:
        where = _("De schrijver heeft dit bericht zelf teruggehaald. De groep ziet het niet.")
    elif state is PostState.PUBLISHED:
        where = _("Dit bericht staat in de groep. De ernst werd hoog of crisis nadat erover was besloten.")
    else:
        where = _("Over dit bericht is al besloten. De groep ziet het niet.")
    return f"{where} {_('De zorg blijft open tot iemand hem afsluit.')}"


def explained_signals(item: Item) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Give the text in runs with numbered spans, the reasons by kind, worst first, and what could not be read."""
    numbered: dict[tuple[str, str], list[Signal]] = {}
    faults = []
    whole = [signal for signal in item.assessment.signals if _is_about_the_whole(signal)]
    for signal in item.assessment.signals:
        if _is_about_the_whole(signal):
            continue
        if signal.kind is SignalKind.FAULT or signal.span[0] >= signal.span[1]:
            faults.append(_reason(signal))
        else:
            numbered.setdefault((signal.rule, signal.kind.value), []).append(signal)
    groups = sorted(numbered.values(), key=lambda group: (min(one.span for one in group), group[0].kind.value))
    spans = [(one.span[0], one.span[1], number) for number, group in enumerate(groups, 1) for one in group]
    return marked_runs(item.text, spans), _reasons([*groups, *([one] for one in whole)]), faults


def _is_about_the_whole(signal: Signal) -> bool:
    """Say whether no word of this text says it: it stands below what was found there, and marks nothing."""
    return signal.kind in ABOUT_THE_WHOLE or signal.rule == HISTORY


def _reasons(groups: list[list[Signal]]) -> list[dict[str, Any]]:
    """Put what says the same together, so that many signals stay quick to read; none is left out."""
    found: dict[str, list[tuple[Severity, int, Signal]]] = {}
    for number, group in enumerate(groups, 1):
        level = Severity.worst(*(one.severity for one in group))
        found.setdefault(_title(group[0]), []).append((level, number, group[0]))
    boxes = [
        {
            "level": Severity.worst(*(level for level, _number, _signal in alike)),
            "title": title,
            "lines": [
                {"n": number, "level": level, "reason": _reason(signal), "rule": signal.rule}
                for level, number, signal in alike
            ],
        }
        for title, alike in found.items()
    ]
    return sorted(boxes, key=lambda box: Severity(box["level"]), reverse=True)


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
        "fold": listing.fold_fields(said.folded),
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
