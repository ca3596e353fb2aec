"""One engine with the clinic's own rules, built once for all tests."""

from pathlib import Path

import pytest

from safespace.moderation.risk.engine import Engine

RULES = Path(__file__).resolve().parents[3] / "config" / "risk"


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load(RULES)
