"""The course of one post, for whoever may read its item."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safespace.host.work import acting, reading, unit_of_work
from safespace.moderation import history
from safespace.moderation.history import Step
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.listing import fold_fields
from safespace.web.review import decided_fields

pages = Blueprint("history", __name__)
MOST = 500  # versions that one page can tell about


@pages.get("/wachtrij/<uuid:review_id>/verloop")
@permits(Permission.READ_QUEUE)
def show(review_id: UUID) -> ResponseReturnValue:
    """Show every version with what changed, every decision, and who opened which version."""
    with reading() as work:
        found = history.history(work, acting(work), review_id)
        return render_template(
            "moderation/history.html",
            review_id=review_id,
            state=words.STATES[found.post.state],
            steps=[_fields(one, words.when_for_staff(one.at, work.now)) for one in found.steps],
            decided=[decided_fields(one, work.now) for one in found.decisions],
            versions=[one.id for one in found.steps if not one.erased and one.folded is None],
            seen=[[one.by, one.version, words.when_for_staff(one.at, work.now)] for one in found.seen],
        )


@pages.post("/wachtrij/<uuid:review_id>/gelezen")
@permits(Permission.READ_QUEUE, background=True)
def read(review_id: UUID) -> ResponseReturnValue:
    """Take down which versions of the words were read on a page; who does so by hand sees it in the course."""
    with unit_of_work() as work:
        history.read(work, acting(work), review_id, _versions())
    if "zelf" in request.form:
        return redirect(url_for("history.show", review_id=review_id), 303)
    return "", 204


def _versions() -> list[UUID]:
    found = []
    for one in request.form.getlist("versie")[:MOST]:
        with suppress(ValueError):
            found.append(UUID(one))
    return found


def _fields(step: Step, when: str) -> dict[str, Any]:
    fold = fold_fields(step.folded)
    return vars(step) | {"when": when, "fold": fold | {"versions": step.reads} if fold else None}
