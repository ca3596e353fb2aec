"""The words for what stands in the log: actions, roles, and the facts that say more."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from safespace.audit.reading import Entry

ROLES: dict[str, Any] = {
    "clinician": _("behandelaar"),
    "peer_worker": _("ervaringsdeskundige"),
    "administrator": _("beheerder"),
    "quality": _("kwaliteit"),
    "youth": _("jongere"),
    "staff": _("medewerker"),
    "system": _("systeem"),
}

ACTIONS: dict[str, Any] = {
    "open_location": _("opende de locatie"),
    "become_administrator": _("werd beheerder door de locatie te openen"),
    "change_location": _("paste de locatie aan"),
    "open_group": _("opende een groep"),
    "change_group": _("paste een groep aan"),
    "create_staff": _("maakte een account voor een collega"),
    "renew_link": _("maakte een nieuwe link voor een collega"),
    "grant_role": _("gaf een rol"),
    "confirm_role": _("bevestigde een rol"),
    "revoke_role": _("trok een rol in"),
    "disable_account": _("schakelde een account uit"),
    "enrol": _("koos een wachtzin"),
    "make_invitations": _("maakte uitnodigingen"),
    "revoke_invitation": _("trok een uitnodiging in"),
    "revoke_invitations": _("trok uitnodigingen in"),
    "enter_care_reference": _("gaf een uitnodiging uit"),
    "join": _("kwam bij een groep"),
    "member_paused": _("gaf een lid een rustmoment"),
    "member_active": _("liet een lid terugkomen"),
    "member_left": _("verliet een groep"),
    "read_log": _("las dit logboek"),
    "export_log": _("nam dit logboek mee als bestand"),
    "write_item": _("schreef uitleg"),
    "change_item": _("paste uitleg aan"),
    "retire_item": _("haalde uitleg weg"),
    "seed_library": _("zette de eerste uitleg klaar"),
    "pin": _("zette iets vast"),
    "unpin": _("maakte iets los"),
    "answer": _("antwoordde in een gesprek"),
    "flag": _("markeerde een bericht"),
    "set_severity": _("zette hoe dringend een bericht is"),
    "undo": _("draaide een besluit terug"),
    "post_sent": _("stuurde een bericht in"),
    "post_changed": _("paste een bericht aan"),
    "post_withdrawn": _("haalde een bericht terug"),
    "post_released": _("bericht kwam in de groep"),
    "decide_approve": _("plaatste een bericht"),
    "decide_approve_with_notes": _("plaatste een bericht met ‘gaat over’"),
    "decide_ask_reword": _("vroeg om iets anders op te schrijven"),
    "decide_decline": _("plaatste een bericht niet"),
    "decide_hold": _("hield een bericht vast voor contact"),
    "decide_close": _("sloot een beoordeling af"),
}

CHANGED: dict[str, Any] = {
    "name": _("naam"),
    "crisis_phone": _("crisisnummer"),
    "hours": _("openingstijden"),
    "about": _("omschrijving"),
    "state": _("toestand"),
}


def told(entry: Entry) -> str:
    """Give what was done in words, with the one fact that matters most."""
    done = str(ACTIONS.get(entry.action, entry.action.replace("_", " ")))
    more = _more(entry.facts)
    return gettext("%(done)s: %(more)s", done=done, more=more) if more else done


def _more(facts: dict[str, Any]) -> str:
    if changed := facts.get("changed"):
        return ", ".join(str(CHANGED.get(name, name)) for name in changed)
    if role := facts.get("role"):
        return str(ROLES.get(role, role))
    if isinstance(facts.get("count"), int):
        return str(facts["count"])
    return ""
