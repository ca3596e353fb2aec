"""What members told about a post, as the clinician who decides reads it, and words to start an answer with."""

from typing import Any

from safespace.kernel.work import Work
from safespace.moderation.models import Action
from safespace.moderation.report_words import vocabulary
from safespace.moderation.reports import Told
from safespace.moderation.verdicts import DUTCH
from safespace.web import words
from safespace.web.reports import NAMES


def told_fields(work: Work, told: list[Told]) -> list[dict[str, Any]]:
    """Give the fields of `reported(told)`."""
    return [
        {
            "kind": NAMES[one.kind],
            "alias": one.alias,
            "words": one.words,
            "snapshot": one.snapshot,
            "when": words.when_for_staff(one.at, work.now),
            "answer": one.answer,
            "answered": words.when_for_staff(one.answered_at, work.now) if one.answered_at else "",
        }
        for one in told
    ]


def answer_to_start(work: Work, waiting: list[Told], action: Action) -> str:
    """Give words to start an answer with, in the language of who waits for one; "" where nobody does.

    Those who read different languages get one answer: it starts in Dutch.
    """
    if not waiting or action is Action.SECOND_LOOK:
        return ""
    starts = vocabulary(work.settings.config_dir).answer_to({one.kind for one in waiting}, action)
    languages = {one.reads for one in waiting}
    return starts.get(languages.pop() if len(languages) == 1 else DUTCH) or starts[DUTCH]
