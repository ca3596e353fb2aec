"""Slow hashing next to the event loop: under gevent in its thread pool, otherwise in place.

Ten sign-ins at once would otherwise stop every page for 200 ms (reference performance §B4).
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent import get_hub, monkey

P = ParamSpec("P")
R = TypeVar("R")


def in_pool(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do something that only computes, while others go on. Call it outside a unit of work: it yields."""
    if not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    done: R = get_hub().threadpool.apply(work, args, kwargs)
    return done
