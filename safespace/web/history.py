"""The course of one post, for whoever may read its item."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from safespace.host.work import acting, reading
from safespace.moderation.history import Step, history
from safespace.policy.permissions import Permission
from safespace.web import words
from safespace.web.gate import permits
from safespace.web.review import decided_fields

pages = Blueprint("history", __name__)


@pages.get("/wachtrij/<uuid:review_id>/verloop")
@permits(Permission.READ_QUEUE)
def show(review_id: UUID) -> ResponseReturnValue:
    """Show every version with what changed, every decision, and who opened which version."""
    with reading() as work:
        found = history(work, acting(work), review_id)
        return render_template(
            "moderation/history.html",
            review_id=review_id,
            state=words.STATES[found.post.state],
            steps=[_fields(one, words.when_for_staff(one.at, work.now)) for one in found.steps],
            decided=[decided_fields(one, work.now) for one in found.decisions],
            seen=[[one.by, one.version, words.when_for_staff(one.at, work.now)] for one in found.seen],
        )


def _fields(step: Step, when: str) -> dict[str, Any]:
    return vars(step) | {"when": when}
