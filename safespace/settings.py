"""Settings: one frozen value, from TOML files and the environment; what is unknown or weak stops the start."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limits import parse

CONFIG = Path(os.environ.get("SAFESPACE_CONFIG", Path(__file__).resolve().parent.parent / "config"))
ENVIRONMENTS = ("production", "development", "demo", "testing")
# Said in the environment, but no settings: where these come from, and what the test suite asks of its surroundings.
NO_SETTINGS = frozenset(
    f"SAFESPACE_{name}"
    for name in ("ENVIRONMENT", "CONFIG", "TEST_DATABASE", "TEST_REDIS", "REQUIRE_SERVICES", "ARTIFACTS", "FULL_SIZE")
)
LIMITS = (
    "sign_in_attempts",
    "sign_in_attempts_address",
    "sign_in_attempts_all",
    "join_attempts",
    "join_attempts_address",
    "join_attempts_all",
    "join_secrets",
    "posts_account",
    "posts_all",
    "reports",
    "hints",
    "talk",
    "rule_tries",
)
SAFE: dict[str, tuple[float, float]] = {  # the least and the most that production takes
    "trusted_proxies": (0, 3),
    "hold_seconds": (5, 600),
    "youth_idle": (60, 2 * 3600),
    "youth_absolute": (300, 24 * 3600),
    "staff_idle": (60, 3600),
    "staff_absolute": (300, 24 * 3600),
    "role_delay": (24 * 3600, 30 * 24 * 3600),
    "invitation_days": (1, 90),
    "enrolment_hours": (1, 14 * 24),
    "argon2_memory_kib": (19 * 1024, 1024 * 1024),
    "argon2_time": (2, 20),
    "relay_seconds": (0.05, 5),
}
PLACEHOLDERS = (
    *("change", "default", "dummy", "example", "geheim", "insecure", "invalid", "password", "placeholder"),
    *("postgres", "replace", "safespace", "secret", "verander", "voorbeeld", "wachtwoord"),
)
SHORTEST_PASSWORD = 12


class SettingsInvalidError(Exception):
    """A setting is unknown, missing, of the wrong kind or too weak; the service does not start."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between two installations. Times are in seconds unless the name says otherwise."""

    environment: str = "production"
    data_dir: Path = Path("data")
    config_dir: Path = CONFIG
    database_url: str = ""
    redis_url: str = ""
    key_file: Path = Path()
    risk_model_dir: Path = Path()
    secret_key: str = field(default="", repr=False)
    origins: tuple[str, ...] = ()
    trusted_proxies: int = 0
    product_name: str = "Plek"
    exit_target: str = "/weg/klaar"
    time_zone: str = "Europe/Amsterdam"
    secure_cookies: bool = True
    hold_seconds: int = 10
    youth_idle: int = 30 * 60
    youth_absolute: int = 12 * 3600
    staff_idle: int = 15 * 60
    staff_absolute: int = 8 * 3600
    role_delay: int = 24 * 3600
    invitation_days: int = 14
    enrolment_hours: int = 72
    sign_in_attempts: str = "10 per 5 minutes"
    sign_in_attempts_address: str = "300 per 5 minutes"
    sign_in_attempts_all: str = "2000 per 5 minutes"
    join_attempts: str = "20 per 10 minutes"
    join_attempts_address: str = "60 per 10 minutes"
    join_attempts_all: str = "600 per 10 minutes"
    join_secrets: str = "30 per 10 minutes"
    posts_account: str = "20 per 10 minutes"
    posts_all: str = "2000 per 10 minutes"
    reports: str = "30 per hour"
    hints: str = "60 per minute"
    talk: str = "60 per 10 minutes"
    rule_tries: str = "30 per 10 minutes"
    argon2_memory_kib: int = 19 * 1024
    argon2_time: int = 2
    relay_seconds: float = 0.2
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""
    webhook_secret: str = field(default="", repr=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one process, one write lock."""
        return self.database_url.startswith("sqlite")

    @property
    def is_demo(self) -> bool:
        """Whether fictional data and one-click sign-in are allowed."""
        return self.environment == "demo"


def load(environment: str | None = None, *, env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read `default.toml`, `<environment>.toml`, then `SAFESPACE_*`, then the overrides; the last one wins.

    Raises SettingsInvalidError for an unknown key, a value of the wrong kind, or a weak or missing secret.
    """
    env = os.environ if env is None else env
    name = environment or env.get("SAFESPACE_ENVIRONMENT", "production")
    if name not in ENVIRONMENTS:
        raise SettingsInvalidError(f"unknown environment {name!r}; choose one of {', '.join(ENVIRONMENTS)}")
    values: dict[str, Any] = {}
    for file in ("default.toml", f"{name}.toml"):
        path = CONFIG / file
        if path.exists():
            values |= tomllib.loads(path.read_text())
    given = [key for key in env if key.startswith("SAFESPACE_") and key not in NO_SETTINGS]
    values |= {key[10:].lower(): env[key] for key in given}
    values |= overrides
    values["environment"] = name
    return _checked(values)


def _checked(values: dict[str, Any]) -> Settings:
    known = {f.name for f in fields(Settings)}
    if unknown := sorted(set(values) - known):
        raise SettingsInvalidError(f"unknown setting: {', '.join(unknown)}")
    hints = get_type_hints(Settings)
    settings = Settings(**{key: _as(hints[key], key, value) for key, value in values.items()})
    settings = _with_defaults(settings)
    if len(settings.secret_key) < 32:
        raise SettingsInvalidError("secret_key must have at least 32 characters; see config/production.env.example")
    if settings.smtp_security not in {"starttls", "tls", "none"}:
        raise SettingsInvalidError("smtp_security must be starttls, tls or none")
    if settings.webhook_secret and len(settings.webhook_secret) < 32:
        raise SettingsInvalidError("webhook_secret must have at least 32 characters")
    _readable(settings)
    if settings.environment == "production":
        _production(settings)
    return settings


def _readable(settings: Settings) -> None:
    """Refuse what would only fail at its first use."""
    for name in LIMITS:
        try:
            parse(getattr(settings, name) or "1 per second")
        except ValueError as error:
            raise SettingsInvalidError(f"{name} is no limit such as '10 per 5 minutes'") from error
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsInvalidError("time_zone is no time zone such as Europe/Amsterdam") from error
    target = settings.exit_target
    if not (target.startswith("/") and target[1:2] not in {"/", "\\"}) and not _is_origin(target, path=True):
        raise SettingsInvalidError("exit_target must be a path of the service or an https:// address")


def _with_defaults(settings: Settings) -> Settings:
    changes: dict[str, Any] = {}
    if not settings.database_url:
        changes["database_url"] = f"sqlite:///{settings.data_dir.resolve() / 'safespace.db'}"
    if settings.key_file == Path():
        changes["key_file"] = settings.data_dir / "keys.json"
    return Settings(**({f.name: getattr(settings, f.name) for f in fields(settings)} | changes))


def _production(settings: Settings) -> None:
    if not settings.secure_cookies:
        raise SettingsInvalidError("secure_cookies must be true in production")
    if not settings.origins or not all(_is_origin(origin) for origin in settings.origins):
        raise SettingsInvalidError("origins must name the https:// address of the service in production")
    for name in ("secret_key", "webhook_secret"):
        if (secret := getattr(settings, name)) and _looks_made_up(secret):
            raise SettingsInvalidError(f"{name} looks like a default; make one with: safespace keys secret")
    for name in LIMITS:
        if not getattr(settings, name):
            raise SettingsInvalidError(f"{name} is empty; production always limits")
    for name, (least, most) in SAFE.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingsInvalidError(f"{name} must be {least} to {most} in production")
    _passwords(settings)


def _passwords(settings: Settings) -> None:
    """Refuse a password that others know; a database may do without one, on a socket or with a certificate."""
    database, redis = _parts(settings, "database_url"), _parts(settings, "redis_url")
    if not settings.is_sqlite and database[1] is not None and _is_known(*database):
        raise SettingsInvalidError("database_url has a password that is short, known or the name of its user")
    if settings.redis_url and not settings.redis_url.startswith("unix:") and _is_known(*redis):
        raise SettingsInvalidError("redis_url needs a password that is not short or known")


def _parts(settings: Settings, name: str) -> tuple[str, str | None]:
    try:
        found = urlsplit(getattr(settings, name))
    except ValueError:
        raise SettingsInvalidError(f"{name} is no address") from None  # the address may hold a password
    return found.username or "", found.password


def _is_known(user: str, password: str | None) -> bool:
    word = (password or "").lower()
    return len(word) < SHORTEST_PASSWORD or word == user.lower() or any(one in word for one in PLACEHOLDERS)


def _looks_made_up(secret: str) -> bool:
    repeats = secret in (secret + secret)[1:-1]
    return repeats or len(set(secret)) < 12 or any(word in secret.lower() for word in PLACEHOLDERS)


def _is_origin(address: str, *, path: bool = False) -> bool:
    """Say whether this is https:// with a host and nothing more, or with a path behind it."""
    try:
        found = urlsplit(address)
        found.port  # noqa: B018  # raises for a port that is none
    except ValueError:
        return False
    if found.scheme != "https" or not found.hostname or "*" in found.netloc or "@" in found.netloc:
        return False
    return path or address == f"https://{found.netloc}"


def _as(kind: Any, key: str, value: Any) -> Any:
    try:
        if kind is bool and isinstance(value, str):
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        if kind == tuple[str, ...]:
            return tuple(value.split()) if isinstance(value, str) else tuple(value)
        if kind in (int, float, Path, str):
            return kind(value)
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsInvalidError(f"setting {key} has the wrong kind") from error
    return value
