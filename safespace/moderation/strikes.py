"""How often somebody hurt others here: a count for the team, without any consequence by itself.

Only behaviour towards others counts (`strike` in config/reasons.toml), and only what a second look left standing.
What belongs to an illness never counts (domain reference §2.2).
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.kernel.work import Work
from safespace.moderation.content import content
from safespace.moderation.models import Action, Decision, Review
from safespace.moderation.verdicts import PLACING
from safespace.threads.models import Post

REMEMBERED = timedelta(days=365)
_Theirs, _Again, _After = aliased(Post), aliased(Review), aliased(Decision)  # made once: it takes longer than asking


def strikes_of(work: Work, membership_id: Any) -> sa.ScalarSelect[int]:
    """Count, as part of another statement, the decisions of the last year that count for this member."""
    reasons = [code for code, reason in content(work.settings.config_dir).reasons.items() if reason.strike]
    overturned = (
        sa.exists()
        .where(_Again.about_id == Decision.id, _After.review_id == _Again.id, _After.undone_at.is_(None))
        .where(_After.action.in_(PLACING))
    )
    return (
        sa.select(sa.func.count())
        .select_from(Decision)
        .join(_Theirs, _Theirs.id == Decision.post_id)
        .where(
            _Theirs.membership_id == membership_id,
            Decision.action.in_([Action.DECLINE, Action.HIDE]),
            Decision.reason.in_(reasons),
            Decision.undone_at.is_(None),
            Decision.at > work.now - REMEMBERED,
            ~overturned,
        )
        .scalar_subquery()
    )
