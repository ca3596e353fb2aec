"""The words for what happens around a worry: levels, outcomes, tasks, channels, why a message did not get through."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from safespace.crisis.models import Outcome, TaskKind
from safespace.crisis.scripts import Level, scripts
from safespace.host.work import host
from safespace.roster.models import Channel
from safespace.web.words import in_words

OUTCOMES: dict[Outcome, Any] = {
    Outcome.CONTACT_SAFE: _("Contact gehad, de jongere is veilig"),
    Outcome.CONTACT_PLAN_MADE: _("Contact gehad, samen een plan gemaakt"),
    Outcome.HANDED_TO_OWN_CLINICIAN: _("Overgedragen aan de eigen behandelaar"),
    Outcome.HANDED_TO_CRISIS_SERVICE: _("Overgedragen aan de crisisdienst"),
    Outcome.EMERGENCY_SERVICES: _("Hulpdiensten ingeschakeld (112)"),
    Outcome.NOT_REACHED: _("Niet bereikt"),
    Outcome.FALSE_ALARM: _("Loos alarm"),
}
TASKS: dict[TaskKind, Any] = {
    TaskKind.DEBRIEF: _("Nabespreken met het team"),
    TaskKind.GROUP_CHECK: _("Kijken hoe het met de groep gaat"),
    TaskKind.CHECK_BACK: _("Vragen hoe het met de schrijver gaat"),
    TaskKind.REVEAL_REVIEW: _("Noodinzage door één persoon nakijken"),
}
CHANNELS: dict[Channel, Any] = {Channel.EMAIL: _("E-mail"), Channel.WEBHOOK: _("Webhook (oproepdienst)")}
FAILURES: dict[str, Any] = {
    "not_configured": _("dit kanaal is niet ingesteld op de server"),
    "not_secure": _("de verbinding was niet veilig"),
    "sign_in_refused": _("de mailserver weigerde de inlog"),
    "refused": _("de mailserver weigerde het bericht"),
    "unreachable": _("de server was niet te bereiken"),
    "address": _("het adres klopt niet"),
}


def level(number: int) -> Level:
    """Give a level with its script."""
    return scripts(host().settings.config_dir).levels[number]


def level_name(number: int) -> str:
    """Give a level by number and name."""
    return gettext("Niveau %(number)s: %(title)s", number=number, title=in_words(level(number).title))


def level_choices(least: int = 1) -> list[tuple[str, str]]:
    """Give the levels from one on, for a list to choose from."""
    return [(str(number), level_name(number)) for number in (1, 2, 3) if number >= least]


def failure(code: str) -> str:
    """Give in words why a message did not get through."""
    return str(FAILURES.get(code) or gettext("de ander nam het niet aan (%(code)s)", code=code))


def lasting_words() -> dict[str, str]:
    """Give the words in which lasting.js lets such a time run; %d stands for the number."""
    return {
        "second": ngettext("%(num)s seconde", "%(num)s seconden", 1),
        "seconds": ngettext("%(num)s seconde", "%(num)s seconden", 2).replace("2", "%d"),
        "minute": ngettext("%(num)s minuut", "%(num)s minuten", 1),
        "minutes": ngettext("%(num)s minuut", "%(num)s minuten", 2).replace("2", "%d"),
        "hour": ngettext("%(num)s uur", "%(num)s uur", 1),
        "hours": ngettext("%(num)s uur", "%(num)s uur", 2).replace("2", "%d"),
        "days": ngettext("%(num)s dag", "%(num)s dagen", 2).replace("2", "%d"),
    }


def lasted(start: datetime, end: datetime) -> str:
    """Give how long something took, in words."""
    seconds = max(0, int((end - start) / timedelta(seconds=1)))
    if seconds < 60:
        return ngettext("%(num)s seconde", "%(num)s seconden", seconds)
    if seconds < 3600:
        return ngettext("%(num)s minuut", "%(num)s minuten", seconds // 60)
    if seconds < 48 * 3600:
        return ngettext("%(num)s uur", "%(num)s uur", seconds // 3600)
    return ngettext("%(num)s dag", "%(num)s dagen", seconds // 86400)
