"""Making models from lessons, in a process of its own: plain values come in, plain numbers go out, nothing is kept.

Pure, so that it needs no database. `python -m safespace.moderation.learning.fitting` reads JSON and writes JSON.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

try:
    from sklearn.feature_extraction.text import CountVectorizer  # the optional extra `learning`
    from sklearn.linear_model import LogisticRegression  # the optional extra `learning`
except ImportError:  # a running service does without
    LogisticRegression = None

from safespace.moderation.learning.heads import LEVELS, Head
from safespace.moderation.learning.judging import Case, Learned, Measured, figures_of, why_not, with_threshold
from safespace.moderation.learning.phrases import phrases_of
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.linear import MOST_TERMS, Features, Linear, LinearInvalid, features_of

LEAST_DECISIONS = 200
LEAST_POSITIVES = 30
LEAST_AUTHORS = 5
LEAST_IN_A_PART = 3
LEAST_KNOWN = 8
HALF_LIFE_DAYS = 180.0
# By time: the first part teaches, the second sets how sure it may be, the last one judges.
PARTS = (0.6, 0.8)
_NICE = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class Taught:
    """One text as it is learned from: what it holds, who wrote it, how long ago, and what humans answered."""

    features: Features
    author: int
    age_days: float
    answers: dict[str, bool | None]


def fit(homework: dict[str, Any]) -> dict[str, Any]:
    """Give what became of each head, and the phrases that no rule knows; `missing` where scikit-learn is not there."""
    if LogisticRegression is None:
        return {"missing": True}
    engine, read = _examples(homework["rules"])
    folding = Folding()
    taught = [
        Taught(
            features=features_of(one["text"], folding),
            author=one["author"],
            age_days=one["age_days"],
            answers=one["answers"],
        )
        for one in homework["lessons"]
    ]
    heads = {
        head: _one_head(head, taught, _cases(read, head), live, homework["today"])
        for head, live in homework["heads"].items()
    }
    return {"heads": heads, "phrases": phrases_of(homework["lessons"], engine, folding)}


def _one_head(
    head: str, taught: Sequence[Taught], examples: list[Case], live: dict[str, Any] | None, today: str
) -> dict[str, Any]:
    told = [one for one in taught if one.answers[head] is not None]
    positives = sum(bool(one.answers[head]) for one in told)
    counts = {"decisions": len(told), "positives": positives}
    if len(told) < LEAST_DECISIONS or positives < LEAST_POSITIVES:
        return counts | {"outcome": "too_few"}
    first, second = (int(len(told) * share) for share in PARTS)
    parts = told[:first], told[first:second], told[second:]
    if any(not _both(part, head) for part in parts):
        return counts | {"outcome": "uneven"}
    made = _made(head, parts[0], parts[1], today)
    if made is None:
        return counts | {"outcome": "no_pattern"}
    second_part, later = ([(one.features, bool(one.answers[head])) for one in part] for part in parts[1:])
    candidate = with_threshold(made, second_part, examples)
    measured = Measured(later=figures_of(candidate, later), examples=figures_of(candidate, examples))
    before = _live(live)
    if before is not None and before.model.weights == made.weights:
        return counts | {"outcome": "same"}
    old = None
    if before is not None:
        old = Measured(later=figures_of(before, later), examples=figures_of(before, examples))
    why = why_not(measured, old)
    figures = measured.to_json() | {"raises_at": candidate.raises_at}
    return counts | {"outcome": why or "live", "figures": figures, "model": made.to_json()}


def _both(part: Sequence[Taught], head: str) -> bool:
    yes = sum(bool(one.answers[head]) for one in part)
    return min(yes, len(part) - yes) >= LEAST_IN_A_PART


def _made(head: str, part: Sequence[Taught], later: Sequence[Taught], today: str) -> Linear | None:
    """Fit on the first part and calibrate on the second; None when the second does not bear out the first."""
    known = _shared_terms(part)
    if not known:
        return None
    counter = CountVectorizer(analyzer=sorted, vocabulary=known, binary=True)
    model = LogisticRegression(C=4.0, class_weight="balanced", max_iter=500)
    answers = [bool(one.answers[head]) for one in part]
    weights = [0.5 ** (one.age_days / HALF_LIFE_DAYS) for one in part]
    rows = counter.transform([one.features for one in part]).astype(float)
    rows.data /= rows.sum(axis=1).A1.clip(min=LEAST_KNOWN).repeat(rows.getnnz(axis=1)) ** 0.5  # as Linear.score does
    model.fit(rows, answers, sample_weight=weights)
    by_term = {term: round(float(weight), 6) for term, weight in zip(known, model.coef_[0], strict=True)}
    bias = round(float(model.intercept_[0]), 6)
    raw = Linear(head=head, version="raw", weights=by_term, bias=bias, least=LEAST_KNOWN)
    scores = [[raw.score(one.features)] for one in later]
    calibration = LogisticRegression(C=1.0, max_iter=500)
    calibration.fit(scores, [bool(one.answers[head]) for one in later])
    slope = float(calibration.coef_[0][0])
    if slope <= 0:
        return None
    stored = raw.to_json() | {"slope": round(slope, 6), "offset": round(float(calibration.intercept_[0]), 6)}
    mark = sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()[:8]
    try:
        return Linear.from_json(stored | {"version": f"{today}.{mark}"})
    except LinearInvalid:
        return None


def _shared_terms(part: Sequence[Taught]) -> list[str]:
    """Give the terms that enough different people wrote; what fewer wrote may be about one of them."""
    authors: dict[str, set[int]] = {}
    for one in part:
        for term in one.features:
            authors.setdefault(term, set()).add(one.author)
    shared = [(len(who), term) for term, who in authors.items() if len(who) >= LEAST_AUTHORS]
    most = sorted(shared, key=lambda entry: (-entry[0], entry[1]))[:MOST_TERMS]
    return sorted(term for _, term in most)


def _live(stored: dict[str, Any] | None) -> Learned | None:
    try:
        if stored is None:
            return None
        return Learned(model=Linear.from_json(stored["model"]), raises_at=float(stored["raises_at"]))
    except LinearInvalid:
        return None  # one that cannot be read is no measure


@lru_cache(maxsize=1)
def _examples(rules: str) -> tuple[Engine, list[tuple[Features, Severity, bool]]]:
    """Read the examples that every rule must carry: the suite that ships with the rules, with the engine's answer."""
    engine, folding = Engine.load(Path(rules)), Folding()
    texts = {text for rule in engine.ruleset.rules for text in (*rule.examples.hit, *rule.examples.miss)}
    found = []
    for text in sorted(texts):
        assessment = engine.assess(text, Context(rules_alone=True))
        found.append((features_of(text, folding), assessment.severity, bool(assessment.concerns)))
    return engine, found


def _cases(read: list[tuple[Features, Severity, bool]], head: str) -> list[Case]:
    """Give the examples as cases of one head; what lies between a clear yes and a clear no is left out."""
    least = LEVELS.get(Head(head))
    if least is None:
        return [(features, concern) for features, level, concern in read if concern or level <= Severity.LOW]
    return [(features, level >= least) for features, level, _ in read if level >= least or level <= Severity.LOW]


def main() -> None:
    """Read homework, write the answer. Nothing else is written: a traceback could hold words."""
    os.nice(_NICE)
    try:
        answer = fit(json.load(sys.stdin))
    except Exception as error:  # noqa: BLE001 - the kind is told, never the words
        answer = {"failed": type(error).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
