"""The floors of the building and who may stand on whom: pure functions over (path, source)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

# Lower comes first. What shares a line are neighbours, and neighbours do not know each other (design §3).
FLOORS: tuple[tuple[str, ...], ...] = (
    ("settings",),
    ("kernel",),
    ("policy",),
    ("audit",),
    ("accounts",),
    ("groups",),
    ("roster",),
    ("threads", "library", "crisis"),
    ("moderation",),
    ("host",),
    ("web", "realtime"),
    ("tables",),
    ("migrations",),
    ("app",),
    ("demo", "server"),
    ("cli",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
DOMAIN = frozenset(name for name in FLOOR if FLOOR[name] < FLOOR["host"])
FLASK = frozenset(
    {
        *("flask", "flask_babel", "flask_login", "flask_migrate", "flask_socketio", "flask_sqlalchemy", "flask_wtf"),
        *("engineio", "gevent", "gunicorn", "itsdangerous", "jinja2", "simple_websocket", "socketio", "werkzeug"),
        *("wtforms",),
    }
)
DATABASE = frozenset({"alembic", "psycopg", "redis", "sqlalchemy", "sqlite3"})
RISK = "safespace.moderation.risk"
LIFECYCLE = "safespace.threads.lifecycle"
BLEACH = "safespace.library.markdown"
BY_NAME = "safespace.cli.main"  # finds its commands, all on its own floor, so that --help imports none of them


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def module_of(path: str) -> str:
    """Give the dotted name of a file: safespace/threads/__init__.py is safespace.threads."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top_of(module: str) -> str:
    """Give the part of the house a module is in, "" for the house itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Give (line, full name) of all that is imported anywhere; `from a import b` gives a.b."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)


def within(name: str, module: str) -> bool:
    """Say whether a name is this module or something in it."""
    return name == module or name.startswith(f"{module}.")


def every_part_has_a_floor(path: str, source: str) -> list[str]:
    del source
    top = top_of(module_of(path))
    return [] if not top or top in FLOOR else [f"{path}: `{top}` has no floor"]


def imports_point_down(path: str, source: str) -> list[str]:
    here = top_of(module_of(path))
    wrong = []
    for line, name in imports(source):
        if not within(name, "safespace"):
            continue
        there = top_of(name)
        if there == here or (there in FLOOR and here in FLOOR and FLOOR[there] < FLOOR[here]):
            continue
        wrong.append(f"{path}:{line}: {here or 'the house'} imports {there or 'the house'}")
    return wrong


def the_domain_never_sees_flask(path: str, source: str) -> list[str]:
    if top_of(module_of(path)) not in DOMAIN:
        return []
    return [f"{path}:{line}: {name}" for line, name in imports(source) if name.split(".")[0] in FLASK]


def the_risk_engine_is_pure(path: str, source: str) -> list[str]:
    """No database, no Flask, and nothing of the service but itself."""
    if not within(module_of(path), RISK):
        return []
    return [
        f"{path}:{line}: {name}"
        for line, name in imports(source)
        if name.split(".")[0] in FLASK | DATABASE or (within(name, "safespace") and not within(name, RISK))
    ]


def only_moderation_changes_posts(path: str, source: str) -> list[str]:
    here = module_of(path)
    if within(here, "safespace.moderation") or here == LIFECYCLE:
        return []
    return [f"{path}:{line}: {name}" for line, name in imports(source) if within(name, LIFECYCLE)]


def bleach_has_one_door(path: str, source: str) -> list[str]:
    if module_of(path) == BLEACH:
        return []
    return [f"{path}:{line}: {name}" for line, name in imports(source) if within(name, "bleach")]


def imports_stand_on_top(path: str, source: str) -> list[str]:
    """An import in a function, a class or a condition hides a dependency, unless the line says why."""
    top = set(map(id, parsed(source).body))
    lines = source.splitlines()
    return [
        f"{path}:{node.lineno}: an import that hides"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and id(node) not in top
        and not any(_has_reason(lines[number - 1]) for number in (node.lineno, node.end_lineno or node.lineno))
    ]


def _has_reason(line: str) -> bool:
    comments = [part.strip() for part in line.split("#")[1:]]
    return any(len(one.split()) >= 3 and not one.startswith("noqa") for one in comments)


def imports_are_absolute(path: str, source: str) -> list[str]:
    return [
        f"{path}:{node.lineno}: a relative import"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def no_import_for_the_type_checker_alone(path: str, source: str) -> list[str]:
    return [
        f"{path}:{node.lineno}: TYPE_CHECKING hides a cycle"
        for node in ast.walk(parsed(source))
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]


def nothing_is_imported_by_a_string(path: str, source: str) -> list[str]:
    if module_of(path) == BY_NAME:
        return []
    return [
        f"{path}:{node.lineno}: an import by name"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}
    ]


def circles(files: dict[str, str]) -> list[str]:
    """Give the modules (path → source) that import each other in a circle."""
    modules = {module_of(path): source for path, source in files.items()}

    def known(name: str) -> str:
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name

    edges = {module: {known(name) for _, name in imports(source)} - {"", module} for module, source in modules.items()}
    while True:
        ends = {module for module, needs in edges.items() if not needs & edges.keys()}
        if not ends:
            return _in_a_circle(edges)
        edges = {module: needs - ends for module, needs in edges.items() if module not in ends}


def _in_a_circle(edges: dict[str, set[str]]) -> list[str]:
    """Leave out what only stands on a circle without being in it."""
    while True:
        needed = set().union(*edges.values()) if edges else set()
        kept = {module: needs for module, needs in edges.items() if module in needed}
        if len(kept) == len(edges):
            return sorted(edges)
        edges = kept


RULES = (
    every_part_has_a_floor,
    imports_point_down,
    the_domain_never_sees_flask,
    the_risk_engine_is_pure,
    only_moderation_changes_posts,
    bleach_has_one_door,
    imports_stand_on_top,
    imports_are_absolute,
    no_import_for_the_type_checker_alone,
    nothing_is_imported_by_a_string,
)
