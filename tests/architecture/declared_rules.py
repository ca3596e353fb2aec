"""What is declared is used, and what is announced is heard: pure functions over (path, source)."""

import ast

from layers import module_of, parsed, within

POLICY = "safespace.policy"
DOORBELLS = "safespace.moderation.doorbells"
RINGING = {"ring_group": 1, "ring_staff": 1, "ring_author": 1}  # where the name of the event stands
# Every event, and the functions by which whoever hears it fetches what changed (design §4: sockets carry no words).
HEARD: dict[str, tuple[str, ...]] = {
    "post_released": ("safespace.web.groups.changes",),
    "post_changed": ("safespace.web.groups.changes", "safespace.web.posts.standing", "safespace.web.posts.waiting"),
    "post_withdrawn": ("safespace.web.groups.changes",),
    "thread_changed": ("safespace.web.groups.changes",),
    "pins_changed": ("safespace.web.groups.changes",),
    "live_hour_changed": ("safespace.web.groups.changes", "safespace.web.queue.rows_as_json"),
    "group_changed": ("safespace.web.groups.changes",),
    "help": ("safespace.web.posts.standing", "safespace.web.posts.waiting"),
    "alarm_changed": ("safespace.web.alarms.ringing_now",),
    "escalation_changed": (
        "safespace.web.escalations.standing",
        "safespace.web.escalations.listing",
        "safespace.web.alarms.ringing_now",
    ),
    "talk_changed": (
        "safespace.web.talk.news",
        "safespace.web.talk.news_for_staff",
        "safespace.web.talk.standing",
        "safespace.web.alarms.ringing_now",
    ),
    "talk_seen": ("safespace.web.alarms.ringing_now", "safespace.web.escalations.listing"),
    "reveal_told": ("safespace.web.talk.standing",),
    "report_answered": ("safespace.web.reports.standing",),
    "queue_changed": ("safespace.web.queue.rows_as_json",),
    "access_changed": ("safespace.realtime.live.recheck",),
}


def permissions_of(path: str, source: str) -> set[str]:
    """Give the permissions that a file outside the table names."""
    if within(module_of(path), POLICY):
        return set()
    return {
        node.attr
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Permission"
    }


def announced(path: str, source: str) -> list[tuple[int, str]]:
    """Give (line, name) of the events a file announces; a name that is no plain text gives ""."""
    found = []
    for node in ast.walk(parsed(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        kind: ast.expr | None = None
        if node.func.id == "Event" and module_of(path) != DOORBELLS:
            kind = next((word.value for word in node.keywords if word.arg == "kind"), ast.Constant(value=None))
        elif node.func.id in RINGING:
            kind = node.args[RINGING[node.func.id]]
        if kind is not None:
            found += [(node.lineno, name) for name in _names(kind)]
    return found


def _names(kind: ast.expr) -> list[str]:
    if isinstance(kind, ast.IfExp):
        return _names(kind.body) + _names(kind.orelse)
    return [kind.value if isinstance(kind, ast.Constant) and isinstance(kind.value, str) else ""]


def an_event_has_somebody_who_fetches(path: str, source: str) -> list[str]:
    return [
        f"{path}:{line}: nobody is listed for `{name}`" for line, name in announced(path, source) if name not in HEARD
    ]


def functions_of(path: str, source: str) -> set[str]:
    """Give the dotted names of all functions of a file, those of classes under the module's name too."""
    module = module_of(path)
    return {f"{module}.{node.name}" for node in ast.walk(parsed(source)) if isinstance(node, ast.FunctionDef)}
