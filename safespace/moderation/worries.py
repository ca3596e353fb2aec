"""What a clinician sees of worries: the list, and one with the post it is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.crisis.escalations import scope_of
from safespace.crisis.models import Escalation, EscalationStep, Outcome, Reveal, TalkMessage
from safespace.crisis.revealed import names_of, of_escalation
from safespace.groups.models import Group, Location, Membership
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation.models import Review
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Role
from safespace.policy.rules import require
from safespace.threads.models import Post, PostRevision, PostState

RECENT = timedelta(days=30)
MOST = 60


@dataclass(frozen=True, kw_only=True, repr=False)
class Row:
    """One worry in the list. `unseen`: the author wrote something in the safe talk that nobody answered yet."""

    id: UUID
    level: int
    alias: str
    group: str
    location: str
    owner: str
    opened_at: datetime
    acknowledged_at: datetime | None
    contact_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    unseen: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class DoneStep:
    """A step that was done, by whom and when, with a note for the team."""

    key: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Worry:
    """One worry with all a clinician needs. `text` is "" for a draft, which only its author reads.

    `text_id` is the version of it, `review_id` an item of the same post.
    """

    escalation: Escalation
    alias: str
    group: Group
    state: PostState
    title: str
    text: str
    text_id: UUID | None
    review_id: UUID | None
    summary: str
    closing_note: str
    note_to_author: str
    steps: dict[str, DoneStep]
    reveals: list[Reveal]
    names: dict[UUID, str]


def listed(work: Work, actor: Actor) -> list[Row]:
    """Give the open worries of the own locations, the worst first, then those closed lately; others: NotFoundError."""
    mine = actor.locations(Role.CLINICIAN)
    if not mine or not actor.proven:
        raise NotFoundError
    unseen = sa.exists().where(
        TalkMessage.escalation_id == Escalation.id, TalkMessage.staff_id.is_(None), TalkMessage.read_at.is_(None)
    )
    rows = work.session.execute(
        sa.select(
            Escalation,
            Membership.alias,
            Group.name.label("group"),
            Location.name.label("location"),
            Account.staff_name,
            unseen.label("unseen"),
        )
        .join(Membership, Membership.id == Escalation.membership_id)
        .join(Group, Group.id == Escalation.group_id)
        .join(Location, Location.id == Escalation.location_id)
        .outerjoin(Account, Account.id == Escalation.owner_id)
        .where(
            Escalation.location_id.in_(mine),
            sa.or_(Escalation.closed_at.is_(None), Escalation.closed_at > work.now - RECENT),
        )
        .order_by(Escalation.closed_at.is_not(None), Escalation.level.desc(), Escalation.opened_at, Escalation.id)
        .limit(MOST)
    )
    return [_row(work, row) for row in rows]


def worry(work: Work, actor: Actor, escalation_id: UUID) -> Worry:
    """Give one worry with its post, steps and requests; NotFoundError unless the actor is a clinician there."""
    current = sa.func.coalesce(Post.pending_id, Post.revision_id, Review.revision_id)  # a post taken back waits no more
    other = aliased(Review)
    last = sa.select(other.id).where(other.post_id == Post.id).order_by(other.opened_at.desc()).limit(1)
    item = sa.func.coalesce(Escalation.review_id, last.correlate(Post).scalar_subquery())
    row = work.session.execute(
        sa.select(Escalation, Post.state, PostRevision, Membership.alias, Group, item.label("item_id"))
        .join(Post, Post.id == Escalation.post_id)
        .join(Group, Group.id == Escalation.group_id)
        .join(Membership, Membership.id == Escalation.membership_id)
        .outerjoin(Review, Review.id == Escalation.review_id)
        .outerjoin(PostRevision, sa.and_(PostRevision.id == current, PostRevision.sent_at.is_not(None)))
        .where(Escalation.id == escalation_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    escalation, sent = row.Escalation, row.PostRevision
    require(actor, Permission.ESCALATE, scope_of(escalation))
    reveals = of_escalation(work, escalation)
    steps = steps_of(work, escalation)
    people = {
        escalation.opened_by,
        escalation.owner_id,
        escalation.closed_by,
        *(one for reveal in reveals for one in (reveal.requested_by, reveal.decided_by, reveal.reviewed_by)),
    }
    return Worry(
        escalation=escalation,
        alias=work.open(Membership, "alias", escalation.membership_id, row.alias),
        group=row.Group,
        state=row.state,
        title=work.unseal(sent, "title") if sent else "",
        text=work.unseal(sent, "body") if sent else "",
        text_id=sent.id if sent else None,
        review_id=row.item_id if sent else None,
        summary=work.unseal(escalation, "summary"),
        closing_note=work.unseal(escalation, "closing_note"),
        note_to_author=work.unseal(escalation, "note_to_author"),
        steps={one.key: one for one in steps},
        reveals=reveals,
        names=names_of(work, {one for one in people if one is not None}),
    )


def steps_of(work: Work, escalation: Escalation) -> list[DoneStep]:
    """Give the steps that were done for it, in the order of time."""
    rows = work.session.execute(
        sa.select(EscalationStep, Account.staff_name)
        .join(Account, Account.id == EscalationStep.done_by)
        .where(EscalationStep.escalation_id == escalation.id)
        .order_by(EscalationStep.done_at)
    )
    return [
        DoneStep(
            key=row.EscalationStep.key,
            by=work.open(Account, "staff_name", row.EscalationStep.done_by, row.staff_name),
            at=row.EscalationStep.done_at,
            note=work.unseal(row.EscalationStep, "note"),
        )
        for row in rows
    ]


def _row(work: Work, row: Any) -> Row:
    one: Escalation = row.Escalation
    return Row(
        id=one.id,
        level=one.level,
        alias=work.open(Membership, "alias", one.membership_id, row.alias),
        group=row.group,
        location=row.location,
        owner=work.open(Account, "staff_name", one.owner_id, row.staff_name) if one.owner_id else "",
        opened_at=one.opened_at,
        acknowledged_at=one.acknowledged_at,
        contact_at=one.contact_at,
        closed_at=one.closed_at,
        outcome=one.outcome,
        unseen=row.unseen and one.closed_at is None,
    )
