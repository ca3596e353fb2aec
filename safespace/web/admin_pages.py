"""The blueprint of the administrators' pages, and what their forms share."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.crisis import snapshot
from safespace.host.work import host, reading
from safespace.kernel.refusals import ConflictError, InvalidError, RefusalError
from safespace.web.sentences import explained, sentence

pages = Blueprint("admin", __name__, url_prefix="/beheer")


def draw(template: str, status: int = 200, **facts: Any) -> ResponseReturnValue:
    """Draw an administrators' page with a fresh form key."""
    facts.setdefault("errors", {})
    return render_template(f"admin/{template}", tab="admin", key=str(uuid4()), **facts), status


def refusal(error: RefusalError) -> tuple[dict[str, str], int]:
    """Give the sentences for a form, by field, and the status of the answer. Any other refusal goes on to its page."""
    if isinstance(error, InvalidError):
        return explained(error.errors), 422
    if isinstance(error, ConflictError):
        return {"": sentence(error.code)}, 409
    raise error


def typed(present: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the form shows: what was typed, and what is there now for fields that were not sent."""
    sent = {name: request.form.get(name, "") for name in request.form if name not in {"csrf_token", "form_key"}}
    return {**present, **sent}


def publish_help() -> None:
    """Write the help page anew after a change was saved; when the disk refuses, the clock tries again later."""
    try:
        with reading() as work:
            snapshot.publish(work)
    except OSError:
        flash(_("Opgeslagen. De hulppagina volgt binnen een paar minuten."), "wait")


def origin() -> str:
    """Give the address under which this service is reached, as set up; in development, the one of this request."""
    origins = host().settings.origins
    return origins[0].rstrip("/") if origins else request.host_url.rstrip("/")
