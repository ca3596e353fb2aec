"""Administration: the log of a location, with filters and a file to take along; looking is written down too."""

import csv
import io
import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from safespace.accounts.names import staff_in_log
from safespace.audit import reading as audit
from safespace.audit.reading import PAGE, Entry, Wanted
from safespace.groups import locations
from safespace.host.work import acting, unit_of_work
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.admin_pages import draw, pages
from safespace.web.audit_words import ACTIONS, ROLES, told
from safespace.web.gate import permits
from safespace.web.numbers import number_in

MOST_EXPORTED = 50_000
COLUMNS: tuple[Any, ...] = (
    lazy_gettext("nummer"),
    lazy_gettext("moment (UTC)"),
    lazy_gettext("wie"),
    lazy_gettext("rol"),
    lazy_gettext("wat"),
    lazy_gettext("soort"),
    lazy_gettext("nummer van het ding"),
    lazy_gettext("bijzonderheden"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/l/<uuid:location_id>/logboek")
@permits(Permission.READ_AUDIT)
def audit_log(location_id: UUID) -> ResponseReturnValue:
    """Show the newest entries that fit the filter; reading them is an entry too, so this is a write."""
    with unit_of_work() as work:
        actor = acting(work)
        wanted = _wanted(work)
        found = audit.entries(work, actor, location_id, wanted, limit=PAGE + 1)
        names = staff_in_log(work, actor, location_id)
        rows = [
            (words.when_for_staff(entry.at, work.now), _who(entry, names), _role(entry), told(entry), entry.number)
            for entry in found[:PAGE]
        ]
        place = locations.managed_location(work, actor, location_id)
    older = ""
    if len(found) > PAGE:
        values: dict[str, Any] = {**_asked(), "before": found[PAGE - 1].number}
        older = url_for("admin.audit_log", location_id=location_id, **values)
    return draw("audit.html", location=place, rows=rows, older=older, asked=_asked(), **_choices(found, names))


@pages.post("/l/<uuid:location_id>/logboek.csv")
@permits(Permission.READ_AUDIT)
def export_log(location_id: UUID) -> ResponseReturnValue:
    """Give the entries that fit the filter as a file for a spreadsheet, in which nothing is a formula."""
    with unit_of_work() as work:
        actor = acting(work)
        found = audit.export(work, actor, location_id, _wanted(work), limit=MOST_EXPORTED)
        names = staff_in_log(work, actor, location_id)
        text = _table(found, names)
        day = work.now.date().isoformat()
    disposition = {"Content-Disposition": f'attachment; filename="{gettext("logboek")}-{day}.csv"'}
    return Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=disposition)


def escaped(cell: object) -> str:
    """Give a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def _table(found: list[Entry], names: dict[UUID, str]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(column) for column in COLUMNS])
    for entry in found:
        facts = json.dumps(entry.facts, sort_keys=True, ensure_ascii=False) if entry.facts else ""
        cells = (entry.at.isoformat(), _who(entry, names), entry.role, entry.action, entry.object_type, entry.object_id)
        writer.writerow([entry.number, *(escaped(cell) for cell in (*cells, facts))])
    return file.getvalue()


def _who(entry: Entry, names: dict[UUID, str]) -> str:
    """Staff by name; a young person only as that; nothing here tells two of them apart."""
    if entry.actor in names:
        return names[entry.actor]
    if entry.role == "youth":
        return gettext("jongere")
    return gettext("het systeem") if entry.actor is None else gettext("oud-medewerker")


def _role(entry: Entry) -> str:
    return str(ROLES.get(entry.role, entry.role))


def _choices(found: list[Entry], names: dict[UUID, str]) -> dict[str, Any]:
    """Give what can be filtered by. Which actions occur is not looked up: that would read the whole log."""
    staff = sorted((name, str(audit_id)) for audit_id, name in names.items())
    codes = {*ACTIONS, *(entry.action for entry in found)}
    kinds = sorted((str(ACTIONS.get(code, code)), code) for code in codes)
    return {
        "people": [("", gettext("Iedereen")), *((key, name) for name, key in staff)],
        "kinds": [("", gettext("Alles")), *((code, word) for word, code in kinds)],
    }


def _asked() -> dict[str, str]:
    return {name: text for name in ("actor", "action", "since", "until") if (text := request.values.get(name, ""))}


def _wanted(work: Work) -> Wanted:
    """Read the filter; what is no date or number is passed by."""
    until = _day(work, "until")
    return Wanted(
        actor=request.values.get("actor", type=UUID),
        action=request.values.get("action", "")[:60] or None,
        since=_day(work, "since"),
        until=until + timedelta(days=1) if until else None,
        before=number_in(request.args, "before", None),
    )


def _day(work: Work, name: str) -> datetime | None:
    try:
        day = date.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return None
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(work.settings.time_zone))
