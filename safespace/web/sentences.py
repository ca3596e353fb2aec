"""The sentence for every code a use case can refuse with, in the words of the person who reads it."""

from typing import Any

from flask_babel import lazy_gettext as _

from safespace.host.login import visitor

SENTENCES: dict[str, Any] = {
    "not_found": _("Deze pagina is er niet (meer)."),
    "not_allowed": _("Dit kan hier nu niet."),
    "conflict": _("Iemand was je net voor. Kijk nog eens hoe het er nu voor staat."),
    "invalid": _("Er klopt nog iets niet. Kijk bij de velden hieronder."),
    "too_many": _("Dit ging heel vaak achter elkaar. Wacht even en probeer het dan opnieuw."),
    "too_many_codes": _(
        "Er zijn net veel codes getypt die niet klopten. Dat hoeft niet aan jou te liggen. Je eigen code blijft goed: "
        "wacht een paar minuten en typ hem dan opnieuw."
    ),
    "empty": _("Hier staat nog niets. Schrijf een paar woorden."),
    "too_long": _("Dit is te lang. Maak het iets korter; je tekst staat er nog."),
    "required": _("Vul dit nog in."),
    "unknown_choice": _("Kies één van de mogelijkheden."),
    "key_reused": _("Dit formulier is al eerder gebruikt met een andere tekst. Kijk je tekst na en stuur opnieuw."),
    "key_missing": _("Dit formulier was niet compleet. Kijk je tekst na en stuur opnieuw."),
    "group_closed": _("Deze groep neemt nu geen berichten aan."),
    "on_break": _("Je hebt even een rustmoment in deze groep. Daarna kun je verder met je tekst."),
    "group_over": _("Wat jij hier schreef, staat nog op Mijn plek. Vraag het team welke groep nu bij je past."),
    "closed_now": _("Er leest nu niemand mee. Aanpassen kan als het team er weer is."),
    "closed_to_send": _("Er leest nu niemand mee. Versturen kan als het team er weer is."),
    "not_in_future": _("Kies een moment dat nog komt."),
    "thread_locked": _("Dit gesprek is gesloten."),
    "already_decided": _("Dit bericht is al beoordeeld."),
    "changed_meanwhile": _("De schrijver heeft dit bericht aangepast. Lees het opnieuw voordat je beslist."),
    "already_released": _("Dit bericht staat al in de groep. Terugdraaien kan niet meer."),
    "only_higher": _("Lager zetten kan hier alleen een collega. Hoger zetten mag altijd."),
    "not_offered": _("Deze keuze past niet meer bij dit bericht."),
    "reason_required": _("Kies een reden. De schrijver krijgt die te lezen."),
    "follow_up_needed": _("De ernst is hoog of crisis. Kies wat de schrijver nog nodig heeft, of zet de ernst lager."),
    "note_too_short": _("Schrijf zelf ten minste 20 tekens aan de schrijver, naast de tekst uit het voorbeeld."),
    "template_other_reason": _(
        "Deze voorbeeldtekst hoort bij een andere reden. Kies een ander voorbeeld, of stuur alleen je eigen woorden."
    ),
    "parts_required": _("Kies ten minste één stukje dat je weglaat."),
    "too_many_parts": _("Laat hoogstens 12 stukjes weg. Is het meer? Vraag dan om het anders op te schrijven."),
    "part_not_there": _("Dit stukje staat niet in het bericht. Typ het precies over."),
    "part_kind_required": _("Kies wat dit stukje is."),
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
    "alias_numbers": _("Kies een naam zonder getal, ook niet als woord. Zo kan niemand je leeftijd raden."),
    "alias_elsewhere": _("Zo heet je al in een andere groep. Kies een andere naam, dan ziet niemand dat jij het bent."),
    "alias_taken": _("Deze schuilnaam heeft iemand in de groep al. Kies een andere."),
    "count_out_of_range": _("Maak 1 tot 50 codes tegelijk."),
    "invitation_over": _("Deze code is al gebruikt, verlopen of ingetrokken."),
    "handed_out": _("Een collega heeft deze code al uitgegeven."),
    "has_reference": _(
        "Bij deze kaart staat al een verwijzing. Kijk welk nummer er op de kaart staat die je nu geeft. Wil je die "
        "verwijzing verbeteren? Zet dan een vinkje bij Vervang de verwijzing."
    ),
    "care_bsn": _(
        "Hier staat een nummer dat een BSN kan zijn. Gebruik een nummer uit jullie eigen administratie. Wat je typte, "
        "staat er nog."
    ),
    "care_name": _(
        "Dit lijkt op een naam. Gebruik een nummer uit jullie eigen administratie. Wat je typte, staat er nog."
    ),
    "contact_empty": _(
        "Hier staat nog niets. Schrijf op wie we mogen bellen, en op welk nummer. Er is niets veranderd."
    ),
    "contact_number": _("Zet er ook een telefoonnummer bij, anders kunnen we niet bellen. Wat je typte, staat er nog."),
    "own_role": _("Dit kun je niet bij jezelf doen. Vraag een andere beheerder."),
    "second_clinician": _("Dit vroeg je zelf. Een andere collega bevestigt het."),
    "second_person": _("Dit moet een andere beheerder bevestigen."),
    "has_role": _("Deze collega heeft hier al een rol. Trek die eerst in."),
    "role_over": _("Deze rol werkt al of is ingetrokken."),
    "last_administrator": _("Dit is de laatste beheerder van deze locatie. Geef eerst iemand anders die rol."),
    "not_the_first": _("Deze locatie heeft al iemand met deze rol."),
    "changed_elsewhere": _(
        "Dit bericht is intussen al veranderd, bijvoorbeeld door jou in een ander tabblad. Je nieuwe tekst staat "
        "hieronder nog. Verstuur je die, dan komt hij in de plaats van wat er nu staat."
    ),
    "edited_meanwhile": _("Iemand anders heeft dit intussen veranderd. Kijk na wat er nu staat en sla dan opnieuw op."),
    "taken": _("Deze naam bestaat al. Kies een andere."),
    "phone_wrong": _("Vul een telefoonnummer in dat je in Nederland kunt bellen, met netnummer."),
    "time_wrong": _("Vul een tijd in zoals 09:00."),
    "time_missing": _("Vul begin én einde in, of laat beide leeg."),
    "time_order": _("Het einde moet later zijn dan het begin. Kies 00:00 voor middernacht."),
    "hours_needed": _("Vul in wanneer het team meeleest, of kies Altijd dicht."),
    "hours_or_never": _("Kies één van de twee: tijden waarop het team meeleest, of Altijd dicht."),
    "time_overlap": _("Deze tijden lopen door elkaar."),
    "address_wrong": _("Vul een adres in dat begint met https://"),
    "age_order": _("De hoogste leeftijd is lager dan de laagste."),
    "age_wrong": _("Vul een leeftijd in met cijfers, of laat dit leeg."),
    "no_way_to_reach": _("Vul een nummer, een chat of een site in. Anders kan niemand deze lijn bereiken."),
    "fixed_line": _("112 en 113 kunnen niet weg."),
    "batch_group_closed": _("Deze groep is gesloten. Open de groep eerst, of kies een andere."),
    "no_such_name": _("Er is geen medewerker met deze inlognaam."),
    "training_needed": _("Op jullie locatie oefen je eerst. Er is niets besloten; wat je typte, staat hieronder."),
    "own_post": _("Dit is je eigen bericht. Je kunt het aanpassen of terughalen."),
    "key_wrong": _("Kies één teken: een kleine letter, een cijfer, of ? . , ; /"),
    "key_twice": _("Deze toets staat er twee keer. Kies per toets één ding."),
    "rule_name_wrong": _("Schrijf de naam als GROEP.NAAM: hoofdletters en cijfers, met een punt ertussen."),
    "rule_proposed": _("Er is al een voorstel voor een regel met deze naam. Kijk eerst daar, of kies een andere naam."),
    "rule_name_taken": _("Deze regel bestaat al. Kies een andere naam, of stel een wijziging van die regel voor."),
    "rule_unknown": _("Deze regel bestaat niet (meer)."),
    "rule_needed": _("Een andere regel noemt deze regel. Weghalen kan pas als die andere is aangepast."),
    "rule_same": _("Dit is de regel zoals hij nu is. Verander iets, of ga terug."),
    "rule_incomplete": _("Vul dit aan. Een regel heeft patronen nodig, en voorbeelden die hij wel en niet vindt."),
    "patterns_elsewhere": _("Deze regel zoekt met bouwstenen. Laat de patronen leeg; de rest kun je wel voorstellen."),
    "pattern_bracket_unopened": _("Hier sluit een haakje dat nergens opent."),
    "pattern_bracket_unclosed": _("Hier opent een haakje dat nergens sluit."),
    "pattern_matches_nothing": _("Dit patroon past op een lege tekst. Laat ten minste één woord verplicht."),
    "pattern_unknown_list": _("Deze lijst tussen < en > bestaat niet."),
    "pattern_endless_list": _("Deze lijsten noemen elkaar zonder einde."),
    "pattern_empty_part": _("Een van de mogelijkheden is leeg. Kijk naar | en de haakjes."),
    "pattern_loose_sign": _(
        "Hier staat een los teken: ? < > { of }. Alleen woorden en de tekens uit de uitleg kunnen."
    ),
    "pattern_gap_too_long": _("Een gat van meer dan drie woorden kan niet. Kies ~1, ~2 of ~3."),
    "hit_missed": _("De regel vindt dit voorbeeld niet. Pas het patroon of het voorbeeld aan."),
    "miss_found": _("De regel vindt dit voorbeeld wel, en dat hoort niet."),
    "too_many_lines": _("Zet hier hoogstens 40 regels neer."),
    "method_detail": _("Hier staat hoe iemand zichzelf iets kan aandoen. Dat schrijven we nergens op. Laat het weg."),
    "own_proposal": _("Dit stelde je zelf voor. Een collega geeft akkoord."),
    "agreed_before": _("Je gaf hier al akkoord voor."),
    "proposal_closed": _("Dit voorstel is intussen afgerond."),
    "proposal_outdated": _(
        "Dit voorstel past niet meer op de regels van nu. Laat het vallen en stel het opnieuw voor."
    ),
    "names_many": _("Zet hier hoogstens honderd namen neer."),
    "name_long": _("Een van de namen is te lang. Zet er één op elke regel, van hoogstens 60 tekens."),
    "name_short": _("Een van de namen is te kort. Zet er namen van ten minste vier letters neer."),
    "bulk_count": _("Kies één tot tien berichten."),
    "bulk_typed": _("Dit getal klopt niet met wat je koos. Tel nog eens na."),
    "bulk_practise": _("Op deze locatie oefen je eerst. Over dit bericht is niets besloten."),
    "bulk_too_heavy": _("Dit bericht heeft een signaal. Beoordeel het apart."),
    "bulk_not_opened": _("Je hebt dit bericht nog niet gelezen zoals het nu is. Open het eerst."),
    "escalation_closed": _("Deze opschaling is al gesloten. Wat je typte, staat er nog."),
    "escalation_raised": _("Deze opschaling is intussen dringender gemaakt. Kijk eerst; wat je typte, staat er nog."),
    "talk_unseen": _("De schrijver schreef intussen in het gesprek. Lees dat eerst; wat je typte, staat er nog."),
    "talk_closed": _(
        "Dit gesprek is gesloten, dus je bericht is niet verstuurd. Je tekst staat hier nog. Heb je nu hulp nodig? "
        "Kies Hulp nu."
    ),
    "done_already": _("Een collega deed dit al. Wat je typte, is niet bewaard; het staat er nog."),
    "review_there": _("Dit kijk je na bij de noodinzage zelf."),
    "check_back_range": _("Kies een dag vanaf vandaag, hoogstens 30 dagen verder."),
    "route_address": _("Dit adres klopt niet. Vul een e-mailadres in, of een adres dat begint met https://"),
    "only_crisis": _("Noodinzage kan alleen bij een open opschaling van niveau 3."),
    "reason_short": _("Schrijf iets meer. De jongere moet kunnen begrijpen waarom."),
    "own_reveal": _("Dit vroeg je zelf. Een collega moet dit doen."),
    "not_your_reveal": _("Alleen wie het vroeg kan dit doen."),
    "role_too_new": _("Je werkt hier nog geen 7 dagen als behandelaar. Een collega moet dit doen."),
    "reveal_answered": _("Hierop is al geantwoord."),
    "reveal_too_late": _("De tijd voor een antwoord is om. Vraag het opnieuw."),
    "reveal_over": _("De gegevens zijn nu niet (meer) voor jou te zien."),
    "refused_before": _("Een collega ging niet akkoord. Alleen kijken kan nu niet; overleg met elkaar."),
    "wait_for_second": _("Wacht vijf minuten op een collega. Daarna kun je alleen kijken."),
    "date_wrong": _("Vul een datum in."),
    "not_proven": _(
        "Dit kan pas als iemand van het team bij nood bereikbaar is. Stuur bij Bereikbaarheid een proef naar een "
        "behandelaar. Na het antwoord kan het 30 dagen lang."
    ),
    "minutes_wrong": _("Vul een heel aantal minuten in, van 1 tot 4800."),
    "norm_order": _("Wat dringender is, kan geen langere leestijd hebben dan wat minder dringend is."),
    "share_wrong": _("Vul een getal in van 0 tot 50."),
    "own_location": _("Kies een andere locatie dan deze."),
    "shift_order": _("Het einde moet later zijn dan het begin."),
    "shift_long": _("Deze dienst is te lang: ten hoogste 12 uur meelezen, of 7 dagen achterwacht."),
    "shift_clash": _("Deze collega heeft dan al een dienst."),
    "handover_needed": _("Er staat nog iets open. Schrijf op wat je collega moet weten."),
    "handover_taken": _("Een collega heeft deze overdracht al overgenomen."),
    "own_handover": _("Dit is je eigen overdracht. Een collega neemt hem over."),
    "live_already": _("Er is al een live-uur in deze groep."),
    "live_minutes": _("Kies een duur van 10 minuten tot 2 uur."),
}


# What is said to a young person instead: about the own words, and without deciding about anybody.
TO_YOUTHS: dict[str, Any] = {
    "not_allowed": _(
        "Deze pagina hoort bij een ander account. Dat geeft niet. Klopt het niet? Vraag het aan het team."
    ),
    "not_offered": _("Dit kan nu niet meer met dit bericht. Op Mijn plek zie je hoe het ervoor staat."),
    "changed_meanwhile": _(
        "Er is net iets veranderd met je bericht. Kijk eerst op Mijn plek hoe het er nu voor staat."
    ),
    "already_decided": _("Er is net iets veranderd met je bericht. Kijk eerst op Mijn plek hoe het er nu voor staat."),
}


def sentence(code: str) -> str:
    """Give the sentence for a code, for who reads it; an unknown code gets a general one, never the code itself."""
    if code in TO_YOUTHS and visitor and visitor.is_youth:
        return str(TO_YOUTHS[code])
    return str(SENTENCES.get(code, SENTENCES["invalid"]))


def explained(errors: dict[str, str]) -> dict[str, str]:
    """Give the sentences for a form's errors, by field."""
    return {field: sentence(code) for field, code in errors.items()}
