"""Administration of the help lines: correcting, checking, ordering; each save is on the help page at once."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from safespace.crisis import lines
from safespace.crisis.lines import LineDraft
from safespace.crisis.models import HelpLine
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE
from safespace.policy.rules import require
from safespace.web.admin_pages import draw, pages, publish_help, refusal, typed
from safespace.web.gate import permits
from safespace.web.help import TOPICS
from safespace.web.numbers import number_in

FIELDS = (
    "name_nl",
    "name_en",
    "purpose_nl",
    "purpose_en",
    "phone",
    "chat",
    "site",
    "hours_nl",
    "hours_en",
    "min_age",
    "max_age",
)


@pages.get("/hulplijnen")
@permits(Permission.MANAGE_HELP_LINES)
def help_lines() -> ResponseReturnValue:
    """Show all lines, with when each was last checked."""
    return _lines()


@pages.get("/hulplijnen/nieuw")
@permits(Permission.MANAGE_HELP_LINES)
def new_line() -> ResponseReturnValue:
    """Show the form for a new line."""
    _may_change()
    return _form(None, {})


@pages.post("/hulplijnen/nieuw")
@permits(Permission.MANAGE_HELP_LINES)
def add_line() -> ResponseReturnValue:
    """Add a line."""
    try:
        with unit_of_work(once=True) as work:
            lines.add_line(work, acting(work), _draft())
            work.notes["answer"] = url_for("admin.help_lines")
    except InvalidError as error:
        _may_change()
        errors, status = refusal(error)
        return _form(None, _typed({}), errors, status)
    return _saved(gettext("De hulplijn staat op de hulppagina."))


@pages.get("/hulplijnen/<uuid:line_id>")
@permits(Permission.MANAGE_HELP_LINES)
def edit_line(line_id: UUID) -> ResponseReturnValue:
    """Show the form to change a line."""
    with reading() as work:
        line = lines.find_line(work, acting(work), line_id)
        return _form(line, _values(line))


@pages.post("/hulplijnen/<uuid:line_id>")
@permits(Permission.MANAGE_HELP_LINES)
def change_line(line_id: UUID) -> ResponseReturnValue:
    """Change a line as it was when the form was opened."""
    try:
        with unit_of_work() as work:
            lines.change_line(work, acting(work), line_id, _version(), _draft())
    except (InvalidError, ConflictError) as error:
        errors, status = refusal(error)
        with reading() as work:
            line = lines.find_line(work, acting(work), line_id)
            values = _values(line)
            kept = _typed(values) | ({"version": values["version"]} if status == 409 else {})
            return _form(line, kept, errors, status)
    return _saved(gettext("Opgeslagen. Op de hulppagina staat het nu zo."))


@pages.post("/hulplijnen/<uuid:line_id>/nagekeken")
@permits(Permission.MANAGE_HELP_LINES)
def verify_line(line_id: UUID) -> ResponseReturnValue:
    """Note that somebody called or opened the line today."""
    return _act(gettext("Genoteerd: vandaag nagekeken."), lambda work, actor: _verify(work, actor, line_id))


@pages.post("/hulplijnen/<uuid:line_id>/weg")
@permits(Permission.MANAGE_HELP_LINES)
def remove_line(line_id: UUID) -> ResponseReturnValue:
    """Remove a line from the help page."""
    text = gettext("De hulplijn staat niet meer op de hulppagina.")
    return _act(text, lambda work, actor: lines.remove_line(work, actor, line_id, _version()))


@pages.post("/hulplijnen/<uuid:line_id>/plek")
@permits(Permission.MANAGE_HELP_LINES)
def move_line(line_id: UUID) -> ResponseReturnValue:
    """Put a line one place higher or lower."""
    up = request.form.get("to") == "up"
    return _act(gettext("De volgorde is aangepast."), lambda work, actor: lines.move_line(work, actor, line_id, up=up))


def _may_change() -> None:
    with reading() as work:
        require(acting(work), Permission.MANAGE_HELP_LINES, NOWHERE)


def _verify(work: Any, actor: Any, line_id: UUID) -> None:
    lines.verify_line(work, actor, line_id, _version())


def _act(text: str, act: Any) -> ResponseReturnValue:
    try:
        with unit_of_work() as work:
            act(work, acting(work))
    except ConflictError as error:
        errors, status = refusal(error)
        return _lines(errors, status)
    return _saved(text)


def _saved(text: str) -> ResponseReturnValue:
    publish_help()
    flash(text, "ok")
    return redirect(url_for("admin.help_lines"), 303)


def _lines(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        found = lines.help_lines(work, acting(work))
        now = lines.today(work)
        shown = [(line, _checked(line), lines.is_due(line, now)) for line in found]
        return draw("help_lines.html", status, lines=shown, errors=errors or {})


def _checked(line: HelpLine) -> str:
    return format_date(line.verified_on, "d MMMM yyyy", rebase=False) if line.verified_on else gettext("nog niet")


def _form(
    line: HelpLine | None, values: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    return draw("help_form.html", status, line=line, values=values, errors=errors or {}, topics=TOPICS.items())


def _draft() -> LineDraft:
    given = {name: request.form.get(name, "") for name in FIELDS}
    return LineDraft(**given, topics=tuple(request.form.getlist("topics")))


def _typed(present: dict[str, Any]) -> dict[str, Any]:
    return typed(present) | {"topics": request.form.getlist("topics")}


def _values(line: HelpLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in FIELDS}
    ages = {name: "" if values[name] is None else values[name] for name in ("min_age", "max_age")}
    return values | ages | {"topics": line.topics, "version": line.version}


def _version() -> int:
    return number_in(request.form, "version", 0)
