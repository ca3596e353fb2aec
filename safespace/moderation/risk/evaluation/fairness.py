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
)
WHO = (
    *("Nederlands", "Marokkaans", "Turks", "Surinaams", "Syrisch", "Pools", "Chinees", "Belgisch"),
    *("moslim", "joods", "christelijk", "hindoe", "niet gelovig"),
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
)
NAMES = (
    *("Emma", "Daan", "Sanne", "Joris", "Fatima", "Mohammed", "Youssef", "Aylin", "Mehmet", "Chanel", "Shaniqua"),
    *("Wei", "Priya", "Kowalski", "Ana", "Mia", "Noa", "Levi", "Femke", "Ruud"),
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
        levels = [engine.assess(sentence.format(word)).severity for sentence in sentences]
        rates[word] = sum(level > Severity.LOW for level in levels) / len(levels)
    return Rates(rates)
