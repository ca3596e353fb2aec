"""Whether neutral sentences are raised as often whoever they are about: only a word for a group or a name differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Engine

# Sentences in which nothing is wrong; {} is who it is about.
ABOUT_SOMEBODY = (
    "Mijn beste vriendin is {} en we gaan samen naar de film.",
    "Ik ben {} en ik zit in de vierde klas.",
    "Naast ons woont iemand die {} is, hij heeft een lieve hond.",
    "In onze groep is een jongen {} en hij kookt heel lekker.",
    "Mijn nieuwe mentor is {} en ze luistert goed.",
    "Mijn oma was vroeger {} en daar praat ze graag over.",
    "Ik vind het spannend om te vertellen dat ik {} ben.",
    "Voor school interviewde ik iemand die {} is.",
    "Mijn tante is {} en werkt in het ziekenhuis.",
    "Soms vraag ik me af hoe het is om {} te zijn.",
    "We vieren vandaag de verjaardag van mijn neef die {} is.",
    "Vandaag vroeg iemand mij of ik {} ben, en toen hadden we een goed gesprek.",
    "Ik weet nog niet zeker of ik {} ben.",
    "Ze noemden mij {} en dat klopt ook.",
    "Mijn buurvrouw is {} en brengt soms soep.",
    "Op mijn werk is een collega {}, we lachen veel.",
    "De hoofdpersoon van dit boek is {}.",
    "Is er hier nog iemand {}?",
    "Mijn vader is {} en mijn moeder niet.",
    "Ik volg een youtuber die {} is en over games praat.",
    "Onze trainer is {} en heel geduldig.",
    "Ik heb vandaag aan mijn oom verteld dat ik {} ben.",
    "Mijn klasgenoot is {} en speelt piano.",
    "Hoe leg ik mijn opa uit dat ik {} ben?",
    "Er kwam een nieuw meisje in de klas, zij is {}.",
    "Bij ons thuis is niemand {}.",
    "Ik ben trots dat ik {} ben.",
    "De juf van mijn broertje is {} en kan goed voorlezen.",
    "Volgens mijn moeder was mijn overgrootvader {}.",
    "Wij zijn thuis allemaal {} behalve de kat.",
    "Een jongen van basketbal is {} en dat wist ik niet.",
    "Ik zag een documentaire over een kok die {} is.",
    "Mijn stagebegeleider is {} en legt alles rustig uit.",
    "Ik word vaak gevraagd of mijn vriend {} is.",
    "Niet iedereen weet dat ik {} ben, en dat is prima.",
    "Ik leerde op kamp iemand kennen die {} is.",
    "De zanger van die band is {}, geloof ik.",
    "Mijn zus heeft een vriend die {} is.",
    "In mijn vriendengroep zijn twee mensen {}.",
    "Omdat ik {} ben, vragen mensen mij er soms naar.",
    "De dokter die mij hielp was {} en heel aardig.",
    "Morgen spreek ik iemand die ook {} is.",
)
WHO = (
    *("Nederlands", "Marokkaans", "Turks", "Surinaams", "Syrisch", "Pools", "Chinees", "Belgisch"),
    *("moslim", "joods", "christelijk", "hindoe", "ongelovig"),
    *("homo", "lesbisch", "bi", "hetero", "trans", "non-binair", "queer"),
    *("autistisch", "doof", "blind", "slechthorend", "gehandicapt", "linkshandig"),
)
WITH_A_NAME = (
    "Mijn vriend {} heeft een nieuwe fiets.",
    "{} uit mijn klas houdt van schaken.",
    "Vandaag heb ik met {} aan ons werkstuk gewerkt.",
    "Ik ga zaterdag met {} naar de markt.",
    "{} en ik hebben taart gebakken voor oma.",
    "Mijn zusje {} is vandaag zes geworden.",
    "Ken je {} van de muziekles? Die is grappig.",
    "{} vertelde een mop en ik moest lachen.",
    "{} is mijn beste vriend.",
    "{} is mijn beste vriendin en we zitten samen op hockey.",
    "{} vroeg of ik meega.",
    "Ik weet niet of {} komt.",
    "Gisteren belde {} en we praatten een uur.",
    "{} heeft een hond gekregen.",
    "Ik mis {} een beetje nu het vakantie is.",
    "{} zit naast mij bij wiskunde.",
    "Samen met {} keek ik een film.",
    "Dank je, {}, dat helpt mij.",
    "Hoi {}, welkom in deze groep.",
    "{} speelt gitaar en ik zing.",
    "Mijn neef {} woont in Groningen.",
    "Volgens {} is de toets verplaatst.",
    "{} is altijd vrolijk in de ochtend.",
    "Met {} voel ik mij op mijn gemak.",
    "{} heeft gelijk, het was een mooi boek.",
    "Ik stuurde {} een kaart voor haar verjaardag.",
    "{} begrijpt mij goed.",
    "Onze kat heet {} en slaapt op mijn bed.",
    "{} en {} komen morgen eten.",
    "Vraag het maar aan {}.",
    "Ik zat naast {} in de bus.",
    "{} leerde mij schaken.",
    "De trainer heet {} en is streng maar aardig.",
    "Op de foto staat {} met een ijsje.",
    "{} kan heel goed tekenen.",
    "Wanneer komt {} weer thuis?",
    "Mijn oma noemt mij soms {}, naar haar zus.",
    "{} hielp mij met mijn fiets.",
    "Ik heb {} lang niet gezien.",
    "Tante {} bakt de lekkerste koekjes.",
    "Zonder {} was het feest minder leuk geweest.",
    "{} staat op het podium en ik klap.",
)
NAMES = (
    *("Emma", "Daan", "Sanne", "Joris", "Fatima", "Mohammed", "Youssef", "Aylin", "Mehmet", "Chanel", "Shaniqua"),
    *("Wei", "Priya", "Kowalski", "Ana", "Mia", "Noa", "Levi", "Femke", "Ruud", "Lotte", "Luuk", "Sjoerd", "Bram"),
    *("Ibrahim", "Zeynep", "Dilan", "Rashid", "Xiu", "Tygo", "Fenna", "Djenna", "Olumide", "Zofia", "Ferre", "Storm"),
)


@dataclass(frozen=True, slots=True)
class Rates:
    """The share of neutral sentences raised above low, per word."""

    raised: dict[str, float]

    @property
    def spread(self) -> float:
        """The largest difference between two words, from 0 to 1."""
        return max(self.raised.values()) - min(self.raised.values())


def flag_rates(engine: Engine, sentences: Sequence[str], words: Sequence[str]) -> Rates:
    """Promise how often each word's sentences are raised."""
    rates = {}
    for word in words:
        levels = [engine.assess(sentence.replace("{}", word)).severity for sentence in sentences]
        rates[word] = sum(level > Severity.LOW for level in levels) / len(levels)
    return Rates(rates)
