"""A linear model of texts as plain numbers: a weight for each term, added up. Reading with it needs no library.

Pure, as the rest of the engine. It knows words and how heavy they weigh; what its answer may change is decided where it
is used. It reads masked words only (`masking.py`), so no term of it holds a number, a name or an account.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.legible import readable_part
from safespace.moderation.risk.masking import MASKS, masked_sentences

MOST_TERMS = 20_000
LONGEST_TERM = 80
_LONGEST_NAME = 60
_HEAVIEST = 1_000.0
_MOST_LEAST = 100
# A piece of a word, for models that must see through spelling; a word never starts with this sign.
PIECE = "~"
_PIECES = (3, 4, 5)
_LONGEST_PIECED = 30
_FIELDS = frozenset({"head", "version", "pieces", "bias", "slope", "offset", "weights"})
Features = frozenset[str]


class LinearInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """Stored numbers that are no model; says which part, never a term."""


def features_of(text: str, folding: Folding, *, names: Sequence[str] = (), pieces: bool = False) -> Features:
    """Promise the terms of a text: its masked, folded words and pairs of neighbours, each counted once.

    `names` are folded names of staff, clinics and schools to mask. With `pieces` also parts of words of three to five
    characters, which survive a slip or a star. An invisible character changes nothing.
    """
    terms: set[str] = set()
    for words in masked_sentences(readable_part(text, folding)[0], names):
        terms.update(word for word in words if len(word) <= LONGEST_TERM)
        terms.update(f"{one} {other}" for one, other in pairwise(words) if len(one + other) < LONGEST_TERM)
        if pieces:
            for word in words:
                terms.update(_pieces(word))
    return frozenset(terms)


def _pieces(word: str) -> set[str]:
    if word in MASKS:
        return set()
    edged = f"<{word[:_LONGEST_PIECED]}>"
    return {PIECE + edged[at : at + size] for size in _PIECES for at in range(len(edged) - size + 1)}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Linear:
    """One question (`head`) as numbers: a score adds up weights, and slope and offset make it a probability.

    Each term a model knows counts once, and the sum is divided by the root of how many it knows in the text, so that a
    long text is no heavier than a short one; below `least` known terms it counts as if there were so many, so that a
    text of which the model knows little stays near the bias. `pieces`: it was made to read parts of words too.
    """

    head: str
    version: str
    weights: Mapping[str, float]
    bias: float
    slope: float = 1.0
    offset: float = 0.0
    pieces: bool = False
    least: int = 1

    def __repr__(self) -> str:
        return f"<Linear {self.head} {self.version}>"

    def read(self, text: str, folding: Folding, names: Sequence[str] = ()) -> Features:
        """Promise the features of a text as this model was made to see it."""
        return features_of(text, folding, names=names, pieces=self.pieces)

    def score(self, features: Features) -> float:
        """Promise the raw score; texts without a known term score the bias."""
        return self._score([self.weights[term] for term in features if term in self.weights])

    def _score(self, weights: Collection[float]) -> float:
        return self.bias + math.fsum(weights) / math.sqrt(max(len(weights), self.least, 1))

    def probability_of(self, weights: Collection[float]) -> float:
        """Promise the probability of a text by the weights of its terms that the model knows."""
        return _sigmoid(self.slope * self._score(weights) + self.offset)

    def probability(self, features: Features) -> float:
        """Promise the calibrated probability, from 0 to 1: of a hundred texts with 0.3, about thirty were a yes."""
        return self.probability_of([self.weights[term] for term in features if term in self.weights])

    def reasons(self, features: Features, most: int = 5) -> tuple[str, ...]:
        """Promise the terms that spoke most for a yes, heaviest first, of equals the longest."""
        heavy = [term for term in features if self.weights.get(term, 0.0) > 0.0]
        heavy.sort(key=lambda term: (-self.weights[term], -len(term), term))
        return tuple(heavy[: max(0, most)])

    def to_json(self) -> dict[str, Any]:
        """Promise plain values that survive being stored as JSON and come back equal by `from_json`."""
        return {
            "head": self.head,
            "version": self.version,
            "pieces": self.pieces,
            "least": self.least,
            "bias": self.bias,
            "slope": self.slope,
            "offset": self.offset,
            "weights": dict(sorted(self.weights.items())),
        }

    @classmethod
    def from_json(cls, stored: Any) -> Self:
        """Promise the model that `to_json` wrote. Raises LinearInvalid on anything that is not one, or is too large."""
        if not isinstance(stored, dict) or stored.keys() - {"least"} != _FIELDS:
            raise LinearInvalid("fields")
        weights = stored["weights"]
        if not isinstance(weights, dict) or len(weights) > MOST_TERMS:
            raise LinearInvalid("weights")
        if not all(isinstance(term, str) and 0 < len(term) <= LONGEST_TERM for term in weights):
            raise LinearInvalid("terms")
        if not isinstance(stored["pieces"], bool):
            raise LinearInvalid("pieces")
        least = stored.get("least", 1)
        if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= _MOST_LEAST:
            raise LinearInvalid("least")
        slope = _number("slope", stored["slope"])
        if slope <= 0:  # a calibration that turns the answer around is no calibration
            raise LinearInvalid("slope")
        return cls(
            head=_name("head", stored["head"]),
            version=_name("version", stored["version"]),
            weights={term: _number("weights", weight) for term, weight in weights.items()},
            bias=_number("bias", stored["bias"]),
            slope=slope,
            offset=_number("offset", stored["offset"]),
            pieces=stored["pieces"],
            least=least,
        )


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-min(value, 700.0)))
    grown = math.exp(max(value, -700.0))
    return grown / (1.0 + grown)


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LinearInvalid(field)
    if not math.isfinite(value) or abs(value) > _HEAVIEST:
        raise LinearInvalid(field)
    return float(value)


def _name(field: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        raise LinearInvalid(field)
    return value
