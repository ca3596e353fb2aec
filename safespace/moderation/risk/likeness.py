"""What a post resembles: a trained model that may ask for a careful reading where no rule found anything of weight.

It raises none and low to medium and does nothing else: it never lowers, never says more than medium, and names no
category. It reads words and never a person: no term of it holds a name or a number.
"""

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import ahocorasick

from safespace.moderation.risk.assessment import Assessment, Severity, Signal, SignalKind
from safespace.moderation.risk.faults import told
from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.linear import PIECE, Features, Linear, LinearInvalid
from safespace.moderation.risk.masking import NUMBER
from safespace.moderation.risk.rules import RulesInvalid

FILE = "model.json"
HEAD = frozenset({"version", "owner", "date", "reviewed", "threshold"})
VIEW = "likeness"
# Fewer words than these that a model knows say too little, in whatever language they are.
LEAST_KNOWN = 5
_LARGEST_FILE = 2_000_000
_LONGEST_HEAD = 200
_BUDGET_SECONDS = 0.050
_PIECES = (3, 4)
_LONGEST_WORD = 30
# As `pieces_of` makes them: the signs of an edge stand at the edges only, so no piece reaches from word to word.
_PIECE = re.compile(rf"{PIECE}(?:[^<>]|(?<={PIECE})<|>$){{{min(_PIECES)},{max(_PIECES)}}}")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_SENTENCE = re.compile(r"[.!?\u2026](?=\s)|\n")
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[\u2190-\u2bff\U0001f300-\U0001faff]")
# What somebody is says nothing of how they are: these words are one word to a model, which no model knows.
_ANYBODY = "\u00b7"
_WHO = frozenset(
    (
        *("nederlands", "marokkaans", "turks", "surinaams", "syrisch", "pools", "chinees", "belgisch", "duits"),
        *("engels", "frans", "antilliaans", "afghaans", "somalisch", "iraans", "eritrees", "indonesisch", "moluks"),
        *("koerdisch", "moslim", "moslima", "joods", "christelijk", "hindoe", "boeddhist", "katholiek", "gelovig"),
        *("ongelovig", "homo", "lesbisch", "bi", "biseksueel", "hetero", "gay", "trans", "transgender", "binair"),
        *("queer", "aseksueel", "panseksueel", "autistisch", "doof", "blind", "slechthorend", "slechtziend"),
        *("gehandicapt", "linkshandig", "dyslectisch"),
    )
)
_NO_PIECES = frozenset({NUMBER, _ANYBODY})
_REASON_NL = "Lijkt op berichten die zorg vroegen; geen regel herkende iets."
_REASON_EN = "Like posts that called for care; no rule recognised anything."


class Likeness(Protocol):
    """A model with an answer to one question: should a clinician read this with care."""

    @property
    def version(self) -> str:
        """Which model this is, as the explanation names it."""

    def likens(self, folded: Folded) -> bool:
        """Tell whether a clinician should read this with care; may raise anything when it breaks."""


def terms_of(text: str, *, pieces: bool) -> Features:
    """Promise all terms of a folded text: words, pairs of neighbours and, if asked, pieces of words."""
    words, pairs = _said(text)
    parts = {piece for word in words for piece in pieces_of(word)} if pieces else set()
    return frozenset(words | pairs | parts)


def pieces_of(word: str) -> set[str]:
    """Promise the parts of three and four characters of a word, its edges marked; none of figures and _ANYBODY."""
    edged = f"<{word}>"
    if word in _NO_PIECES:
        return set()
    return {PIECE + edged[at : at + size] for size in _PIECES for at in range(len(edged) - size + 1)}


def _said(text: str) -> tuple[set[str], set[str]]:
    """Give words and pairs. Figures are one word for all, a letter held down counts twice, a pair has one sentence."""
    words: set[str] = set()
    pairs: set[str] = set()
    for sentence in _SENTENCE.split(_STRETCHED.sub(r"\1\1", text)):
        said = [
            NUMBER if word[0].isdecimal() else _ANYBODY if word in _WHO else word[:_LONGEST_WORD]
            for word in _WORD.findall(sentence)
        ]
        words.update(said)
        pairs.update(f"{one} {other}" for one, other in pairwise(said))
    return words, pairs


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Trained:
    """A linear model of words, and how sure it must be before it asks for a careful reading."""

    version: str
    threshold: float
    linear: Linear
    # Finds the pieces it knows in many words at once, and gives the place of each in the list of what they weigh.
    _pieces: ahocorasick.Automaton = field(init=False, compare=False)
    _weights: list[float] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        terms = list(filter(_PIECE.fullmatch, self.linear.weights)) if self.linear.pieces else []
        pieces = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for at, term in enumerate(terms):
            pieces.add_word(term.removeprefix(PIECE), at)
        pieces.make_automaton()
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_weights", list(map(self.linear.weights.__getitem__, terms)))

    def likens(self, folded: Folded) -> bool:
        """Tell whether the words weigh enough; never with fewer than five words it knows."""
        return self.weight(folded) >= self.threshold

    def weight(self, folded: Folded) -> float:
        """Promise how sure it is, from 0 to 1: an order among texts, no chance of anything."""
        weights = self.linear.weights
        words, pairs = _said(folded.text)
        known = list(filter(weights.__contains__, words))
        if len(known) < LEAST_KNOWN:
            return 0.0
        known += filter(weights.__contains__, pairs)
        heavy = list(map(weights.__getitem__, known))
        if self._weights:
            # Each word between signs that stand in no word, so that no piece reaches over its edge.
            edged = "".join([f"<{word}>" for word in words if word not in _NO_PIECES])
            heavy += map(self._weights.__getitem__, set(map(itemgetter(1), self._pieces.iter(edged))))
        return self.linear.probability_of(heavy)


def with_likeness(found: Assessment, folded: Folded, models: Sequence[Likeness], fault: Signal) -> Assessment:
    """Promise the assessment with what models say about a text that rules left at none or low; pure.

    One that breaks or is slow twice over makes it *medium, not assessed*, as any part that fails, by the line `fault`.
    """
    if not found.assessed or found.severity >= Severity.MEDIUM:
        return found
    lines: list[Signal] = []
    for model in models:
        try:
            if _in_time(model, folded):
                lines.append(_line(model, len(folded.raw)))
        except Exception as broken:  # noqa: BLE001 - whatever breaks becomes a concern, never a post without one
            told(broken)
            lines.append(fault)
    if not lines:
        return found
    return replace(
        found,
        severity=Severity.MEDIUM,
        signals=(*found.signals, *dict.fromkeys(lines)),
        assessed=fault not in lines,
    )


def _in_time(model: Likeness, folded: Folded) -> bool:
    """Ask twice when it is slow: the memory sweep of the interpreter can eat one budget, a slow model eats two."""
    for _ in range(2):
        started = time.thread_time()
        said = model.likens(folded)
        if time.thread_time() - started <= _BUDGET_SECONDS:
            return said
    raise TimeoutError


def _line(model: Likeness, length: int) -> Signal:
    return Signal(
        span=(0, length),
        view=VIEW,
        rule=f"{VIEW}@{model.version}",
        category=None,
        severity=Severity.MEDIUM,
        reason_nl=_REASON_NL,
        reason_en=_REASON_EN,
        kind=SignalKind.LIKENESS,
    )


def shipped(directory: Path) -> tuple[Likeness, ...]:
    """Promise the model that lies beside the rules in `directory`; none when there is no such file."""
    path = directory / FILE
    return (trained(path.name, read_model(path, {"linear"})),) if path.exists() else ()


def trained(file: str, stored: dict[str, Any]) -> Trained:
    """Promise the linear model in what `read_model` gave. Raises RulesInvalid with the name of the file."""
    try:
        linear = Linear.from_json(stored["linear"])
    except LinearInvalid as wrong:
        raise RulesInvalid(f"{file}: not a linear model: {wrong}") from None
    return Trained(version=stored["version"], threshold=float(stored["threshold"]), linear=linear)


def read_model(path: Path, ways: Iterable[str]) -> dict[str, Any]:
    """Promise the fields of a model file with exactly one of `ways`. Raises RulesInvalid with the name of the file."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise RulesInvalid(f"{path.name}: larger than {_LARGEST_FILE:,} bytes")
        stored = json.loads(path.read_text("utf-8"))
    except OSError:
        raise RulesInvalid(f"{path.name}: cannot be read") from None
    except (ValueError, RecursionError):
        raise RulesInvalid(f"{path.name}: not JSON") from None
    if not isinstance(stored, dict) or not any(stored.keys() == HEAD | {way} for way in ways):
        raise RulesInvalid(f"{path.name}: expected {', '.join(sorted(HEAD))} and one of {', '.join(sorted(ways))}")
    for name in sorted(HEAD - {"threshold"}):
        if not isinstance(stored[name], str) or not 0 < len(stored[name].strip()) <= _LONGEST_HEAD:
            raise RulesInvalid(f"{path.name}: {name} is no short text")
    try:
        date.fromisoformat(stored["date"])
    except ValueError:
        raise RulesInvalid(f"{path.name}: date is none like 2026-11-29") from None
    threshold = stored["threshold"]
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold < 1:
        raise RulesInvalid(f"{path.name}: threshold lies between 0 and 1")
    return stored
