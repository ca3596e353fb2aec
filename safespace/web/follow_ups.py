"""The list of authors who still need something, until somebody says what was done."""

from math import ceil
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.moderation import follow_ups
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.sentences import explained

pages = Blueprint("follow_ups", __name__)


@pages.get("/opvolgen")
@permits(Permission.READ_QUEUE)
def home() -> ResponseReturnValue:
    """Show a page of who still needs something, the worst first."""
    return _page()


@pages.post("/opvolgen/<uuid:review_id>")
@permits(Permission.REVIEW)
def close(review_id: UUID) -> ResponseReturnValue:
    """Close one, with what was done."""
    try:
        with unit_of_work() as work:
            follow_ups.close_follow_up(work, acting(work), review_id, request.form.get("internal_note", ""))
    except InvalidError as error:
        return _page(wrong=review_id, errors=explained(error.errors)), 422
    except ConflictError:
        return _page(kept=request.form.get("internal_note", "")), 409
    flash(_("Afgesloten. Wat er gedaan is, staat bij het bericht."), "sent")
    return redirect(_address(_asked()), 303)


def _page(*, wrong: UUID | None = None, errors: dict[str, str] | None = None, kept: str | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        last = max(1, ceil(follow_ups.count_open(work, actor) / follow_ups.PAGE))
        page = min(_asked(), last)  # the list gets shorter while it is worked on
        rows: list[dict[str, Any]] = [
            {
                "id": one.review_id,
                "alias": one.alias,
                "group": one.group,
                "level": one.severity.value,
                "needs": words.FOLLOW_UPS[one.follow_up],
                "state": words.STATES[one.state],
                "since": words.when_for_staff(one.since, work.now),
                "note": request.form.get("internal_note", "") if one.review_id == wrong else "",
                "error": (errors or {}).get("internal_note", "") if one.review_id == wrong else "",
            }
            for one in follow_ups.open_follow_ups(work, actor, page)
        ]
        return render_template(
            "moderation/follow_ups.html",
            rows=rows,
            page=page if page > 1 else None,
            newer=_address(page - 1) if page > 1 else "",
            older=_address(page + 1) if page < last else "",
            errors=errors or {},
            kept=kept,
        )


def _asked() -> int:
    return max(1, number_in(request.args, "pagina", 1))


def _address(page: int) -> str:
    return url_for("follow_ups.home", pagina=page if page > 1 else None)
