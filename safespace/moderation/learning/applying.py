"""What earlier decisions add to a reading: at most one level more, an order within the level, and the words why.

It never lowers, never says crisis, and never takes a text without any signal further than low. The engine read before
and stays as it was; this only adds a line of its own kind.
"""

import json
import logging
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.kernel.sealed import UnsealError
from safespace.kernel.work import Work
from safespace.moderation.learning.heads import CEILINGS, Head
from safespace.moderation.learning.judging import RAISES_AT, Learned
from safespace.moderation.learning.models import LearnedModel, ModelState
from safespace.moderation.risk.assessment import Assessment, Severity, Signal, SignalKind
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.linear import Linear, LinearInvalid
from safespace.moderation.risk.masking import HANDLE, NAME, NUMBER, PERSONAL

MOST_REASONS = 4
VIEW = "learned"
_REMEMBERED = 100
_FOLDING = Folding()
_read: dict[UUID, Linear] = {}
_MASKS = {
    PERSONAL: ("[gegevens]", "[details]"),
    NAME: ("[naam]", "[name]"),
    HANDLE: ("[account]", "[account]"),
    NUMBER: ("[getal]", "[number]"),
}
_WHAT = {
    Head.URGENT: ("sneller iemand nodig vonden", "found to need somebody sooner"),
    Head.HIGH: ("dringend vonden", "found urgent"),
    Head.HARM: ("schadelijk voor lezers vonden", "found harmful to readers"),
}
_RAISED = (" Daarom één niveau hoger.", " That is why it stands one level higher.")
_BROKEN = ("Wat van eerdere besluiten geleerd is, kon niet gelezen worden.", "What was learned could not be read.")
log = logging.getLogger(__name__)


def with_learned(work: Work, location_id: UUID, text: str, found: Assessment) -> Assessment:
    """Give the assessment with what this location learned. A model that breaks is a concern, as any part that does."""
    live = _live(work, location_id)
    if not live:
        return found
    try:
        models = {head: Learned(model=_model(work, one), raises_at=at) for head, (one, at) in live.items()}
        return weighed(found, models, text)
    except (LinearInvalid, UnsealError, ValueError) as error:
        log.error("learned model unreadable", extra={"event": "learning", "kind": type(error).__name__})  # noqa: TRY400  # no traceback: it may hold words
        return _broken(found, len(text))


def weighed(found: Assessment, models: dict[Head, Learned], text: str) -> Assessment:
    """Add what models say about a text to what the engine said; pure."""
    told = {}
    for head, learned in sorted(models.items(), key=lambda entry: entry[0]):
        features = learned.model.read(text, _FOLDING)
        told[head] = (learned, features, learned.model.probability(features))
    raising = [
        head
        for head, (learned, _, probability) in told.items()
        if probability >= learned.raises_at and found.severity < CEILINGS[head]
    ]
    level = Severity.of_rank(found.severity.rank + 1) if raising else found.severity
    # From medium on, only what tells high from medium says anything about the order.
    ordering = [Head.HIGH] if level >= Severity.MEDIUM else list(Head)
    likely, lines = 0, []
    for head, (learned, features, probability) in told.items():
        if probability < learned.orders_at or (head not in ordering and head not in raising):
            continue
        if head in ordering:
            likely = max(likely, 2 if probability >= learned.raises_at else 1)
        terms = learned.model.reasons(features, MOST_REASONS)
        lines.append(_line(head, learned.model, terms, level, raised=head in raising))
    return replace(found, severity=level, signals=found.signals + tuple(lines), likely=likely)


def _line(head: Head, model: Linear, terms: tuple[str, ...], level: Severity, *, raised: bool) -> Signal:
    nl, en = _WHAT[head]
    words = [", ".join(f"‘{_shown(term, language)}’" for term in terms) for language in (0, 1)]
    told = [f": {one}" if one else "" for one in words]
    more = _RAISED if raised else ("", "")
    return Signal(
        span=(0, 0),
        view=VIEW,
        rule=f"{VIEW}.{head.value}@{model.version}",
        category=None,
        severity=level,
        reason_nl=f"Lijkt op berichten die mensen {nl}{told[0]}.{more[0]}",
        reason_en=f"Like posts that people {en}{told[1]}.{more[1]}",
        kind=SignalKind.LEARNED,
    )


def _shown(term: str, language: int) -> str:
    return " ".join(_MASKS[word][language] if word in _MASKS else word for word in term.split())


def raises_at(figures: dict[str, Any]) -> float:
    """Give the threshold that is kept with a model."""
    return max(RAISES_AT, float(figures.get("raises_at", RAISES_AT)))


def _live(work: Work, location_id: UUID) -> dict[Head, tuple[UUID, float]]:
    """Give which models are in use and from where they raise; asked once in a unit of work, which may read much."""
    key = f"learned {location_id}"
    if key not in work.notes:
        rows = work.session.execute(
            sa.select(LearnedModel.head, LearnedModel.id, LearnedModel.figures).where(
                LearnedModel.location_id == location_id, LearnedModel.state == ModelState.LIVE
            )
        )
        work.notes[key] = {row.head: (row.id, raises_at(row.figures)) for row in rows}
    found: dict[Head, tuple[UUID, float]] = work.notes[key]
    return found


def _model(work: Work, model_id: UUID) -> Linear:
    """Give a model, opened and checked once per process; a row's numbers never change."""
    known = _read.get(model_id)
    if known is None:
        blob = work.session.scalars(sa.select(LearnedModel.numbers).where(LearnedModel.id == model_id)).one()
        known = Linear.from_json(json.loads(work.open(LearnedModel, "numbers", model_id, blob)))
        if len(_read) >= _REMEMBERED:
            _read.clear()
        _read[model_id] = known
    return known


def _broken(found: Assessment, length: int) -> Assessment:
    line = Signal(
        span=(0, length),
        view=VIEW,
        rule=VIEW,
        category=None,
        severity=Severity.MEDIUM,
        reason_nl=_BROKEN[0],
        reason_en=_BROKEN[1],
        kind=SignalKind.FAULT,
    )
    return replace(found, severity=max(found.severity, Severity.MEDIUM), signals=(*found.signals, line), assessed=False)
