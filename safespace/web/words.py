"""The words on the screen for what the domain calls by codes: states, actions, levels, topics, moments, links."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache

from flask import g
from flask_babel import LazyString, format_date, format_datetime, get_timezone, gettext, ngettext
from flask_babel import lazy_gettext as _

from safespace.host.language import spoken
from safespace.host.work import host
from safespace.moderation.content import content
from safespace.moderation.models import Action, FollowUp, ReviewKind
from safespace.moderation.risk.assessment import Category, Severity, SignalKind, Stance
from safespace.threads.models import PostState, PostType
from safespace.web import links
from safespace.web.links import Run

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
    Action.REDACT: _("Stukje weglaten"),
    Action.DECLINE: _("Niet plaatsen"),
    Action.HOLD: _("Vasthouden en contact"),
    Action.SECOND_LOOK: _("Collega laten meekijken"),
    Action.HIDE: _("Verbergen"),
    Action.KEEP: _("Laten staan"),
    Action.CONFIRM: _("Het blijft zo"),
    Action.CLOSE: _("Afsluiten"),
    Action.ANSWER: _("Antwoorden"),
}
DECIDED: dict[Action, LazyString] = {
    Action.APPROVE: _("Geplaatst"),
    Action.APPROVE_WITH_NOTES: _("Geplaatst met ‘gaat over’"),
    Action.ASK_REWORD: _("Gevraagd om het anders op te schrijven"),
    Action.DECLINE: _("Niet geplaatst"),
    Action.REDACT: _("Geplaatst zonder een stukje"),
    Action.HOLD: _("Vastgehouden voor contact"),
    Action.SECOND_LOOK: _("Een collega gevraagd om mee te kijken"),
    Action.HIDE: _("Verborgen na plaatsing"),
    Action.KEEP: _("Laten staan"),
    Action.CONFIRM: _("Opnieuw gekeken, het bleef zo"),
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
    ReviewKind.FOLLOW_UP: _("zorg, nog afronden"),
    ReviewKind.REPORT: _("verteld door een lid"),
    ReviewKind.APPEAL: _("vraagt om een nieuwe blik"),
    ReviewKind.SECOND_LOOK: _("collega kijkt mee"),
}
FOLLOW_UPS: dict[FollowUp, LazyString] = {
    FollowUp.NONE: _("niets meer"),
    FollowUp.MESSAGE: _("een berichtje of gesprek van het team"),
    FollowUp.OWN_CLINICIAN: _("de eigen behandelaar weet het"),
    FollowUp.CRISIS: _("crisiscontact"),
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
    SignalKind.LIKENESS: _("lijkt op wat zorg vroeg"),
    SignalKind.LEARNED: _("geleerd van eerdere beslissingen"),
}

PARTS = (_("vannacht"), _("vanochtend"), _("vanmiddag"), _("vanavond"))
PARTS_YESTERDAY = (_("gisteren"), _("gisterochtend"), _("gistermiddag"), _("gisteravond"))


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


@lru_cache
def _type_label(language: str, kind: PostType) -> str:
    del language  # it is the one in which gettext speaks now
    return str(TYPES[kind])


def type_label(kind: PostType) -> str:
    """Give the word for what somebody shares."""
    return _type_label(spoken(), kind)


def house_rule(code: str) -> str:
    """Give the house rule that a reason belongs to, with its number; "" when there is none."""
    known = content(host().settings.config_dir)
    found = known.reasons.get(code)
    if found is None:
        return ""
    return gettext("Afspraak %(number)s: %(title)s", number=found.rule, title=in_words(known.rules[found.rule]))


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
    zone = _zone()
    local = moment.astimezone(zone)
    return _coarse(spoken(), local.date(), local.hour, now.astimezone(zone).date())


@lru_cache(maxsize=4096)
def _coarse(language: str, day: date, hour: int, today: date) -> str:
    """Give the words for a day and hour, looked up once for each language: a page of posts asks twenty times."""
    del language  # it is the one in which gettext speaks now
    days = (today - day).days
    if days <= 1:
        return _part_of_day(hour, yesterday=days == 1)
    if days < 7:
        return format_date(day, "EEEE", rebase=False)
    if days - today.weekday() <= 7:
        return gettext("vorige week")
    if (day.year, day.month) == (today.year, today.month):
        return gettext("eerder deze maand")
    month = format_date(day, "LLLL" if days < 300 else "LLLL yyyy", rebase=False)
    return gettext("in %(month)s", month=month)


def day_of(moment: datetime) -> str:
    """Give the local day in full, without the time, for what somebody must be able to look up later."""
    return str(format_date(_local(moment).date(), "EEEE d MMMM yyyy", rebase=False))


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
    return links.linked(text)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def _zone() -> tzinfo:
    if "zone" not in g:
        g.zone = get_timezone()
    found: tzinfo = g.zone
    return found


def _part_of_day(hour: int, *, yesterday: bool) -> str:
    return str((PARTS_YESTERDAY if yesterday else PARTS)[hour // 6])
