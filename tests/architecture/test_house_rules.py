"""Sources are short, say what they are, and keep to the house's manners."""

import house_rules as rules
import pytest
from tree import files

SOURCES = files("*.py")
WEB = "safespace/web/x.py"
VIEW = "@pages.{}\ndef show():\n    with unit_of_work() as work:\n        pass"

VIOLATIONS = [
    (rules.every_module_says_what_it_is, "safespace/web/words.py", "x = 1"),
    (rules.every_module_says_what_it_is, "safespace/web/words.py", '"""Words."""'),
    (rules.a_package_is_one_promise, "safespace/web/__init__.py", '"""Pages over HTTP, one module each."""\nx = 1'),
    (rules.a_package_is_one_promise, "safespace/web/__init__.py", ""),
    (rules.a_package_is_one_promise, "safespace/web/__init__.py", "from safespace.web.words import x"),
    (rules.a_file_is_short, "safespace/web/words.py", "x = 1\n" * 301),
    (rules.a_name_says_something, "safespace/web/utils.py", "x = 1"),
    (rules.a_name_says_something, "safespace/web/post_helpers.py", "x = 1"),
    (rules.a_name_says_something, "safespace/common/words.py", "x = 1"),
    (rules.a_name_says_something, "safespace/web/words.py", "class GroupManager: pass"),
    (rules.a_name_says_something, "safespace/web/words.py", "class PostService: pass"),
    (rules.only_commands_print, "safespace/web/words.py", "def f():\n    print('x')"),
    (rules.a_silenced_warning_has_a_reason, "safespace/web/words.py", "x = 1  # noqa: S101"),
    (rules.a_silenced_warning_has_a_reason, "safespace/web/words.py", "x = 1  # noqa"),
    (rules.a_silenced_warning_has_a_reason, "safespace/web/words.py", "x = 1  # type: ignore[attr-defined]"),
    (rules.a_silenced_warning_has_a_reason, "safespace/web/words.py", "x = 1  # type: ignore[attr-defined]  # why"),
    (rules.only_the_edge_ends_a_transaction, "safespace/web/words.py", "def f(work):\n    work.session.commit()"),
    (rules.only_the_edge_ends_a_transaction, "safespace/threads/x.py", "def f(session):\n    session.rollback()"),
    (rules.only_the_edge_ends_a_transaction, "safespace/threads/x.py", "def f(session):\n    session.begin_nested()"),
    (rules.only_the_edge_ends_a_transaction, "safespace/realtime/live.py", "def f(session):\n    session.commit()"),
    (rules.a_page_that_is_read_writes_nothing, WEB, VIEW.format("get('/')")),
    (rules.a_page_that_is_read_writes_nothing, WEB, VIEW.format("route('/')")),
    (rules.a_page_that_is_read_writes_nothing, WEB, VIEW.format("route('/', methods=['GET'])")),
    (rules.a_number_is_read_in_one_place, WEB, "page = request.args.get('page', type=int)"),
]

IN_ORDER = [
    (rules.a_number_is_read_in_one_place, "safespace/web/numbers.py", "found = values.get(name, type=int)"),
    (rules.a_file_is_short, "safespace/web/words.py", "x = 1\n" * 300),
    (rules.a_file_is_short, "safespace/migrations/versions/0001_x.py", "x = 1\n" * 900),
    (rules.only_commands_print, "safespace/cli/x.py", "print('done')"),
    (rules.a_silenced_warning_has_a_reason, "safespace/x.py", "x = 1  # type: ignore[misc]  # Flask has no types"),
    (rules.only_the_edge_ends_a_transaction, "safespace/host/work.py", "def f(session):\n    session.commit()"),
    (rules.a_page_that_is_read_writes_nothing, WEB, VIEW.format("post('/')")),
    (
        rules.a_page_that_is_read_writes_nothing,
        WEB,
        VIEW.format("route('/', methods=('GET', 'POST'))"),
    ),
]


@pytest.mark.parametrize(("rule", "path", "source"), VIOLATIONS)
def test_the_rule_sees_its_violation(rule, path, source) -> None:
    assert rule(path, source)


@pytest.mark.parametrize(("rule", "path", "source"), IN_ORDER)
def test_the_rule_leaves_what_is_in_order(rule, path, source) -> None:
    assert rule(path, source) == []


def test_every_rule_is_proven() -> None:
    assert {rule for rule, _, _ in VIOLATIONS} == set(rules.RULES)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule) -> None:
    assert [wrong for path, source in SOURCES.items() for wrong in rule(path, source)] == []


@pytest.mark.parametrize("exempt", [*rules.COMMITS, *rules.ROLLS_BACK])
def test_an_exemption_that_nobody_needs_any_more_goes(exempt) -> None:
    source = SOURCES[f"{exempt.replace('.', '/')}.py"]
    assert any(f".{end}()" in source for end in rules.ENDS)
