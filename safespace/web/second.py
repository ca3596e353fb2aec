"""What a second pair of eyes reads above an item: the question, the author's words, and whom it waits for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from safespace.kernel.work import Work
from safespace.moderation import appeals, second_look
from safespace.moderation.models import ReviewKind
from safespace.moderation.queue import Item
from safespace.policy.roles import Actor


def asked_of(work: Work, actor: Actor, item: Item) -> dict[str, Any]:
    """Give what was asked and by whom, and whether the item waits for somebody who is nowhere to be found."""
    review = item.review
    asker = next((one.by for one in reversed(item.decisions) if one.by_id == review.not_by), "")
    return {
        "question": work.unseal(review, "question"),
        "by": asker,
        "appeal": appeals.words_of(work, review) if review.kind is ReviewKind.APPEAL else "",
        "own": review.not_by is not None and review.not_by == actor.account_id,
        "elsewhere": review.asked_location_id is not None,
        "blocked": second_look.is_blocked(work, review, item.group.location),
        "why": _why(item, asker),
    }


def strikes_in_words(count: int) -> str:
    """Give how often this member hurt others here, and that nothing follows from it by itself; "" when never."""
    if not count:
        return ""
    return ngettext(
        "In het laatste jaar is %(num)s keer iets niet geplaatst om gedrag naar anderen. Daar volgt niets vanzelf uit.",
        "In het laatste jaar is %(num)s keer iets niet geplaatst om gedrag naar anderen. Daar volgt niets vanzelf uit.",
        count,
    )


def _why(item: Item, asker: str) -> str:
    if item.review.kind is ReviewKind.APPEAL:
        return _(
            "De schrijver vraagt of een andere collega opnieuw kijkt. Het eerste besluit was van %(name)s.", name=asker
        )
    if item.review.about_id is not None:
        return _("Bij deze reden leest altijd een tweede collega mee. Het besluit was van %(name)s.", name=asker)
    return ""
