"""One item of the queue: reading it, deciding, taking back, labelling; and answering in a conversation."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.crisis.escalations import CARE
from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import answers, decisions, labels, queue, undoing
from safespace.moderation.before import Decided
from safespace.moderation.blind import hidden
from safespace.moderation.models import Action, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import PLACING
from safespace.policy.permissions import Permission
from safespace.threads.models import Post, PostState
from safespace.threads.reading import obtain_thread
from safespace.web import escalations, words
from safespace.web import review as screen
from safespace.web.drawing import thread_page_url
from safespace.web.errors import typed as words_typed
from safespace.web.gate import permits
from safespace.web.item import LEVELS, item_page
from safespace.web.sentences import explained, sentence
from safespace.web.threads import written
from safespace.web.verdict import preview_page, seen_version, verdict_of_form

pages = Blueprint("moderation", __name__)
_TOLD = lazy_gettext("Verstuurd. De schrijver leest nu je berichtje.")
_CLOSED = lazy_gettext("Afgesloten.")
_SENT = {
    Action.ASK_REWORD: _TOLD,
    Action.DECLINE: _TOLD,
    Action.HOLD: _TOLD,
    Action.HIDE: lazy_gettext("Verborgen. De schrijver leest nu je berichtje."),
    Action.SECOND_LOOK: lazy_gettext("Gevraagd. Een collega beslist hierover."),
    Action.KEEP: lazy_gettext("Het bericht blijft staan."),
}


@pages.get("/wachtrij/<uuid:review_id>")
@permits(Permission.READ_QUEUE)
def review(review_id: UUID) -> ResponseReturnValue:
    """Show one item with everything a human needs to decide."""
    return item_page(review_id)


@pages.post("/wachtrij/<uuid:review_id>/besluit")
@permits(Permission.REVIEW)
def decide(review_id: UUID) -> ResponseReturnValue:
    """Decide about the version that was seen; or first show what the author would read, or go back to the form."""
    step = request.form.get("step", "")
    if step == "back":
        return item_page(review_id, typed=True)
    try:
        if step == "preview":
            return preview_page(review_id)
        with unit_of_work(once=True) as work:
            actor, verdict, place = acting(work), verdict_of_form(), url_for("queue.show")
            level = escalations.hold_level() if verdict.action is Action.HOLD else 0
            decisions.decide(work, actor, review_id, seen_version(), verdict, goes_on=level >= CARE)
            if level:
                place = escalations.after_hold(work, actor, review_id, level)
            work.notes["answer"] = place
    except InvalidError as error:
        return item_page(review_id, errors=error.errors), 422
    except (ConflictError, NotFoundError):
        return _lost_page(review_id), 409
    if verdict.action not in PLACING:
        flash(_SENT.get(verdict.action, _CLOSED), "sent")
    return redirect(place, 303)


@pages.post("/besluit/<uuid:decision_id>/terug")
@permits(Permission.REVIEW)
def undo(decision_id: UUID) -> ResponseReturnValue:
    """Take an approval or an answer back that nobody has seen yet."""
    try:
        with unit_of_work() as work:
            found = undoing.undo(work, acting(work), decision_id)
    except ConflictError:
        return render_template("moderation/too_late.html"), 409
    with reading() as work:
        item = queue.item(work, acting(work), found.id)
        if item.post.staff_id is not None:
            return _answer_page(item.group.id, item.post.thread_id, text=item.text, undone=True)
    flash(_("Teruggenomen. Het bericht staat niet in de groep en wacht weer op een besluit."), "ok")
    return redirect(url_for("moderation.review", review_id=found.id), 303)


@pages.post("/wachtrij/<uuid:review_id>/ernst")
@permits(Permission.REVIEW)
def severity(review_id: UUID) -> ResponseReturnValue:
    """Set how soon a human must look."""
    chosen = request.form.get("severity", "")
    if chosen not in {one.value for one in LEVELS}:
        return item_page(review_id, errors={"severity": "unknown_choice"}), 422
    level = Severity(chosen)
    try:
        with unit_of_work() as work:
            unsaid = hidden(labels.set_severity(work, acting(work), review_id, seen_version(), level))
    except ConflictError:
        return _lost_page(review_id), 409
    except InvalidError as error:
        return item_page(review_id, errors=error.errors), 422
    name = words.SEVERITIES[level]
    if unsaid:
        flash(_("Je koos: %(level)s. Welke ernst dit bericht heeft, zie je pas na het besluit.", level=name), "ok")
    else:
        flash(_("De ernst is nu: %(level)s.", level=name), "ok")
    if level >= Severity.HIGH:
        flash(_("De schrijver ziet nu de hulpkaart."), "help")
    return redirect(url_for("moderation.review", review_id=review_id), 303)


@pages.post("/wachtrij/<uuid:review_id>/markering")
@permits(Permission.REVIEW)
def flag(review_id: UUID) -> ResponseReturnValue:
    """Mark a post as risky content of one category."""
    try:
        with unit_of_work() as work:
            labels.flag(work, acting(work), review_id, request.form.get("category", ""))
    except InvalidError as error:
        return item_page(review_id, errors=error.errors), 422
    flash(_("Gemarkeerd. Alleen het team ziet dit."), "ok")
    return redirect(url_for("moderation.review", review_id=review_id), 303)


@pages.post("/g/<uuid:group_id>/t/<uuid:thread_id>/antwoord")
@permits(Permission.ANSWER)
def answer(group_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    """Write in a conversation as a clinician, under the own name and role."""
    limits.count("posts", str(visitor.account_id))
    try:
        with unit_of_work(once=True) as work:
            place = work.notes["answer"] = thread_page_url(group_id, thread_id, None, "")
            answers.answer(work, acting(work), group_id, thread_id, written(work))
    except InvalidError as error:
        return _answer_page(group_id, thread_id, errors=explained(error.errors)), 422
    except NotAllowedError as error:
        return _answer_page(group_id, thread_id, errors={"": sentence(error.code)}), 403
    flash(_("Je antwoord komt over enkele seconden in het gesprek. Zolang kun je het hier terugnemen."), "sent")
    return redirect(place, 303)


def _lost_page(review_id: UUID) -> str:
    """Say who decided what, or what else changed, and give back what was typed."""
    with reading() as work:
        actor = acting(work)
        try:
            item = queue.item(work, actor, review_id)
        except NotFoundError:  # another location asked: who decided is all that is told once it is decided
            decision, name = decisions.decided_meanwhile(work, actor, review_id)
            told = {"who": name, "when": words.when_for_staff(decision.at, work.now), "note": ""}
            told["what"] = str(words.DECIDED[decision.action])
            own = decision.by == actor.account_id
            return render_template("moderation/lost.html", item=None, decided=told, own=own, typed=words_typed())
        standing = [one for one in item.decisions if not one.undone]
        decided = standing[-1] if standing and item.review.state is not ReviewState.OPEN else None
        return render_template(
            "moderation/lost.html",
            item=item,
            decided=screen.decided_fields(decided, work.now) if decided else None,
            own=decided is not None and decided.by_id == actor.account_id,
            undo_url=_undo_url(decided, item.post),
            withdrawn=item.post.state is PostState.WITHDRAWN,
            rewritten=request.form.get("seen_revision", "") != str(item.review.revision_id),
            typed=words_typed(),
        )


def _undo_url(decided: Decided | None, post: Post) -> str:
    """Give where a decision of a colleague that is still held can be stopped; "" when it cannot."""
    if decided is None or decided.action not in PLACING or post.release_at is None:
        return ""
    return url_for("moderation.undo", decision_id=decided.id)


def _answer_page(
    group_id: UUID, thread_id: UUID, *, errors: dict[str, str] | None = None, text: str = "", undone: bool = False
) -> str:
    with reading() as work:
        group, thread = obtain_thread(work, acting(work), group_id, thread_id)
        return render_template(
            "moderation/answer.html",
            group=group,
            thread=thread,
            title=work.unseal(thread, "title"),
            text=text or request.form.get("body", ""),
            undone=undone,
            errors=errors or {},
            form_key=str(uuid4()),
        )
