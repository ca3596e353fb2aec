"""A break, the end of a membership, and leaving: access changes at once, words stay where they are."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.sessions import access_changed
from safespace.audit import log
from safespace.groups.models import Group, Membership
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, MembershipState, Role, Scope
from safespace.policy.rules import require

ALONE = timedelta(days=7)  # a longer break takes two clinicians
_NOT_LONGER = dict.fromkeys(("longer_until", "longer_asked_by", "longer_asked_location_id", "longer_left_at"))


def pause_member(
    work: Work, actor: Actor, membership_id: UUID, until: datetime, *, reason: str, return_plan: str
) -> Membership:
    """Give a member a break until a moment; reading and writing stop now, own posts and help stay.

    The member reads the reason and the plan for coming back. A break of more than a week begins as one of a week: the
    rest waits for a second clinician. Raises InvalidError by field, ConflictError during a break and for who left.
    """
    errors = {} if until > work.now else {"until": "not_in_future"}
    texts = {}
    for field, text in (("reason", reason), ("return_plan", return_plan)):
        try:
            texts[field] = accept(field, text, cap=NOTE)
        except InvalidError as error:
            errors |= error.errors
    if errors:
        raise InvalidError(**errors)
    longer = until > work.now + ALONE
    ends = work.now + ALONE if longer else until
    membership = _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.PAUSED, ends)
    work.seal(membership, "pause_reason", texts["reason"])
    work.seal(membership, "return_plan", texts["return_plan"])
    membership.longer_until = until if longer else None
    membership.longer_asked_by = actor.account_id if longer else None
    return membership


def confirm_longer(work: Work, actor: Actor, membership_id: UUID) -> None:
    """Let a break last as long as a colleague asked; NotAllowedError (`second_clinician`) for whoever asked.

    Raises ConflictError once the break is over, or was answered.
    """
    membership, group = obtain_member(work, actor, membership_id)
    _answer(work, actor, membership)
    log.record(
        work,
        actor,
        "member_pause_longer",
        location_id=group.location_id,
        on=("membership", membership.id),
        until=_said(membership.paused_until),
    )


def answer_elsewhere(work: Work, actor: Actor, membership_id: UUID, seen: str, *, agrees: bool) -> None:
    """Agree for another location, where nobody else works, or leave the break at a week; nobody there is asked again.

    `seen` is when the break ended on the page that was answered, in ISO format: ConflictError for another break. Raises
    as `obtain_asked` and `confirm_longer` do.
    """
    membership, group = obtain_asked(work, actor, membership_id)
    if _said(membership.paused_until) != seen:
        raise ConflictError
    facts = {"until": _said(membership.longer_until), "elsewhere": str(membership.longer_asked_location_id)}
    waits = Membership.longer_left_at.is_(None)
    on = ("membership", membership.id)
    if agrees:
        _answer(work, actor, membership, waits)
        log.record(work, actor, "member_pause_longer", location_id=group.location_id, on=on, **facts)
    else:
        _answer(work, actor, membership, waits, longer_left_at=work.now)
        log.record(work, actor, "member_pause_left", location_id=group.location_id, on=on, **facts)


def ask_elsewhere(work: Work, actor: Actor, membership: Membership, location_id: UUID) -> None:
    """Ask the clinicians of another location about the longer break of this member, and about nothing else."""
    membership.longer_asked_location_id = location_id
    group = work.session.get_one(Group, membership.group_id)
    log.record(
        work,
        actor,
        "member_pause_asked",
        location_id=group.location_id,
        on=("membership", membership.id),
        elsewhere=str(location_id),
    )


def waits_for_longer(work: Work) -> tuple[sa.ColumnElement[bool], ...]:
    """Say that a break goes on, and that a longer one was asked and not agreed with."""
    return (
        Membership.state == MembershipState.PAUSED,
        Membership.paused_until > work.now,
        Membership.longer_until > work.now,
    )


def asked_of(work: Work, actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    """Say that a longer break was asked of a location of this clinician, by somebody else, and waits for an answer."""
    return (
        *waits_for_longer(work),
        Membership.longer_asked_location_id.in_(actor.locations(Role.CLINICIAN)),
        Membership.longer_left_at.is_(None),
        Membership.longer_asked_by != actor.account_id,
    )


def obtain_asked(work: Work, actor: Actor, membership_id: UUID) -> tuple[Membership, Group]:
    """Give a member whose longer break was asked of a location of this clinician; NotFoundError to everybody else.

    Once it was answered, the break is over or the member came back, it is not there for them any more.
    """
    waits = (Membership.longer_left_at.is_(None), *waits_for_longer(work))
    membership = work.session.scalar(sa.select(Membership).where(Membership.id == membership_id, *waits))
    if membership is None:
        raise NotFoundError
    group = work.session.get_one(Group, membership.group_id)
    scope = Scope(
        location_id=group.location_id,
        group_id=group.id,
        membership_id=membership_id,
        asked_location_id=membership.longer_asked_location_id,
    )
    require(actor, Permission.ANSWER_FOR_LOCATION, scope)
    return membership, group


def end_pause(work: Work, actor: Actor, membership_id: UUID) -> None:
    """Let a member come back before the break was over. The plan stays until the member has read it."""
    _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.ACTIVE)


def come_back(work: Work, actor: Actor, group_id: UUID) -> None:
    """Let a member say, after a break, that the plan was read: reason and plan are forgotten."""
    member = actor.member_of(group_id)
    if member is None or member.state is not MembershipState.ACTIVE:
        raise NotFoundError
    membership = work.session.get_one(Membership, member.membership_id)
    if membership.state is MembershipState.PAUSED:
        membership.state, membership.paused_until = MembershipState.ACTIVE, None
        on = ("membership", membership.id)
        log.record(work, actor, "member_active", location_id=member.location_id, on=on)
    membership.pause_reason = membership.return_plan = None
    for column in _NOT_LONGER:
        setattr(membership, column, None)


def obtain_member(work: Work, actor: Actor, membership_id: UUID) -> tuple[Membership, Group]:
    """Give a place in a group with the group, to whoever may care for it; NotFoundError to everybody else."""
    membership = work.session.get(Membership, membership_id)
    if membership is None:
        raise NotFoundError
    group = work.session.get_one(Group, membership.group_id)
    scope = Scope(location_id=group.location_id, group_id=group.id, membership_id=membership_id)
    require(actor, Permission.CARE_FOR_MEMBER, scope)
    return membership, group


def has_break(work: Work, membership: Membership) -> bool:
    """Say whether a member has a break now; one that is over counts as none, also before the member came back."""
    until = membership.paused_until
    return membership.state is MembershipState.PAUSED and (until is None or until > work.now)


def members_of(work: Work, actor: Actor, group: Group) -> list[Membership]:
    """Give the members of a group that was obtained, breaks first; NotFoundError unless one may care for them."""
    require(actor, Permission.CARE_FOR_MEMBER, Scope(location_id=group.location_id, group_id=group.id))
    return list(
        work.session.scalars(
            sa.select(Membership)
            .where(Membership.group_id == group.id, Membership.state != MembershipState.LEFT)
            .order_by((Membership.state == MembershipState.PAUSED).desc(), Membership.joined_at, Membership.id)
        )
    )


def remove_member(work: Work, actor: Actor, membership_id: UUID) -> None:
    """End somebody's membership; the posts stay under their alias."""
    _change(work, actor, membership_id, Permission.CARE_FOR_MEMBER, MembershipState.LEFT)


def leave_group(work: Work, actor: Actor, membership_id: UUID) -> None:
    """End one's own membership."""
    _change(work, actor, membership_id, Permission.LEAVE_GROUP, MembershipState.LEFT)


_BEFORE = {
    MembershipState.PAUSED: (MembershipState.ACTIVE,),
    MembershipState.ACTIVE: (MembershipState.PAUSED,),
    MembershipState.LEFT: (MembershipState.ACTIVE, MembershipState.PAUSED),
}


def _change(
    work: Work,
    actor: Actor,
    membership_id: UUID,
    permission: Permission,
    state: MembershipState,
    until: datetime | None = None,
) -> Membership:
    membership = work.session.get(Membership, membership_id)
    if membership is None:
        raise NotFoundError
    group = work.session.get_one(Group, membership.group_id)
    scope = Scope(location_id=group.location_id, group_id=group.id, membership_id=membership_id)
    require(actor, permission, scope)
    before: sa.ColumnElement[bool] = Membership.state.in_(_BEFORE[state])
    if state is MembershipState.PAUSED:  # whoever did not look in since a break ended is as active as anybody
        over = sa.and_(Membership.state == MembershipState.PAUSED, Membership.paused_until <= work.now)
        before = sa.or_(before, over)
    changed: Any = work.session.execute(
        sa.update(Membership)
        .where(Membership.id == membership_id, before)
        .values(state=state, paused_until=until, **_NOT_LONGER)
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError
    work.session.refresh(membership)
    log.record(
        work,
        actor,
        f"member_{state.value}",
        location_id=group.location_id,
        on=("membership", membership.id),
        until=_said(until),
    )
    access_changed(work)
    return membership


def _answer(work: Work, actor: Actor, membership: Membership, *where: Any, **values: Any) -> None:
    """Write an answer about this break; without `values`, that it lasts longer."""
    if membership.longer_asked_by == actor.account_id:
        raise NotAllowedError("second_clinician")
    changed: Any = work.session.execute(
        sa.update(Membership)
        .where(Membership.id == membership.id, Membership.paused_until == membership.paused_until)
        .where(*waits_for_longer(work), *where)
        .values(**(values or {**_NOT_LONGER, "paused_until": Membership.longer_until}))
        .execution_options(synchronize_session=False)
    )
    if not changed.rowcount:
        raise ConflictError
    work.session.refresh(membership)


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
