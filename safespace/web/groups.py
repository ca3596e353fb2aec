"""The groups somebody is in, one group, and what changed there since."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safespace.groups.reading import back_after_break, closed_groups_of, groups_of, obtain_group, scope_of
from safespace.groups.staff_list import own_start
from safespace.host.language import spoken
from safespace.host.login import visitor
from safespace.host.work import acting, reading
from safespace.kernel import outbox
from safespace.kernel.outbox import Audience, AudienceKind, OutboxEvent
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.pins import pins_of
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, MembershipState
from safespace.policy.rules import allows
from safespace.roster.waiting import now_in_all, on_page
from safespace.threads import folding
from safespace.threads.models import PAGE, Thread
from safespace.threads.reading import posts_by_id, threads_of
from safespace.web import live_hour, words
from safespace.web.drawing import own_fields
from safespace.web.gate import permits
from safespace.web.help import remember_place
from safespace.web.numbers import number_in
from safespace.web.presence import presence_in
from safespace.web.talk import talk_cards

pages = Blueprint("groups", __name__)
MOST_NEWS = 100


@pages.get("/groepen")
@permits(Permission.BE_SIGNED_IN)
def home() -> ResponseReturnValue:
    """Show the groups of this visitor, each under its own alias."""
    with reading() as work:
        actor = acting(work)
        groups = groups_of(work, actor)
        remember_place(group.location_id for group in groups)
        paused = {group_id for group_id, member in actor.members.items() if member.state is MembershipState.PAUSED}
        standing = now_in_all(work, groups)
        talks = talk_cards(work, actor) if visitor.is_youth else []
        lines = [presence_in(work, standing[group.id]) for group in groups]
        return render_template(
            "groups/home.html",
            groups=list(zip(groups, lines, strict=True)),
            paused=paused,
            talks=talks,
            **({} if groups else _why_empty(work, actor)),
        )


@pages.get("/g/<uuid:group_id>")
@permits(Permission.READ_GROUP)
def show(group_id: UUID) -> ResponseReturnValue:
    """Show a group: what is pinned, whether somebody reads along, and its conversations."""
    with reading() as work:
        actor = acting(work)
        group = obtain_group(work, actor, group_id)
        remember_place([group.location_id])
        page = on_page(work, group)  # before what its cursor counts
        threads = threads_of(work, group, before=request.args.get("voor", type=UUID))
        more = len(threads) > PAGE
        threads = threads[:PAGE]
        folded = folding.folded_in(work, actor, group)
        alias, plan = back_after_break(work, actor, group_id)
        return render_template(
            "groups/show.html",
            group=group,
            alias=alias,
            plan=plan,
            presence=presence_in(work, page.now),
            goodbye=live_hour.goodbye(work, page),
            threads=[(one, str(words.TYPES[one.type]), _when(work, one.last_released_at)) for one in threads],
            older=url_for("groups.show", group_id=group_id, voor=threads[-1].id) if more else "",
            first_page="voor" not in request.args,
            folded=folded,
            pinned=[one for one in pins_of(work, actor, group_id, language=spoken()) if one.thread_id not in folded],
            cursor=page.cursor,
            may_write=allows(actor, Permission.WRITE_POST, scope_of(group)),
            may_pin=allows(actor, Permission.PIN, scope_of(group)),
            may_care=allows(actor, Permission.CARE_FOR_MEMBER, scope_of(group)),
            may_go_live=allows(actor, Permission.OPEN_LIVE_HOUR, scope_of(group)),
        )


@pages.get("/g/<uuid:group_id>/changes")
@permits(Permission.READ_GROUP, background=True)
def changes(group_id: UUID) -> ResponseReturnValue:
    """Give what the group may see of what changed after a cursor, as fields for live.js; policy is asked again."""
    after = number_in(request.args, "after", None)
    thread_id = request.args.get("thread", type=UUID)
    if after is None:
        raise NotFoundError
    with reading() as work:
        actor = acting(work)
        group = obtain_group(work, actor, group_id)
        audience = Audience(AudienceKind.GROUP, group_id)
        events = outbox.after(work.session, audience, after, limit=MOST_NEWS)
        ids = list({event.subject_id for event in events if event.subject_id and event.name.startswith("post_")})
        views = posts_by_id(work, actor, group_id, ids)
        page = on_page(work, group)
        news: dict[str, Any] = {
            "cursor": events[-1].cursor if events else after,
            "more": len(events) == MOST_NEWS,
            "standing": live_hour.standing(work, page),
            "reload": _missed(work, audience, after, events) or _looks_otherwise(events, thread_id),
            "posts": [],
        }
        if thread_id is None:
            news["count"] = sum(event.name == "post_released" for event in events)
        elif here := [view for view in views if view.thread_id == thread_id]:
            thread = work.session.get_one(Thread, thread_id)
            news["posts"] = [own_fields(work, actor, group, thread, page.now, view) for view in here]
        return news


def _why_empty(work: Work, actor: Actor) -> dict[str, Any]:
    """Give what the page of somebody without a group says: which groups were closed, or where a role begins when."""
    if visitor.is_youth:
        return {"closed": closed_groups_of(work, actor)}
    start = own_start(work, actor)
    return {"start": (start[0], words.when_for_staff(start[1], work.now)) if start else None}


def _looks_otherwise(events: list[OutboxEvent], thread_id: UUID | None) -> bool:
    """Whether this conversation was closed or opened, so that its form has to come or go, or the pins here changed."""
    return any(event.name in {"thread_changed", "pins_changed"} and event.subject_id == thread_id for event in events)


def _missed(work: Work, audience: Audience, after: int, events: list[OutboxEvent]) -> bool:
    """Whether what came after the cursor is partly gone: doorbells are kept for a week, pages stay open for longer.

    What was committed between the two questions is not gone: it is told the next time.
    """
    if not events and outbox.cursor_of(work.session, audience) != after:
        events = outbox.after(work.session, audience, after, limit=1)
        return not events or events[0].cursor != after + 1
    return bool(events) and events[0].cursor != after + 1


def _when(work: Work, moment: Any) -> str:
    if moment is None:
        return ""
    return words.when_for_youth(moment, work.now) if visitor.is_youth else words.when_for_staff(moment, work.now)
