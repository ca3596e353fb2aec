"""Reading a post: by the rules of the risk engine, and after them by what was learned from earlier decisions.

It orders the human's reading; it never places and never refuses.
"""

import json
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation import hits
from safespace.moderation.learning.applying import with_learned
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Assessment, Profile, Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.surroundings import around, earlier_signals, topic_mark
from safespace.settings import Settings
from safespace.threads.models import Words

# What a blind item shows of its assessment.
NOTHING_SAID = Assessment(severity=Severity.NONE, categories=(), concerns=(), signals=(), rules_version="")


def engine(settings: Settings) -> Engine:
    """Give the engine of an installation, built once; raises RulesInvalid when a rule file or a model does not fit."""
    return _built(settings.config_dir, settings.risk_model_dir)


@lru_cache
def _built(config: Path, model: Path) -> Engine:
    return Engine.load(config / "risk", None if model == Path() else model)


def shown_text(words: Words) -> str:
    """Give the text that is assessed and that the spans count in: a title, an empty line, the body."""
    return f"{words.title}\n\n{words.body}" if words.title else words.body


def assess_words(
    work: Work, group: Group, words: Words, *, by: UUID | None = None, post_id: UUID | None = None
) -> Assessment:
    """Assess what somebody wrote for this group: the rules, and after them what its location learned.

    `by`, the membership of its author, adds counts of signals in the author's other posts; `post_id` is this one.
    """
    found = assess_by_rules(work, group, words, by=by, post_id=post_id)
    return with_learned(work, group.location_id, shown_text(words), found)


def assess_by_rules(
    work: Work, group: Group, words: Words, *, by: UUID | None = None, post_id: UUID | None = None
) -> Assessment:
    """Assess by the rules and the models beside them, with what is known of the place and nothing that was learned."""
    known = around(work, group)
    context = Context(
        profile=Profile(group.profile.value),
        help_lines=known.help_lines,
        names=known.names,
        history=earlier_signals(work, group, by, but=post_id) if by else {},
    )
    return engine(work.settings).assess(shown_text(words), context)


def asks_for_help(work: Work, group: Group, words: Words) -> bool:
    """Tell whether by these words somebody may need help today; what is known of the place decides nothing about it."""
    context = Context(profile=Profile(group.profile.value))
    return engine(work.settings).assess(shown_text(words), context).calls_for_help


def store(work: Work, review: Review, assessment: Assessment, *, counted: bool = True) -> None:
    """Seal the assessment into the review; signals quote the text by position, and reasons tell about it.

    The hits of its rules are counted with it, unless these are no new words of a member.
    """
    work.seal(review, "assessment", json.dumps(assessment.to_json()))
    location_id = work.session.get_one(Group, review.group_id).location_id
    mark(work, review, location_id, assessment)
    review.rules_version = assessment.rules_version[:60]
    review.likely = max(review.likely, assessment.likely)
    if counted:
        hits.count(work, location_id, assessment, work.now)


def mark(work: Work, review: Review, location_id: UUID, assessment: Assessment) -> None:
    """Mark the categories for whoever filters by them or leaves them out: here, and where a colleague is asked."""
    places = [location_id] if review.asked_location_id is None else [location_id, review.asked_location_id]
    marks = {topic_mark(work, place, category) for place in places for category in assessment.categories}
    review.topics = " ".join(sorted(marks))


def stored(work: Work, review: Review) -> Assessment:
    """Give the assessment of a review."""
    return opened(work, review.id, review.assessment)


def opened(work: Work, review_id: UUID, blob: bytes) -> Assessment:
    """Like `stored`, for an assessment that was read without its row object."""
    return Assessment.from_json(json.loads(work.open(Review, "assessment", review_id, blob)))
