"""Settings: a typo, a weak secret or an unsafe choice stops the start; nothing is assumed in its place."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from safespace import settings as module
from safespace.settings import Settings, SettingsInvalidError, load

SECRET = "m4kR-7tuPz_qW2bn8XcLs0vHj3EfYdGa"
PRODUCTION = {
    "SAFESPACE_ENVIRONMENT": "production",
    "SAFESPACE_SECRET_KEY": SECRET,
    "SAFESPACE_ORIGINS": "https://plek.example.nl",
}


def test_production_is_what_one_gets_without_a_choice() -> None:
    found = load(env={key: value for key, value in PRODUCTION.items() if key != "SAFESPACE_ENVIRONMENT"})
    assert found.environment == "production"
    assert found.secure_cookies
    assert not found.is_demo


def test_what_is_said_later_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "default.toml").write_text('product_name = "A"\nhold_seconds = 11\nyouth_idle = 60\n')
    (tmp_path / "production.toml").write_text("hold_seconds = 12\nyouth_idle = 120\n")
    monkeypatch.setattr(module, "CONFIG", tmp_path)
    found = load(env=PRODUCTION | {"SAFESPACE_YOUTH_IDLE": "180"}, product_name="B")
    assert (found.product_name, found.hold_seconds, found.youth_idle) == ("B", 12, 180)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SAFESPACE_SECRET_KEY": ""}, "secret_key"),
        ({"SAFESPACE_SECRET_KEY": "short"}, "secret_key"),
        ({"SAFESPACE_SECRET_KEY": "a" * 64}, "default"),
        ({"SAFESPACE_ORIGINS": ""}, "origins"),
        ({"SAFESPACE_ORIGINS": "http://plek.example.nl"}, "https"),
        ({"SAFESPACE_ORIGINS": "https://plek.example.nl http://other.example.nl"}, "https"),
        ({"SAFESPACE_ORIGINS": "https://"}, "origins"),
        ({"SAFESPACE_ORIGINS": "https://*.example.nl"}, "origins"),
        ({"SAFESPACE_ORIGINS": "https://plek.example.nl/forum"}, "origins"),
        ({"SAFESPACE_SECRET_KEY": "please-CHANGE-this-1234567890-abcdefghij"}, "default"),
        ({"SAFESPACE_SECRET_KEY": "abcdefghijklmnop" * 3}, "default"),
        ({"SAFESPACE_WEBHOOK_SECRET": "my-webhook-secret-0123456789-abcdef"}, "webhook_secret"),
        ({"SAFESPACE_DATABASE_URL": "postgresql+psycopg://safespace:safespace@db/safespace"}, "database_url"),
        ({"SAFESPACE_DATABASE_URL": "postgresql+psycopg://postgres:postgres@db/safespace"}, "database_url"),
        ({"SAFESPACE_DATABASE_URL": "postgresql+psycopg://plek:kort@db/safespace"}, "database_url"),
        ({"SAFESPACE_REDIS_URL": "redis://redis:6379/0"}, "redis_url"),
        ({"SAFESPACE_REDIS_URL": "redis://:changeme1234@redis:6379/0"}, "redis_url"),
        ({"SAFESPACE_REDIS_URL": "redis://[broken"}, "redis_url"),
        ({"SAFESPACE_ARGON2_MEMORY_KIB": "64"}, "argon2_memory_kib"),
        ({"SAFESPACE_ARGON2_TIME": "1"}, "argon2_time"),
        ({"SAFESPACE_HOLD_SECONDS": "0"}, "hold_seconds"),
        ({"SAFESPACE_HOLD_SECONDS": "-1"}, "hold_seconds"),
        ({"SAFESPACE_ROLE_DELAY": "0"}, "role_delay"),
        ({"SAFESPACE_YOUTH_IDLE": "99999999"}, "youth_idle"),
        ({"SAFESPACE_STAFF_ABSOLUTE": "99999999"}, "staff_absolute"),
        ({"SAFESPACE_RELAY_SECONDS": "nan"}, "relay_seconds"),
        ({"SAFESPACE_TRUSTED_PROXIES": "99"}, "trusted_proxies"),
        ({"SAFESPACE_SIGN_IN_ATTEMPTS": ""}, "sign_in_attempts"),
        ({"SAFESPACE_POSTS_ALL": "lots per minute"}, "posts_all"),
        ({"SAFESPACE_TIME_ZONE": "Europe/Amsterdamn"}, "time_zone"),
        ({"SAFESPACE_TIME_ZONE": "../../etc/passwd"}, "time_zone"),
        ({"SAFESPACE_EXIT_TARGET": "javascript:alert(1)"}, "exit_target"),
        ({"SAFESPACE_EXIT_TARGET": "//elsewhere.example"}, "exit_target"),
        ({"SAFESPACE_EXIT_TARGET": "http://www.example.nl"}, "exit_target"),
        ({"SAFESPACE_SECURE_COOKIES": "false"}, "secure_cookies"),
        ({"SAFESPACE_SECURE_COOKIES": "maybe"}, "wrong kind"),
        ({"SAFESPACE_HOLD_SECONDS": "ten"}, "wrong kind"),
        ({"SAFESPACE_SECRET_KEI": SECRET}, "unknown setting"),
        ({"SAFESPACE_ENVIRONMENT": "prod"}, "unknown environment"),
    ],
)
def test_what_would_be_unsafe_stops_the_start(changes: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsInvalidError, match=words):
        load(env=PRODUCTION | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"SAFESPACE_DATABASE_URL": "postgresql+psycopg://safespace:kQ3vW9xT2mB7pL5r@db/safespace"},
        {"SAFESPACE_REDIS_URL": "redis://:kQ3vW9xT2mB7pL5r@redis:6379/0"},
        {"SAFESPACE_REDIS_URL": "unix:///run/redis.sock"},
        {"SAFESPACE_EXIT_TARGET": "https://www.example.nl/weer"},
        {"SAFESPACE_ORIGINS": "https://plek.example.nl https://plek.example.nl:8443"},
        {"SAFESPACE_SIGN_IN_ATTEMPTS": "5 per 10 minutes"},
    ],
)
def test_what_a_careful_clinic_chooses_starts(changes: dict[str, str]) -> None:
    assert load(env=PRODUCTION | changes).environment == "production"


def test_every_limit_and_every_number_is_looked_at() -> None:
    strings = {f.name for f in fields(Settings) if isinstance(f.default, str) and " per " in f.default}
    assert strings == set(module.LIMITS)
    numbers = {f.name for f in fields(Settings) if isinstance(f.default, int | float) and f.name != "smtp_port"}
    assert numbers - {"secure_cookies"} == set(module.SAFE)


def test_no_message_about_settings_shows_a_secret() -> None:
    with pytest.raises(SettingsInvalidError) as refused:
        load(env=PRODUCTION | {"SAFESPACE_SECRET_KEY": "only-thirteen"})
    assert "only-thirteen" not in str(refused.value)
    assert SECRET not in repr(load(env=PRODUCTION))


def test_settings_never_change_after_the_start() -> None:
    found = load(env=PRODUCTION)
    with pytest.raises(FrozenInstanceError):
        found.hold_seconds = 0  # type: ignore[misc]  # that is the question


def test_the_database_is_a_file_in_the_data_folder_until_another_is_named(tmp_path: Path) -> None:
    own = load(env=PRODUCTION, data_dir=tmp_path)
    assert own.is_sqlite
    assert own.database_url == f"sqlite:///{tmp_path / 'safespace.db'}"
    assert own.key_file == tmp_path / "keys.json"
    other = load(env=PRODUCTION | {"SAFESPACE_DATABASE_URL": "postgresql+psycopg://db/x"}, data_dir=tmp_path)
    assert not other.is_sqlite


@pytest.mark.parametrize("environment", module.ENVIRONMENTS)
def test_every_delivered_file_of_settings_can_be_read(environment: str) -> None:
    found = load(environment, env={"SAFESPACE_ORIGINS": "https://plek.example.nl"}, secret_key=SECRET)
    assert isinstance(found, Settings)
    assert found.secure_cookies == (environment == "production")


def test_what_the_test_suite_asks_of_the_machine_is_no_setting() -> None:
    extra = dict.fromkeys(module.NO_SETTINGS - {"SAFESPACE_ENVIRONMENT", "SAFESPACE_CONFIG"}, "1")
    assert load(env=PRODUCTION | extra) == load(env=PRODUCTION)
