"""An author who asks for a fresh look at a decision: once for each decision, and never read by who decided."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.kernel.refusals import NotAllowedError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import assessing, escalating, second_look
from safespace.moderation.doorbells import ring_author
from safespace.moderation.models import Appeal, Decision, Review, ReviewKind, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.outcomes import own_post
from safespace.moderation.risk.assessment import Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads import reading
from safespace.threads.models import Words


@dataclass(frozen=True, kw_only=True, repr=False)
class Asked:
    """What an author wrote with a fresh look, and the item of it: how heavy those words are."""

    words: str
    review: Review


def appeal(work: Work, actor: Actor, post_id: UUID, words: str) -> Appeal:
    """Ask for a fresh look at the decision that stands on an own post; own words may be left out.

    Raises NotAllowedError (`not_offered`) when there is no such decision, or when it was asked before. What somebody
    writes here can be a cry for help: it is read for that at once, and the item is as urgent as that.
    """
    post, group = reading.obtain_post(work, actor, post_id, Permission.APPEAL)
    wait_for_decision(work, post)
    told = own_post(work, actor, post_id)
    if not told.may_appeal:
        raise NotAllowedError("not_offered")
    text = accept("words", words, cap=NOTE, required=False)
    decision = work.session.get_one(Decision, told.decision_id)
    decided = work.session.get_one(Review, decision.review_id)
    found = assessing.assess_words(work, group, Words(body=text)) if text else assessing.NOTHING_SAID
    rank = max(found.severity.rank, min(decision.rank, Severity.MEDIUM.rank))
    review = second_look.open_again(work, group, decided, decision, ReviewKind.APPEAL, rank)
    review.needs_help = not found.risks_anonymity_alone
    escalating.ring_if_crisis(work, review, group.location_id)
    made = Appeal(decision_id=decision.id, review_id=review.id, at=work.now)
    if text:
        work.seal(made, "words", text)
    work.session.add(made)
    others = sa.select(Review).where(
        Review.about_id == decision.id, Review.id != review.id, Review.state != ReviewState.CLOSED
    )
    for other in work.session.scalars(others):  # whoever reads along has not seen these words
        other.version += 1
    work.session.flush()
    log.record(work, actor, "appeal", location_id=group.location_id, on=("post", post.id), decision=str(decision.id))
    ring_author(work, "post_changed", post)
    if found.calls_for_help:
        ring_author(work, "help", post)
    return made


def words_about(work: Work, review: Review) -> Asked | None:
    """Give what the author wrote about the decision that an item is about, of an item that was obtained.

    It stands with every item about that decision, since they end together. None when the author did not ask.
    """
    row = work.session.execute(
        sa.select(Appeal, Review)
        .join(Review, Review.id == Appeal.review_id)
        .where(Appeal.decision_id == review.about_id)
    ).one_or_none()
    return None if row is None else Asked(words=work.unseal(row.Appeal, "words"), review=row.Review)
