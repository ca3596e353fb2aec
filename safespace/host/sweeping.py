"""The interpreter's search for garbage: not while a start makes what lasts, and never in that."""

import ctypes
import gc
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")
_give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc; elsewhere there may be none


def pause() -> None:
    """Stop searching until `go_on`: a start throws little away, and a third of its time would go to the search."""
    gc.disable()


def go_on() -> None:
    """Search from here on, but not in what is there now; and give back what only the start needed."""
    gc.freeze()
    gc.enable()
    if _give_back is not None:
        _give_back(0)


def undisturbed(make: Callable[[], Made]) -> Made:
    """Make what lives as long as the process."""
    pause()
    try:
        return make()
    finally:
        go_on()
