"""Writing down what a human said about a text apart from a decision, so that it can be learned from."""

from safespace.kernel.work import Work
from safespace.moderation.learning.models import Label
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Severity


def keep_level(work: Work, review: Review, severity: Severity) -> None:
    """Write down that a human set how soon somebody must look."""
    _keep(work, review, rank=severity.rank)


def keep_category(work: Work, review: Review, category: str) -> None:
    """Write down which risky content a human named."""
    _keep(work, review, category=category)


def _keep(work: Work, review: Review, *, rank: int | None = None, category: str = "") -> None:
    label = Label(
        review_id=review.id,
        revision_id=review.revision_id,
        rank=rank,
        category=category,
        blind=review.blind,
        at=work.now,
    )
    work.session.add(label)
