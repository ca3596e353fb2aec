"""What somebody with a break reads where the group would be: why, until when, and what they were writing."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from safespace.groups.models import Group, GroupState, Membership
from safespace.host.login import visitor
from safespace.host.work import reading
from safespace.kernel.refusals import NotFoundError
from safespace.policy.roles import MembershipState
from safespace.web.moments import last_day

EXPLAINED = frozenset({"groups.show", "threads.show", "threads.new", "threads.reply", "threads.open_thread"})


def instead_of_group(typed: list[tuple[Any, str]]) -> ResponseReturnValue | None:
    """Answer what somebody with a break asks of that group, whether it is there or not; None for everybody else.

    Words that were typed come back at once, since they would not outlive a redirect.
    """
    if request.endpoint not in EXPLAINED or not visitor.is_authenticated:
        return None
    group_id = (request.view_args or {})["group_id"]
    if not _has_break(group_id):
        return None
    with reading() as work:
        if work.session.get_one(Group, group_id).state is GroupState.CLOSED:
            return None
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("members.own", group_id=group_id))
    return break_page(group_id, typed), 403


def break_page(group_id: UUID, typed: list[tuple[Any, str]]) -> str:
    """Draw the page of the visitor's break; raises NotFoundError for who has none."""
    if not _has_break(group_id):
        raise NotFoundError
    with reading() as work:
        membership = work.session.get_one(Membership, visitor.actor.members[group_id].membership_id)
        return render_template(
            "members/own.html",
            group=work.session.get_one(Group, group_id),
            until=last_day(membership.paused_until),
            reason=work.unseal(membership, "pause_reason"),
            plan=work.unseal(membership, "return_plan"),
            typed=typed,
        )


def _has_break(group_id: UUID) -> bool:
    member = visitor.actor.member_of(group_id)
    return member is not None and member.state is MembershipState.PAUSED
