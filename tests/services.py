"""What some tests need from the machine: PostgreSQL, Redis, Chromium. Skipped on a laptop, demanded in the check."""

import os
import shutil
import socket
from urllib.parse import urlsplit

import pytest

POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/15"


def lacking(what: str) -> None:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("SAFESPACE_REQUIRE_SERVICES"):
        pytest.fail(f"{what} is missing, and this run must not do without it")
    pytest.skip(f"{what} is missing")


def answers(url: str) -> bool:
    """Say whether somebody listens at the address of a URL."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """A PostgreSQL server on which databases and schemas may be made."""
    url = os.environ.get("SAFESPACE_TEST_DATABASE") or POSTGRESQL
    if not answers(url):
        lacking("PostgreSQL")
    return url


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis server of which one numbered database is ours."""
    url = os.environ.get("SAFESPACE_TEST_REDIS") or REDIS
    if not answers(url):
        lacking("Redis")
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    path = shutil.which("chromium")
    if path is None:
        lacking("Chromium (apt-get install chromium)")
    return str(path)
