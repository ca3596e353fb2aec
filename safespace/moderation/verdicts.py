"""What somebody chose and wrote about an item, and what it must hold to count as a decision."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from safespace.accounts.models import Account
from safespace.groups.models import Membership
from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import content
from safespace.moderation.models import Action, FollowUp
from safespace.moderation.risk.assessment import Severity, Stance
from safespace.threads.models import Post

DUTCH = "nl"
OWN_WORDS = 20
MOST_NOTES = 2
# What places words in the group; what gives the author a reason and a note; what is about words as they stand.
PLACING = frozenset({Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.REDACT})
TOLD = frozenset({Action.ASK_REWORD, Action.REDACT, Action.DECLINE, Action.HOLD, Action.HIDE})
_Author, _Place = aliased(Account), aliased(Membership)


@dataclass(frozen=True, kw_only=True, repr=False)
class Part:
    """A piece of the text that is left out, exactly as it stands there, and what it is (config/redaction.toml)."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Verdict:
    """What somebody chose and wrote. `note` holds own words only; a template is named, and filled in here.

    Three answers stand apart: the action, how soon a human must look (`severity`, None leaves it), and what the author
    still needs (`follow_up`). `stance` is how the writer stands towards the subject, where somebody says so. `parts`
    belong to leaving out, `question` to asking a colleague, `answer` is for who told the team about the post.
    """

    action: Action
    reason: str = ""
    template: str = ""
    note: str = ""
    internal_note: str = ""
    content_notes: tuple[str, ...] = ()
    severity: Severity | None = None
    follow_up: FollowUp = FollowUp.NONE
    stance: Stance | None = None
    parts: tuple[Part, ...] = ()
    question: str = ""
    answer: str = ""

    @property
    def asks_for_help(self) -> bool:
        """Whether a human says that the author may need help."""
        return self.follow_up is not FollowUp.NONE or (self.severity is not None and self.severity >= Severity.HIGH)


@dataclass(frozen=True, kw_only=True, repr=False)
class Texts:
    """The texts of a verdict as they are kept: what the author gets, and what stays in the team."""

    note: str
    internal_note: str
    question: str


def check(work: Work, verdict: Verdict, language: str, *, tells_author: bool = False) -> Texts:
    """Give the texts of a verdict, or raise InvalidError for each field that is not right.

    A template is in the `language` of the author, whatever the language of the screen on which it was chosen.

    `tells_author`: the author gets a note with it, whatever the action.
    """
    found = content.content(work.settings.config_dir)
    errors = _told_errors(found, verdict, tells_author=tells_author) | _notes_errors(found, verdict)
    texts = {}
    for field, text in (
        ("note", verdict.note),
        ("internal_note", verdict.internal_note),
        ("question", verdict.question),
    ):
        try:
            texts[field] = accept(field, text, cap=NOTE, required=field == "question" and _asks(verdict))
        except InvalidError as error:
            errors |= error.errors
    template = found.templates.get(verdict.template)
    if verdict.template and (template is None or not fits(template, verdict.action)):
        errors["template"] = "unknown_choice"
    elif template is not None and verdict.reason and template.reasons and verdict.reason not in template.reasons:
        errors["template"] = "template_other_reason"
    if errors:
        raise InvalidError(**errors)
    if template is not None:
        text = template.text.get(language) or template.text[DUTCH]
        texts["note"] = text.replace(content.PERSONAL, texts["note"]).strip()
    return Texts(**texts)


def language_of(work: Work, post: Post) -> str:
    """Give the language in which the author of a post reads."""
    return work.session.scalar(sa.select(own_language(post.membership_id))) or DUTCH


def own_language(membership_id: Any) -> sa.ScalarSelect[str]:
    """Give the language of a member as part of a larger question; NULL for nobody."""
    return (
        sa.select(_Author.language)
        .join(_Place, _Place.account_id == _Author.id)
        .where(_Place.id == membership_id)
        .scalar_subquery()
    )


def fits(template: content.Template, action: Action) -> bool:
    """Say whether a template is for this action; one for placing serves with and without topics."""
    plain = {Action.APPROVE, Action.APPROVE_WITH_NOTES}
    return template.action is action or {template.action, action} <= plain


def _asks(verdict: Verdict) -> bool:
    return verdict.action is Action.SECOND_LOOK


def _told_errors(found: content.Content, verdict: Verdict, *, tells_author: bool) -> dict[str, str]:
    errors = {}
    if verdict.action in TOLD:
        reason = found.reasons.get(verdict.reason)
        if reason is None or verdict.action not in reason.actions:
            errors["reason"] = "reason_required"
    told = verdict.action in TOLD or tells_author or verdict.template  # a template never goes out by itself
    if told and not content.says_enough(found, verdict.note[:NOTE], OWN_WORDS):
        errors["note"] = "note_too_short"
    return errors


def _notes_errors(found: content.Content, verdict: Verdict) -> dict[str, str]:
    if verdict.action is not Action.APPROVE_WITH_NOTES:
        return {}
    chosen = set(verdict.content_notes)
    if not chosen or not chosen <= set(found.notes):
        return {"content_notes": "notes_required"}
    return {"content_notes": "too_many_notes"} if len(chosen) > MOST_NOTES else {}
