"""Settings: one frozen value, from TOML files and the environment; what is unknown or weak stops the start."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

CONFIG = Path(os.environ.get("SAFESPACE_CONFIG", Path(__file__).resolve().parent.parent / "config"))
ENVIRONMENTS = ("production", "development", "demo", "testing")
# Said in the environment, but no settings: where these come from, and what the test suite asks of its surroundings.
NO_SETTINGS = frozenset(
    f"SAFESPACE_{name}"
    for name in ("ENVIRONMENT", "CONFIG", "TEST_DATABASE", "TEST_REDIS", "REQUIRE_SERVICES", "ARTIFACTS", "FULL_SIZE")
)


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
    join_attempts_address: str = "60 per 10 minutes"
    join_attempts_all: str = "600 per 10 minutes"
    posts_account: str = "20 per 10 minutes"
    posts_all: str = "2000 per 10 minutes"
    argon2_memory_kib: int = 19 * 1024
    argon2_time: int = 2
    relay_seconds: float = 0.2

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
    if settings.environment == "production":
        _production(settings)
    return settings


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
    if not settings.origins or any(not origin.startswith("https://") for origin in settings.origins):
        raise SettingsInvalidError("origins must name the https:// address of the service in production")
    if len(set(settings.secret_key)) < 12:
        raise SettingsInvalidError("secret_key looks like a default; make one with: safespace keys secret")


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
