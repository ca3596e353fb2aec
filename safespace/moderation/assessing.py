"""Reading a post with the risk engine. It orders the human's reading; it never places and never refuses."""

import json
from functools import lru_cache
from pathlib import Path

from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Assessment, Profile
from safespace.moderation.risk.engine import Context, Engine
from safespace.threads.models import Words


@lru_cache
def engine(config: Path) -> Engine:
    """Give the engine of an installation, built once; raises RulesInvalidError when a rule file does not fit."""
    return Engine.load(config / "risk")


def shown_text(words: Words) -> str:
    """Give the text that is assessed and that the spans count in: a title, an empty line, the body."""
    return f"{words.title}\n\n{words.body}" if words.title else words.body


def assess_words(work: Work, group: Group, words: Words, *, first_post: bool = False) -> Assessment:
    """Assess what somebody wrote for this group."""
    context = Context(profile=Profile(group.profile.value), first_post=first_post)
    return engine(work.settings.config_dir).assess(shown_text(words), context)


def store(work: Work, review: Review, assessment: Assessment) -> None:
    """Seal the assessment into the review; signals quote the text by position, and reasons tell about it."""
    work.seal(review, "assessment", json.dumps(assessment.to_json()))
    review.rules_version = assessment.rules_version[:60]


def stored(work: Work, review: Review) -> Assessment:
    """Give the assessment of a review."""
    return Assessment.from_json(json.loads(work.unseal(review, "assessment")))
