"""What became of an own post, in the author's words: never silent, never "refused", always what happens now."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.moderation.models import Action
from safespace.moderation.outcomes import OwnPost
from safespace.threads.models import PostState
from safespace.web import words


@dataclass(frozen=True, kw_only=True, repr=False)
class Outcome:
    """The state in words, what it means, and what a human wrote with it. `kind` is a notice's kind.

    `rule` is the house rule it is about, `now` what the author can do, `first_note` the words before a fresh look.
    """

    kind: str
    title: str
    text: str
    reason: str = ""
    explanation: str = ""
    rule: str = ""
    now: str = ""
    note: str = ""
    first_note: str = ""
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
    elif post.action is Action.REDACT and post.state is PostState.PUBLISHED:
        kind, title, text, step = _redacted()
    elif post.expired and post.state is PostState.CHANGES_REQUESTED:
        kind, title, text, step = _expired()
    elif post.action is Action.CONFIRM:
        kind, title, text, step = _confirmed()
    elif post.cared_for:
        kind, title, text, step = _cared_for()
    elif post.state is PostState.PENDING and post.now.on_call:
        text = _("Je bericht ligt klaar voor het team. Alleen jij ziet het nu.")
    told = post.state is not PostState.PENDING and post.action is not None
    if not told or post.action is None:
        return Outcome(kind=kind, title=title, text=text, step=step)
    return _with_words(Outcome(kind=kind, title=title, text=text, step=step), post.action, post.reason, post.note, post)


def promised(action: Action, reason: str, note: str) -> Outcome:
    """Give what the author would read if this were decided now, for the preview; the same words as `outcome_of`."""
    kind, title, text, step = {
        Action.ASK_REWORD: _changes,
        Action.DECLINE: _declined,
        Action.HOLD: _held,
        Action.HIDE: _hidden,
        Action.REDACT: _redacted,
        Action.CONFIRM: _confirmed,
    }.get(action, _published)()
    return _with_words(Outcome(kind=kind, title=title, text=text, step=step), action, reason, note)


def _with_words(outcome: Outcome, action: Action, reason: str, note: str, post: OwnPost | None = None) -> Outcome:
    return replace(
        outcome,
        reason="" if post and post.cared_for else words.reason_title(reason),
        # What was left out is gone already, and contact was sought: nobody is asked to take it out or to wait for it.
        explanation="" if action is Action.REDACT or (post and post.cared_for) else words.reason_explanation(reason),
        rule=words.house_rule(reason),
        now=_now(action, post),
        note=note,
        first_note=post.first_note if post else "",
    )


def _now(action: Action, post: OwnPost | None) -> str:
    """Give what the author can do now: the last step that was taken says more than the decision itself."""
    for changed, words_now in _NOW_CHANGED.items():
        if post is not None and getattr(post, changed) and action in words_now:
            return str(words_now[action])
    return str(_NOW.get(action, ""))


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


def _cared_for() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("nog niet in de groep"),
        _("Het team ging na hoe het met je gaat. Een behandelaar beslist nog of je bericht in de groep komt."),
        0,
    )


def _expired() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("niet in de groep, je tekst is er nog"),
        _("De vraag om het anders op te schrijven is verlopen. Dat is niet erg: je tekst blijft van jou."),
        0,
    )


def _redacted() -> tuple[str, str, str, int]:
    return (
        "ok",
        _("staat in de groep, zonder een stukje"),
        _("Je bericht staat erop. Het team heeft een stukje weggelaten. Hieronder zie je welk."),
        3,
    )


def _confirmed() -> tuple[str, str, str, int]:
    return (
        "info",
        _("opnieuw gekeken, het blijft zo"),
        _("Een andere collega las je bericht opnieuw. Het komt niet in de groep. Jij bent hier wel welkom."),
        0,
    )


def _hidden() -> tuple[str, str, str, int]:
    return (
        "info",
        _("niet meer te zien"),
        _("Het team heeft dit bericht verborgen. Jij bent hier wel welkom. Hieronder lees je waarom."),
        0,
    )


def _withdrawn() -> tuple[str, str, str, int]:
    return "info", _("teruggehaald"), _("Jij hebt dit bericht teruggehaald."), 0


_AGAIN = lazy_gettext("Je mag altijd iets nieuws schrijven. Niet mee eens? Vraag of een andere collega opnieuw kijkt.")
_ASKED = lazy_gettext("Je vroeg om een nieuwe blik. Een andere collega leest je bericht opnieuw. Je hoort het hier.")
_NOW = {
    Action.ASK_REWORD: lazy_gettext("Pas je tekst aan en stuur hem opnieuw, of haal hem terug. Je hebt een week."),
    Action.REDACT: lazy_gettext("Is het zo goed? Laat het weten. Liever niet? Haal je bericht dan terug."),
    Action.DECLINE: _AGAIN,
    Action.HIDE: _AGAIN,
    Action.HOLD: lazy_gettext("Je hoeft nu niets te doen. Iemand van het team zoekt contact met je."),
    Action.CONFIRM: lazy_gettext("Twee collega’s keken los van elkaar. Praten kan ook met je behandelaar."),
}
# By what happened since, the latest first.
_NOW_CHANGED = {
    "expired": {
        Action.ASK_REWORD: lazy_gettext("Je kunt je tekst nog steeds aanpassen en als nieuw bericht insturen.")
    },
    "reminded": {
        Action.ASK_REWORD: lazy_gettext("We vroegen je dit twee dagen geleden. Pas je tekst aan, of haal hem terug.")
    },
    "cared_for": {Action.HOLD: lazy_gettext("Je hoeft nu niets te doen. Je leest het hier. Terughalen mag altijd.")},
    "agreed": {Action.REDACT: lazy_gettext("Jij vond dit goed. Terughalen kan altijd nog.")},
    "appealed": {Action.DECLINE: _ASKED, Action.HIDE: _ASKED},
}
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
