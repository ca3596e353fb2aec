"""Psycho-education: reading it, and for clinicians writing it and pinning it, or a post, to a group or conversation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from safespace.groups.models import Location
from safespace.groups.reading import groups_of, obtain_group
from safespace.host.language import spoken
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.library import items
from safespace.library.items import Draft
from safespace.library.markdown import CAP, to_html
from safespace.library.reading import (
    items_of,
    locations_of,
    may_read,
    minutes_to_read,
    obtain_item,
    view_of,
)
from safespace.moderation import pins
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import PAGE
from safespace.threads.reading import obtain_post, posts_by_id, threads_of
from safespace.web import moments
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.sentences import explained
from safespace.web.topics import TOPICS, by_area

pages = Blueprint("library", __name__)

WORDS = ("title", "body", "topic", "title_en", "body_en")
WHOLE_GROUP = "group"
MOMENT = ("day", "starts")


@dataclass(frozen=True, kw_only=True, repr=False)
class Preview:
    """How a text will look, in one language."""

    lang: str
    title: str
    html: Markup
    minutes: int


@pages.get("/lezen")
@permits(Permission.READ_LIBRARY)
def home() -> ResponseReturnValue:
    """Show what there is to read, by area; somebody of several locations chooses one."""
    with reading() as work:
        actor = acting(work)
        places = locations_of(work, actor)
        place = _chosen(places, request.args.get("where", type=UUID))
        lines = items_of(work, actor, place.id, spoken()) if place else []
        writes = place is not None and may_read(actor, place.id, Permission.WRITE_LIBRARY)
        return render_template(
            "library/home.html", places=places, place=place, areas=by_area(lines), writes=writes, topics=TOPICS
        )


@pages.get("/lezen/<uuid:item_id>")
@permits(Permission.READ_LIBRARY)
def item(item_id: UUID) -> ResponseReturnValue:
    """Show one item; its writers find what they can do with it below."""
    with reading() as work:
        actor = acting(work)
        found = obtain_item(work, actor, item_id)
        view = view_of(work, found, spoken())
        writes = may_read(actor, view.location_id, Permission.WRITE_LIBRARY)
        groups = [group for group in groups_of(work, actor) if group.location_id == view.location_id] if writes else []
        return render_template(
            "library/item.html", item=view, html=to_html(view.body), topics=TOPICS, writes=writes, groups=groups
        )


@pages.route("/lezen/nieuw", methods=["GET", "POST"])
@permits(Permission.WRITE_LIBRARY)
def new() -> ResponseReturnValue:
    """Write an item for a location."""
    if request.method != "POST":
        return _form_page()
    try:
        with unit_of_work(once=True) as work:
            written = items.write_item(work, acting(work), _needed("where"), _typed())
            answer = work.notes["answer"] = url_for("library.item", item_id=written.id)
    except InvalidError as error:
        return _form_page(errors=error.errors), 422
    flash(_("Bewaard. Je stuk staat nu in de bibliotheek."), "sent")
    return redirect(answer, 303)


@pages.route("/lezen/<uuid:item_id>/wijzigen", methods=["GET", "POST"])
@permits(Permission.WRITE_LIBRARY)
def edit(item_id: UUID) -> ResponseReturnValue:
    """Change an item; who comes second sees what the first one made of it, and keeps the own text."""
    if request.method != "POST":
        return _form_page(item_id)
    answer = url_for("library.item", item_id=item_id)
    try:
        with unit_of_work(once=True) as work:
            items.change_item(work, acting(work), item_id, number_in(request.form, "version", 0), _typed())
            work.notes["answer"] = answer
    except InvalidError as error:
        return _form_page(item_id, errors=error.errors), 422
    except ConflictError:
        return _form_page(item_id, conflict=True), 409
    flash(_("Bewaard. De nieuwe tekst staat er nu."), "sent")
    return redirect(answer, 303)


@pages.post("/lezen/voorbeeld")
@permits(Permission.WRITE_LIBRARY)
def preview() -> ResponseReturnValue:
    """Show how the typed text will look, above the form that keeps it. Nothing is stored."""
    item_id = request.form.get("item_id", type=UUID)
    try:
        fine = items.accepted(_typed())
    except InvalidError as error:
        return _form_page(item_id, errors=error.errors), 422
    return _form_page(item_id, shown=_previews(fine))


@pages.post("/lezen/<uuid:item_id>/weghalen")
@permits(Permission.WRITE_LIBRARY)
def retire(item_id: UUID) -> ResponseReturnValue:
    """Take an item out of the library."""
    with unit_of_work() as work:
        items.retire_item(work, acting(work), item_id, number_in(request.form, "version", 0))
    flash(_("Het stuk is uit de bibliotheek gehaald, en overal losgemaakt."), "ok")
    return redirect(url_for("library.home"), 303)


@pages.route("/lezen/vast", methods=["GET", "POST"])
@permits(Permission.PIN)
def pin() -> ResponseReturnValue:
    """Pin an item (`item_id`) or post (`post_id`) in a group or conversation, and show what is pinned there."""
    if request.method != "POST":
        return _pin_page()
    try:
        with unit_of_work(once=True) as work:
            row = pins.pin(
                work,
                acting(work),
                _needed("group_id"),
                thread_id=_place(),
                item_id=_asked("item_id"),
                post_id=_asked("post_id"),
                at=moments.typed_moment(*map(request.form.get, MOMENT)),
            )
            planned = row.shown_at is None
            answer = work.notes["answer"] = url_for("library.pin", group_id=row.group_id)
    except InvalidError as error:
        return _pin_page(errors=error.errors), 422
    flash(_("Gepland. De groep ziet het vanzelf.") if planned else _("Vastgezet."), "ok")
    return redirect(answer, 303)


@pages.post("/lezen/los/<uuid:pin_id>")
@permits(Permission.PIN)
def unpin(pin_id: UUID) -> ResponseReturnValue:
    """Take a pin away and go back to where it was asked."""
    with unit_of_work() as work:
        row = pins.unpin(work, acting(work), pin_id)
    flash(_("Losgemaakt."), "ok")
    again = url_for("library.pin", group_id=row.group_id, item_id=_asked("item_id"), post_id=_asked("post_id"))
    return redirect(again, 303)


def _chosen(places: list[Location], asked: UUID | None) -> Location | None:
    return next((place for place in places if place.id == asked), places[0] if places else None)


def _typed() -> Draft:
    return Draft(**{name: request.form.get(name, "") for name in WORDS})


def _previews(draft: Draft) -> list[Preview]:
    both = (("nl", draft.title, draft.body), ("en", draft.title_en, draft.body_en))
    return [
        Preview(lang=lang, title=title, html=to_html(body), minutes=minutes_to_read(body))
        for lang, title, body in both
        if body
    ]


def _form_page(
    item_id: UUID | None = None,
    *,
    errors: dict[str, str] | None = None,
    shown: list[Preview] | None = None,
    conflict: bool = False,
) -> str:
    """Draw the form, filled with what was typed or else with what is kept."""
    with reading() as work:
        actor = acting(work)
        writes = Permission.WRITE_LIBRARY
        found = obtain_item(work, actor, item_id, writes) if item_id else None
        places = locations_of(work, actor, writes) if found is None else []
        if found is None and not places:
            raise NotFoundError
        kept = items.draft_of(work, found) if found else Draft(title="", body="", topic="")
        version = found.version if found else 0
        return render_template(
            "library/form.html",
            item_id=item_id,
            version=version if conflict else number_in(request.form, "version", version),
            places=places,
            place=_chosen(places, request.values.get("where", type=UUID)),
            draft=_typed() if request.method == "POST" else kept,
            topics=[("", _("Kies een onderwerp")), *((key, TOPICS[key]) for key in items.TOPICS)],
            errors=_on_form(errors),
            shown=shown or [],
            now=_previews(kept) if conflict else [],
            cap=CAP,
            form_key=str(uuid4()),
        )


def _on_form(errors: dict[str, str] | None) -> dict[str, str]:
    sentences = explained(errors or {})
    return {"" if name == "form" else name: text for name, text in sentences.items()}


def _asked(name: str) -> UUID | None:
    found: UUID | None = request.values.get(name, type=UUID)
    return found


def _needed(name: str) -> UUID:
    """Give an id that our own form always sends; without it there is nothing to find."""
    found = _asked(name)
    if found is None:
        raise NotFoundError
    return found


def _place() -> UUID | None:
    """Give the thread that was chosen, None for the group itself."""
    where = request.form.get("where", "")
    if not where:
        raise InvalidError(where="required")
    thread_id: UUID | None = request.form.get("where", type=UUID)
    if thread_id is None and where != WHOLE_GROUP:
        raise InvalidError(where="unknown_choice")
    return thread_id


def _pin_page(*, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        post_id, group_id = _asked("post_id"), _asked("group_id")
        thing: dict[str, str] = {}
        places: list[tuple[Any, str]] = []
        if post_id is not None:
            group_id, thing, places = _post_to_pin(work, actor, post_id)
        group = obtain_group(work, actor, group_id or _needed("group_id"), Permission.PIN)
        item_id = None if post_id else _asked("item_id")
        if item_id is not None:
            view = view_of(work, obtain_item(work, actor, item_id), spoken())
            thing = {"title": view.title, "lang": view.lang}
            places = [(thread.id, thread.title) for thread in threads_of(work, group)[:PAGE]]
        return render_template(
            "library/pin.html",
            group=group,
            thing=thing,
            item_id=item_id,
            post_id=post_id,
            places=[(WHOLE_GROUP, _("De hele groep")), *places],
            where=request.form.get("where", WHOLE_GROUP),
            pinned=pins.all_pins(work, actor, group.id, language=spoken()),
            typed={name: request.form.get(name, "") for name in MOMENT},
            at=moments.moment_words,
            errors=_on_form(errors),
            form_key=str(uuid4()),
        )


def _post_to_pin(work: Work, actor: Actor, post_id: UUID) -> tuple[UUID, dict[str, str], list[tuple[Any, str]]]:
    post, group = obtain_post(work, actor, post_id, Permission.READ_POST)
    views = posts_by_id(work, actor, group.id, [post_id])
    if not post.visible or not views:
        raise ConflictError("not_offered")
    thing = {"title": _("Bericht van %(alias)s", alias=views[0].alias), "text": views[0].body}
    return group.id, thing, [(post.thread_id, _("Alleen dit gesprek"))]
