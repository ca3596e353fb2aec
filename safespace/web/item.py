"""The page of one item of the queue: everything a human needs to decide about it, and what was typed on it."""

from uuid import UUID, uuid4

from flask import render_template, request

from safespace.host.work import acting, reading
from safespace.moderation import help_cards, labels, queue, reports
from safespace.moderation.models import ReviewState
from safespace.moderation.redacting import MOST_PARTS
from safespace.moderation.risk.assessment import Severity
from safespace.web import listing, second, words
from safespace.web import review as screen
from safespace.web.errors import typed as words_typed
from safespace.web.panels import ROWS, answer_choices, panels_of, placeholder_choices
from safespace.web.sentences import explained
from safespace.web.told import told_fields

BESIDE = 12
LEVELS = tuple(Severity)


def item_page(review_id: UUID, *, errors: dict[str, str] | None = None, typed: bool = False) -> str:
    """Draw an item; with errors, or `typed`, what was written comes back in its own form."""
    with reading() as work:
        actor = acting(work)
        item = queue.item(work, actor, review_id)
        told = reports.reports_on(work, item.review)
        beside = queue.next_up(work, actor, limit=BESIDE)
        others = [row for row in beside if row.urgent and row.id != review_id]
        levels = [(one.value, words.SEVERITIES[one]) for one in LEVELS]
        lowest = labels.lowest(item.review, actor, trained=not item.must_train)
        shown = next((one for one in item.versions if one.shown and not one.current), None)
        runs, reasons, faults = screen.explained_signals(item)
        return render_template(
            "moderation/item.html",
            item=item,
            desk=listing.item_fields(item),
            severity=item.review.severity,
            brings_help=help_cards.brings_help(item.review),
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
            shown=shown,
            shown_fold=listing.fold_fields(shown.folded if shown else None),
            earlier=[
                (one.id, words.when_for_staff(one.at, work.now), one.text)
                for one in item.versions
                if not one.current and not one.shown
            ],
            proposed=words.note_labels(item.proposed_notes),
            held=screen.held_fields(item.held, work.now),
            panels=panels_of(work, item, told),
            pause=listing.offers_pause(work, actor),
            told=told_fields(work, told),
            must_train=bool(item.actions) and item.must_train,
            about={
                "topics": words.note_choices(),
                **answer_choices(),
                "placeholders": placeholder_choices(work),
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
