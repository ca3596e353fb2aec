"""How a source file of the service is written: pure functions over (path, source)."""

import ast
import io
import re
import tokenize
from pathlib import PurePosixPath

from layers import module_of, parsed, top_of, within

LONGEST = 300
GENERATED = "safespace/migrations/versions/"
FORBIDDEN = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services"})
ENDS = frozenset({"commit", "rollback", "begin_nested"})
# Who ends a transaction, once (design §3), and who ends a read without leaving anything behind.
COMMITS = {
    "safespace.host.work": "the unit of work of the edge",
    "safespace.cli.ground": "the unit of work of a command",
}
ROLLS_BACK = {
    "safespace.realtime.live": "ends a read before a socket stays open for hours",
    "safespace.realtime.relay": "ends a read before it writes",
    "safespace.realtime.clock": "ends a read before it writes",
    "safespace.realtime.ringer": "ends a read before it writes",
    "safespace.realtime.learner": "ends a read before it computes for seconds",
    "safespace.migrations.env": "SQLite needs its foreign keys switched outside a transaction",
}
# A page that writes although it is only read, and why.
READING_LEAVES_A_TRACE = {
    "safespace.web.admin_audit.audit_log": "whoever reads the log is in the log (NEN 7513)",
}
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
REASON = re.compile(r"#\s*(?:noqa|type:\s*ignore)[^#]*?(?:#| - )\s*\S+\s+\S+")


def every_module_says_what_it_is(path: str, source: str) -> list[str]:
    said = ast.get_docstring(parsed(source))
    return [] if said and len(said.split()) >= 4 else [f"{path}: no docstring of at least a few words"]


def a_package_is_one_promise(path: str, source: str) -> list[str]:
    if PurePosixPath(path).name != "__init__.py":
        return []
    body = parsed(source).body
    return [] if len(body) == 1 and ast.get_docstring(parsed(source)) else [f"{path}: more or less than one docstring"]


def a_file_is_short(path: str, source: str) -> list[str]:
    lines = len(source.splitlines())
    return [] if lines <= LONGEST or path.startswith(GENERATED) else [f"{path}: {lines} lines"]


def a_name_says_something(path: str, source: str) -> list[str]:
    """Modules, packages and classes carry the clinic's words."""
    parts = PurePosixPath(path).with_suffix("").parts
    named = [(1, part) for part in parts]
    named += [(node.lineno, node.name) for node in ast.walk(parsed(source)) if isinstance(node, ast.ClassDef)]
    return [
        f"{path}:{line}: `{name}`"
        for line, name in named
        if FORBIDDEN & set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))
    ]


def only_commands_print(path: str, source: str) -> list[str]:
    if top_of(module_of(path)) == "cli" or module_of(path) == "safespace.migrations.renew":  # a command for developers
        return []
    return [
        f"{path}:{node.lineno}: print"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def a_silenced_warning_has_a_reason(path: str, source: str) -> list[str]:
    comments = (
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    )
    return [f"{path}:{line}: {text}" for line, text in comments if SILENCED.search(text) and not REASON.search(text)]


def a_number_is_read_in_one_place(path: str, source: str) -> list[str]:
    """A number from outside that no column can hold would end in a fault: web/numbers.py caps it."""
    if not path.startswith("safespace/web/") or path == "safespace/web/numbers.py":
        return []
    return [f"{path}:{at}" for at, line in enumerate(source.splitlines(), 1) if "type=int" in line]


def only_the_edge_ends_a_transaction(path: str, source: str) -> list[str]:
    here = module_of(path)
    if here in COMMITS:
        return []
    return [
        f"{path}:{node.lineno}: {node.func.attr}()"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ENDS
        and not (node.func.attr == "rollback" and here in ROLLS_BACK)
    ]


def a_page_that_is_read_writes_nothing(path: str, source: str) -> list[str]:
    """A view that answers GET alone opens no unit of work."""
    if not within(module_of(path), "safespace.web"):
        return []
    return [
        f"{path}:{view.lineno}: {view.name} writes on GET"
        for view in ast.walk(parsed(source))
        if isinstance(view, ast.FunctionDef)
        and _only_get(view)
        and _calls(view, "unit_of_work")
        and f"{module_of(path)}.{view.name}" not in READING_LEAVES_A_TRACE
    ]


def _only_get(view: ast.FunctionDef) -> bool:
    for one in view.decorator_list:
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            methods = next((word.value for word in one.keywords if word.arg == "methods"), None)
            if one.func.attr == "get":
                return True
            if one.func.attr == "route":
                return methods is None or set(ast.literal_eval(methods)) == {"GET"}
    return False


def _calls(view: ast.FunctionDef, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(view)
    )


RULES = (
    every_module_says_what_it_is,
    a_package_is_one_promise,
    a_file_is_short,
    a_name_says_something,
    only_commands_print,
    a_silenced_warning_has_a_reason,
    a_number_is_read_in_one_place,
    only_the_edge_ends_a_transaction,
    a_page_that_is_read_writes_nothing,
)
