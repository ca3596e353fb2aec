"""What templates and live.js draw of a post: one set of fields for the page and for the news, plain text only."""

from typing import Any

from flask import url_for

from safespace.kernel.work import Work
from safespace.threads.models import PAGE, PostState
from safespace.threads.reading import PostView
from safespace.web import words

CHANGEABLE = frozenset({PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.PUBLISHED})


def post_fields(work: Work, view: PostView, *, staff: bool = False) -> dict[str, Any]:
    """Give the fields of `post(p)` in macros/post.html. A youth never sees an exact time."""
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
        "type_label": "" if view.badge else str(words.TYPES[view.type]),
        "when": when,
        "paragraphs": words.paragraphs(view.body),
        "notes": words.note_labels(view.content_notes),
        "state": view.state.value,
        "state_text": "",
        "own": view.own,
        "links": _links(view, staff=staff),
    }


def thread_page_url(group_id: object, thread_id: object, position: int | None, post_id: object) -> str:
    """Give the address of a post in its thread: page = (position - 1) // 20 + 1."""
    page = None if position is None else (position - 1) // PAGE + 1
    return url_for("threads.show", group_id=group_id, thread_id=thread_id, page=page, _anchor=f"p-{post_id}")


def _links(view: PostView, *, staff: bool) -> dict[str, str]:
    links: dict[str, str] = {}
    if view.own and view.state in CHANGEABLE:
        key = "reword" if view.state is PostState.CHANGES_REQUESTED else "edit"
        links = {
            key: url_for("posts.edit", post_id=view.id),
            "withdraw": url_for("posts.withdraw", post_id=view.id),
        }
    elif staff and view.state is PostState.PUBLISHED:
        links["pin"] = url_for("library.pin", post_id=view.id)
    return links
