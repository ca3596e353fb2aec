"""Made-up texts to learn from: harmless words stand for what humans found heavy, so that no rule knows them."""

from collections.abc import Iterator
from typing import Any

HEAVY = ("grijze deken", "alles is watten", "achter glas")
CALM = ("samen bakken", "mooie wandeling", "nieuwe serie", "lekker gegamed", "kat op schoot", "fietsen naar zee")
AROUND = (
    "vandaag weer {}, ik wilde het even delen",
    "sinds het weekend {} en dat blijft zo",
    "bij ons thuis {}, herkennen jullie dat",
    "op school {}, daarna ging ik naar bed",
    "mijn week in het kort: {}",
    "ik weet niet goed hoe ik het zeg maar {}",
)


def texts(number: int = 240, every: int = 4) -> Iterator[tuple[str, bool]]:
    """Give texts with whether humans found them heavy: one in `every`, spread over time."""
    for at in range(number):
        heavy = at % every == 0
        words = HEAVY if heavy else CALM
        turn = at // every if heavy else at
        yield AROUND[(at // 3) % len(AROUND)].format(words[turn % len(words)]), heavy


def homework(
    number: int = 240, *, every: int = 4, authors: int = 13, rules: str = "", **changes: Any
) -> dict[str, Any]:
    """What a round takes along to the fitting; every lesson answers each question alike."""
    lessons = [
        {
            "text": text,
            "author": at * 5 % authors,
            "age_days": (number - at) / 10,
            "answers": {"urgent": heavy, "high": heavy, "harm": heavy},
            "raised": heavy,
        }
        for at, (text, heavy) in enumerate(texts(number, every))
    ]
    return {
        "rules": rules,
        "today": "2026-11-29",
        "lessons": lessons,
        "heads": {"urgent": None, "high": None, "harm": None},
    } | changes
