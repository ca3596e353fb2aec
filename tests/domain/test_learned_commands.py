"""`safespace risk learned` as whoever runs the service uses it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import a_location
from click.testing import CliRunner, Result

from safespace import tables
from safespace.cli import risk_learned
from safespace.cli.ground import unit
from safespace.cli.risk import risk
from safespace.host.database import engine_options, prepare_sqlite
from safespace.kernel.sealed import KeyRing
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.models import LearningRound
from safespace.moderation.risk.linear import Linear
from safespace.settings import Settings, load

SILENT = {"outcome": "too_few", "decisions": 3, "positives": 1}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation on SQLite with one location."""
    monkeypatch.setenv("SAFESPACE_ENVIRONMENT", "testing")
    monkeypatch.setenv("SAFESPACE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAFESPACE_SECRET_KEY", "only for tests, only for tests, only for tests")
    monkeypatch.delenv("SAFESPACE_DATABASE_URL", raising=False)
    settings = load()
    KeyRing.fresh().save(settings.key_file)
    engine = sa.create_engine(settings.database_url, **engine_options(settings))
    prepare_sqlite(engine)
    tables.METADATA.create_all(engine)
    with unit(settings, engine, KeyRing.load(settings.key_file)) as work:
        a_location(work)
    engine.dispose()
    return settings


def run(*words: str) -> Result:
    return CliRunner().invoke(risk, ["learned", *words])


def learns(monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]) -> None:
    monkeypatch.setattr(risk_learned, "fit_apart", lambda _: answer)


def made(word: str, outcome: str = "live") -> dict[str, object]:
    model = Linear(head="urgent", version=f"v-{word}", weights={word: 3.0}, bias=-1.0).to_json()
    urgent = {"outcome": outcome, "decisions": 240, "positives": 60, "figures": {}, "model": model}
    return {"heads": {head.value: SILENT for head in Head} | {"urgent": urgent}, "phrases": []}


def test_with_too_little_it_says_why_nothing_is_used(here) -> None:
    done = run("retrain", "Noorderlicht")
    assert done.exit_code == 0, done.output
    assert "urgent stays silent: too few decisions (0 decisions, 0 of them a yes)" in done.output
    assert "Nothing was learned yet" in run("list").output


def test_learning_listing_and_taking_back(here, monkeypatch) -> None:
    for word in ("deken", "glas"):
        learns(monkeypatch, made(word))
        assert "urgent is in use now (240 decisions" in run("retrain", "Noorderlicht").output
    learns(monkeypatch, made("zee", "misses_more"))
    assert "it misses more than the one in use" in run("retrain", "Noorderlicht").output
    listed = run("list").output
    assert "Noorderlicht: urgent v-glas live, 240 decisions, 60 of them a yes" in listed
    assert "v-deken earlier" in listed
    assert "v-zee refused (is not used: it misses more" in listed
    assert "version v-deken is in use again" in run("rollback", "Noorderlicht", "urgent").output
    assert "the rules read alone" in run("rollback", "Noorderlicht", "urgent").output
    nothing = run("rollback", "Noorderlicht", "urgent")
    assert (nothing.exit_code, "Nothing is in use" in nothing.output) == (1, True)


@pytest.mark.parametrize(
    ("answer", "said"),
    [({"missing": True}, "scikit-learn is not installed"), ({"failed": "TimeoutError"}, "nothing was changed")],
)
def test_what_goes_wrong_is_said(here, monkeypatch, answer, said) -> None:
    learns(monkeypatch, answer)
    done = run("retrain", "Noorderlicht")
    assert done.exit_code == 1
    assert said in done.output
    engine = sa.create_engine(here.database_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(LearningRound.due_at)) is not None
    engine.dispose()


def test_a_place_that_is_not_there_is_named(here) -> None:
    for words in (("retrain", "Nergens"), ("rollback", "Nergens", "urgent")):
        done = run(*words)
        assert done.exit_code == 1
        assert "There is no location called Nergens." in done.output
