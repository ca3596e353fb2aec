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
    "closed_now": _("Er leest nu niemand mee. Je tekst staat hieronder; stuur hem als het team er weer is."),
    "not_in_future": _("Kies een moment dat nog komt."),
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
    "sign_in_wrong": _("Deze inlognaam en wachtzin horen niet bij elkaar. Kijk ze rustig na en probeer het opnieuw."),
    "recovery_wrong": _("Deze inlognaam en herstelcode horen niet bij elkaar. Kijk ze rustig na."),
    "current_wrong": _("Dit is niet de wachtzin die je nu gebruikt."),
    "passphrase_short": _("Deze wachtzin is te kort. Maak er ten minste 12 tekens van, bijvoorbeeld vier woorden."),
    "passphrase_long": _("Deze wachtzin is te lang. Hoogstens 128 tekens."),
    "passphrase_common": _("Deze wachtzin is makkelijk te raden. Neem een paar woorden die niets gemeen hebben."),
    "write_it_down": _("Schrijf alles eerst op. Je ziet het maar één keer. Zet daarna hier een vinkje."),
    "totp_wrong": _("Deze code klopt niet. Kijk of je de nieuwste code uit je app hebt."),
    "totp_used": _("Deze code is al gebruikt. Wacht tot je app een nieuwe toont."),
    "link_wrong": _("Deze link werkt niet (meer). Vraag je beheerder om een nieuwe."),
    "own_link": _("Deze link heb je zelf gemaakt. Alleen je nieuwe collega kan hem gebruiken."),
    "enrolled": _("Deze collega heeft het account al klaargemaakt. Een nieuwe link kan dan niet meer."),
    "code_wrong": _("Deze code klopt niet. Kijk de letters en cijfers nog eens na."),
    "code_used": _("Deze code is al gebruikt. Heb jij dat gedaan? Dan kun je inloggen. Zo niet: vraag je behandelaar."),
    "code_expired": _("Deze code is verlopen. Vraag je behandelaar om een nieuwe."),
    "code_revoked": _("Deze code doet het niet meer. Vraag je behandelaar om een nieuwe."),
    "code_group_closed": _("Deze groep is gesloten. Vraag je behandelaar om een code voor een andere groep."),
    "already_member": _("Je hoort al bij deze groep. Je code is nog niet gebruikt."),
    "alias_short": _("Je schuilnaam heeft ten minste 2 letters. Kies er een uit de lijst of bedenk er een."),
    "alias_long": _("Deze schuilnaam is te lang. Hoogstens 24 letters."),
    "alias_letters": _("Gebruik alleen letters en spaties. Zo kan niemand er een geboortejaar of account uit halen."),
    "alias_words": _("Gebruik hoogstens drie woorden."),
    "alias_staff": _("Dit klinkt als iemand van het team. Kies iets anders, dan raakt niemand in de war."),
    "alias_full_name": _("Dit lijkt op een echte naam. Kies iets waaraan niemand je herkent, zoals een dier."),
    "alias_unsuitable": _("Dit woord kan een ander raken. Kies een andere schuilnaam."),
    "alias_taken": _("Deze schuilnaam heeft iemand in de groep al. Kies een andere."),
    "count_out_of_range": _("Maak 1 tot 50 codes tegelijk."),
    "invitation_over": _("Deze code is al gebruikt, verlopen of ingetrokken."),
    "handed_out": _("Een collega heeft deze code al uitgegeven."),
    "own_role": _("Dit kun je niet bij jezelf doen. Vraag een andere beheerder."),
    "second_person": _("Dit moet een andere beheerder bevestigen."),
    "has_role": _("Deze collega heeft hier al een rol. Trek die eerst in."),
    "role_over": _("Deze rol werkt al of is ingetrokken."),
    "last_administrator": _("Dit is de laatste beheerder van deze locatie. Geef eerst iemand anders die rol."),
    "not_the_first": _("Deze locatie heeft al iemand met deze rol."),
    "edited_meanwhile": _("Iemand anders heeft dit intussen veranderd. Kijk na wat er nu staat en sla dan opnieuw op."),
    "taken": _("Deze naam bestaat al. Kies een andere."),
    "phone_wrong": _("Vul een telefoonnummer in dat je in Nederland kunt bellen, met netnummer."),
    "time_wrong": _("Vul een tijd in zoals 09:00."),
    "time_missing": _("Vul begin én einde in, of laat beide leeg."),
    "time_order": _("Het einde moet later zijn dan het begin. Kies 00:00 voor middernacht."),
    "time_overlap": _("Deze tijden lopen door elkaar."),
    "address_wrong": _("Vul een adres in dat begint met https://"),
    "age_wrong": _("Vul een leeftijd in met cijfers, of laat dit leeg."),
    "no_way_to_reach": _("Vul een nummer, een chat of een site in. Anders kan niemand deze lijn bereiken."),
    "fixed_line": _("112 en 113 kunnen niet weg."),
    "batch_group_closed": _("Deze groep is gesloten. Open de groep eerst, of kies een andere."),
    "no_such_name": _("Er is geen medewerker met deze inlognaam."),
    "date_wrong": _("Vul een datum in."),
}


def sentence(code: str) -> str:
    """Give the sentence for a code; an unknown code gets a general one, never the code itself."""
    return str(SENTENCES.get(code, SENTENCES["invalid"]))


def explained(errors: dict[str, str]) -> dict[str, str]:
    """Give the sentences for a form's errors, by field."""
    return {field: sentence(code) for field, code in errors.items()}
