"""The clinicians' queue: reading it, one item, deciding, taking back, labelling, and answering in a conversation."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from safespace.groups.reading import groups_of
from safespace.host import limits
from safespace.host.language import spoken
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.moderation import answers, decisions, labels, queue
from safespace.moderation.decisions import PLACING, TOLD, Verdict
from safespace.moderation.models import Action, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.permissions import Permission
from safespace.threads.models import PostState
from safespace.threads.reading import obtain_post, obtain_thread
from safespace.web import review as screen
from safespace.web import words
from safespace.web.drawing import thread_page_url
from safespace.web.gate import permits
from safespace.web.sentences import explained, sentence
from safespace.web.threads import written

pages = Blueprint("moderation", __name__)
BESIDE = 12
MOST = 1_000_000  # beyond any page or version; what is larger would not fit the database
LEVELS = tuple(Severity)


@pages.get("/wachtrij", endpoint="queue")
@permits(Permission.READ_QUEUE)
def show_queue() -> ResponseReturnValue:
    """Show what waits in the own groups, the worst first."""
    with reading() as work:
        actor = acting(work)
        chosen = request.args.get("groep", type=UUID)
        found = queue.waiting(work, actor, group_id=chosen, page=_page_number())
        mine = queue.own_locations(actor)
        groups = [one for one in groups_of(work, actor) if one.location_id in mine]
        return render_template(
            "moderation/queue.html",
            **screen.queue_fields(found, work.now),
            held=screen.held_fields(queue.held(work, actor), work.now),
            groups=[("", _("Alle groepen")), *((str(one.id), f"{one.name} · {one.location.name}") for one in groups)],
            chosen=chosen or "",
            newer=_queue_url(chosen, found.page - 1) if found.page > 1 else "",
            older=_queue_url(chosen, found.page + 1) if found.more else "",
            rows_url=url_for("moderation.rows", groep=chosen, pagina=found.page if found.page > 1 else None),
        )


@pages.get("/wachtrij/rijen")
@permits(Permission.READ_QUEUE)
def rows() -> ResponseReturnValue:
    """Give the same as JSON for queue.js; with `bericht`, also whether that item is still as it was seen."""
    with reading() as work:
        actor = acting(work)
        found = queue.waiting(work, actor, group_id=request.args.get("groep", type=UUID), page=_page_number())
        fields = screen.queue_fields(found, work.now)
        looked_at = request.args.get("bericht", type=UUID)
        if looked_at is not None:
            seen = decisions.obtain_review(work, actor, looked_at)[0]
            others = [row for row in found.rows if row.id != looked_at]
            urgent = found.urgent - any(row.urgent for row in found.rows if row.id == looked_at)
            fields |= {
                "item": {"version": seen.version, "open": bool(decisions.available(seen))},
                "alarm": screen.alarm_of(urgent, others),
            }
        return fields


@pages.get("/wachtrij/<uuid:review_id>")
@permits(Permission.READ_QUEUE)
def review(review_id: UUID) -> ResponseReturnValue:
    """Show one item with everything a human needs to decide."""
    return _item_page(review_id)


@pages.post("/wachtrij/<uuid:review_id>/besluit")
@permits(Permission.REVIEW)
def decide(review_id: UUID) -> ResponseReturnValue:
    """Decide about the version that was seen."""
    try:
        with unit_of_work(once=True) as work:
            work.notes["answer"] = url_for("moderation.queue")
            verdict = _verdict()
            decisions.decide(work, acting(work), review_id, _seen_version(), verdict)
    except InvalidError as error:
        return _item_page(review_id, errors=error.errors), 422
    except ConflictError:
        return _lost_page(review_id), 409
    if verdict.action in TOLD:
        flash(_("Verstuurd. De schrijver leest nu je berichtje."), "sent")
    elif verdict.action not in PLACING:
        flash(_("Afgesloten."), "sent")
    return redirect(url_for("moderation.queue"), 303)


@pages.post("/besluit/<uuid:decision_id>/terug")
@permits(Permission.REVIEW)
def undo(decision_id: UUID) -> ResponseReturnValue:
    """Take an approval or an answer back that nobody has seen yet."""
    try:
        with unit_of_work() as work:
            found = decisions.undo(work, acting(work), decision_id)
    except ConflictError:
        return render_template("moderation/too_late.html"), 409
    with reading() as work:
        actor = acting(work)
        post, group = obtain_post(work, actor, found.post_id, Permission.READ_POST)
        if post.staff_id is not None:
            text = queue.item(work, actor, found.id).text
            return _answer_page(group.id, post.thread_id, text=text, undone=True)
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
            labels.set_severity(work, acting(work), review_id, _seen_version(), level)
    except ConflictError:
        return _lost_page(review_id), 409
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
    flash(_("Je antwoord komt over enkele seconden in het gesprek. Terugnemen kan zolang in de wachtrij."), "sent")
    return redirect(place, 303)


def _verdict() -> Verdict:
    form = request.form
    try:
        action = Action(form.get("action", ""))
    except ValueError as error:
        raise InvalidError(action="not_offered") from error
    return Verdict(
        action=action,
        reason=form.get("reason", ""),
        template=form.get("template", ""),
        note=form.get("note", ""),
        internal_note=form.get("internal_note", ""),
        content_notes=tuple(form.getlist("content_notes")),
        language=spoken(),
    )


def _seen_version() -> int:
    return min(max(0, request.form.get("seen_version", default=0, type=int)), MOST)


def _page_number() -> int:
    return min(max(1, request.args.get("pagina", default=1, type=int)), MOST)


def _queue_url(group_id: UUID | None, page: int) -> str:
    return url_for("moderation.queue", groep=group_id, pagina=page if page > 1 else None)


def _item_page(review_id: UUID, *, errors: dict[str, str] | None = None) -> str:
    with reading() as work:
        actor = acting(work)
        item = queue.item(work, actor, review_id)
        beside = queue.next_up(work, actor, limit=BESIDE)
        others = [row for row in beside if row.urgent and row.id != review_id]
        runs, reasons, faults = screen.explained_signals(item)
        return render_template(
            "moderation/item.html",
            item=item,
            severity=item.review.severity,
            urgent=item.review.severity >= Severity.HIGH and bool(item.actions),
            waited=words.waited(item.review.opened_at, work.now),
            sent=words.when_for_staff(item.review.opened_at, work.now),
            kind=words.KINDS[item.review.kind],
            type=words.TYPES[item.post.type],
            state=words.STATES[item.post.state],
            rows=[screen.row_fields(row, work.now, here=review_id) for row in beside],
            rows_beside=BESIDE,
            alarm=screen.alarm_of(len(others), others),
            runs=runs,
            reasons=reasons,
            faults=faults,
            shown=next((one for one in item.versions if one.shown and not one.current), None),
            earlier=[
                (words.when_for_staff(one.at, work.now), one.text)
                for one in item.versions
                if not one.current and not one.shown
            ],
            proposed=words.note_labels(item.proposed_notes),
            panels=screen.panels_of(work, item),
            topics=words.note_choices(),
            levels=[(one.value, words.SEVERITIES[one]) for one in LEVELS],
            flags=[words.CATEGORIES[name] for name in screen.known_categories(item.flags)],
            flag_choices=screen.flag_choices(item.flags),
            decided=[screen.decided_fields(one, work.now) for one in item.decisions],
            context=[screen.said_fields(one, work.now) for one in item.context],
            history=[screen.said_fields(one, work.now, item.earlier.get(one.post_id)) for one in item.history],
            errors=explained(errors or {}),
            typed=request.form,
            typed_panel=request.form.get("panel", "") if errors else "",
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
            withdrawn=item.post.state is PostState.WITHDRAWN,
            rewritten=request.form.get("seen_revision", "") != str(item.review.revision_id),
            typed=[text for name in ("note", "internal_note") if (text := request.form.get(name, "").strip())],
        )


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
