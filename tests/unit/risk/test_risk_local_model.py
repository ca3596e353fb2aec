"""A model of the operator's own: numbers for words or a file for ONNX Runtime, both tiny and made here."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from safespace.moderation.assessing import engine
from safespace.moderation.risk.assessment import Severity, SignalKind
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.likeness import FILE, terms_of
from safespace.moderation.risk.linear import Linear
from safespace.moderation.risk.local_model import local_model, places
from safespace.moderation.risk.rules import RulesInvalid
from safespace.settings import load

RULES = Path(__file__).resolve().parents[3] / "config" / "risk"
SIZE = 4096
STILL, CALM = "de zee vandaag: stil zwijgend water", "de trein naar school was op tijd"
HEAD = {
    "version": "own-1",
    "owner": "clinic",
    "date": "2026-11-29",
    "reviewed": "to be reviewed by clinicians",
    "threshold": 0.6,
}
LINEAR = Linear(
    head="care",
    version="own-1",
    weights={"stil": 4.0, "op": -1.0} | dict.fromkeys(("de", "zee", "vandaag", "water"), 0.0),
    bias=-1.0,
)
ONNX = {"file": "own.onnx", "size": SIZE, "pieces": False}


def described(folder: Path, **more: Any) -> Path:
    (folder / FILE).write_text(json.dumps(HEAD | more), "utf-8")
    return folder


def network(
    folder: Path, *, weights: dict[str, float], last: str = "Sigmoid", width: int = 1, takes: int = SIZE
) -> Path:
    """Write one layer: a vector of `takes` numbers, weighed and summed, squeezed into 0 to 1."""
    layer = np.zeros((takes, width), dtype=np.float32)
    for word, weight in weights.items():
        layer[places(frozenset({word}), takes)] = weight
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["words", "layer"], ["sum"]),
            helper.make_node("Add", ["sum", "bias"], ["shifted"]),
            helper.make_node(last, ["shifted"], ["care"]),
        ],
        "own",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, takes])],
        [helper.make_tensor_value_info("care", TensorProto.FLOAT, [1, width])],
        [numpy_helper.from_array(layer, "layer"), numpy_helper.from_array(np.float32([-1.0]), "bias")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, str(folder / "own.onnx"))
    return folder


def levels(folder: Path) -> list[Severity]:
    own = Engine(Engine.load(RULES).ruleset, [local_model(folder)])
    return [own.assess(text).severity for text in (STILL, CALM, "ik wil niet meer leven")]


def test_numbers_for_words_are_read(tmp_path: Path) -> None:
    assert levels(described(tmp_path, linear=LINEAR.to_json())) == [Severity.MEDIUM, Severity.NONE, Severity.HIGH]


def test_a_network_is_read(tmp_path: Path) -> None:
    described(network(tmp_path, weights={"stil": 20.0}), onnx=ONNX)
    assert levels(tmp_path) == [Severity.MEDIUM, Severity.NONE, Severity.HIGH]
    model = local_model(tmp_path)
    found = Engine(Engine.load(RULES).ruleset, [model]).assess(STILL)
    assert [(one.kind, one.rule, one.span) for one in found.signals] == [
        (SignalKind.LIKENESS, "likeness@own-1", (0, len(STILL)))
    ]


def test_the_vector_is_as_the_contract_says() -> None:
    assert places(frozenset({"stil", "zee", "stil zee"}), 1024) == [369, 383, 673]
    assert places(frozenset(), 1024) == []


def test_an_answer_that_is_no_probability_is_medium_and_not_assessed(tmp_path: Path) -> None:
    described(network(tmp_path, weights=dict.fromkeys(terms_of(STILL, pieces=False), 99.0), last="Exp"), onnx=ONNX)
    own = Engine(Engine.load(RULES).ruleset, [local_model(tmp_path)])
    found = own.assess(STILL)
    assert (found.severity, found.assessed) == (Severity.MEDIUM, False)


def test_both_models_are_asked(tmp_path: Path) -> None:
    own = Engine.load(RULES, described(tmp_path, linear=LINEAR.to_json()))
    assert [model.version for model in own.models][1:] == ["own-1"]
    assert len(own.models) == 2
    assert own.assess(STILL, Context(rules_alone=True)).severity is Severity.NONE


def test_settings_name_the_directory_and_a_broken_model_stops_the_start(tmp_path: Path) -> None:
    rest = {"SAFESPACE_SECRET_KEY": "s" * 40}
    env = rest | {"SAFESPACE_RISK_MODEL_DIR": str(described(tmp_path, linear=LINEAR.to_json()))}
    own = load("testing", env=env)
    assert own.risk_model_dir == tmp_path
    assert engine(own).models[-1].version == "own-1"
    assert engine(load("testing", env=rest)).models == Engine.load(RULES).models
    broken = tmp_path / "broken"
    broken.mkdir()
    with pytest.raises(RulesInvalid, match=r"^model\.json: cannot be read"):
        engine(load("testing", env=rest, risk_model_dir=broken))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"more": 1}, "expected file, pieces, size"),
        ({"file": "../own.onnx"}, "file"),
        ({"file": "none.onnx"}, "file"),
        ({"file": 3}, "file"),
        ({"size": 8}, "size"),
        ({"size": True}, "size"),
        ({"size": 2_000_000}, "size"),
        ({"pieces": "no"}, "pieces"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    described(network(tmp_path, weights={}), onnx=ONNX | change)
    with pytest.raises(RulesInvalid, match=rf"^model\.json: onnx: .*{complaint}"):
        local_model(tmp_path)


def test_a_file_that_is_no_network_or_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    described(tmp_path, onnx=ONNX)
    (tmp_path / "own.onnx").write_bytes(b"not a network")
    with pytest.raises(RulesInvalid, match=r"^own\.onnx: not a model for ONNX Runtime"):
        local_model(tmp_path)
    network(tmp_path, weights={}, takes=32)
    with pytest.raises(RulesInvalid, match=r"^own\.onnx: does not answer"):
        local_model(tmp_path)
    network(tmp_path, weights={}, width=2)
    with pytest.raises(RulesInvalid, match=r"^own\.onnx: does not answer"):
        local_model(tmp_path)


def test_without_the_runtime_the_start_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described(network(tmp_path, weights={}), onnx=ONNX)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(RulesInvalid, match="comes with the extra `onnx`"):
        local_model(tmp_path)


def test_nothing_of_the_runtime_is_loaded_for_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert local_model(described(tmp_path, linear=LINEAR.to_json())).version == "own-1"
