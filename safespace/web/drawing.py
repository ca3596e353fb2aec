"""What templates and live.js draw of a post: one set of fields for the page and for the news, plain text only."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import intake
from safespace.policy.roles import Actor
from safespace.roster.waiting import Now
from safespace.threads.models import PAGE, PostState, Thread
from safespace.threads.reading import PostView
from safespace.web import words

_ANY = str(UUID(int=0))
CHANGEABLE = frozenset({PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.PUBLISHED})


def own_fields(work: Work, actor: Actor, group: Group, thread: Thread, now: Now, view: PostView) -> dict[str, Any]:
    """Give the fields of `post(p)` in macros/post.html. A youth never sees an exact time.

    To its author nothing is offered that cannot be done now. What the team writes is never folded away.
    """
    staff = actor.member_of(group.id) is None
    changeable = view.own and not intake.why_unchangeable(actor, view, group, thread, now)
    title, text = _standing(view, now)
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
        "state_title": title,
        "state_text": text,
        "editing": view.waiting_edit,
        "own": view.own,
        "links": _links(view, staff=staff, changeable=changeable),
    }


def _standing(view: PostView, now: Now) -> tuple[str, str]:
    """Give the words for where an own post stands when those for its state are not the whole truth, else nothing."""
    if view.waiting_edit:
        title = _("je aanpassing wordt nagekeken") if now.read_now else _("je aanpassing ligt klaar voor het team")
        return title, _("Tot die tijd ziet de groep je eerdere tekst.")
    if view.own and view.state is PostState.PENDING and not now.read_now:
        return _("ligt klaar voor het team"), _("Alleen jij ziet dit nu.")
    if view.unsent and view.state is PostState.CHANGES_REQUESTED:
        return _("je nieuwe tekst is bewaard, nog niet verstuurd"), _("Niemand leest hem nu. Alleen jij ziet dit.")
    return "", ""


def thread_page_url(group_id: object, thread_id: object, position: int | None, post_id: object) -> str:
    """Give the address of a post in its thread: page = (position - 1) // 20 + 1."""
    page = None if position is None else (position - 1) // PAGE + 1
    return url_for("threads.show", group_id=group_id, thread_id=thread_id, page=page, _anchor=f"p-{post_id}")


def _links(view: PostView, *, staff: bool, changeable: bool) -> dict[str, str]:
    links: dict[str, str] = {}
    if view.own and view.state in CHANGEABLE:
        if changeable:
            key = "reword" if view.state is PostState.CHANGES_REQUESTED else "edit"
            links[key] = _address("posts.edit", view.id)
        links["withdraw"] = _address("posts.withdraw", view.id)
    elif staff and view.state is PostState.PUBLISHED:
        links["pin"] = _address("library.pin", view.id)
        links["good"] = _address("good_news.ask", view.id)
        links["hide"] = _address("hiding.ask", view.id)
    elif not view.own and view.state is PostState.PUBLISHED:
        links["worry"] = _address("reports.ask", view.id, about="zorgen")
        links["wrong"] = _address("reports.ask", view.id, about="klopt-niet")
    return links


def _address(endpoint: str, post_id: UUID, about: str | None = None) -> str:
    """Give an address about a post; a page asks for some fifty, so each kind is built once and filled in."""
    return _address_of_any(request.script_root, endpoint, about).replace(_ANY, str(post_id))


@lru_cache(maxsize=64)
def _address_of_any(root: str, endpoint: str, about: str | None) -> str:
    del root  # it is where the app is mounted now
    return url_for(endpoint, post_id=_ANY, about=about)
