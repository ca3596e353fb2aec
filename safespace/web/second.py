"""What a second pair of eyes reads above an item: the question, the author's words, and whom it waits for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from safespace.kernel.work import Work
from safespace.moderation import appeals
from safespace.moderation.models import Review, ReviewKind
from safespace.moderation.queue import Item
from safespace.moderation.risk.assessment import Severity
from safespace.policy.roles import Actor


def asked_of(work: Work, actor: Actor, item: Item) -> dict[str, Any]:
    """Give what was asked and by whom, and whether the item waits for somebody who is nowhere to be found."""
    review = item.review
    asked = appeals.words_about(work, review) if review.about_id is not None else None
    asker = next((one.by for one in reversed(item.decisions) if one.by_id == review.not_by), "")
    return {
        "question": work.unseal(review, "question"),
        "by": asker,
        "appeal": _appeal(asked, review),
        "own": review.not_by is not None and review.not_by == actor.account_id,
        "elsewhere": review.asked_location_id is not None,
        "blocked": item.blocked,
        "why": _why(item, asker, asks_again=asked is not None),
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


def _appeal(asked: appeals.Asked | None, review: Review) -> dict[str, Any] | None:
    """Give what the author wrote with it: folded with the text where it made this item, by itself on another one."""
    if asked is None or not asked.words:
        return None
    own = asked.review.id == review.id
    heavy = asked.review.severity >= Severity.HIGH and not own
    line = _("De schrijver vertelt er iets bij dat zwaar kan zijn. De tekst staat dicht.") if heavy else ""
    fold = {"line": line, "review_id": asked.review.id, "versions": [asked.review.revision_id]} if heavy else None
    return {"words": asked.words, "own": own, "fold": fold}


def _why(item: Item, asker: str, *, asks_again: bool) -> str:
    if item.review.kind is ReviewKind.FOLLOW_UP:
        return ""
    if item.review.kind is ReviewKind.APPEAL:
        return _(
            "De schrijver vraagt of een andere collega opnieuw kijkt. Het eerste besluit was van %(name)s.", name=asker
        )
    if item.review.about_id is not None:
        why = _("Bij deze reden leest altijd een tweede collega mee. Het besluit was van %(name)s.", name=asker)
        also = _("De schrijver vraagt zelf ook om opnieuw te kijken. Plaats je het bericht, dan is dat ook beantwoord.")
        return f"{why} {also}" if asks_again else why
    return ""
