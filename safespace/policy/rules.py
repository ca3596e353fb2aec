"""The permission table. Any line grants; in a line, every rule must hold. What has no line is denied."""

from collections.abc import Callable

from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.policy.permissions import Permission
from safespace.policy.roles import AccountKind, Actor, MembershipState, Role, Scope

Rule = Callable[[Actor, Scope], bool]


def anybody(actor: Actor, scope: Scope) -> bool:
    """Everybody, signed in or not."""
    del actor, scope
    return True


def signed_in(actor: Actor, scope: Scope) -> bool:
    """Somebody with a live session, and for staff a proven second factor."""
    del scope
    return actor.kind is AccountKind.YOUTH or (actor.kind is AccountKind.STAFF and actor.proven)


def youth(actor: Actor, scope: Scope) -> bool:
    """A young person."""
    del scope
    return actor.kind is AccountKind.YOUTH


def member(actor: Actor, scope: Scope) -> bool:
    """An active member of the group."""
    place = actor.member_of(scope.group_id)
    return place is not None and place.state is MembershipState.ACTIVE


def still_there(actor: Actor, scope: Scope) -> bool:
    """A member who has not left: active, or having a break."""
    place = actor.member_of(scope.group_id)
    return place is not None and place.state is not MembershipState.LEFT


def author(actor: Actor, scope: Scope) -> bool:
    """The one who wrote it, in this group."""
    place = actor.member_of(scope.group_id)
    return place is not None and scope.membership_id == place.membership_id


def visible(actor: Actor, scope: Scope) -> bool:
    """What the group may see."""
    del actor
    return scope.visible


def sent(actor: Actor, scope: Scope) -> bool:
    """What was sent to be read; a draft is its author's alone."""
    del actor
    return scope.sent


def writable(actor: Actor, scope: Scope) -> bool:
    """A group and thread that take new posts."""
    del actor
    return scope.open


def _holds(actor: Actor, scope: Scope, role: Role) -> bool:
    return (
        actor.kind is AccountKind.STAFF
        and actor.proven
        and scope.location_id is not None
        and actor.roles.get(scope.location_id) is role
    )


def clinician(actor: Actor, scope: Scope) -> bool:
    """A clinician of the location."""
    return _holds(actor, scope, Role.CLINICIAN)


def asked_clinician(actor: Actor, scope: Scope) -> bool:
    """A clinician of another location that was asked to look at this."""
    return (
        actor.kind is AccountKind.STAFF
        and actor.proven
        and scope.asked_location_id is not None
        and actor.roles.get(scope.asked_location_id) is Role.CLINICIAN
    )


def administrator(actor: Actor, scope: Scope) -> bool:
    """An administrator of the location."""
    return _holds(actor, scope, Role.ADMINISTRATOR)


def peer_worker(actor: Actor, scope: Scope) -> bool:
    """A peer worker of the location."""
    return _holds(actor, scope, Role.PEER_WORKER)


def administrator_somewhere(actor: Actor, scope: Scope) -> bool:
    """An administrator of any location."""
    del scope
    return actor.kind is AccountKind.STAFF and actor.proven and bool(actor.locations(Role.ADMINISTRATOR))


def clinician_somewhere(actor: Actor, scope: Scope) -> bool:
    """A clinician of any location."""
    del scope
    return actor.kind is AccountKind.STAFF and actor.proven and bool(actor.locations(Role.CLINICIAN))


Line = tuple[Rule, ...]

RULES: dict[Permission, tuple[Line, ...]] = {
    Permission.ENTER: ((anybody,),),
    Permission.BE_SIGNED_IN: ((signed_in,),),
    Permission.JOIN_GROUP: ((youth,),),
    Permission.READ_GROUP: ((member,), (clinician,), (peer_worker,)),
    Permission.READ_POST: ((member, visible), (author, still_there), (clinician, sent), (peer_worker, visible)),
    Permission.WRITE_POST: ((member, writable),),
    Permission.CHANGE_OWN_POST: ((author, still_there),),
    Permission.KEEP_SAFETY_CONTACT: ((still_there,),),
    Permission.HAVE_OWN_PLACE: ((youth,),),
    Permission.READ_QUEUE: ((clinician,), (asked_clinician,)),
    Permission.REVIEW: ((clinician,), (asked_clinician,)),
    Permission.ANSWER: ((clinician, writable),),
    Permission.PIN: ((clinician,),),
    Permission.CARE_FOR_MEMBER: ((clinician,),),
    Permission.ANSWER_FOR_LOCATION: ((asked_clinician,),),
    Permission.LEAVE_GROUP: ((author, still_there),),
    Permission.READ_LIBRARY: ((member,), (clinician,), (peer_worker,)),
    Permission.WRITE_LIBRARY: ((clinician,),),
    Permission.HAND_OUT_CODE: ((clinician,),),
    Permission.OPEN_LOCATION: ((administrator_somewhere,),),
    Permission.MANAGE_LOCATION: ((administrator,),),
    Permission.MANAGE_STAFF: ((administrator,),),
    Permission.MANAGE_INVITATIONS: ((administrator,),),
    Permission.MANAGE_HELP_LINES: ((administrator_somewhere,),),
    Permission.READ_ROSTER: ((clinician,), (administrator,)),
    Permission.MANAGE_ROSTER: ((clinician,), (administrator,)),
    Permission.HAND_OVER: ((clinician,),),
    Permission.OPEN_LIVE_HOUR: ((clinician,),),
    Permission.REPORT_POST: ((member, visible),),
    Permission.FOLD_THREAD: ((member,),),
    Permission.TRAIN: ((clinician_somewhere,),),
    Permission.READ_ABOUT_SORTING: ((clinician_somewhere,), (administrator_somewhere,)),
    Permission.READ_RULES: ((clinician_somewhere,),),
    Permission.PROPOSE_RULE: ((clinician_somewhere,),),
    Permission.READ_LEARNED: ((clinician_somewhere,),),
    Permission.ANSWER_SUGGESTION: ((clinician,),),
    Permission.SEE_OWN_REVEALS: ((youth,),),
    Permission.TALK_WITH_TEAM: ((author, still_there),),
    Permission.ESCALATE: ((clinician,),),
    Permission.REVEAL: ((clinician,),),
    Permission.LOOK_BACK: ((clinician,), (asked_clinician,)),
    Permission.APPEAL: ((author, still_there),),
    Permission.LOCK_THREAD: ((clinician,),),
    Permission.READ_AUDIT: ((administrator,),),
}

# To know that an object exists, one of these must be allowed; otherwise the answer is "not found".
SEES: dict[Permission, tuple[Permission, ...]] = {
    Permission.WRITE_POST: (Permission.READ_GROUP,),
    Permission.CHANGE_OWN_POST: (Permission.READ_POST,),
    Permission.REVIEW: (Permission.READ_QUEUE,),
    Permission.ANSWER: (Permission.READ_GROUP,),
    Permission.PIN: (Permission.READ_GROUP,),
    Permission.OPEN_LIVE_HOUR: (Permission.READ_GROUP,),
    Permission.REPORT_POST: (Permission.READ_POST,),
    Permission.APPEAL: (Permission.READ_POST,),
    Permission.LOCK_THREAD: (Permission.READ_GROUP,),
    Permission.HAND_OVER: (Permission.READ_ROSTER,),
    Permission.MANAGE_ROSTER: (Permission.READ_ROSTER,),
}


def allows(actor: Actor, permission: Permission, scope: Scope) -> bool:
    """Say whether the actor may do this there; for buttons and lists."""
    return any(all(rule(actor, scope) for rule in line) for line in RULES[permission])


def require(actor: Actor, permission: Permission, scope: Scope) -> None:
    """Raise NotFoundError unless the actor may see the thing, NotAllowedError unless the actor may do this."""
    if allows(actor, permission, scope):
        return
    if any(allows(actor, seen, scope) for seen in SEES.get(permission, ())):
        raise NotAllowedError
    raise NotFoundError
