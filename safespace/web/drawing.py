"""What templates and live.js draw of a post: one set of fields for the page and for the news, plain text only."""

from typing import Any

from flask import url_for

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import intake
from safespace.policy.roles import Actor
from safespace.roster.waiting import Now
from safespace.threads.models import PAGE, PostState, Thread
from safespace.threads.reading import PostView
from safespace.web import words

CHANGEABLE = frozenset({PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.PUBLISHED})


def post_fields(work: Work, view: PostView, *, staff: bool = False, changeable: bool = True) -> dict[str, Any]:
    """Give the fields of `post(p)` in macros/post.html. A youth never sees an exact time.

    `changeable`: an own post can be changed now (intake.why_unchangeable). What the team writes is never folded away.
    """
    when = ""
    if view.released_at is not None:
        when = (
            words.when_for_staff(view.released_at, work.now)
            if staff
            else words.when_for_youth(view.released_at, work.now)
        )
    return {
        "id": str(view.id),
        "position": view.position or "",
        "alias": view.alias,
        "badge": view.badge,
        "type_label": "" if view.badge else words.type_label(view.type),
        "when": when,
        "paragraphs": words.paragraphs(view.body),
        "notes": [] if view.badge else words.note_labels(view.content_notes),
        "state": view.state.value,
        "state_text": "",
        "own": view.own,
        "links": _links(view, staff=staff, changeable=changeable),
    }


def own_fields(work: Work, actor: Actor, group: Group, thread: Thread, now: Now, view: PostView) -> dict[str, Any]:
    """Give the same for a reader who may be its author: what cannot be changed now is not offered to be changed."""
    changeable = view.own and not intake.why_unchangeable(actor, view, group, thread, now)
    return post_fields(work, view, staff=actor.member_of(group.id) is None, changeable=changeable)


def thread_page_url(group_id: object, thread_id: object, position: int | None, post_id: object) -> str:
    """Give the address of a post in its thread: page = (position - 1) // 20 + 1."""
    page = None if position is None else (position - 1) // PAGE + 1
    return url_for("threads.show", group_id=group_id, thread_id=thread_id, page=page, _anchor=f"p-{post_id}")


def _links(view: PostView, *, staff: bool, changeable: bool) -> dict[str, str]:
    links: dict[str, str] = {}
    if view.own and view.state in CHANGEABLE:
        if changeable:
            key = "reword" if view.state is PostState.CHANGES_REQUESTED else "edit"
            links[key] = url_for("posts.edit", post_id=view.id)
        links["withdraw"] = url_for("posts.withdraw", post_id=view.id)
    elif staff and view.state is PostState.PUBLISHED:
        links["pin"] = url_for("library.pin", post_id=view.id)
        links["good"] = url_for("good_news.ask", post_id=view.id)
        links["hide"] = url_for("hiding.ask", post_id=view.id)
    elif not view.own and view.state is PostState.PUBLISHED:
        links["worry"] = url_for("reports.ask", post_id=view.id, about="zorgen")
        links["wrong"] = url_for("reports.ask", post_id=view.id, about="klopt-niet")
    return links
