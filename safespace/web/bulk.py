"""Placing a few calm posts at once: first the list and a count to type, then a result for each."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import bulk, rows
from safespace.moderation.models import Review
from safespace.policy.permissions import Permission
from safespace.web import listing
from safespace.web.gate import permits
from safespace.web.numbers import capped, number_in
from safespace.web.sentences import explained, sentence

pages = Blueprint("bulk", __name__)
MOST_SENT = 50


@pages.post("/wachtrij/samen")
@permits(Permission.REVIEW)
def confirm() -> ResponseReturnValue:
    """Show what was chosen, and ask how many there are."""
    return _page(_chosen(), {})


@pages.post("/wachtrij/samen/plaatsen")
@permits(Permission.REVIEW)
def place() -> ResponseReturnValue:
    """Approve each of them, in a unit of work of its own, and say what became of each."""
    chosen = _chosen()
    try:
        bulk.check_count(len(chosen), number_in(request.form, "aantal", 0))
    except InvalidError as error:
        return _page(chosen, explained({"aantal": error.errors["count"]})), 422
    results = {review_id: _place(review_id, version) for review_id, version in chosen.items()}
    return _page(chosen, {}, results)


def _place(review_id: UUID, version: int) -> str:
    """Give what became of one: "" when it was placed, otherwise why not."""
    try:
        with unit_of_work() as work:
            bulk.approve_one(work, acting(work), review_id, version)
    except InvalidError as error:
        return sentence(next(iter(error.errors.values())))
    except (ConflictError, NotAllowedError, NotFoundError) as error:  # others were placed before it
        return sentence(error.code)
    return ""


def _chosen() -> dict[UUID, int]:
    """Give the items with the version that was seen, each once."""
    found: dict[UUID, int] = {}
    for text in request.form.getlist("bericht")[:MOST_SENT]:
        review_id, _dot, version = text.partition(".")
        try:
            found[UUID(review_id)] = capped(int(version or 0))
        except ValueError:
            continue
    return found


def _page(chosen: dict[UUID, int], errors: dict[str, str], results: dict[UUID, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        found = rows.rows_where(work, actor, Review.id.in_(chosen), limit=MOST_SENT)
        lines: list[dict[str, Any]] = [
            listing.row_fields(row, work.now) | {"chosen": f"{row.id}.{chosen[row.id]}", "result": ""} for row in found
        ]
    for line in lines:
        if results is not None:
            refused = results[UUID(line["id"])]
            line["result"] = refused or _("Komt over enkele seconden in de groep.")
            line["placed"] = not refused
    return render_template("moderation/together.html", rows=lines, errors=errors, done=results is not None)
