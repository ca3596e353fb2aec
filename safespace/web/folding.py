"""*Dit is me te veel*: folding a conversation away for oneself, with something that helps, and opening it again."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from safespace.groups.models import Group
from safespace.host.language import spoken
from safespace.host.work import acting, unit_of_work
from safespace.kernel.work import Work
from safespace.library.reading import starter_item
from safespace.moderation.report_words import vocabulary
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import folding
from safespace.threads.models import Thread
from safespace.web.gate import permits

pages = Blueprint("folding", __name__)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/te-veel")
@permits(Permission.FOLD_THREAD)
def fold(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Fold a conversation away; its own page then offers what helps."""
    with unit_of_work() as work:
        folding.fold(work, acting(work), group_id, thread_id)
    return redirect(url_for("threads.show", group_id=group_id, thread_id=thread_id), 303)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/weer-open")
@permits(Permission.FOLD_THREAD)
def unfold(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Open a conversation again."""
    with unit_of_work() as work:
        folding.unfold(work, acting(work), group_id, thread_id)
    return redirect(url_for("threads.show", group_id=group_id, thread_id=thread_id), 303)


def folded_page(work: Work, actor: Actor, group: Group, thread: Thread) -> str:
    """Draw a conversation that was folded away: nothing of what is said in it, and something that helps."""
    slug = vocabulary(work.settings.config_dir).coping
    return render_template(
        "threads/folded.html",
        group=group,
        thread=thread,
        coping=starter_item(work, actor, group.location_id, slug, spoken()),
    )
