"""Hiding a post from the conversation it stands in."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError
from safespace.moderation import hiding, queue
from safespace.moderation.before import folds_of
from safespace.moderation.models import Action
from safespace.moderation.previewing import Foreseen
from safespace.moderation.verdicts import language_of
from safespace.policy.permissions import Permission
from safespace.threads.models import PostRevision, PostState
from safespace.threads.reading import obtain_post
from safespace.web import words
from safespace.web.drawing import thread_page_url
from safespace.web.errors import typed as words_typed
from safespace.web.gate import permits
from safespace.web.listing import fold_fields
from safespace.web.panels import answer_choices, reasons_for, templates_for
from safespace.web.review import decided_fields
from safespace.web.sentences import explained
from safespace.web.verdict import as_author, typed_fields, verdict_of

pages = Blueprint("hiding", __name__)


@pages.get("/bericht/<uuid:post_id>/verbergen")
@permits(Permission.REVIEW)
def ask(post_id: UUID) -> ResponseReturnValue:
    """Show the post and the form to hide it."""
    try:
        return _ask_page(post_id)
    except ConflictError:
        return _lost_page(post_id), 409


@pages.post("/bericht/<uuid:post_id>/verbergen")
@permits(Permission.REVIEW)
def hide(post_id: UUID) -> ResponseReturnValue:
    """Hide it; or first show what the author would read."""
    step = request.form.get("step", "")
    try:
        if step == "back":
            return _ask_page(post_id)
        if step == "preview":
            return _preview_page(post_id)
        with unit_of_work(once=True) as work:
            decision = hiding.hide(work, acting(work), post_id, verdict_of(Action.HIDE))
            post, group = obtain_post(work, acting(work), decision.post_id, Permission.READ_POST)
            answer = work.notes["answer"] = thread_page_url(group.id, post.thread_id, post.position, post.id)
    except InvalidError as error:
        return _ask_page(post_id, errors=explained(error.errors)), 422
    except ConflictError:
        return _lost_page(post_id), 409
    flash(_("Verborgen. De schrijver leest nu je berichtje."), "sent")
    return redirect(answer, 303)


def _preview_page(post_id: UUID) -> str:
    verdict = verdict_of(Action.HIDE)
    with reading() as work:
        post, _group = hiding.obtain_shown(work, acting(work), post_id)
        told = Foreseen(
            action=verdict.action,
            reason=verdict.reason,
            note=hiding.check_hiding(work, post, hiding.shown_by(work, post), verdict).note,
            language=language_of(work, post),
            state=PostState.HIDDEN,
        )
        return render_template(
            "moderation/preview.html",
            send_to=url_for("hiding.hide", post_id=post_id),
            back_to=url_for("hiding.ask", post_id=post_id),
            as_author=as_author(told),
            places=False,
            typed=typed_fields(),
            form_key=str(uuid4()),
        )


def _lost_page(post_id: UUID) -> str:
    """Say who hid it before, and give back what was typed."""
    with reading() as work:
        actor = acting(work)
        post, _group = obtain_post(work, actor, post_id, Permission.READ_POST)
        item = queue.item(work, actor, hiding.shown_by(work, post).id)
        hid = [one for one in item.decisions if one.action is Action.HIDE and not one.undone]
        return render_template(
            "moderation/lost.html",
            item=item,
            decided=decided_fields(hid[-1], work.now) if hid else None,
            own=bool(hid) and hid[-1].by_id == actor.account_id,
            undo_url="",
            withdrawn=False,
            rewritten=False,
            typed=words_typed(),
        )


def _ask_page(post_id: UUID, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        post, group = hiding.obtain_shown(work, acting(work), post_id)
        revision = work.session.get_one(PostRevision, post.revision_id)
        review = hiding.shown_by(work, post)
        return render_template(
            "moderation/hide.html",
            review_id=review.id,
            level=review.severity.value,
            about=answer_choices(),
            revision_id=revision.id,
            fold=fold_fields(folds_of(work, [revision.id]).get(revision.id)),
            place=thread_page_url(group.id, post.thread_id, post.position, post.id),
            paragraphs=words.paragraphs(work.unseal(revision, "body")),
            reasons=reasons_for(work, Action.HIDE),
            templates=templates_for(work, Action.HIDE),
            typed=request.form,
            errors=errors or {},
            form_key=str(uuid4()),
        )
