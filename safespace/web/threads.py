"""A conversation: reading it page by page, replying, and starting a new one."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.reading import obtain_group, scope_of
from safespace.host import limits
from safespace.host.language import spoken
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import InvalidError, NotAllowedError
from safespace.moderation import held, help_cards, intake
from safespace.moderation.pins import pins_of
from safespace.policy.permissions import Permission
from safespace.policy.rules import allows
from safespace.roster.waiting import on_page
from safespace.threads.models import PostType, Words
from safespace.threads.reading import obtain_thread_to_read, page_of
from safespace.web import live_hour, words
from safespace.web.drawing import own_fields, thread_page_url
from safespace.web.folding import folded_page
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.presence import presence_in, presence_of, sent_line
from safespace.web.review import held_fields
from safespace.web.sentences import explained, sentence

pages = Blueprint("threads", __name__)


@pages.get("/g/<uuid:group_id>/t/<uuid:thread_id>")
@permits(Permission.READ_GROUP)
def show(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Show one page of a conversation, the last one unless asked otherwise, with the form to reply."""
    number = number_in(request.args, "page", 0)
    return _thread_page(group_id, thread_id, number)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/reactie")
@permits(Permission.WRITE_POST)
def reply(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Send a reply to be read by staff."""
    limits.count("posts", str(visitor.account_id))
    try:
        with unit_of_work(once=True) as work:
            sent = intake.reply(work, acting(work), group_id, thread_id, chosen_type(), written(work))
            place = thread_page_url(group_id, thread_id, None, sent.post_id)
            answer = url_for("posts.show", post_id=sent.post_id) if sent.draft or sent.help_now else place
            work.notes["answer"] = answer
    except InvalidError as error:
        return _thread_page(group_id, thread_id, 0, errors=explained(error.errors), status=422)
    except NotAllowedError as error:
        return _thread_page(group_id, thread_id, 0, errors={"": sentence(error.code)}, status=403)
    flash(sent_line(sent), "sent")  # a draft is kept too: the copy in the browser has to go, or it comes twice
    return redirect(answer, 303)


@pages.get("/g/<uuid:group_id>/nieuw")
@permits(Permission.WRITE_POST)
def new(group_id: UUID) -> ResponseReturnValue:
    """Show the form for a new conversation."""
    return _new_page(group_id)


@pages.post("/g/<uuid:group_id>/nieuw")
@permits(Permission.WRITE_POST)
def open_thread(group_id: UUID) -> ResponseReturnValue:
    """Send the first post of a new conversation."""
    limits.count("posts", str(visitor.account_id))
    try:
        with unit_of_work(once=True) as work:
            first = written(work, title=request.form.get("title", ""))
            sent = intake.open_thread(work, acting(work), group_id, chosen_type(), first)
            answer = work.notes["answer"] = url_for("posts.show", post_id=sent.post_id)
    except InvalidError as error:
        return _new_page(group_id, errors=explained(error.errors), status=422)
    except NotAllowedError as error:
        return _new_page(group_id, errors={"": sentence(error.code)}, status=403)
    flash(sent_line(sent), "sent")
    return redirect(answer, 303)


def written(work: Any, *, title: str | None = None) -> Words:
    """Give the words of this form, cleaned; raises InvalidError by field."""
    notes = tuple(request.form.getlist("content_notes"))
    return intake.accept_words(work, request.form.get("body", ""), title=title, content_notes=notes)


def chosen_type() -> PostType:
    """Give the type that was chosen; raises InvalidError for any other."""
    try:
        return PostType(request.form.get("type", PostType.EXPERIENCE.value))
    except ValueError as error:
        raise InvalidError(type="unknown_choice") from error


def _thread_page(
    group_id: UUID, thread_id: UUID, number: int, *, errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    with reading() as work:
        actor = acting(work)
        group, thread, folded = obtain_thread_to_read(work, actor, group_id, thread_id)
        if folded and not errors:
            return folded_page(work, actor, group, thread)
        # Before the posts: what is released in between is then told as news, instead of falling between the two.
        standing = on_page(work, group)
        page = page_of(work, actor, thread, number)
        scope = scope_of(group)
        may_answer = allows(actor, Permission.ANSWER, scope) and thread.locked_at is None and bool(page.posts)
        shown = [own_fields(work, actor, group, thread, standing.now, view) for view in (*page.posts, *page.waiting)]
        page_html = render_template(
            "threads/show.html",
            group=group,
            thread=thread,
            title=work.unseal(thread, "title") or _("Teruggehaald gesprek"),
            posts=shown,
            unfolded=request.args.get("toon") == "alles",
            page=page,
            is_last=page.number == page.last,
            older=_page_url(group_id, thread_id, page.number - 1) if page.number > 1 else "",
            newer=_page_url(group_id, thread_id, page.number + 1) if page.number < page.last else "",
            pinned=pins_of(work, actor, group_id, thread_id, language=spoken()),
            presence=presence_in(work, standing.now),
            cursor=standing.cursor,
            goodbye=live_hour.goodbye(work, standing),
            help_now=visitor.is_youth and help_cards.help_waits(work, actor, thread_id),
            may_fold=allows(actor, Permission.FOLD_THREAD, scope),
            may_write=allows(actor, Permission.WRITE_POST, scope) and thread.locked_at is None,
            may_lock=allows(actor, Permission.LOCK_THREAD, scope) and bool(page.posts),
            lock_note=work.unseal(thread, "lock_note"),
            may_answer=may_answer,
            held=held_fields(held.held(work, actor, thread_id=thread_id), work.now) if may_answer else [],
            types=list(words.TYPES.items()),
            notes=words.note_choices(),
            errors=errors or {},
            form_key=str(uuid4()),
        )
        return page_html, status


def _page_url(group_id: UUID, thread_id: UUID, number: int) -> str:
    return url_for("threads.show", group_id=group_id, thread_id=thread_id, page=number)


def _new_page(group_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        actor = acting(work)
        group = obtain_group(work, actor, group_id) if errors else intake.group_for_writing(work, actor, group_id)
        page_html = render_template(
            "threads/new.html",
            group=group,
            presence=presence_of(work, group),
            types=list(words.TYPES.items()),
            notes=words.note_choices(),
            errors=errors or {},
            form_key=str(uuid4()),
        )
        return page_html, status
