"""Phrases that no rule knows and that many people wrote in posts which humans raised: food for thought, no rules.

Pure. Somebody must have raised the post by hand, so a phrase never comes from what the engine found itself.
"""

from collections.abc import Sequence
from typing import Any

from safespace.moderation.risk.assessment import SignalKind
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.linear import features_of
from safespace.moderation.risk.masking import MASKS

LEAST_AUTHORS = 5
MOST = 20
# A phrase must be this many times as common in raised posts as in the others, or it is just how people talk.
_STANDS_OUT = 4.0
_SHORTEST = 4


def phrases_of(lessons: Sequence[dict[str, Any]], engine: Engine, folding: Folding) -> list[str]:
    """Give the phrases, those of most authors first. What a rule found in a post is cut out of it before."""
    raised = [one for one in lessons if one["raised"]]
    authors: dict[str, set[int]] = {}
    counts: dict[str, int] = {}
    for one in raised:
        for term in features_of(_unmatched(one["text"], engine), folding):
            authors.setdefault(term, set()).add(one["author"])
            counts[term] = counts.get(term, 0) + 1
    known = {term for term, who in authors.items() if len(who) >= LEAST_AUTHORS and _is_phrase(term)}
    calm = dict.fromkeys(known, 0)
    others = [one for one in lessons if not one["raised"]]
    for one in others if known else ():
        for term in known & features_of(one["text"], folding):
            calm[term] += 1
    standing = {
        term
        for term in known
        if counts[term] / len(raised) >= _STANDS_OUT * (calm[term] + 0.5) / (len(others) + 1)
        and not engine.assess(term).signals
    }
    return _apart(sorted(standing, key=lambda term: (-len(authors[term]), -len(term), term)))[:MOST]


def _apart(terms: Sequence[str]) -> list[str]:
    """Keep of terms that share a word only the first: a phrase once, and not again with each of its neighbours."""
    kept: list[str] = []
    said: set[str] = set()
    for term in terms:
        if said.isdisjoint(term.split()):
            kept.append(term)
            said.update(term.split())
    return kept


def _unmatched(text: str, engine: Engine) -> str:
    """Cut out of a text what rules found in it; what stood around it is no longer one sentence."""
    spans = sorted(signal.span for signal in engine.assess(text).signals if signal.kind is SignalKind.FINDING)
    parts = []
    reached = 0
    for start, end in spans:
        parts.append(text[reached : max(reached, start)])
        reached = max(reached, end)
    parts.append(text[reached:])
    return ".\n".join(parts)


def _is_phrase(term: str) -> bool:
    return len(term) >= _SHORTEST and MASKS.isdisjoint(term.split())
