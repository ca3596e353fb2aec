"""Being at an item: the beat of an open page, leaving, taking over, and passing on."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, unit_of_work
from safespace.moderation import claims
from safespace.policy.permissions import Permission
from safespace.web.gate import permits
from safespace.web.listing import holder_fields

pages = Blueprint("claims", __name__)


@pages.post("/wachtrij/<uuid:review_id>/bezig")
@permits(Permission.REVIEW, background=True)
def beat(review_id: UUID) -> ResponseReturnValue:
    """Say that the page of an item is open and looked at; with `gelezen`, that the words were read."""
    with unit_of_work() as work:
        found = claims.claim(work, acting(work), review_id, opened="gelezen" in request.form)
    return holder_fields(found)


@pages.post("/wachtrij/<uuid:review_id>/neem")
@permits(Permission.REVIEW)
def take(review_id: UUID) -> ResponseReturnValue:
    """Take an item, from a colleague if need be; both see it. With `gelezen`, say that its words were read."""
    with unit_of_work() as work:
        claims.claim(work, acting(work), review_id, over=True, opened="gelezen" in request.form)
    return redirect(url_for("moderation.review", review_id=review_id), 303)


@pages.post("/wachtrij/<uuid:review_id>/los")
@permits(Permission.REVIEW, background=True)
def let_go(review_id: UUID) -> ResponseReturnValue:
    """Leave an item: the page was closed or left."""
    with unit_of_work() as work:
        claims.let_go(work, acting(work), review_id)
    return "", 204


@pages.post("/wachtrij/<uuid:review_id>/draag-over")
@permits(Permission.REVIEW)
def pass_on(review_id: UUID) -> ResponseReturnValue:
    """Leave an item to a colleague, without a reason."""
    with unit_of_work() as work:
        claims.pass_on(work, acting(work), review_id)
    flash(_("Overgedragen. Een collega ziet dit bericht in de wachtrij. Jij krijgt het niet meer als volgende."), "ok")
    return redirect(url_for("queue.show"), 303)
