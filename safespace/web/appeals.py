"""Asking for a fresh look at a decision about an own post."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotAllowedError
from safespace.moderation import appeals, outcomes
from safespace.policy.permissions import Permission
from safespace.web.gate import permits
from safespace.web.outcome import outcome_of
from safespace.web.sentences import explained

pages = Blueprint("appeals", __name__)


@pages.get("/mijn/<uuid:post_id>/nieuwe-blik")
@permits(Permission.APPEAL)
def ask(post_id: UUID) -> ResponseReturnValue:
    """Show the form, with the decision it is about."""
    return _ask_page(post_id)


@pages.post("/mijn/<uuid:post_id>/nieuwe-blik")
@permits(Permission.APPEAL)
def appeal(post_id: UUID) -> ResponseReturnValue:
    """Send it to a colleague of whoever decided."""
    try:
        with unit_of_work(once=True) as work:
            appeals.appeal(work, acting(work), post_id, request.form.get("words", ""))
            answer = work.notes["answer"] = url_for("posts.show", post_id=post_id)
    except InvalidError as error:
        return _ask_page(post_id, errors=explained(error.errors)), 422
    flash(_("Gevraagd. Een andere collega leest je bericht opnieuw."), "sent")
    return redirect(answer, 303)


def _ask_page(post_id: UUID, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        post = outcomes.own_post(work, acting(work), post_id)
        if not post.may_appeal:
            raise NotAllowedError("not_offered")
        return render_template(
            "posts/appeal.html",
            post=post,
            outcome=outcome_of(post),
            typed=request.form.get("words", ""),
            errors=errors or {},
            form_key=str(uuid4()),
        )
