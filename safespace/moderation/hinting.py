"""A gentle word while somebody writes, from the rules that order the queue. Nothing is kept, nothing is refused."""

from dataclasses import dataclass
from uuid import UUID

from safespace.groups.reading import obtain_group
from safespace.kernel.text import BODY
from safespace.kernel.work import Work
from safespace.moderation import assessing
from safespace.moderation.risk.assessment import Category, Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor
from safespace.threads.models import Words

HINTED = (Category.NUMBERS, Category.PERSONAL_DATA, Category.CONTACT_REQUEST)


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What a writer may like to know: about which kinds of words, never which ones; and whether help is shown now."""

    about: tuple[Category, ...]
    help_now: bool


def hint(work: Work, actor: Actor, group_id: UUID, text: str) -> Hint:
    """Look at words that were not sent; NotFoundError or NotAllowedError to whoever may not write there."""
    group = obtain_group(work, actor, group_id, Permission.WRITE_POST)
    found = assessing.assess_by_rules(work, group, Words(body=text[:BODY]))
    kinds = {signal.category for signal in found.signals if signal.severity > Severity.NONE}
    return Hint(about=tuple(one for one in HINTED if one in kinds), help_now=found.severity >= Severity.HIGH)
