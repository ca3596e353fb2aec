"""The decisions on the screen: what each is called, what it asks, and what can be chosen with it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from safespace.kernel.work import Work
from safespace.moderation.content import Content, content
from safespace.moderation.models import Action, FollowUp, ReviewKind
from safespace.moderation.queue import Item
from safespace.moderation.reports import Told
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import DUTCH, TOLD
from safespace.web import words
from safespace.web.told import answer_to_start

PLAIN = frozenset({Action.APPROVE, Action.APPROVE_WITH_NOTES})
NOTELESS = frozenset({Action.CLOSE, Action.KEEP, Action.SECOND_LOOK})
ROWS = 6  # of parts to leave out, before one asks for more


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A starting text: its title for this page, and the text in the language of whoever will read it.

    `reasons` are the codes it belongs to, none for any; `fits` says them in words where another one can be chosen too.
    """

    key: str
    title: str
    text: str
    reasons: tuple[str, ...]
    fits: str

    @property
    def choice(self) -> tuple[str, str, dict[str, str]]:
        """It as a choice of a field; review.js keeps what does not fit the chosen reason out of sight."""
        return self.key, self.title, {"data-reasons": " ".join(self.reasons)} if self.reasons else {}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One decision on the screen. `answer`: words to start with for who told the team about it, "" for nobody."""

    key: str
    action: Action
    title: str
    about: str
    symbol: str
    kind: str
    asks_reason: bool
    asks_topics: bool
    asks_parts: bool
    asks_question: bool
    asks_note: bool
    note_required: bool
    reasons: list[tuple[str, str]]
    templates: list[Sample]
    preset: str
    answer: str

    @property
    def template_choices(self) -> list[tuple[str, str, dict[str, str]]]:
        """The templates as choices of a field."""
        return [one.choice for one in self.templates]

    @property
    def previewed(self) -> bool:
        """Whether it can be seen first as the author will see it."""
        return self.asks_note

    @property
    def sent_unseen(self) -> bool:
        """Whether it can be sent without that; what is left out of a text is always seen first."""
        return not self.asks_parts


def panels_of(work: Work, item: Item, told: list[Told]) -> list[Panel]:
    """Give the decisions that `available()` offers, as panels; where somebody may be in danger, contact comes first."""
    waiting = [one for one in told if one.answered_at is None]
    found = []
    urgent = item.review.severity >= Severity.HIGH and not item.hidden
    for action in sorted(item.actions, key=lambda one: not (urgent and one is Action.HOLD)):
        found.append(_panel(work, item, action.value, action, waiting, urgent=urgent))
        if action is Action.APPROVE:
            found.append(_panel(work, item, "approve_with_word", action, waiting))
    return found


def placeholder_choices(work: Work) -> list[tuple[str, str]]:
    """Give what can be left out, as choices of a field."""
    kinds = content(work.settings.config_dir).placeholders
    return [("", _("Kies wat het is")), *((kind.key, words.in_words(kind.label)) for kind in kinds.values())]


def reasons_for(work: Work, action: Action) -> list[tuple[str, str]]:
    """Give the reasons for an action, as choices of a field."""
    known = content(work.settings.config_dir).reasons.values()
    return [(reason.code, words.in_words(reason.title)) for reason in known if action in reason.actions]


def templates_for(work: Work, action: Action) -> list[tuple[str, str, dict[str, str]]]:
    """Give the starting texts for an action, as choices of a field."""
    return [one.choice for one in _templates(content(work.settings.config_dir), action, DUTCH)]


def answer_choices() -> dict[str, list[tuple[str, str]]]:
    """Give the choices of what is answered apart from a decision: how soon, what is needed, the writer's stance."""
    return {
        "levels": [(one.value, str(words.SEVERITIES[one])) for one in Severity],
        "follow_ups": [(one.value, str(words.FOLLOW_UPS[one])) for one in FollowUp],
        "stances": [(one.value, str(label)) for one, label in words.STANCES.items()],
    }


def _panel(work: Work, item: Item, key: str, action: Action, waiting: list[Told], *, urgent: bool = False) -> Panel:
    known = content(work.settings.config_dir)
    title, about, symbol, kind = _looks(item, key, action)
    bare = key == Action.APPROVE.value
    asks_note = not bare and action not in NOTELESS and not _only_for_team(item, action)
    return Panel(
        key=key,
        action=action,
        title=title,
        about=about,
        symbol=symbol,
        kind=kind,
        asks_reason=action in TOLD,
        asks_topics=action is Action.APPROVE_WITH_NOTES,
        asks_parts=action is Action.REDACT,
        asks_question=action is Action.SECOND_LOOK,
        asks_note=asks_note,
        note_required=asks_note and (action in TOLD or action is Action.CONFIRM),
        reasons=reasons_for(work, action),
        templates=_templates(known, action, item.author_reads) if asks_note else [],
        preset="needs_contact_first" if action is Action.HOLD and urgent else "",
        answer=answer_to_start(work, waiting, action),
    )


def _only_for_team(item: Item, action: Action) -> bool:
    """Whether the author hears nothing of it: a second reader who agrees is a matter of the team."""
    return action is Action.CONFIRM and item.review.kind is not ReviewKind.APPEAL


def _templates(known: Content, action: Action, language: str) -> list[Sample]:
    wanted = Action.APPROVE if action in PLAIN else action
    return [
        Sample(
            key=one.key,
            title=words.in_words(one.title),
            text=one.text.get(language) or one.text[DUTCH],
            reasons=one.reasons,
            fits=_fits(known, action, one.reasons),
        )
        for one in known.templates.values()
        if one.action is wanted
    ]


def _fits(known: Content, action: Action, codes: tuple[str, ...]) -> str:
    can = {reason.code for reason in known.reasons.values() if action in reason.actions}
    return "" if can <= set(codes) else " · ".join(words.reason_title(code) for code in codes)


def _looks(item: Item, key: str, action: Action) -> tuple[str, str, str, str]:
    if key == "approve_with_word":
        return _("Plaatsen met een berichtje"), _("Alleen de schrijver leest je berichtje."), "check", "ok"
    if action is Action.CLOSE and item.review.kind is not ReviewKind.FOLLOW_UP:
        return (
            str(words.ACTIONS[action]),
            _("Het bericht staat niet meer in de groep. Hier hoeft niets meer."),
            "check",
            "ok",
        )
    if action is Action.HOLD and item.post.visible:  # what the group sees stays: only words that wait are held
        return str(words.ACTIONS[action]), _held_beside(item), "help", "help"
    about, symbol, kind = {
        Action.APPROVE: (_("Het bericht komt over enkele seconden in de groep."), "check", "ok"),
        Action.APPROVE_WITH_NOTES: (
            _("Anderen zien eerst waar het over gaat, en kiezen zelf of ze verder lezen."),
            "check",
            "ok",
        ),
        Action.ASK_REWORD: (
            _("De schrijver krijgt de eigen tekst terug, met de reden en jouw berichtje."),
            "pen",
            "",
        ),
        Action.REDACT: (
            _("Het bericht wordt geplaatst zonder dat stukje. De schrijver ziet beide en kan het terughalen."),
            "pen",
            "",
        ),
        Action.DECLINE: (_("De schrijver leest waarom, en blijft welkom."), "close", "danger"),
        Action.HOLD: (
            _("Het bericht komt niet in de groep. De schrijver leest dat je contact zoekt en ziet de hulpkaart."),
            "help",
            "help",
        ),
        Action.SECOND_LOOK: (
            _("Een collega beslist. De schrijver merkt er niets van en wacht nog even."),
            "group",
            "",
        ),
        Action.KEEP: (_("Het bericht blijft in de groep staan."), "check", "ok"),
        Action.HIDE: (
            _("Het bericht gaat meteen uit de groep. Reacties blijven staan. De schrijver leest waarom."),
            "close",
            "danger",
        ),
        Action.CONFIRM: (_("Het besluit van je collega blijft staan."), "check", "ok"),
        Action.CLOSE: (
            _("Sluit af als de zorg geregeld is; schrijf op wat er gedaan is."),
            "check",
            "ok",
        ),
    }[action]
    return str(words.ACTIONS[action]), about, symbol, kind


def _held_beside(item: Item) -> str:
    if item.review.kind is ReviewKind.REPORT:
        return _("Het bericht blijft in de groep staan. De schrijver leest dat je contact zoekt en ziet de hulpkaart.")
    return _(
        "De aanpassing komt niet in de groep; de eerdere tekst blijft staan. De schrijver leest dat je contact zoekt "
        "en ziet de hulpkaart."
    )
