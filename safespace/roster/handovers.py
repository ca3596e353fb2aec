"""Handovers: what the next one must know, signed by who gives it and by who takes it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require
from safespace.roster.models import Handover

SHOWN = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class Told:
    """A handover as clinicians of the location read it. `mine`: the reader gave it, and so cannot take it."""

    id: UUID
    note: str
    given_by: str
    given_at: datetime
    taken_by: str
    taken_at: datetime | None
    mine: bool


def give(work: Work, actor: Actor, location_id: UUID, note: str) -> Handover:
    """Write down what the next one must know; raises InvalidError(note=…) for nothing or too much."""
    require(actor, Permission.HAND_OVER, Scope(location_id=location_id))
    if actor.account_id is None:
        raise NotFoundError
    text = accept("note", note, cap=NOTE)
    handover = Handover(location_id=location_id, given_by=actor.account_id, given_at=work.now)
    work.seal(handover, "note", text)
    work.session.add(handover)
    work.session.flush()
    log.record(work, actor, "give_handover", location_id=location_id, on=("handover", handover.id))
    return handover


def gave_since(work: Work, actor: Actor, location_id: UUID, since: datetime) -> bool:
    """Say whether this clinician left a note at a location since then, by the clock as it is now."""
    lately = Handover.given_at.between(since, work.now)
    own = (Handover.location_id == location_id, Handover.given_by == actor.account_id, lately)
    return bool(work.session.scalar(sa.select(sa.exists().where(*own))))


def take(work: Work, actor: Actor, handover_id: UUID) -> Handover:
    """Sign for a handover; once, and never one's own. Raises ConflictError(`handover_taken`) when somebody did."""
    handover = _obtain(work, actor, handover_id)
    if handover.given_by == actor.account_id:
        raise NotAllowedError("own_handover")
    taken = work.session.scalar(
        sa.update(Handover)
        .where(Handover.id == handover_id, Handover.taken_by.is_(None))
        .values(taken_by=actor.account_id, taken_at=work.now)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise ConflictError("handover_taken")
    log.record(work, actor, "take_handover", location_id=handover.location_id, on=("handover", handover.id))
    return handover


def place_of(work: Work, actor: Actor, handover_id: UUID) -> UUID:
    """Give the location of a handover."""
    return _obtain(work, actor, handover_id).location_id


def latest(work: Work, actor: Actor, location_id: UUID) -> list[Told]:
    """Give all handovers that nobody took yet, and the last few that were, newest first."""
    require(actor, Permission.HAND_OVER, Scope(location_id=location_id))
    taker = aliased(Account)
    rows = work.session.execute(
        sa.select(Handover, Account.staff_name.label("giver"), taker.staff_name.label("taker"))
        .join(Account, Account.id == Handover.given_by)
        .outerjoin(taker, taker.id == Handover.taken_by)
        .where(Handover.location_id == location_id)
        .order_by(Handover.taken_at.is_not(None), Handover.given_at.desc(), Handover.id)
        .limit(50)
    )
    told = [_told(work, actor, row.Handover, row.giver, row.taker) for row in rows]
    waiting = [one for one in told if one.taken_at is None]
    return waiting + [one for one in told if one.taken_at is not None][:SHOWN]


def _obtain(work: Work, actor: Actor, handover_id: UUID) -> Handover:
    handover = work.session.get(Handover, handover_id)
    if handover is None:
        raise NotFoundError
    require(actor, Permission.HAND_OVER, Scope(location_id=handover.location_id))
    return handover


def _told(work: Work, actor: Actor, handover: Handover, giver: bytes, taker: bytes | None) -> Told:
    return Told(
        id=handover.id,
        note=work.unseal(handover, "note"),
        given_by=work.open(Account, "staff_name", handover.given_by, giver),
        given_at=handover.given_at,
        taken_by=work.open(Account, "staff_name", handover.taken_by, taker) if handover.taken_by else "",
        taken_at=handover.taken_at,
        mine=handover.given_by == actor.account_id,
    )
