"""Imports point down, never up, never sideways; only moderation changes posts; the domain never sees Flask."""

import subprocess
import sys

import layers
import pytest
from tree import ROOT, files

SOURCES = files("*.py")
WEB = "safespace/web/words.py"
ENGINE = "safespace/moderation/risk/engine.py"
INTAKE = "safespace/moderation/intake.py"

# Every rule with violations it must report. A rule without one proves nothing.
VIOLATIONS = [
    (layers.every_part_has_a_floor, "safespace/utils/words.py", "x = 1"),
    (layers.every_part_has_a_floor, "safespace/chat.py", "x = 1"),
    (layers.imports_point_down, "safespace/threads/reading.py", "from safespace.moderation import queue"),
    (layers.imports_point_down, "safespace/threads/reading.py", "import safespace.moderation.queue"),
    (layers.imports_point_down, "safespace/threads/reading.py", "from safespace import moderation"),
    (layers.imports_point_down, "safespace/library/items.py", "from safespace.threads.models import Post"),
    (layers.imports_point_down, "safespace/web/groups.py", "from safespace.realtime.live import socketio"),
    (layers.imports_point_down, "safespace/realtime/live.py", "from safespace.web.errors import page"),
    (layers.imports_point_down, "safespace/kernel/work.py", "from safespace.policy.roles import Actor"),
    (layers.imports_point_down, "safespace/host/work.py", "def f():\n    from safespace.web import errors"),
    (layers.imports_point_down, "safespace/kernel/work.py", "from safespace.unknown import thing"),
    (layers.imports_point_down, "safespace/__init__.py", "from safespace.app import create_app"),
    (layers.the_domain_never_sees_flask, "safespace/threads/reading.py", "from flask import abort"),
    (layers.the_domain_never_sees_flask, "safespace/accounts/sessions.py", "import werkzeug.security"),
    (layers.the_domain_never_sees_flask, "safespace/groups/models.py", "from flask_sqlalchemy import SQLAlchemy"),
    (layers.the_risk_engine_is_pure, ENGINE, "import sqlalchemy as sa"),
    (layers.the_risk_engine_is_pure, ENGINE, "from flask import request"),
    (layers.the_risk_engine_is_pure, "safespace/moderation/risk/rules.py", "from safespace.kernel import text"),
    (layers.the_risk_engine_is_pure, "safespace/moderation/risk/rules.py", "from safespace.moderation import labels"),
    (layers.only_moderation_changes_posts, "safespace/web/threads.py", "from safespace.threads import lifecycle"),
    (layers.only_moderation_changes_posts, "safespace/cli/demo.py", "from safespace.threads.lifecycle import release"),
    (layers.only_moderation_changes_posts, "safespace/threads/reading.py", "import safespace.threads.lifecycle"),
    (layers.bleach_has_one_door, WEB, "import bleach"),
    (layers.bleach_has_one_door, "safespace/library/items.py", "from bleach import clean"),
    (layers.imports_stand_on_top, WEB, "def f():\n    import json"),
    (layers.imports_stand_on_top, WEB, "def f():\n    import json  # noqa: PLC0415"),
    (layers.imports_stand_on_top, WEB, "if True:\n    import json"),
    (layers.imports_are_absolute, WEB, "from . import errors"),
    (layers.imports_are_absolute, WEB, "from ..kernel.text import fold"),
    (
        layers.no_import_for_the_type_checker_alone,
        WEB,
        "from typing import TYPE_CHECKING\nTYPE_CHECKING",
    ),
    (
        layers.no_import_for_the_type_checker_alone,
        WEB,
        "import typing\nif typing.TYPE_CHECKING: pass",
    ),
    (
        layers.nothing_is_imported_by_a_string,
        WEB,
        "import importlib\nimportlib.import_module('x')",
    ),
    (layers.nothing_is_imported_by_a_string, WEB, "__import__('safespace.threads.lifecycle')"),
]

IN_ORDER = [
    (layers.imports_point_down, INTAKE, "from safespace.threads import lifecycle"),
    (layers.only_moderation_changes_posts, INTAKE, "from safespace.threads import lifecycle"),
    (
        layers.the_risk_engine_is_pure,
        ENGINE,
        "from safespace.moderation.risk import rules",
    ),
    (layers.imports_stand_on_top, "safespace/cli/x.py", "def f():\n    import redis  # only with the extra `cluster`"),
    (layers.bleach_has_one_door, "safespace/library/markdown.py", "import bleach"),
]


@pytest.mark.parametrize(("rule", "path", "source"), VIOLATIONS)
def test_the_rule_sees_its_violation(rule, path, source) -> None:
    assert rule(path, source)


@pytest.mark.parametrize(("rule", "path", "source"), IN_ORDER)
def test_the_rule_leaves_what_is_in_order(rule, path, source) -> None:
    assert rule(path, source) == []


def test_every_rule_is_proven() -> None:
    assert {rule for rule, _, _ in VIOLATIONS} == set(layers.RULES)


@pytest.mark.parametrize("rule", layers.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule) -> None:
    assert [wrong for path, source in SOURCES.items() for wrong in rule(path, source)] == []


def test_a_circle_is_seen() -> None:
    circle = {
        "safespace/groups/a.py": "from safespace.groups.b import f",
        "safespace/groups/b.py": "from safespace.groups import c",
        "safespace/groups/c.py": "def g():\n    import safespace.groups.a",
        "safespace/groups/d.py": "from safespace.groups.a import f",
    }
    assert layers.circles(circle) == ["safespace.groups.a", "safespace.groups.b", "safespace.groups.c"]
    assert layers.circles({name: text for name, text in circle.items() if not name.endswith("c.py")}) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert layers.circles(SOURCES) == []


def loaded_by(*modules: str) -> set[str]:
    """Give what a fresh interpreter has loaded after importing these modules."""
    code = f"import sys, importlib\nfor one in {modules!r}: importlib.import_module(one)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_a_fresh_interpreter_loads_the_whole_domain_without_flask() -> None:
    domain = [layers.module_of(path) for path in SOURCES if layers.top_of(layers.module_of(path)) in layers.DOMAIN]
    assert len(domain) > 40
    assert not layers.FLASK & loaded_by(*domain)
    assert "flask" in loaded_by("safespace.host.work")  # the check itself can see Flask


def test_a_fresh_interpreter_loads_the_risk_engine_without_a_database() -> None:
    risk = [layers.module_of(path) for path in SOURCES if layers.within(layers.module_of(path), layers.RISK)]
    assert len(risk) > 5
    assert not (layers.FLASK | layers.DATABASE) & loaded_by(*risk)
