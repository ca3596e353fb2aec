"""The clinicians' queue: the page, the same as JSON for its script, its filters, and the next item."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safespace.groups.models import Group
from safespace.groups.reading import groups_of
from safespace.host.login import visitor
from safespace.host.work import acting, reading, unit_of_work
from safespace.kernel.work import Work
from safespace.moderation import breaks, claims, decisions, desks, held, queue, rows, training
from safespace.moderation.blind import hidden
from safespace.moderation.desks import Filters
from safespace.moderation.offering import available
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.roster import shifts
from safespace.web import listing, roster
from safespace.web import review as screen
from safespace.web.gate import permits
from safespace.web.numbers import number_in

pages = Blueprint("queue", __name__)
NAMES = {"group_id": "groep", "severity": "ernst", "category": "onderwerp", "kind": "soort", "late": "laat"}


@pages.get("/wachtrij")
@permits(Permission.READ_QUEUE)
def show() -> ResponseReturnValue:
    """Show what waits in the own groups, the worst first, through the filters of the address or of the own desk."""
    with reading() as work:
        actor = acting(work)
        own = desks.as_used(visitor.desk)
        filters = _asked() or own.filters
        found = queue.waiting(work, actor, filters=filters, page=_page_number())
        groups = _groups(work, actor)
        places = {one.location_id: one.location for one in groups}.values()
        glance = shifts.at_a_glance(work, actor, places, training.may_decide)
        return render_template(
            "moderation/queue.html",
            **listing.queue_fields(found, work.now),
            held=screen.held_fields(held.held(work, actor), work.now),
            roster_bands=roster.bands(glance, places),
            asks=listing.asks_of(glance.breaks),
            choices=listing.filter_choices(groups),
            chosen=filters,
            keys=listing.keys_of(own),
            pause=listing.offers_pause(work, actor),
            newer=_queue_url(filters, found.page - 1) if found.page > 1 else "",
            older=_queue_url(filters, found.page + 1) if found.more else "",
            late_url=url_for("queue.show", **_named(filters) | {"laat": 1}),
            rows_url=url_for("queue.rows_as_json", **_named(filters) | {"pagina": found.page}),
        )


@pages.get("/wachtrij/rijen")
@permits(Permission.READ_QUEUE, background=True)
def rows_as_json() -> ResponseReturnValue:
    """Give the same as JSON for queue.js; with `bericht`, also whether that item is still as it was seen."""
    with reading() as work:
        actor = acting(work)
        found = queue.waiting(work, actor, filters=_asked() or Filters(), page=_page_number())
        fields = listing.queue_fields(found, work.now)
        looked_at = request.args.get("bericht", type=UUID)
        if looked_at is None:
            fields["asks"] = listing.asks_of(breaks.how_many(work, actor))
        else:
            seen, post, _group = decisions.obtain_review(work, actor, looked_at)
            others = [row for row in found.rows if row.id != looked_at]
            urgent = found.urgent - any(row.urgent for row in found.rows if row.id == looked_at)
            holder = claims.holder(work, actor, looked_at)
            fields |= {
                "item": {
                    "version": seen.version,
                    "open": bool(available(seen, post, actor)),
                    "hidden": hidden(seen),
                    "holder": listing.holder_fields(holder),
                },
                "alarm": listing.alarm_of(urgent, others),
            }
        return fields


@pages.post("/wachtrij/filter")
@permits(Permission.READ_QUEUE)
def keep_filter() -> ResponseReturnValue:
    """Remember what of the queue is shown to this clinician."""
    form = request.form
    chosen = desks.read_filters({} if "alles" in form else {field: form.get(name) for field, name in NAMES.items()})
    with unit_of_work() as work:
        desks.keep_filters(work, acting(work), chosen)
    return redirect(url_for("queue.show"), 303)


@pages.post("/wachtrij/volgende")
@permits(Permission.READ_QUEUE)
def next_item() -> ResponseReturnValue:
    """Hand out the next item."""
    beyond = request.form.get("van", type=UUID)
    with unit_of_work() as work:
        actor = acting(work)
        found = claims.next_item(work, actor, beyond=beyond)
        if found is None:
            left = queue.waiting(work, actor, filters=desks.desk_of(work, actor).filters)
            practise = claims.waits_for_practice(work, actor)
            flash(listing.nothing_next(left, practise=practise), "wait" if left.outside or practise else "ok")
            return redirect(url_for("queue.show", _anchor="buiten" if left.outside else "leeg"), 303)
    return redirect(url_for("moderation.review", review_id=found), 303)


def _groups(work: Work, actor: Actor) -> list[Group]:
    mine = rows.own_locations(actor)
    return [one for one in groups_of(work, actor) if one.location_id in mine]


def _asked() -> Filters | None:
    """Give the filters that the address names; None when it names none, so that the own desk's hold."""
    if not request.args.keys() & {*NAMES.values(), "alles"}:
        return None
    return desks.read_filters({field: request.args.get(name) for field, name in NAMES.items()})


def _named(filters: Filters) -> dict[str, Any]:
    """Give filters as an address names them."""
    found = {
        "groep": filters.group_id,
        "ernst": filters.severity.value if filters.severity is not None else None,
        "onderwerp": filters.category.value if filters.category is not None else None,
        "soort": filters.kind.value if filters.kind is not None else None,
        "laat": 1 if filters.late else None,
    }
    found = {name: value for name, value in found.items() if value is not None}
    return found or {"alles": 1}


def _page_number() -> int:
    return max(1, number_in(request.args, "pagina", 1))


def _queue_url(filters: Filters, page: int) -> str:
    return url_for("queue.show", **_named(filters), pagina=page if page > 1 else None)
