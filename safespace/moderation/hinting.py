"""A gentle word while somebody writes, from the rules that order the queue. Nothing is kept, nothing is refused.

And help at once beside words that were refused for another reason: nobody of the team reads those.
"""

from dataclasses import dataclass
from uuid import UUID

from safespace.groups.reading import obtain_group
from safespace.kernel.text import BODY, TITLE
from safespace.kernel.work import Work
from safespace.moderation import assessing
from safespace.moderation.risk.assessment import Category, Profile, Severity
from safespace.moderation.risk.engine import Context
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.settings import Settings
from safespace.threads.models import Words

OVERLAP = 200  # letters: a sentence on the border of two pieces is read whole in one of them
MOST_PIECES = 4
WHOLE = TITLE + len("\n\n") + BODY  # as much as can be sent, a title before it
HINTED = (Category.NUMBERS, Category.PERSONAL_DATA, Category.CONTACT_REQUEST)


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What a writer may like to know: about which kinds of words, never which ones; and whether help is shown now."""

    about: tuple[Category, ...]
    help_now: bool


def hint(work: Work, actor: Actor, group_id: UUID, text: str) -> Hint:
    """Look at words that were not sent; NotFoundError or NotAllowedError to whoever may not write there."""
    group = obtain_group(work, actor, group_id, Permission.WRITE_POST)
    found = assessing.assess_by_rules(work, group, Words(body=text[:WHOLE]))
    kinds = {signal.category for signal in found.signals if signal.severity > Severity.NONE}
    return Hint(about=tuple(one for one in HINTED if one in kinds), help_now=found.calls_for_help)


def cries_for_help(settings: Settings, text: str) -> bool:
    """Say whether by words that were refused somebody may need help, in any kind of group; nothing is kept of them.

    What is too long to be sent is read in pieces, the beginning of it and its end.
    """
    pieces = [text[at : at + BODY] for at in range(0, max(1, len(text)), BODY - OVERLAP)]
    read = pieces if len(pieces) <= MOST_PIECES else [*pieces[: MOST_PIECES - 1], text[-BODY:]]
    rules = assessing.engine(settings)
    found = (rules.assess(piece, Context(profile=profile)) for piece in read for profile in Profile)
    return any(one.calls_for_help for one in found)
