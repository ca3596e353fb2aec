"""What is kept about the rules of the pre-sorting: how often they found something, and what clinicians propose."""

import enum
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from safespace.kernel.db import Base, new_id
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.drafting import DraftKind


class RuleHits(Base):
    """How often one rule found something at one location on one day. No post, and the rule only as a keyed mark."""

    __tablename__ = "rule_hits"

    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), primary_key=True)
    mark: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


class ProposalState(enum.StrEnum):
    """What became of a proposal. An approved one is not live: the content owner releases rule files."""

    OPEN = "open"
    APPROVED = "approved"
    DROPPED = "dropped"


class RuleProposal(Base):
    """A change of the rules that a clinician proposes.

    `content` is the draft with what it did when it was tried, `rank` the highest level the rule has before or after it;
    `rules_version` names the rules it was last tried on. `location_id` is where its maker works.
    """

    __tablename__ = "rule_proposals"
    __table_args__ = (sa.CheckConstraint("rank BETWEEN 0 AND 4", name="rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    by: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[DraftKind]
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    content: Mapped[bytes] = mapped_column(default=b"")
    why: Mapped[bytes] = mapped_column(default=b"")
    rules_version: Mapped[str] = mapped_column(sa.String(60))
    closed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    closing_note: Mapped[bytes | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def severity(self) -> Severity:
        """The highest level that the rule has, as it is or as it would be."""
        return Severity.of_rank(self.rank)


class RuleApproval(Base):
    """Somebody who agrees with a proposal; never the one who made it, and once each."""

    __tablename__ = "rule_approvals"

    proposal_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rule_proposals.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
