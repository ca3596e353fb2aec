"""A start is not held up by the search for garbage, and what serves afterwards searches again."""

import gc
import sys
from collections.abc import Iterator

import pytest

from safespace.cli import main as command
from safespace.host import sweeping


@pytest.fixture(autouse=True)
def _searching_again() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_what_lasts_is_made_without_a_search_and_not_searched_later() -> None:
    before = gc.get_freeze_count()
    assert sweeping.undisturbed(gc.isenabled) is False
    assert gc.isenabled()
    assert gc.get_freeze_count() > before


def test_after_a_start_that_failed_the_search_goes_on() -> None:
    with pytest.raises(ZeroDivisionError):
        sweeping.undisturbed(lambda: 1 // 0)
    assert gc.isenabled()


@pytest.mark.parametrize(("words", "searching"), [(["worker"], False), (["audit", "verify"], True)])
def test_only_a_start_that_serves_pauses_it(monkeypatch: pytest.MonkeyPatch, words: list[str], searching: bool) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(sys, "argv", ["safespace", *words])
    monkeypatch.setattr(command, "main", lambda: seen.append(gc.isenabled()))
    monkeypatch.setattr("gevent.monkey.patch_all", lambda **_: None)
    command.run()
    assert seen == [searching]
