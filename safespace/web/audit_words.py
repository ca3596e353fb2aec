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
    "plan_shift": _("plande een dienst"),
    "cancel_shift": _("haalde een dienst van het rooster"),
    "give_handover": _("liet een overdracht achter"),
    "left_unsaid": _("logde uit zonder overdracht, terwijl er iets open stond"),
    "take_handover": _("nam een overdracht over"),
    "open_live_hour": _("opende een live-uur"),
    "close_live_hour": _("sloot een live-uur"),
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
    "member_pause_longer": _("bevestigde een langer rustmoment"),
    "member_pause_asked": _("vroeg een andere locatie om akkoord voor een langer rustmoment"),
    "member_pause_left": _("liet een rustmoment van een andere locatie bij een week"),
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
    "good_news": _("zette een bericht bij het goede nieuws"),
    "good_news_off": _("haalde een bericht van het goede nieuws"),
    "report_sent": _("liet het team iets weten over een bericht"),
    "report_answered": _("antwoordde wie iets liet weten over een bericht"),
    "set_severity": _("zette hoe dringend een bericht is"),
    "escalation_opened": _("nam een zorg op"),
    "escalation_raised": _("maakte een zorg dringender"),
    "escalation_taken": _("nam een zorg over"),
    "escalation_let_go": _("liet een zorg vrij voor collega’s"),
    "escalation_step": _("deed een stap van het draaiboek"),
    "escalation_contact": _("had contact met de schrijver"),
    "escalation_closed": _("sloot een zorg af"),
    "task_done": _("vinkte een taak af"),
    "talk_written": _("schreef in een veilig gesprek"),
    "talk_seen": _("zag wat een jongere schreef in een veilig gesprek"),
    "said_safe": _("gaf aan veilig te zijn"),
    "alarm_rings": _("alarm begon te bellen"),
    "alarm_answered": _("antwoordde op een alarm"),
    "alarm_seen": _("zag een alarm waar een collega op antwoordde"),
    "add_route": _("voegde een route voor alarm toe"),
    "move_route": _("veranderde de volgorde van bellen"),
    "remove_route": _("haalde een route voor alarm weg"),
    "test_route": _("stuurde een proefalarm"),
    "rule_proposed": _("stelde een wijziging van de regels voor"),
    "rule_agreed": _("gaf akkoord voor een wijziging van de regels"),
    "rule_dropped": _("liet een voorstel over de regels vallen"),
    "reveal_asked": _("vroeg noodinzage"),
    "reveal_agreed": _("gaf akkoord voor noodinzage"),
    "reveal_refused": _("gaf geen akkoord voor noodinzage"),
    "reveal_alone": _("deed alleen noodinzage"),
    "reveal_shown": _("zag gegevens door noodinzage"),
    "reveal_told": _("vertelde een jongere over noodinzage"),
    "reveal_reviewed": _("keek een noodinzage na"),
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
    "decide_redact": _("liet een stukje van een bericht weg"),
    "decide_second_look": _("vroeg een collega om mee te kijken"),
    "decide_hide": _("verborg een bericht"),
    "decide_keep": _("liet een bericht staan na een melding"),
    "decide_confirm": _("bleef bij het besluit van een collega"),
    "appeal": _("vroeg om een nieuwe blik op een besluit"),
    "agree_redaction": _("vond goed wat er is weggelaten"),
    "erase_original": _("wiste wat er is weggelaten, na de bewaartijd"),
    "close_follow_up": _("rondde iets af voor een schrijver"),
    "reword_reminded": _("schrijver kreeg een herinnering"),
    "reword_expired": _("vraag om anders op te schrijven verliep"),
    "lock_thread": _("sloot een gesprek"),
    "unlock_thread": _("opende een gesprek weer"),
    "decide_close": _("sloot een beoordeling af"),
    "learned_live": _("nam in gebruik wat van besluiten geleerd is"),
    "learned_refused": _("nam niet in gebruik wat van besluiten geleerd is"),
    "learned_rolled_back": _("draaide terug wat van besluiten geleerd was"),
    "suggestion_accepted": _("nam woorden over als voorstel voor de regels"),
    "suggestion_dropped": _("legde woorden opzij als voorstel voor de regels"),
}

CHANGED: dict[str, Any] = {
    "name": _("naam"),
    "crisis_phone": _("crisisnummer"),
    "hours": _("openingstijden"),
    "about": _("omschrijving"),
    "closed_on_holidays": _("feestdagen"),
    "after_hours": _("buiten de openingstijden"),
    "norms": _("leestijden"),
    "second_location_id": _("tweede locatie"),
    "training_required": _("oefenen"),
    "blind_share": _("blinde steekproef"),
    "names": _("namenlijst"),
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
