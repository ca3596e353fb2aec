"""Running the service: valid files without secrets, a log without persons, and a careful start."""

import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from safespace import server
from safespace.cli.main import COMMANDS, main
from safespace.demo import folder
from safespace.host import logs
from safespace.host.hashing import in_pool
from safespace.settings import Settings, load

ROOT = Path(__file__).resolve().parents[2]
SECRET = "m4kR-7tuPz_qW2bn8XcLs0vHj3EfYdGa"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
LOCKS = ("requirements.lock", "config/production.lock")


def pinned(name: str) -> dict[str, str]:
    """The versions in a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))


# --- Dependencies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_pinned_with_a_hash_and_no_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 40
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_a_clinic_gets_the_versions_that_were_tested_and_no_tools_for_developers() -> None:
    everything, production = pinned("requirements.lock"), pinned("config/production.lock")
    assert production.items() <= everything.items()
    assert {"flask", "gunicorn", "psycopg", "redis"} <= set(production)
    assert not {"pytest", "playwright", "mypy", "ruff"} & set(production)


def test_every_direct_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\[<>=]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= set(pinned("requirements.lock"))


# --- The composition --------------------------------------------------------------------------------------------------


def test_all_parts_of_a_grown_installation_are_there_and_use_the_same_commands() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "proxy"}
    for name in ("migrate", "web", "worker"):
        command = SERVICES[name]["command"]
        assert command[0] in COMMANDS
        asked = CliRunner().invoke(main, [command[0], "--help"])
        assert asked.exit_code == 0
        assert all(option in asked.output for option in command[1:] if option.startswith("--"))


def test_no_secret_has_a_default_and_none_stands_in_a_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SAFESPACE_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "SAFESPACE_DOMAIN"):
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses), name
    example = (ROOT / "config/production.env.example").read_text()
    values = [line.split("=", 1)[1] for line in example.splitlines() if line and not line.startswith("#")]
    assert values == ["", "", "", ""]
    assert "/config/production.env" in (ROOT / ".gitignore").read_text().split()


def test_the_settings_of_the_composition_are_accepted_once_filled_in() -> None:
    chosen = {"SAFESPACE_SECRET_KEY": SECRET, "SAFESPACE_DOMAIN": "plek.example.nl"}
    filled = {
        key: re.sub(r"\$\{([A-Z_]+):\?[^}]*\}", lambda asked: chosen.get(asked[1], "4f1c9a7be2d05836af47c1e9"), value)
        for key, value in SERVICES["web"]["environment"].items()
    }
    found = load(env=filled)
    assert found.environment == "production"
    assert not found.is_sqlite
    assert found.redis_url
    assert found.trusted_proxies == 1


def test_only_the_proxy_can_be_reached_and_nobody_is_root() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert "front" not in SERVICES["postgres"]["networks"] + SERVICES["redis"]["networks"]
    for name in ("migrate", "web", "worker"):
        assert SERVICES[name]["read_only"]
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "\nUSER plek\n" in (ROOT / "config/Dockerfile").read_text()


def test_the_proxy_writes_nothing_down_and_shows_help_when_the_service_is_gone() -> None:
    caddy = (ROOT / "config/Caddyfile").read_text()
    assert not re.search(r"^\s*log\b", caddy, re.MULTILINE)
    page = (ROOT / "config/unavailable.html").read_text()
    assert 'href="tel:112"' in page
    assert 'href="tel:113"' in page
    assert not re.search(r"https?:|<script|<link|<img", page)


# --- The command ------------------------------------------------------------------------------------------------------


def test_asking_what_there_is_loads_nothing_heavy() -> None:
    begun = time.monotonic()
    code = (
        "import sys; from safespace.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(sorted({'flask', 'sqlalchemy', 'gevent'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == "[]"
    assert time.monotonic() - begun < 10
    assert all(name in done.stdout for name in COMMANDS)


def test_commands_are_found_on_their_own_floor_only() -> None:
    assert all(place.startswith("safespace.cli.") for place, _ in COMMANDS.values())


def test_every_command_says_what_it_does() -> None:
    for name in COMMANDS:
        asked = CliRunner().invoke(main, [name, "--help"])
        assert asked.exit_code == 0, name
        assert len(asked.output.splitlines()) > 3


def test_both_set_up_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("demo", "test", "lint", "journeys", "bench", "faults", "lock", "messages", "clean"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme


# --- Starting ---------------------------------------------------------------------------------------------------------


def these(settings: Settings, **changes: Any) -> Settings:
    return Settings(**(vars(settings) | changes))


@pytest.mark.parametrize(
    ("changes", "asked", "words"),
    [
        ({}, {"workers": 2, "alone": True}, "one process"),
        ({"database_url": "postgresql+psycopg://x/y"}, {"workers": 2, "alone": False}, "redis_url"),
        ({"database_url": "postgresql+psycopg://x/y"}, {"workers": 1, "alone": False}, "redis_url"),
        (
            {"database_url": "postgresql+psycopg://x/y", "redis_url": "redis://x"},
            {"workers": 2, "alone": True},
            "safespace worker",
        ),
        ({"environment": "demo"}, {"host": "0.0.0.0", "workers": 1, "alone": True}, "this machine only"),  # noqa: S104  # refused
        ({"environment": "demo"}, {"host": "192.0.2.7", "workers": 1, "alone": True}, "this machine only"),
        ({"environment": "demo"}, {"host": "clinic.example", "workers": 1, "alone": True}, "this machine only"),
    ],
)
def test_what_could_hurt_is_refused_before_anything_listens(
    settings: Settings, changes: dict[str, Any], asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(server.StartRefusedError, match=words):
        server.check(these(settings, **changes), **({"host": "127.0.0.1"} | asked))


def test_a_database_without_tables_is_refused(settings: Settings) -> None:
    with pytest.raises(server.StartRefusedError, match="safespace migrate"):
        server.check_database(settings)


def test_without_its_folder_the_service_says_how_to_make_it(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(server.StartRefusedError, match="safespace migrate"):
        server.check(these(settings, data_dir=tmp_path / "none"), host="127.0.0.1", workers=1, alone=True)


def test_what_a_command_writes_is_for_its_own_user_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = os.environ | {
        "SAFESPACE_ENVIRONMENT": "testing",
        "SAFESPACE_DATA_DIR": str(data),
        "SAFESPACE_SECRET_KEY": SECRET,
    }
    for command in (["keys", "create"], ["migrate"]):
        asked = [sys.executable, "-m", "safespace.cli.main", *command]
        subprocess.run(["sh", "-c", 'umask 022; exec "$@"', "sh", *asked], env=env, check=True, capture_output=True)
    assert [path.name for path in (data, *data.iterdir()) if path.stat().st_mode & 0o077] == []
    assert len(list(data.iterdir())) >= 3


def test_the_key_is_made_before_what_needs_it_starts() -> None:
    for name in ("docker-compose.yml", "docs/operations.md"):
        assert "run --rm --no-deps web keys create" in (ROOT / name).read_text()
        assert "run --rm web keys create" not in (ROOT / name).read_text()


def test_a_port_that_is_taken_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(server.StartRefusedError, match="--port"):
            server.check_port("127.0.0.1", taken.getsockname()[1])


def test_a_clinic_does_not_start_in_the_folder_of_a_demo(settings: Settings) -> None:
    folder.open_folder(settings.data_dir, fresh=False)
    with pytest.raises(server.StartRefusedError, match="demo"):
        server.check(settings, host="127.0.0.1", workers=1, alone=True)


def test_a_demo_never_touches_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "safespace.db").write_text("real")
    with pytest.raises(folder.NotADemoFolderError):
        folder.open_folder(tmp_path, fresh=True)
    assert (tmp_path / "safespace.db").read_text() == "real"


# --- The log ----------------------------------------------------------------------------------------------------------


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(logs.PlainWords().format(record))
    return found


def a_record(name: str, message: str, *args: object, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.WARNING, "/srv/lib/gunicorn/workers/base.py", 274, message, args, None)
    record.__dict__.update(extra)
    return record


def test_a_line_of_the_log_keeps_the_sentence_of_the_code_and_drops_what_was_filled_in() -> None:
    found = line_of(a_record("safespace.web", "refused %s from %s", "/groep/geheim", "192.0.2.1", status=403))
    assert found["message"] == "refused %s from %s"
    assert found["status"] == 403
    assert "geheim" not in json.dumps(found)
    assert "192.0.2.1" not in json.dumps(found)


def test_fields_that_nobody_listed_are_left_out() -> None:
    found = line_of(a_record("safespace.web", "done", alias="Stille Otter", count=3))
    assert found["count"] == 3
    assert "alias" not in found


def test_of_other_libraries_only_the_place_is_kept() -> None:
    found = line_of(a_record("gunicorn.error", "Invalid request from ip=192.0.2.1: GET /m#CODE"))
    assert found["message"].startswith("gunicorn/workers/base.py:274")
    assert "192.0.2.1" not in json.dumps(found)


def test_a_fault_shows_kinds_and_places_but_none_of_its_words() -> None:
    with pytest.raises(ValueError, match="ik wil") as raised:
        try:
            {}["Stille Otter"]
        except KeyError as error:
            raise ValueError("ik wil niet meer") from error
    found = logs.fault(raised.value)
    assert found["fault"] == ["builtins.ValueError", "builtins.KeyError"]
    assert "test_operations.py" in found["where"][-1]
    assert "Otter" not in json.dumps(found)
    assert "niet meer" not in json.dumps(found)


def test_warnings_go_to_the_log_without_their_words() -> None:
    stream = io.StringIO()
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    try:
        logs.set_up(stream)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("sealed text of Stille Otter", UserWarning, stacklevel=1)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
    assert json.loads(stream.getvalue())["logger"] == "py.warnings"
    assert "Otter" not in stream.getvalue()


def test_hashing_runs_in_place_where_nothing_is_cooperative() -> None:
    assert in_pool(lambda one, two: one + two, 1, 2) == 3
