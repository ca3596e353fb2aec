"""Limits per account, per address and in all. Addresses are kept in memory only, as a keyed hash that rotates."""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from safespace.kernel.refusals import TooManyError
from safespace.settings import Settings

ROTATION = 600
PATIENCE = 1.0  # seconds that Redis may take to answer
AWAY = 5.0  # seconds before it is asked again
WORDS = {"join_attempts": "too_many_codes"}  # by kind: what is said instead of that it was too often
Asked = Callable[[MovingWindowRateLimiter, RateLimitItem, str, str], bool]
log = logging.getLogger(__name__)


class Limits:
    """The limits of one process, shared through Redis when there is one; while it is away each process counts alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = self._own
        self._faults: tuple[type[Exception], ...] = ()
        self._away_until = 0.0
        if settings.redis_url:
            patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            storage = storage_from_string(settings.redis_url, **patience)
            if not isinstance(storage, Storage):
                raise TypeError("limits need a synchronous storage")
            faults = storage.base_exceptions
            self._shared = MovingWindowRateLimiter(storage)
            self._faults = faults if isinstance(faults, tuple) else (faults,)

    def count(self, kind: str, account: str = "") -> None:
        """Count one attempt of this kind; raises TooManyError with the seconds to wait.

        A ward shares one address, so the limit per address is generous; the one per account is what stops guessing.
        """
        self._each(kind, account, _hit)

    def still_open(self, kind: str, account: str = "") -> None:
        """Raise TooManyError where a limit of this kind was reached; counts nothing."""
        self._each(kind, account, _test)

    def _each(self, kind: str, account: str, asked: Asked) -> None:
        for setting, key in (
            (f"{kind}_account", account) if kind == "posts" else (kind, account),
            (f"{kind}_address", self._address()),
            (f"{kind}_all", "all"),
        ):
            rule = getattr(self._settings, setting, "")
            if rule and key and (seconds := self._seconds(asked, parse(rule), setting, key)):
                raise TooManyError(WORDS.get(kind), seconds=seconds)

    def _seconds(self, asked: Asked, rule: RateLimitItem, setting: str, key: str) -> int:
        """Give how long to wait, 0 when one may go on."""
        if time.monotonic() >= self._away_until:
            try:
                return _refused(asked, self._shared, rule, setting, key)
            except self._faults as error:
                self._away_until = time.monotonic() + AWAY
                log.warning("limits are counted alone", extra={"kind": type(error).__name__})
        return _refused(asked, self._own, rule, setting, key)

    def _address(self) -> str:
        slot = int(time.time() // ROTATION)
        key = f"{self._settings.secret_key}:{slot}".encode()
        return hmac.new(key, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()


def _hit(limiter: MovingWindowRateLimiter, rule: RateLimitItem, setting: str, key: str) -> bool:
    return limiter.hit(rule, setting, key)


def _test(limiter: MovingWindowRateLimiter, rule: RateLimitItem, setting: str, key: str) -> bool:
    return limiter.test(rule, setting, key)


def _refused(asked: Asked, limiter: MovingWindowRateLimiter, rule: RateLimitItem, setting: str, key: str) -> int:
    if asked(limiter, rule, setting, key):
        return 0
    reset = limiter.get_window_stats(rule, setting, key).reset_time
    return max(1, int(reset - time.time()))


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its limits."""
    app.extensions["safespace.limits"] = Limits(settings)


def count(kind: str, account: str = "") -> None:
    """Count one attempt of a kind that settings.py limits, such as `posts` or `join_attempts`; raises TooManyError."""
    found: Limits = current_app.extensions["safespace.limits"]
    found.count(kind, account)


def still_open(kind: str, account: str = "") -> None:
    """Raise TooManyError where a limit of a kind was reached, for what only counts when it is wrong."""
    found: Limits = current_app.extensions["safespace.limits"]
    found.still_open(kind, account)
