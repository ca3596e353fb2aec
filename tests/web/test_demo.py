"""The demo as a newcomer starts it: there in seconds, on this machine only, and refused beside anything real."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from running import free_port

SECRET = "m4kR-7tuPz_qW2bn8XcLs0vHj3EfYdGa"


def command(*words: str, **env: str) -> subprocess.Popen[str]:
    """Start the service's command in a process of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SAFESPACE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "safespace.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean | env,
    )


def refused(*words: str, **env: str) -> str:
    """Start something that must not start, and give what it says."""
    process = command(*words, **env)
    try:
        said, _ = process.communicate(timeout=180)
    finally:
        process.kill()
    assert process.returncode not in (0, -9), said
    return said


@dataclass
class Running:
    """A demo that runs."""

    process: subprocess.Popen[str]
    port: int
    data: Path
    accounts: Path
    seconds: float

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, browser: Any = None, **headers: str
    ) -> tuple[int, str]:
        """Ask for a page; give its status and its text."""
        browser = browser or urllib.request.build_opener()
        body = urlencode(form).encode() if form is not None else None
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)  # loopback
        try:
            with browser.open(asked, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def started(folder: Path, *words: str) -> Running:
    """Start a demo and wait until it answers."""
    port, data, accounts = free_port(), folder / "demo", folder / "accounts.json"
    begun = time.monotonic()
    process = command("demo", "--port", str(port), "--data", str(data), "--accounts", str(accounts), *words)
    demo = Running(process, port, data, accounts, 0.0)
    while time.monotonic() < begun + 180:  # a bound against one that hangs; how quick it is, is measured elsewhere
        try:
            if demo.ask("/healthz")[0] == 200:
                demo.seconds = time.monotonic() - begun
                return demo
        except OSError:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            time.sleep(0.02)
    process.kill()
    raise AssertionError("the demo does not answer")


def stopped(demo: Running) -> str:
    """Stop it in good order and give what it wrote."""
    demo.process.terminate()
    said, _ = demo.process.communicate(timeout=60)
    return said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One demo for the stories that only look."""
    running = started(tmp_path_factory.mktemp("demo"))
    yield running
    stopped(running)


def test_it_is_up_and_ready(demo: Running) -> None:
    assert demo.ask("/healthz") == (200, '{"alive":true}\n')
    assert demo.ask("/readyz") == (200, '{"ready":true}\n')


def test_who_can_sign_in_is_told_to_the_owner_of_the_folder_only(demo: Running) -> None:
    for path in (demo.accounts, demo.data / "accounts.json", demo.data / "keys.json", demo.data / "safespace.db"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    told = json.loads(demo.accounts.read_text())
    assert {"role", "display", "sign_in_name", "passphrase", "totp_secret", "location", "groups"} <= set(
        told["accounts"][0]
    )
    assert len(told["accounts"]) == 20
    assert all(codes for codes in told["codes"].values())


def test_one_click_makes_somebody_of_every_role(demo: Running) -> None:
    for role in ("youth", "clinician", "administrator"):
        person = next(one for one in json.loads(demo.accounts.read_text())["accounts"] if one["role"] == role)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        _, page = demo.ask("/demo", browser=browser)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "sign_in_name": person["sign_in_name"]}
        status, page = demo.ask("/demo/in", form=form, browser=browser)
        assert status == 200
        assert demo.ask("/demo/in", form=form | {"sign_in_name": "niemand"}, browser=browser)[0] in (400, 404)


def test_one_click_is_not_there_under_another_name(demo: Running) -> None:
    assert demo.ask("/demo", Host="clinic.example")[0] in (400, 404)


def test_a_second_process_on_the_same_folder_is_refused(demo: Running) -> None:
    said = refused("demo", "--port", str(free_port()), "--data", str(demo.data))
    assert "another process" in said


def test_it_is_bound_to_this_machine(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1"):  # noqa: S104  # refused
        assert "this machine only" in refused("demo", "--host", host, "--data", str(tmp_path / "d"))
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    "real",
    [{"SAFESPACE_ENVIRONMENT": "production"}, {"SAFESPACE_SECRET_KEY": SECRET}, {"SAFESPACE_KEY_FILE": "keys.json"}],
)
def test_production_settings_refuse_it(tmp_path: Path, real: dict[str, str]) -> None:
    said = refused("demo", "--data", str(tmp_path / "d"), **real)
    assert "production" in said
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("environment", ["production", "development"])
def test_no_other_start_takes_the_database_of_a_demo(demo: Running, tmp_path: Path, environment: str) -> None:
    (tmp_path / "keys.json").write_text((demo.data / "keys.json").read_text())
    said = refused(
        "serve",
        "--port",
        str(free_port()),
        SAFESPACE_ENVIRONMENT=environment,
        SAFESPACE_SECRET_KEY=SECRET,
        SAFESPACE_ORIGINS="https://plek.example.nl",
        SAFESPACE_DATA_DIR=str(tmp_path),
        SAFESPACE_DATABASE_URL=f"sqlite:///{demo.data / 'safespace.db'}",
    )
    assert "demo" in said


def test_a_code_that_somebody_used_is_not_handed_out_at_the_next_start(tmp_path: Path) -> None:
    first = started(tmp_path)
    told = json.loads(first.accounts.read_text())
    stopped(first)
    group, codes = next(iter(told["codes"].items()))
    with sqlite3.connect(first.data / "safespace.db") as database:
        of_group = "group_id IN (SELECT id FROM groups WHERE name = ?)"
        database.execute(f"UPDATE invitations SET used_at = expires_at WHERE {of_group}", [group])  # noqa: S608  # our words
    again = started(tmp_path)
    told = json.loads(again.accounts.read_text())
    assert told["codes"][group] == []
    assert all(left for name, left in told["codes"].items() if name != group)
    said = stopped(again)
    assert codes[0] not in said
    assert f"Uitnodiging voor {group}: op" in said


def test_a_folder_with_something_real_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "safespace.db").write_text("real")
    assert "not of a demo" in refused("demo", "--data", str(tmp_path), "--fresh")
    assert (tmp_path / "safespace.db").read_text() == "real"
    assert [path.name for path in tmp_path.iterdir()] == ["safespace.db"]


def test_it_goes_on_where_it_was_also_after_a_crash_and_begins_anew_when_asked(tmp_path: Path) -> None:
    demo = started(tmp_path)
    first = demo.accounts.read_text()
    demo.process.send_signal(signal.SIGKILL)
    demo.process.wait(5)
    if demo.process.stdout:
        demo.process.stdout.close()

    demo = started(tmp_path)
    assert demo.accounts.read_text() == first
    assert demo.ask("/readyz")[0] == 200
    said = stopped(demo)
    assert json.loads(first)["accounts"][0]["sign_in_name"] in said

    demo = started(tmp_path, "--fresh")
    assert demo.accounts.read_text() != first
    stopped(demo)


def test_the_log_of_a_run_holds_no_page_address_or_person(tmp_path: Path) -> None:
    demo = started(tmp_path)
    demo.ask("/m?x=GEHEIM")
    demo.ask("/bestaat-niet/GEHEIM", **{"User-Agent": "GEHEIM"})
    lines = [line for line in stopped(demo).splitlines() if line.startswith("{")]
    assert lines
    assert not [line for line in lines if "GEHEIM" in line or "127.0.0.1" in line or "/bestaat" in line]
    told_by = {json.loads(line)["logger"] for line in lines}
    assert told_by <= {"safespace.server", "safespace.realtime.ringer", "gunicorn.error"}
