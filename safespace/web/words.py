"""The words on the screen for what the domain calls by codes: states, actions, levels, topics, moments, links."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import g
from flask_babel import LazyString, format_date, format_datetime, get_timezone, gettext, ngettext
from flask_babel import lazy_gettext as _

from safespace.crisis.help import SNAPSHOT, help_page, tel
from safespace.host.language import spoken
from safespace.host.work import host
from safespace.moderation.content import content
from safespace.moderation.models import Action, ReviewKind
from safespace.moderation.risk.assessment import Category, Severity, SignalKind, Stance
from safespace.settings import Settings
from safespace.threads.models import PostState, PostType

Run = dict[str, str]

TYPES: dict[PostType, LazyString] = {
    PostType.EXPERIENCE: _("ervaring"),
    PostType.TIP: _("tip"),
    PostType.QUESTION: _("vraag"),
    PostType.OFFLINE_IDEA: _("offline-idee"),
}
STATES: dict[PostState, LazyString] = {
    PostState.DRAFT: _("nog niet verstuurd"),
    PostState.PENDING: _("wordt nagekeken"),
    PostState.PUBLISHED: _("staat in de groep"),
    PostState.CHANGES_REQUESTED: _("graag aanpassen"),
    PostState.DECLINED: _("niet geplaatst"),
    PostState.HELD: _("eerst contact"),
    PostState.HIDDEN: _("even niet te zien"),
    PostState.WITHDRAWN: _("teruggehaald"),
}
ACTIONS: dict[Action, LazyString] = {
    Action.APPROVE: _("Plaatsen"),
    Action.APPROVE_WITH_NOTES: _("Plaatsen met ‘gaat over’"),
    Action.ASK_REWORD: _("Vragen om anders op te schrijven"),
    Action.DECLINE: _("Niet plaatsen"),
    Action.HOLD: _("Vasthouden en contact"),
    Action.CLOSE: _("Afsluiten"),
    Action.ANSWER: _("Antwoorden"),
}
DECIDED: dict[Action, LazyString] = {
    Action.APPROVE: _("Geplaatst"),
    Action.APPROVE_WITH_NOTES: _("Geplaatst met ‘gaat over’"),
    Action.ASK_REWORD: _("Gevraagd om het anders op te schrijven"),
    Action.DECLINE: _("Niet geplaatst"),
    Action.HOLD: _("Vastgehouden voor contact"),
    Action.CLOSE: _("Afgesloten"),
    Action.ANSWER: _("Geantwoord"),
}
SEVERITIES: dict[Severity, LazyString] = {
    Severity.NONE: _("geen signaal"),
    Severity.LOW: _("laag"),
    Severity.MEDIUM: _("midden"),
    Severity.HIGH: _("hoog"),
    Severity.CRISIS: _("crisis"),
}
KINDS: dict[ReviewKind, LazyString] = {
    ReviewKind.NEW: _("nieuw"),
    ReviewKind.EDIT: _("aangepast na plaatsing"),
    ReviewKind.REWORDED: _("anders opgeschreven"),
    ReviewKind.FOLLOW_UP: _("teruggehaald, nog afronden"),
}
CATEGORIES: dict[Category, LazyString] = {
    Category.SUICIDE: _("gedachten aan de dood of zelfdoding"),
    Category.SELF_HARM: _("zelfbeschadiging"),
    Category.EATING_DISORDER_PROMOTION: _("aanmoediging van een eetstoornis"),
    Category.EATING_DISORDER_DISCLOSURE: _("vertelt over een eetstoornis"),
    Category.NUMBERS: _("getallen over eten, gewicht of sport"),
    Category.METHOD_DETAIL: _("details van een manier"),
    Category.PERSONAL_DATA: _("herleidbaar tot een persoon"),
    Category.CONTACT_REQUEST: _("contact buiten de groep"),
    Category.GROOMING: _("onveilige toenadering"),
    Category.BULLYING: _("pesten"),
    Category.DISCRIMINATION: _("discriminatie"),
    Category.THREAT: _("bedreiging"),
    Category.ABUSE_DISCLOSURE: _("vertelt over geweld of misbruik"),
    Category.SEXUAL: _("seksueel"),
    Category.DRUGS: _("alcohol of drugs"),
    Category.MEDICAL_ADVICE: _("medisch advies"),
    Category.PSYCHOSIS: _("mogelijk psychose"),
    Category.MEDICAL_EMERGENCY: _("lichamelijk gevaar"),
    Category.HELP_SEEKING_DELAY: _("stelt hulp uit"),
    Category.RISKY_CONTENT_ENCOUNTER: _("kwam risicovolle inhoud tegen"),
    Category.THIRD_PERSON_CONCERN: _("zorgen om een ander"),
    Category.SPAM: _("reclame of link"),
}
STANCES: dict[Stance, LazyString] = {
    Stance.PROMOTES: _("moedigt aan"),
    Stance.REQUESTS: _("vraagt erom"),
    Stance.DISCLOSES: _("vertelt over zichzelf"),
    Stance.RECOVERS: _("vertelt over herstel"),
    Stance.CONCERN: _("maakt zich zorgen om een ander"),
    Stance.QUOTES: _("haalt iets aan"),
}
SIGNAL_KINDS: dict[SignalKind, LazyString] = {
    SignalKind.FINDING: _("signaal"),
    SignalKind.CONTEXT: _("weegt mee"),
    SignalKind.EVASION: _("anders geschreven"),
    SignalKind.FAULT: _("niet gelezen"),
}

PARTS = (_("vannacht"), _("vanochtend"), _("vanmiddag"), _("vanavond"))
PARTS_YESTERDAY = (_("gisteren"), _("gisterochtend"), _("gistermiddag"), _("gisteravond"))
MAYBE_LINK = re.compile(r"\d|\.\w")  # every number and every host has one of these; most texts have neither
HELD_NUMBERS = ("112", "113", "08000113")
# A bare 112 that counts something is no number to call.
_COUNTED = (
    r"(?!\s?(?:%|€|kg|kilo|gram|km|cm|kcal|euro|keer|x\b|likes|volgers|berichten|mensen|minu|uur|uren|dagen"
    r"|times|followers|messages|people|hours|days))"
)


def in_words(texts: Mapping[str, str]) -> str:
    """Give a text of `config/` in the language of this page; Dutch when there is no other."""
    return texts.get(spoken()) or texts["nl"]


def reason_title(code: str) -> str:
    """Give the title of a reason; "" when there is none."""
    found = content(host().settings.config_dir).reasons.get(code)
    return in_words(found.title) if found else ""


def reason_explanation(code: str) -> str:
    """Give what the author reads about a reason; "" when there is none."""
    found = content(host().settings.config_dir).reasons.get(code)
    return in_words(found.explanation) if found else ""


def note_labels(keys: Collection[str]) -> list[str]:
    """Give the words for what a post is about, for `notes` of a post."""
    if not keys:
        return []
    known = content(host().settings.config_dir).notes
    return [in_words(known[key].label) for key in keys if key in known]


def note_choices() -> list[tuple[str, str]]:
    """Give all topics a post can be about, for a group of checkboxes."""
    return [(key, in_words(note.label)) for key, note in content(host().settings.config_dir).notes.items()]


def when_for_youth(moment: datetime | None, now: datetime) -> str:
    """Give a coarse moment: an exact time in a small group can tell who somebody is (ux reference §2.3)."""
    if moment is None:
        return ""
    local, today = _local(moment), _local(now).date()
    days = (today - local.date()).days
    if days <= 1:
        return _part_of_day(local.hour, yesterday=days == 1)
    if days < 7:
        return format_date(local.date(), "EEEE", rebase=False)
    if days - today.weekday() <= 7:
        return gettext("vorige week")
    if (local.year, local.month) == (today.year, today.month):
        return gettext("eerder deze maand")
    month = format_date(local.date(), "LLLL" if days < 300 else "LLLL yyyy", rebase=False)
    return gettext("in %(month)s", month=month)


def when_for_staff(moment: datetime | None, now: datetime) -> str:
    """Give the exact local moment: the time today, with a date otherwise."""
    if moment is None:
        return ""
    local, today = _local(moment), _local(now)
    time = format_datetime(local, "HH:mm", rebase=False)
    days = (today.date() - local.date()).days
    if days == 0:
        return gettext("vandaag %(time)s", time=time)
    if days == 1:
        return gettext("gisteren %(time)s", time=time)
    pattern = "EEE d MMM, HH:mm" if local.year == today.year else "EEE d MMM yyyy, HH:mm"
    return format_datetime(local, pattern, rebase=False)


def waited(since: datetime, now: datetime) -> str:
    """Give how long something waits, in one unit."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 1:
        return gettext("net binnen")
    if minutes < 60:
        return ngettext("wacht %(num)s minuut", "wacht %(num)s minuten", minutes)
    if minutes < 48 * 60:
        return ngettext("wacht %(num)s uur", "wacht %(num)s uur", minutes // 60)
    return ngettext("wacht %(num)s dag", "wacht %(num)s dagen", minutes // (24 * 60))


def paragraphs(text: str) -> list[list[Run]]:
    """Give plain text as paragraphs of runs {t} or {t, a}, for `runs()` and the live page.

    Only help lines become links, to the address on the list, never to what was typed. Nothing is escaped here.
    """
    if "links" not in g:  # looked up once for a page
        settings = host().settings
        g.links = _known(settings, _changed(settings.data_dir / SNAPSHOT))
    pattern, addresses = g.links
    return [_runs(part, pattern, addresses) for part in re.split(r"\n\s*\n", text.strip())] if text.strip() else []


def _local(moment: datetime) -> datetime:
    if "zone" not in g:
        g.zone = get_timezone()
    return moment.astimezone(g.zone)


def _part_of_day(hour: int, *, yesterday: bool) -> str:
    return str((PARTS_YESTERDAY if yesterday else PARTS)[hour // 6])


def _runs(text: str, pattern: re.Pattern[str], addresses: dict[str, str]) -> list[Run]:
    if not MAYBE_LINK.search(text):
        return [{"t": text}] if text else []
    runs: list[Run] = []
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            runs.append({"t": text[end : found.start()]})
        runs.append({"t": found[0], "a": addresses[_key(found)]})
        end = found.end()
    if end < len(text):
        runs.append({"t": text[end:]})
    return runs


def _key(found: re.Match[str]) -> str:
    return found["host"].casefold() if found["host"] else re.sub(r"\D", "", found[0])


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _known(settings: Settings, changed: int) -> tuple[re.Pattern[str], dict[str, str]]:
    """Build the pattern of what may be a link, once for each state of the list of help lines."""
    del changed
    page = help_page(settings)
    numbers = {number: f"tel:{number}" for number in HELD_NUMBERS}
    for phone, address in [(line.phone, line.tel or tel(line.phone)) for line in page.lines] + [
        (place.phone, place.tel) for place in page.places
    ]:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= 3 and address.startswith("tel:"):
            numbers[digits] = address
    hosts = {}
    for line in page.lines:
        for address in (line.chat, line.site):
            name = (urlsplit(address).hostname or "").removeprefix("www.")
            if name and address.startswith("https://"):
                hosts[name] = address
    longest_first = sorted(numbers, key=lambda digits: -len(digits))
    spoken_numbers = "|".join((r"[ .\-]?" if len(digits) > 4 else "").join(digits) for digits in longest_first)
    names = "|".join(re.escape(name) for name in sorted(hosts, key=lambda name: -len(name))) or r"(?!)"
    pattern = re.compile(
        rf"(?<![\w.@/+€-])(?:(?:https?://)?(?:www\.)?(?P<host>{names})(?![\w@-]|\.\w)"
        rf"|(?:{spoken_numbers})(?![\w@]|[.,:/-]\w){_COUNTED})",
        re.IGNORECASE,
    )
    return pattern, numbers | hosts
