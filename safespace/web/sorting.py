"""How the pre-sorting works and what it cannot see, and the rules themselves: for the staff who rely on it."""

from typing import Any, TypeVar

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from safespace.host.language import spoken
from safespace.host.work import acting, reading
from safespace.moderation import hits, rulebook
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import DraftKind, draft_of
from safespace.moderation.risk.rules import Rule
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import allows, require
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.numbers import number_in

pages = Blueprint("sorting", __name__)
Kind = TypeVar("Kind", Category, Severity)
LEVELS = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRISIS)


@pages.get("/voorsortering")
@permits(Permission.READ_ABOUT_SORTING)
def home() -> ResponseReturnValue:
    """Explain the levels, the limits and where the measured figures stand."""
    with reading() as work:
        actor = acting(work)
        require(actor, Permission.READ_ABOUT_SORTING, NOWHERE)
        return render_template("sorting/home.html", reads_rules=allows(actor, Permission.READ_RULES, NOWHERE))


@pages.get("/voorsortering/regels")
@permits(Permission.READ_RULES)
def rules() -> ResponseReturnValue:
    """Show a page of the rules that fit the filter, with how often each found something."""
    category, severity = _one_of(Category, "onderwerp"), _one_of(Severity, "ernst")
    with reading() as work:
        actor = acting(work)
        found = rulebook.rules(work, actor, category, severity, number_in(request.args, "vanaf", 0))
        counts = hits.hits(work, actor, [one.name for one in found.rules])
        ruleset = rulebook.loaded(work, actor)
    asked: dict[str, Any] = {"onderwerp": category, "ernst": severity}
    before, after = found.start - rulebook.PAGE, found.start + rulebook.PAGE
    return render_template(
        "sorting/rules.html",
        rows=[(one, reason(one), hits_in_words(counts[one.name])) for one in found.rules],
        category_words=words.CATEGORIES,
        files=ruleset.files,
        version=found.version,
        total=ngettext("%(num)s regel", "%(num)s regels", found.total),
        asked=asked,
        categories=[("", _("alle")), *((one.value, words.CATEGORIES[one]) for one in Category)],
        levels=[("", _("alle")), *((one.value, words.SEVERITIES[one]) for one in LEVELS)],
        earlier=url_for("sorting.rules", **asked, vanaf=before) if before >= 0 else "",
        later=url_for("sorting.rules", **asked, vanaf=after) if after < found.total else "",
    )


@pages.get("/voorsortering/regels/<name>")
@permits(Permission.READ_RULES)
def rule(name: str) -> ResponseReturnValue:
    """Show one rule in full: how it looks, its examples, where it stands."""
    with reading() as work:
        actor = acting(work)
        found = rulebook.rule(work, actor, name)
        counts = hits.hits(work, actor, [found.name])
        ruleset = rulebook.loaded(work, actor)
    written = draft_of(found, DraftKind.CHANGE)
    guards = rulebook.guards(ruleset, found)
    return render_template(
        "sorting/rule.html",
        rule=found,
        written=written,
        blocks=rulebook.building_blocks(ruleset, found),
        guards=guards,
        lowered=[note.en if spoken() == "en" else note.nl for note in guards.lowered_by],
        category=words.CATEGORIES[found.category],
        hits=hits_in_words(counts[found.name]),
        file=found.place.partition(":")[0],
        files=ruleset.files,
    )


def reason(one: Rule) -> str:
    """Give the reason of a rule in the language of this page."""
    return one.reason.en if spoken() == "en" else one.reason.nl


def hits_in_words(count: int | None) -> str:
    """Give a figure, or that it is too small to tell (design §6)."""
    return _("minder dan 10") if count is None else str(count)


def _one_of(kind: type[Kind], name: str) -> Kind | None:
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else None
