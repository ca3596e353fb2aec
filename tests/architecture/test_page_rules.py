"""Pages: text stays escaped, nothing inline, nothing from elsewhere, no form without its token."""

import page_rules as rules
import pytest
from tree import files

TEMPLATES = files("*.html")
PAGE = "safespace/templates/groups/show.html"

VIOLATIONS = [
    (rules.text_stays_escaped, "{{ post.body|safe }}"),
    (rules.text_stays_escaped, "{{ post.body | safe }}"),
    (rules.text_stays_escaped, "{% autoescape false %}{{ x }}{% endautoescape %}"),
    (rules.text_stays_escaped, "{{ Markup(post.body) }}"),
    (rules.nothing_is_styled_inline, '<p style="color: red">'),
    (rules.nothing_is_styled_inline, "<style>p { color: red }</style>"),
    (rules.no_script_stands_in_a_page, "<script>start()</script>"),
    (rules.no_script_stands_in_a_page, '<script type="module">start()</script>'),
    (rules.no_attribute_runs, '<a href="/" onclick="go()">'),
    (rules.no_attribute_runs, "<body\n  onload=go>"),
    (rules.no_attribute_runs, '<a href="javascript:go()">'),
    (rules.nothing_comes_from_elsewhere, '<img src="https://example.org/x.png">'),
    (rules.nothing_comes_from_elsewhere, '<script src="//example.org/x.js"></script>'),
    (rules.nothing_comes_from_elsewhere, '<link rel="stylesheet" href="https://example.org/x.css">'),
    (rules.every_form_that_writes_carries_its_token, '<form method="post"><button>Weg</button></form>'),
    (rules.a_template_is_short, "<p>\n" * 301),
]

IN_ORDER = [
    (rules.text_stays_escaped, "{{ post.body }}{# never |safe here #}"),
    (rules.no_script_stands_in_a_page, '<script type="module" src="{{ static_url(\'js/live.js\') }}"></script>'),
    (rules.no_attribute_runs, '<p class="on">{{ on }}</p>'),
    (rules.nothing_comes_from_elsewhere, '<a href="https://www.113.nl">'),
    (
        rules.every_form_that_writes_carries_its_token,
        '<form method="post">{{ csrf() }}</form><form></form>',
    ),
]


@pytest.mark.parametrize(("rule", "source"), VIOLATIONS)
def test_the_rule_sees_its_violation(rule, source) -> None:
    assert rule(PAGE, source)


@pytest.mark.parametrize(("rule", "source"), IN_ORDER)
def test_the_rule_leaves_what_is_in_order(rule, source) -> None:
    assert rule(PAGE, source) == []


def test_every_rule_is_proven() -> None:
    assert {rule for rule, _ in VIOLATIONS} == set(rules.RULES)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_page_keeps_the_rule(rule) -> None:
    assert len(TEMPLATES) > 20
    assert [wrong for path, source in TEMPLATES.items() for wrong in rule(path, source)] == []
