"""The files of others that we serve are the ones we once looked at."""

import hashlib
import tomllib
from pathlib import Path

import pytest

import safespace

VENDOR = Path(safespace.__path__[0]) / "static" / "vendor"
RECORD = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["name"])
def test_a_vendored_file_is_byte_for_byte_the_recorded_one(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["name"])
def test_a_vendored_file_travels_with_its_licence(entry: dict[str, str]) -> None:
    assert entry["licence"] == "MIT"
    assert "Permission is hereby granted" in (VENDOR / entry["licence_file"]).read_text(encoding="utf-8")


def test_no_vendored_file_is_left_out_of_the_record() -> None:
    recorded = {entry["path"] for entry in RECORD} | {entry["licence_file"] for entry in RECORD} | {"vendor.toml"}
    assert {path.name for path in VENDOR.iterdir()} == recorded


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["name"])
def test_a_vendored_script_builds_no_code_from_text(entry: dict[str, str]) -> None:
    script = (VENDOR / entry["path"]).read_text(encoding="utf-8")
    assert "eval(" not in script
    assert "new Function" not in script
