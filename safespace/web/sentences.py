"""The sentence for every code a use case can refuse with, in the words of the person who reads it."""

from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: dict[str, Any] = {
    "not_found": _("Deze pagina is er niet (meer)."),
    "not_allowed": _("Dit kan hier nu niet."),
    "conflict": _("Iemand was je net voor. Kijk nog eens hoe het er nu voor staat."),
    "invalid": _("Er klopt nog iets niet. Kijk bij de velden hieronder."),
    "too_many": _("Je doet dit nu heel vaak achter elkaar. Wacht even en probeer het dan opnieuw."),
    "empty": _("Hier staat nog niets. Schrijf een paar woorden."),
    "too_long": _("Dit is te lang. Maak het iets korter; je tekst staat er nog."),
    "required": _("Vul dit nog in."),
    "unknown_choice": _("Kies één van de mogelijkheden."),
    "key_reused": _("Dit formulier is al eerder gebruikt met een andere tekst. Kijk je tekst na en stuur opnieuw."),
    "key_missing": _("Dit formulier was niet compleet. Kijk je tekst na en stuur opnieuw."),
    "group_closed": _("Deze groep neemt nu geen berichten aan. Je tekst staat hieronder, zodat je hem kunt bewaren."),
    "thread_locked": _("Dit gesprek is intussen gesloten. Je tekst staat hieronder, zodat je hem kunt bewaren."),
    "already_decided": _("Dit bericht is al beoordeeld."),
    "changed_meanwhile": _("De schrijver heeft dit bericht aangepast. Lees het opnieuw voordat je beslist."),
    "already_released": _("Dit bericht staat al in de groep. Terugdraaien kan niet meer."),
    "not_offered": _("Deze keuze past niet meer bij dit bericht."),
    "reason_required": _("Kies een reden. De schrijver krijgt die te lezen."),
    "note_too_short": _("Schrijf zelf ten minste 20 tekens aan de schrijver, naast de tekst uit het voorbeeld."),
    "notes_required": _("Kies waar het bericht over gaat (één of twee onderwerpen)."),
    "too_many_notes": _("Kies ten hoogste twee onderwerpen."),
    "too_many_pins": _("Er staan al drie dingen vast. Haal er eerst één weg."),
    "already_pinned": _("Dit staat al vast."),
}


def sentence(code: str) -> str:
    """Give the sentence for a code; an unknown code gets a general one, never the code itself."""
    return str(SENTENCES.get(code, SENTENCES["invalid"]))


def explained(errors: dict[str, str]) -> dict[str, str]:
    """Give the sentences for a form's errors, by field."""
    return {field: sentence(code) for field, code in errors.items()}
