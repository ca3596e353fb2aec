"""Mijn plek: what became of what somebody wrote; changing it, sending it again, taking it back."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.kernel.work import Work
from safespace.moderation import help_cards, intake, outcomes, redacting, safety
from safespace.moderation.models import Action
from safespace.moderation.outcomes import OwnPost
from safespace.policy.permissions import Permission
from safespace.roster.waiting import now_in
from safespace.threads.models import PostState
from safespace.threads.reading import obtain_thread, own_waiting
from safespace.web import words
from safespace.web.drawing import own_fields, thread_page_url
from safespace.web.gate import permits
from safespace.web.numbers import number_in
from safespace.web.outcome import outcome_of
from safespace.web.presence import Presence, presence_in, sent_line
from safespace.web.sentences import explained, sentence
from safespace.web.talk import own_news
from safespace.web.threads import written

pages = Blueprint("posts", __name__)


@pages.get("/mijn")
@permits(Permission.HAVE_OWN_PLACE)
def mine() -> ResponseReturnValue:
    """Show a page of the own posts of all groups, what waits on the author first, with what became of each."""
    number = number_in(request.args, "page", 1)
    with reading() as work:
        actor = acting(work)
        own = outcomes.own_page(work, actor, number)
        told = [(post, outcome_of(post)) for post in own.posts]
        # What was never sent and taken back has its help on its own page: here it would stand for ever.
        worried = next((post for post, _ in told if post.help_now and not (post.taken_back and post.unsent)), None)
        return render_template(
            "posts/mine.html",
            posts=told,
            worried=worried,
            presence=presence_in(work, worried.now) if worried else None,
            called=worried is not None and safety.is_human_called(work, worried.now),
            older=url_for("posts.mine", page=number + 1, _anchor="own") if own.more else "",
            newer=url_for("posts.mine", page=number - 1, _anchor="own") if number > 1 else "",
            **own_news(work, actor),
        )


@pages.get("/mijn/<uuid:post_id>")
@permits(Permission.CHANGE_OWN_POST)
def show(post_id: UUID) -> ResponseReturnValue:
    """Show one own post: where it stands, what a human said about it, and what now."""
    with reading() as work:
        post, presence = _own(work, post_id)
        waits = post.state is PostState.PENDING or (post.editing and post.action is not Action.HOLD)
        if waits and post.sent_at is not None:
            presence = presence_in(work, post.now, sent_at=post.sent_at)
        if post.help_now or not (waits or post.state in outcomes.ON_AUTHOR):
            presence = presence.in_need()
        place = ""
        if post.group_open and post.position is not None and post.state is not PostState.WITHDRAWN:
            place = thread_page_url(post.group_id, post.thread_id, post.position, post.id)
        return render_template(
            "posts/show.html",
            post=post,
            outcome=outcome_of(post),
            paragraphs=words.paragraphs(post.body),
            presence=presence,
            called=post.help_now and safety.is_human_called(work, post.now),
            waits=waits,
            place=place,
            changeable=not post.unchangeable,
            form_key=str(uuid4()),
        )


@pages.get("/mijn/<uuid:post_id>/aanpassen")
@permits(Permission.CHANGE_OWN_POST)
def edit(post_id: UUID) -> ResponseReturnValue:
    """Show the form to change an own post, with the reason when somebody asked for it."""
    return _edit_page(post_id)


@pages.post("/mijn/<uuid:post_id>/aanpassen")
@permits(Permission.CHANGE_OWN_POST)
def rewrite(post_id: UUID) -> ResponseReturnValue:
    """Send the changed words to be read by staff."""
    limits.count("posts", str(visitor.account_id))
    try:
        with unit_of_work(once=True) as work:
            actor = acting(work)
            post = outcomes.own_post(work, actor, post_id)
            title = request.form.get("title", "") if post.opens_thread else None
            sent = intake.rewrite(work, actor, post_id, written(work, title=title), seen=request.form.get("seen", ""))
            answer = work.notes["answer"] = url_for("posts.show", post_id=post_id)
    except InvalidError as error:
        return _edit_page(post_id, errors=explained(error.errors), status=422)
    except NotAllowedError as error:
        return _edit_page(post_id, errors={"": sentence(error.code)}, status=403)
    except ConflictError as error:
        return _edit_page(post_id, errors={"": sentence(error.code)}, status=409)
    flash(sent_line(sent), "sent")
    return redirect(answer, 303)


@pages.post("/mijn/<uuid:post_id>/versturen")
@permits(Permission.CHANGE_OWN_POST)
def send(post_id: UUID) -> ResponseReturnValue:
    """Send the words that were kept, as they are."""
    limits.count("posts", str(visitor.account_id))
    with unit_of_work(once=True) as work:
        sent = intake.send_kept(work, acting(work), post_id)
        answer = work.notes["answer"] = url_for("posts.show", post_id=post_id)
    flash(sent_line(sent), "sent")
    return redirect(answer, 303)


@pages.get("/mijn/<uuid:post_id>/terughalen")
@permits(Permission.CHANGE_OWN_POST)
def withdraw(post_id: UUID) -> ResponseReturnValue:
    """Ask whether an own post is to be taken back."""
    with reading() as work:
        post, presence = _own(work, post_id)
        if post.state in intake.GONE:
            raise NotAllowedError("not_offered")
        return render_template(
            "posts/withdraw.html",
            post=post,
            paragraphs=words.paragraphs(post.body),
            presence=presence,
            form_key=str(uuid4()),
        )


@pages.post("/mijn/<uuid:post_id>/terughalen")
@permits(Permission.CHANGE_OWN_POST)
def take_back(post_id: UUID) -> ResponseReturnValue:
    """Take an own post back."""
    with unit_of_work(once=True) as work:
        actor = acting(work)
        intake.withdraw(work, actor, post_id)
        help_now = outcomes.own_post(work, actor, post_id).help_now  # then its own page, which has the help
        answer = url_for("posts.show", post_id=post_id) if help_now else url_for("posts.mine")
        work.notes["answer"] = answer
    flash(_("Je bericht is teruggehaald."), "ok")
    return redirect(answer, 303)


@pages.post("/mijn/<uuid:post_id>/akkoord")
@permits(Permission.CHANGE_OWN_POST)
def agree(post_id: UUID) -> ResponseReturnValue:
    """Say that what was left out of an own post is fine."""
    with unit_of_work() as work:
        redacting.agree(work, acting(work), post_id)
    flash(_("Dank je. Je bericht blijft zo staan."), "ok")
    return redirect(url_for("posts.show", post_id=post_id), 303)


@pages.get("/g/<uuid:group_id>/t/<uuid:thread_id>/eigen")
@permits(Permission.READ_GROUP, background=True)
def waiting(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Give the own posts of a thread that still wait, as fields for thread.js, and whether help belongs with them."""
    with reading() as work:
        actor = acting(work)
        group, thread = obtain_thread(work, actor, group_id, thread_id)
        now = now_in(work, group)
        return {
            "posts": [own_fields(work, actor, group, thread, now, view) for view in own_waiting(work, actor, thread)],
            "help": help_cards.help_waits(work, actor, thread_id),
        }


@pages.get("/mijn/<uuid:post_id>/stand")
@permits(Permission.CHANGE_OWN_POST, background=True)
def standing(post_id: UUID) -> ResponseReturnValue:
    """Give where an own post stands, so that its page knows when to draw itself again."""
    with reading() as work:
        post = outcomes.own_post(work, acting(work), post_id)
        return {"standing": post.standing}


def _own(work: Work, post_id: UUID) -> tuple[OwnPost, Presence]:
    post = outcomes.own_post(work, acting(work), post_id)
    return post, presence_in(work, post.now)


def _edit_page(post_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as work:
        post, presence = _own(work, post_id)
        if post.unchangeable and errors is None:
            raise NotAllowedError(post.unchangeable)
        title, body = post.rework or (post.title, post.body)
        page_html = render_template(
            "posts/edit.html",
            post=post,
            outcome=outcome_of(post),
            presence=presence.in_need() if post.help_now else presence,
            is_sent=intake.is_sent_now(post.state, post.now),
            title=request.form.get("title", title),
            body=request.form.get("body", body),
            chosen=request.form.getlist("content_notes") if request.method == "POST" else list(post.content_notes),
            notes=words.note_choices(),
            errors=errors or {},
            there_now="\n\n".join([post.title, post.body] if post.opens_thread and post.title else [post.body])
            if status == 409
            else "",
            form_key=str(uuid4()),
        )
        return page_html, status
