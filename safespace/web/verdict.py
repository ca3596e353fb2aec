"""The form of a decision: reading it, and showing what it comes to before it is sent."""

from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import force_locale
from markupsafe import Markup

from safespace.host.work import acting, reading
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import BODY
from safespace.moderation.models import Action, FollowUp
from safespace.moderation.previewing import Foreseen, preview
from safespace.moderation.redacting import MOST_PARTS
from safespace.moderation.risk.assessment import Severity, Stance
from safespace.moderation.verdicts import Part, Verdict
from safespace.web.numbers import number_in
from safespace.web.outcome import promised

NOT_KEPT = frozenset({"csrf_token", "form_key", "step"})


def verdict_of_form() -> Verdict:
    """Give what was chosen and written; raises InvalidError for a choice that does not exist."""
    try:
        action = Action(request.form.get("action", ""))
    except ValueError as error:
        raise InvalidError(action="not_offered") from error
    return verdict_of(action)


def verdict_of(action: Action) -> Verdict:
    """Give what was written for this action."""
    form = request.form
    try:
        severity = Severity(form["severity"]) if form.get("severity") else None
        stance = Stance(form["stance"]) if form.get("stance") else None
        follow_up = FollowUp(form.get("follow_up") or FollowUp.NONE)
    except ValueError as error:
        raise InvalidError(severity="unknown_choice") from error
    return Verdict(
        action=action,
        reason=form.get("reason", ""),
        template=form.get("template", ""),
        note=form.get("note", ""),
        internal_note=form.get("internal_note", ""),
        content_notes=tuple(form.getlist("content_notes")),
        severity=severity,
        follow_up=follow_up,
        stance=stance,
        parts=_parts(),
        question=form.get("question", ""),
        answer=form.get("answer", ""),
    )


def seen_version() -> int:
    """Give the version that was on the screen."""
    return number_in(request.form, "seen_version", 0)


def preview_page(review_id: UUID) -> str:
    """Show what the author would read; raises what `decide` would."""
    verdict = verdict_of_form()
    with reading() as work:
        seen = preview(work, acting(work), review_id, seen_version(), verdict)
        return render_template(
            "moderation/preview.html",
            send_to=url_for("moderation.decide", review_id=review_id),
            back_to=url_for("moderation.review", review_id=review_id),
            as_author=as_author(seen.told, before=seen.before, after=seen.after),
            places=bool(seen.after),
            typed=typed_fields(),
            form_key=str(uuid4()),
        )


def as_author(told: Foreseen, *, before: str = "", after: str = "") -> Markup:
    """Draw what the author would read, in the language in which the author reads it."""
    with force_locale(told.language):
        drawn = render_template(
            "moderation/as_author.html", outcome=promised(told), language=told.language, before=before, after=after
        )
    return Markup(drawn)  # noqa: S704  # a template of our own, which escapes what it is given


def typed_fields() -> list[tuple[str, str]]:
    """Give what was filled in, so that the next form sends the same."""
    return [(name, value) for name in request.form if name not in NOT_KEPT for value in request.form.getlist(name)]


def _parts() -> tuple[Part, ...]:
    """Give the rows that were filled in. A row counts from 1, so that an error finds its field."""
    rows = [
        (request.form.get(f"part_{number}", "")[:BODY], request.form.get(f"kind_{number}", ""))
        for number in range(1, MOST_PARTS + 1)
    ]
    filled = [number for number, (text, kind) in enumerate(rows, 1) if text.strip() or kind]
    last = filled[-1] if filled else 0
    gaps = {f"part_{number}": "part_not_there" for number in range(1, last + 1) if number not in filled}
    if gaps:
        raise InvalidError(**gaps)
    return tuple(Part(text=text, kind=kind) for text, kind in rows[:last])
