"""The engine with the clinic's own rules and the suite it is measured on, read once."""

from pathlib import Path

import pytest

from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.evaluation.cases import Case, read_suite

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load(ROOT / "config" / "risk")


@pytest.fixture(scope="session")
def suite() -> list[Case]:
    return read_suite(ROOT / "tests" / "risk" / "suite")
