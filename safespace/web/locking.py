"""Closing a conversation for new posts, and opening it again."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.moderation import locking
from safespace.policy.permissions import Permission
from safespace.threads.reading import obtain_thread
from safespace.web.gate import permits
from safespace.web.sentences import explained

pages = Blueprint("locking", __name__)


@pages.get("/g/<uuid:group_id>/t/<uuid:thread_id>/sluiten")
@permits(Permission.LOCK_THREAD)
def ask(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Show the form to close a conversation."""
    return _ask_page(group_id, thread_id)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/sluiten")
@permits(Permission.LOCK_THREAD)
def lock(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Close it, with a note that everybody in the group reads."""
    try:
        with unit_of_work(once=True) as work:
            locking.lock(work, acting(work), group_id, thread_id, request.form.get("note", ""))
            answer = work.notes["answer"] = url_for("threads.show", group_id=group_id, thread_id=thread_id)
    except InvalidError as error:
        return _ask_page(group_id, thread_id, errors=explained(error.errors)), 422
    except ConflictError:
        flash(_("Dit gesprek was al gesloten."), "info")
        return redirect(url_for("threads.show", group_id=group_id, thread_id=thread_id), 303)
    flash(_("Het gesprek is gesloten. Lezen kan nog."), "sent")
    return redirect(answer, 303)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/openen")
@permits(Permission.LOCK_THREAD)
def unlock(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Open it again."""
    with unit_of_work() as work:
        locking.unlock(work, acting(work), group_id, thread_id)
    flash(_("Het gesprek is weer open."), "ok")
    return redirect(url_for("threads.show", group_id=group_id, thread_id=thread_id), 303)


def _ask_page(group_id: UUID, thread_id: UUID, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        group, thread = obtain_thread(work, acting(work), group_id, thread_id, Permission.LOCK_THREAD)
        return render_template(
            "threads/lock.html",
            group=group,
            thread=thread,
            title=work.unseal(thread, "title"),
            typed=request.form.get("note", ""),
            errors=errors or {},
            form_key=str(uuid4()),
        )
