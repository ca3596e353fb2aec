"""A model of the operator's own, from a directory on this machine: numbers for words, or a file for ONNX Runtime.

Nothing is fetched, neither at the start nor later. The contract stands in docs/operations.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, sqrt
from pathlib import Path
from typing import Any
from zlib import crc32

from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.likeness import FILE, Likeness, read_model, terms_of, trained
from safespace.moderation.risk.linear import Features
from safespace.moderation.risk.rules import RulesInvalid

WAYS = frozenset({"linear", "onnx"})
_ONNX = frozenset({"file", "size", "pieces"})
_SIZES = range(16, 1_048_577)


def local_model(directory: Path) -> Likeness:
    """Promise the model that `model.json` in `directory` describes. Raises RulesInvalid with the name of the file."""
    stored = read_model(directory / FILE, WAYS)
    return trained(FILE, stored) if "linear" in stored else _onnx(directory, stored)


def places(terms: Features, size: int) -> list[int]:
    """Promise where terms stand in a vector of `size` numbers, in order and without doubles."""
    return sorted({crc32(term.encode()) % size for term in terms})


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Hashed:
    """A model that reads one vector: each term at its place, all equally heavy, of length one together."""

    version: str
    threshold: float
    size: int
    pieces: bool
    run: Callable[[list[int], float], float]

    def likens(self, folded: Folded) -> bool:
        """Tell whether the model's answer reaches the threshold; never for a text without words."""
        terms = terms_of(folded.text, pieces=self.pieces)
        if not terms:
            return False
        found = places(terms, self.size)
        answer = self.run(found, 1 / sqrt(len(found)))
        if not isfinite(answer) or not 0 <= answer <= 1:
            raise ValueError("no probability")
        return answer >= self.threshold


def _onnx(directory: Path, stored: dict[str, Any]) -> Hashed:
    described = stored["onnx"]
    if not isinstance(described, dict) or described.keys() != _ONNX:
        raise RulesInvalid(f"{FILE}: onnx: expected {', '.join(sorted(_ONNX))}")
    file, size, pieces = described["file"], described["size"], described["pieces"]
    if not isinstance(file, str) or Path(file).name != file or not (directory / file).is_file():
        raise RulesInvalid(f"{FILE}: onnx: file is no file in this directory")
    if isinstance(size, bool) or not isinstance(size, int) or size not in _SIZES:
        raise RulesInvalid(f"{FILE}: onnx: size lies between {_SIZES[0]} and {_SIZES[-1]:,}")
    if not isinstance(pieces, bool):
        raise RulesInvalid(f"{FILE}: onnx: pieces is true or false")
    made = Hashed(
        version=stored["version"],
        threshold=float(stored["threshold"]),
        size=size,
        pieces=pieces,
        run=_session(directory / file, size),
    )
    try:
        made.likens(Folded("ik", "ik", None, frozenset()))
    except Exception as broken:  # noqa: BLE001 - a model that cannot answer now will not answer later
        raise RulesInvalid(f"{file}: does not answer ({type(broken).__name__})") from None
    return made


def _session(path: Path, size: int) -> Callable[[list[int], float], float]:
    try:
        import numpy as np  # noqa: PLC0415  # the optional extra `onnx`: only where an operator names a network
        import onnxruntime as ort  # noqa: PLC0415  # it takes time and memory that nobody else pays
    except ImportError:
        raise RulesInvalid(f"{FILE}: onnx needs ONNX Runtime, which comes with the extra `onnx`") from None
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # so that its time is measured
    options.log_severity_level = 4
    try:
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as broken:  # noqa: BLE001 - ONNX Runtime has an exception of its own for each fault
        raise RulesInvalid(f"{path.name}: not a model for ONNX Runtime ({type(broken).__name__})") from None
    if len(session.get_inputs()) != 1 or len(session.get_outputs()) != 1:
        raise RulesInvalid(f"{path.name}: expected one input and one output")
    name = session.get_inputs()[0].name

    def run(found: list[int], value: float) -> float:
        vector = np.zeros((1, size), dtype=np.float32)
        vector[0, found] = value
        (answer,) = session.run(None, {name: vector})
        return float(answer.item())  # raises unless it is one number

    return run
