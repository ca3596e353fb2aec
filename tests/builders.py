"""Plain functions that make what a story needs: a location, a group, a youth, a clinician."""

import re
from datetime import UTC, datetime
from uuid import uuid4

from safespace.accounts.models import Account
from safespace.crisis import ringing
from safespace.groups.membership import actor_for
from safespace.groups.models import Group, GroupProfile, Location, Membership, StaffRole
from safespace.kernel.text import fold
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind, Actor, Role

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday, inside opening hours
WHY = {"reason": "Even tot rust komen.", "return_plan": "Samen kijken wat fijn blijft."}  # of a break
ALWAYS_OPEN = [[day, 0, 1440] for day in range(7)]


def a_location(work: Work, name: str = "Noorderlicht", *, hours: list[list[int]] | None = None) -> Location:
    """A location with a crisis number, open day and night and on holidays unless said otherwise."""
    location = Location(
        name=name,
        crisis_phone="020-0000000",
        hours=ALWAYS_OPEN if hours is None else hours,
        closed_on_holidays=hours is not None,
        created_at=work.now,
        blind_share=0,
    )
    work.session.add(location)
    work.session.flush()
    return location


def a_group(
    work: Work, location: Location, name: str = "Online en offline", profile: GroupProfile = GroupProfile.GENERAL
) -> Group:
    """An open group of the location."""
    group = Group(location_id=location.id, name=name, profile=profile, created_at=work.now)
    work.session.add(group)
    work.session.flush()
    work.session.refresh(group)
    return group


def an_account(work: Work, kind: AccountKind, name: str = "") -> Account:
    """An account of this kind; its sign-in name is random unless given."""
    name = name or uuid4().hex
    account = Account(kind=kind, sign_in_index=work.keys.index("sign-in", fold(name)), created_at=work.now)
    work.seal(account, "sign_in_name", name)
    work.session.add(account)
    work.session.flush()
    return account


def a_member(work: Work, group: Group, alias: str, account: Account | None = None) -> Membership:
    """A place in the group under this alias."""
    account = account or an_account(work, AccountKind.YOUTH)
    membership = Membership(
        group_id=group.id,
        account_id=account.id,
        alias_index=work.keys.index(f"alias {group.id}", fold(alias)),
        rules_version="test",
        joined_at=work.now,
    )
    work.seal(membership, "alias", alias)
    work.session.add(membership)
    work.session.flush()
    return membership


def a_youth(work: Work, group: Group, alias: str = "Stille Otter") -> Actor:
    """A youth who is a member of the group."""
    return actor_of(work, a_member(work, group, alias).account_id)


def a_staff_member(work: Work, location: Location, role: Role, name: str = "Esra") -> Actor:
    """Somebody who works at the location in this role, signed in with a second factor."""
    account = an_account(work, AccountKind.STAFF)
    work.seal(account, "staff_name", name)
    work.seal(account, "role_title", "behandelaar")
    work.session.add(
        StaffRole(account_id=account.id, location_id=location.id, role=role, granted_at=work.now, works_from=work.now)
    )
    work.session.flush()
    return actor_of(work, account.id)


def a_clinician(work: Work, location: Location, name: str = "Esra") -> Actor:
    """A clinician of the location."""
    return a_staff_member(work, location, Role.CLINICIAN, name)


def an_administrator(work: Work, location: Location, name: str = "Karin") -> Actor:
    """An administrator of the location."""
    return a_staff_member(work, location, Role.ADMINISTRATOR, name)


def actor_of(work: Work, account_id: object) -> Actor:
    """The actor as the service would read it now, second factor proven."""
    account = work.session.get_one(Account, account_id)
    return actor_for(work.session, account.id, account.kind, work.now, proven=True)


def without_ids(text: str) -> str:
    """Take ids and tokens out of an answer: a number that one holds by chance was said to nobody."""
    return re.sub(r"[\w.-]{24,}", "", text)


def rings(work: Work) -> int:
    """Do every step of every alarm that is due, as the ringer does; gives how many."""
    return sum(ringing.tick(work, alarm_id) for alarm_id in ringing.due(work))
