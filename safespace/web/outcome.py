"""What became of an own post, in the author's words: never silent, never "refused", always what happens now."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from safespace.moderation.models import Action
from safespace.moderation.outcomes import OwnPost
from safespace.moderation.previewing import Foreseen
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
    kind, title, text, step = _standing(post.state, None if post.cared_for else post.action, editing=post.editing)
    if post.editing and (post.action is not Action.HOLD or post.cared_for):
        kind, title, text, step = _edit_waits(read_now=post.now.read_now)
    elif post.reworded_unsent:
        kind, title, text, step = _reworded_unsent()
    elif post.expired and post.state is PostState.CHANGES_REQUESTED:
        kind, title, text, step = _expired()
    elif post.cared_for and post.state is PostState.HELD:
        kind, title, text, step = _cared_for()
    elif post.state is PostState.PENDING and post.action is not Action.CONFIRM and not post.now.read_now:
        kind, title, text, step = _lies_ready()
    told = post.state is not PostState.PENDING and post.action is not None
    if not told or post.action is None:
        return Outcome(kind=kind, title=title, text=text, step=step)
    return _with_words(Outcome(kind=kind, title=title, text=text, step=step), post.action, post.reason, post.note, post)


def promised(told: Foreseen) -> Outcome:
    """Give what the author would read if this were decided now, for the preview; the same words as `outcome_of`."""
    kind, title, text, step = _standing(told.state, told.action, editing=told.editing)
    outcome = Outcome(kind=kind, title=title, text=text, step=step, first_note=told.first_note)
    return _with_words(outcome, told.action, told.reason, told.note)


def _standing(state: PostState, action: Action | None, *, editing: bool) -> tuple[str, str, str, int]:
    """Give the words for a state and what was decided last: what the group sees is not always what that was about."""
    shown = state is PostState.PUBLISHED
    if action is Action.HOLD and (shown or state is PostState.HELD):
        return _held(shown=shown, editing=editing)
    if action is Action.CONFIRM:
        return _confirmed(shown=shown)
    if action in {Action.ASK_REWORD, Action.DECLINE} and shown:
        return _edit_not_placed()
    if action is Action.REDACT and shown:
        return _redacted()
    return _STATES[state]()


def _with_words(outcome: Outcome, action: Action, reason: str, note: str, post: OwnPost | None = None) -> Outcome:
    return replace(
        outcome,
        reason="" if post and post.cared_for else words.reason_title(reason),
        # What was left out is gone already, and contact was sought: nobody is asked to take it out or to wait for it.
        explanation="" if action is Action.REDACT or (post and post.cared_for) else words.reason_explanation(reason),
        rule=words.house_rule(reason),
        now=_now(action, post),
        note=note,
        first_note=post.first_note if post else outcome.first_note,
    )


def _now(action: Action, post: OwnPost | None) -> str:
    """Give what the author can do now: the last step that was taken says more than the decision itself."""
    if post is not None and post.reworded_unsent:
        return _now_unsent(post)
    for changed, words_now in _NOW_CHANGED.items():
        if post is not None and getattr(post, changed) and action in words_now:
            return str(words_now[action])
    return str(_NOW.get(action, ""))


def _now_unsent(post: OwnPost) -> str:
    """Give what to do with new words that are kept: they were written already, so nobody is asked to write them."""
    if not post.now.sends:
        return _("Je hoeft nu niets te doen. Je kunt je nieuwe tekst versturen als het team er weer is.")
    if post.expired:
        return _("Je nieuwe tekst staat nog klaar. Je kunt hem altijd nog versturen, als nieuw bericht.")
    if post.reminded:
        return _("We vroegen je dit twee dagen geleden. Je nieuwe tekst staat klaar. Kies Verstuur, of haal hem terug.")
    return _("Je nieuwe tekst staat klaar. Kies Verstuur, of pas hem nog aan.")


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


def _lies_ready() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("ligt klaar voor het team"),
        _("Alleen jij ziet je bericht nu. Het team leest het als het er weer is."),
        1,
    )


def _edit_waits(*, read_now: bool) -> tuple[str, str, str, int]:
    said = _("Tot die tijd ziet de groep je eerdere tekst.")
    if read_now:
        return "wait", _("je aanpassing wordt nagekeken"), said, 2
    return "wait", _("je aanpassing ligt klaar voor het team"), said, 1


def _edit_not_placed() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("staat in de groep, je aanpassing niet"),
        _("De groep ziet je eerdere tekst. Hieronder lees je waarom."),
        3,
    )


def _reworded_unsent() -> tuple[str, str, str, int]:
    return (
        "wait",
        _("je nieuwe tekst is bewaard, nog niet verstuurd"),
        _("Niemand leest hem nu. Hij blijft hier staan tot jij hem verstuurt."),
        0,
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


def _held(*, shown: bool = False, editing: bool = False) -> tuple[str, str, str, int]:
    if editing:
        said = _(
            "Iemand van het team las je aanpassing en wil weten hoe het met je gaat. De groep ziet je eerdere tekst."
        )
    elif shown:
        said = _("Iemand van het team las je bericht en wil weten hoe het met je gaat. Het staat nog in de groep.")
    else:
        said = _("Iemand van het team heeft je bericht gelezen en wil weten hoe het met je gaat.")
    return "help", _("we willen eerst contact met je"), said, 0


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


def _confirmed(*, shown: bool) -> tuple[str, str, str, int]:
    if shown:
        said = _("Een andere collega las je aanpassing opnieuw. De groep ziet je eerdere tekst. Jij bent hier welkom.")
    else:
        said = _("Een andere collega las je bericht opnieuw. Het komt niet in de groep. Jij bent hier wel welkom.")
    return "info", _("opnieuw gekeken, het blijft zo"), said, 0


def _hidden() -> tuple[str, str, str, int]:
    return (
        "info",
        _("niet meer te zien"),
        _("Het team heeft dit bericht verborgen. Jij bent hier wel welkom. Hieronder lees je waarom."),
        0,
    )


def _withdrawn() -> tuple[str, str, str, int]:
    return (
        "info",
        _("teruggehaald, de groep ziet dit niet"),
        _("Jij hebt dit bericht teruggehaald. Je tekst blijft hier staan, voor jou."),
        0,
    )


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
