"""Writing down what a human said about a text, with the decision or with the level, so that it can be learned from."""

from safespace.kernel.work import Work
from safespace.moderation.learning.models import Label
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.risk.assessment import Severity, Stance
from safespace.moderation.verdicts import Verdict


def keep_decision(work: Work, review: Review, decision: Decision, verdict: Verdict) -> Label:
    """Write down a decision about the version that was read, before anything was left out of it.

    The level counts where a human set it: one that the form filled in from the engine is the engine's.
    """
    chosen = verdict.severity
    return _keep(
        work,
        Label(
            review_id=review.id,
            revision_id=review.revision_id if decision.action is Action.REDACT else decision.revision_id,
            decision_id=decision.id,
            action=decision.action,
            reason=decision.reason,
            rank=chosen.rank if chosen is not None and review.human_rank == chosen.rank else None,
            stance=verdict.stance,
            blind=review.blind,
            at=work.now,
        ),
    )


def keep_level(work: Work, review: Review, severity: Severity) -> Label:
    """Write down that a human set how soon somebody must look."""
    return _keep(work, _about(work, review, rank=severity.rank))


def keep_category(work: Work, review: Review, category: str) -> Label:
    """Write down which risky content a human named."""
    return _keep(work, _about(work, review, category=category))


def past(review: Review, decision: Decision, stance: Stance | None = None) -> Label:
    """Give what `keep_decision` writes for a decision of the past without a level; for the demo's chronicle."""
    return Label(
        review_id=review.id,
        revision_id=review.revision_id,
        decision_id=decision.id,
        action=decision.action,
        reason=decision.reason,
        stance=stance,
        at=decision.at,
    )


def _about(work: Work, review: Review, *, rank: int | None = None, category: str = "") -> Label:
    return Label(
        review_id=review.id,
        revision_id=review.revision_id,
        rank=rank,
        category=category,
        blind=review.blind,
        at=work.now,
    )


def _keep(work: Work, label: Label) -> Label:
    work.session.add(label)
    return label
