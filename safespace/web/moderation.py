"""One item of the queue: reading it, deciding, taking back, labelling; and answering in a conversation."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.host import limits
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.moderation import answers, decisions, labels, queue, training, undoing
from safespace.moderation.before import Decided
from safespace.moderation.models import Action, ReviewState
from safespace.moderation.redacting import MOST_PARTS
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import PLACING
from safespace.policy.permissions import Permission
from safespace.threads.models import Post, PostState
from safespace.threads.reading import obtain_thread
from safespace.web import escalations, listing, second, words
from safespace.web import review as screen
from safespace.web.drawing import thread_page_url
from safespace.web.errors import typed as words_typed
from safespace.web.gate import permits
from safespace.web.panels import ROWS, follow_up_choices, panels_of, placeholder_choices, stance_choices
from safespace.web.sentences import explained, sentence
from safespace.web.threads import written
from safespace.web.told import told_fields
from safespace.web.verdict import preview_page, seen_version, verdict_of_form

pages = Blueprint("moderation", __name__)
BESIDE = 12
LEVELS = tuple(Severity)
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
    return _item_page(review_id)


@pages.post("/wachtrij/<uuid:review_id>/besluit")
@permits(Permission.REVIEW)
def decide(review_id: UUID) -> ResponseReturnValue:
    """Decide about the version that was seen; or first show what the author would read, or go back to the form."""
    step = request.form.get("step", "")
    if step == "back":
        return _item_page(review_id, typed=True)
    try:
        if step == "preview":
            return preview_page(review_id)
        with unit_of_work(once=True) as work:
            actor, verdict, place = acting(work), verdict_of_form(), url_for("queue.show")
            decisions.decide(work, actor, review_id, seen_version(), verdict)
            if verdict.action is Action.HOLD:
                place = escalations.after_hold(work, actor, review_id)
            work.notes["answer"] = place
    except InvalidError as error:
        return _item_page(review_id, errors=error.errors), 422
    except ConflictError:
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
        return _item_page(review_id, errors={"severity": "unknown_choice"}), 422
    level = Severity(chosen)
    try:
        with unit_of_work() as work:
            labels.set_severity(work, acting(work), review_id, seen_version(), level)
    except ConflictError:
        return _lost_page(review_id), 409
    except InvalidError as error:
        return _item_page(review_id, errors=error.errors), 422
    flash(_("De ernst is nu: %(level)s.", level=words.SEVERITIES[level]), "ok")
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
        return _item_page(review_id, errors=error.errors), 422
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


def _item_page(review_id: UUID, *, errors: dict[str, str] | None = None, typed: bool = False) -> str:
    with reading() as work:
        actor = acting(work)
        item = queue.item(work, actor, review_id)
        beside = queue.next_up(work, actor, limit=BESIDE)
        others = [row for row in beside if row.urgent and row.id != review_id]
        levels = [(one.value, words.SEVERITIES[one]) for one in LEVELS]
        must_train = training.is_needed(work, actor, item.group.location_id)
        lowest = labels.lowest(item.review, actor, trained=not must_train)
        runs, reasons, faults = screen.explained_signals(item)
        return render_template(
            "moderation/item.html",
            item=item,
            desk=listing.item_fields(item),
            severity=item.review.severity,
            urgent=item.review.severity >= Severity.HIGH and bool(item.actions),
            waited=words.waited(item.review.opened_at, work.now),
            sent=words.when_for_staff(item.review.opened_at, work.now),
            kind=words.KINDS[item.review.kind],
            worry_stands=screen.worry_stands(item.post.state),
            type=words.TYPES[item.post.type],
            state=words.STATES[item.post.state],
            rows=[listing.row_fields(row, work.now, here=review_id) for row in beside],
            rows_beside=BESIDE,
            alarm=listing.alarm_of(len(others), others),
            runs=runs,
            reasons=reasons,
            faults=faults,
            shown=next((one for one in item.versions if one.shown and not one.current), None),
            earlier=[
                (one.id, words.when_for_staff(one.at, work.now), one.text)
                for one in item.versions
                if not one.current and not one.shown
            ],
            proposed=words.note_labels(item.proposed_notes),
            panels=panels_of(work, item),
            pause=listing.offers_pause(work, actor),
            told=told_fields(work, item.review),
            must_train=bool(item.actions) and must_train,
            about={
                "topics": words.note_choices(),
                "levels": levels,
                "placeholders": placeholder_choices(work),
                "follow_ups": follow_up_choices(),
                "stances": stance_choices(),
                "rows_of_parts": range(1, MOST_PARTS + 1),
                "rows_at_once": ROWS,
                "kept": words_typed(),
                "waits_for_other": item.review.state is not ReviewState.CLOSED,
            },
            levels=[(value, name) for value, name in levels if lowest <= value],
            flags=[words.CATEGORIES[name] for name in screen.known_categories(item.flags)],
            flag_choices=screen.flag_choices(item.flags),
            decided=[screen.decided_fields(one, work.now) for one in item.decisions],
            context=[screen.said_fields(one, work.now) for one in item.context],
            history=[screen.said_fields(one, work.now, item.earlier.get(one.post_id)) for one in item.history],
            errors=explained(errors or {}),
            typed=request.form,
            typed_panel=request.form.get("panel", "") if errors or typed else "",
            strikes=second.strikes_in_words(item.strikes),
            asked=second.asked_of(work, actor, item),
            fresh_key=lambda: str(uuid4()),
        )


def _lost_page(review_id: UUID) -> str:
    """Say who decided what, or what else changed, and give back what was typed."""
    with reading() as work:
        actor = acting(work)
        item = queue.item(work, actor, review_id)
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
