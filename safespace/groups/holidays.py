"""Dutch public holidays, from the `holidays` package: the days on which a location is closed, with their names; pure.

The package's category *public* is taken as it is, so Good Friday counts, and Liberation Day once in five years.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from holidays import country_holidays

NAMED_IN = {"nl": "nl", "en": "en_US"}


def is_holiday(day: date) -> bool:
    """Say whether this is a public holiday in the Netherlands."""
    return day in of_year(day.year, "nl")


def holiday_name(day: date, language: str = "nl") -> str:
    """Give the name of the holiday, "" on any other day; Dutch when there is no other."""
    return of_year(day.year, language if language in NAMED_IN else "nl").get(day, "")


def holidays_of(year: int, language: str = "nl") -> list[tuple[date, str]]:
    """Give the holidays of a year in order."""
    return sorted(of_year(year, language if language in NAMED_IN else "nl").items())


@lru_cache(maxsize=64)
def of_year(year: int, language: str) -> Mapping[date, str]:
    """Give the holidays of a year; worked out once."""
    return dict(country_holidays("NL", years=year, language=NAMED_IN[language]))
