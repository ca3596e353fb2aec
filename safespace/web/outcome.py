"""What became of an own post, in the author's words: never silent, never "refused", always what happens now."""

from dataclasses import dataclass

from flask_babel import gettext as _

from safespace.moderation.models import Action
from safespace.moderation.outcomes import OwnPost
from safespace.threads.models import PostState
from safespace.web import words


@dataclass(frozen=True, kw_only=True, repr=False)
class Outcome:
    """The state in words, what it means, and what a human wrote with it. `kind` is a notice's kind."""

    kind: str
    title: str
    text: str
    reason: str = ""
    explanation: str = ""
    note: str = ""
    step: int = 0


def outcome_of(post: OwnPost) -> Outcome:
    """Give the words for where a post stands."""
    kind, title, text, step = _STATES[post.state]()
    if post.editing:
        kind, title, text, step = (
            "wait",
            _("je aanpassing wordt nagekeken"),
            _("Tot die tijd ziet de groep je eerdere tekst."),
            2,
        )
    elif post.action is Action.ASK_REWORD and post.state is PostState.PUBLISHED:
        kind, title, text = (
            "wait",
            _("staat in de groep, je aanpassing niet"),
            _("De groep ziet je eerdere tekst. Hieronder lees je waarom."),
        )
    told = post.state is not PostState.PENDING
    return Outcome(
        kind=kind,
        title=title,
        text=text,
        step=step,
        reason=words.reason_title(post.reason) if told else "",
        explanation=words.reason_explanation(post.reason) if told else "",
        note=post.note if told else "",
    )


def _draft() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("bewaard, nog niet verstuurd"),
        _("Niemand leest dit nu. Je tekst blijft hier staan tot jij hem verstuurt."),
        0,
    )


def _pending() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("wordt nagekeken"),
        _("Iemand van het team leest je bericht. Alleen jij ziet het nu."),
        2,
    )


def _published() -> tuple[str, str, str, int]:
    return "ok", _("staat in de groep"), _("Je bericht staat erop. Anderen kunnen nu reageren."), 3


def _changes() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("graag aanpassen"),
        _("Je tekst is er nog. Het team vraagt je om het een beetje anders op te schrijven."),
        0,
    )


def _declined() -> tuple[str, str, str, int]:
    return (
        "info",
        _("niet geplaatst"),
        _("Dit bericht staat niet in de groep. Jij bent hier wel welkom. Hieronder lees je waarom."),
        0,
    )


def _held() -> tuple[str, str, str, int]:
    return (
        "help",
        _("we willen eerst contact met je"),
        _("Iemand van het team heeft je bericht gelezen en wil weten hoe het met je gaat."),
        0,
    )


def _hidden() -> tuple[str, str, str, int]:
    return "info", _("even niet te zien"), _("Het team kijkt nog een keer naar dit bericht."), 0


def _withdrawn() -> tuple[str, str, str, int]:
    return "info", _("teruggehaald"), _("Jij hebt dit bericht teruggehaald."), 0


_STATES = {
    PostState.DRAFT: _draft,
    PostState.PENDING: _pending,
    PostState.PUBLISHED: _published,
    PostState.CHANGES_REQUESTED: _changes,
    PostState.DECLINED: _declined,
    PostState.HELD: _held,
    PostState.HIDDEN: _hidden,
    PostState.WITHDRAWN: _withdrawn,
}
