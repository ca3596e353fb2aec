"""Joining a group with a code: one invitation, one place, one nickname, one commit; nothing links two groups."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from safespace.accounts.models import Account
from safespace.accounts.registration import Credentials, create_youth
from safespace.audit import log
from safespace.groups.aliases import accept_alias, alias_index, has_elsewhere, is_taken, staff_names
from safespace.groups.claiming import Invited, claim, invited
from safespace.groups.models import Membership
from safespace.groups.onboarding import house_rules
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import ANONYMOUS, NOWHERE, Actor
from safespace.policy.rules import require

IsRisky = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A new place in a group."""

    account: Account
    membership_id: UUID
    group_id: UUID


def check_alias(work: Work, group_id: UUID, typed: str, *, is_risky: IsRisky, account_id: UUID | None = None) -> str:
    """Give the cleaned nickname; raises InvalidError(alias=…) with the reason.

    `alias_taken`: somebody in the group has it; `alias_elsewhere`: this account has it in another group, where it would
    show that the two are one person.
    """
    team = staff_names(work, group_id)
    alias = accept_alias(work.settings.config_dir, typed, is_risky=is_risky, team=team)
    if account_id is not None and has_elsewhere(work, account_id, group_id, alias):
        raise InvalidError(alias="alias_elsewhere")
    if is_taken(work, group_id, alias):
        raise InvalidError(alias="alias_taken")
    return alias


def join_as_newcomer(
    work: Work, invitation_id: UUID, credentials: Credentials, *, alias: str, language: str, is_risky: IsRisky
) -> Joined:
    """Make an account and its first membership, spending the invitation; the house rules count as accepted.

    Raises InvalidError(code=…) when the invitation is over, InvalidError(alias=…) when the nickname cannot be had.
    """
    place = invited(work, invitation_id)
    alias = check_alias(work, place.group_id, alias, is_risky=is_risky)
    reference = claim(work, place.invitation_id)  # first, so that of one step sent twice the second one learns of it
    account = create_youth(work, credentials, language=language)
    work.session.flush()
    return _enter(work, account, place, alias, reference)


def join_group(work: Work, actor: Actor, invitation_id: UUID, *, alias: str, is_risky: IsRisky) -> Joined:
    """Give a young person who has an account a place in a further group, under another nickname.

    Raises as join_as_newcomer, and ConflictError(`already_member`), which leaves the invitation unspent.
    """
    require(actor, Permission.JOIN_GROUP, NOWHERE)
    place = invited(work, invitation_id)
    if actor.member_of(place.group_id) is not None:
        raise ConflictError("already_member", group_id=place.group_id)
    account = _own_account(work, actor)  # held, so that two groups joined at once do not get one nickname
    alias = check_alias(work, place.group_id, alias, is_risky=is_risky, account_id=account.id)
    reference = claim(work, place.invitation_id)
    return _enter(work, account, place, alias, reference)


def _enter(work: Work, account: Account, place: Invited, alias: str, reference: str) -> Joined:
    membership = Membership(
        group_id=place.group_id,
        account_id=account.id,
        alias_index=alias_index(work.keys, place.group_id, alias),
        rules_version=house_rules(work.settings.config_dir).version,
        joined_at=work.now,
    )
    work.seal(membership, "alias", alias)
    if reference:
        work.seal(membership, "care_reference", reference)
    _insert(work, membership)
    # Without an actor: the log of a location must not tell that two places belong to one person.
    log.record(work, ANONYMOUS, "join", location_id=place.location_id, on=("group", place.group_id))
    return Joined(account=account, membership_id=membership.id, group_id=place.group_id)


def _insert(work: Work, membership: Membership) -> None:
    """Insert, or tell in words which of two at once was second; the constraint decides, not a look before."""
    insert = sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    columns = sa.inspect(Membership).column_attrs
    values = {column.key: getattr(membership, column.key) for column in columns}
    row = insert(Membership).values(values).on_conflict_do_nothing().returning(Membership.id)
    if work.session.execute(row).one_or_none() is not None:
        return
    if work.session.scalar(
        sa.select(Membership.id).where(
            Membership.group_id == membership.group_id, Membership.account_id == membership.account_id
        )
    ):
        raise ConflictError("already_member", group_id=membership.group_id)
    raise InvalidError(alias="alias_taken")


def _own_account(work: Work, actor: Actor) -> Account:
    account = work.session.get(Account, actor.account_id, with_for_update=True)
    if account is None:
        raise NotFoundError
    return account
