"""What members told about a post, as the clinician who decides reads it, and words to start an answer with."""

from typing import Any

from safespace.kernel.work import Work
from safespace.moderation.models import Action, ReportKind
from safespace.moderation.report_words import vocabulary
from safespace.moderation.reports import Told
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


def answer_to_start(work: Work, kinds: set[ReportKind], action: Action) -> str:
    """Give words to start an answer with, in the language of this page; "" where nobody waits for one."""
    if not kinds or action is Action.SECOND_LOOK:
        return ""
    return words.in_words(vocabulary(work.settings.config_dir).answer_to(kinds, action))
