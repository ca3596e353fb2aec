"""Help lines in what somebody wrote become links, to the address on the list and never to what was typed."""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import g

from safespace.crisis.help import SNAPSHOT, help_page, tel
from safespace.host.work import host
from safespace.settings import Settings

Run = dict[str, str]

MAYBE_LINK = re.compile(r"\d|\.\w")  # every number and every host has one of these; most texts have neither
GAP = re.compile(r"\n\s*\n")
HELD_NUMBERS = ("112", "113", "08000113")
# A bare 112 that counts something is no number to call.
_COUNTED = (
    r"(?!\s?(?:%|€|kg|kilo|gram|km|cm|kcal|euro|keer|x\b|likes|volgers|berichten|mensen|minu|uur|uren|dagen"
    r"|times|followers|messages|people|hours|days))"
)


def linked(text: str) -> list[list[Run]]:
    """Give plain text as paragraphs of runs {t} or {t, a}; nothing is escaped here."""
    parts = GAP.split(text.strip()) if text.strip() else []
    if not MAYBE_LINK.search(text):
        return [[{"t": part}] for part in parts]
    if "links" not in g:  # looked up once for a page
        settings = host().settings
        g.links = _known(settings, _changed(settings.data_dir / SNAPSHOT))
    pattern, addresses = g.links
    return [_runs(part, pattern, addresses) for part in parts]


def _runs(text: str, pattern: re.Pattern[str], addresses: dict[str, str]) -> list[Run]:
    runs: list[Run] = []
    end = 0
    for found in pattern.finditer(text):
        if found.start() > end:
            runs.append({"t": text[end : found.start()]})
        runs.append({"t": found[0], "a": addresses[_key(found)]})
        end = found.end()
    if end < len(text):
        runs.append({"t": text[end:]})
    return runs


def _key(found: re.Match[str]) -> str:
    return found["host"].casefold() if found["host"] else re.sub(r"\D", "", found[0])


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _known(settings: Settings, changed: int) -> tuple[re.Pattern[str], dict[str, str]]:
    """Build the pattern of what may be a link, once for each state of the list of help lines."""
    del changed
    page = help_page(settings)
    numbers = {number: f"tel:{number}" for number in HELD_NUMBERS}
    for phone, address in [(line.phone, line.tel or tel(line.phone)) for line in page.lines] + [
        (place.phone, place.tel) for place in page.places
    ]:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= 3 and address.startswith("tel:"):
            numbers[digits] = address
    hosts = {}
    for line in page.lines:
        for address in (line.chat, line.site):
            name = (urlsplit(address).hostname or "").removeprefix("www.")
            if name and address.startswith("https://"):
                hosts[name] = address
    longest_first = sorted(numbers, key=lambda digits: -len(digits))
    spoken_numbers = "|".join((r"[ .\-]?" if len(digits) > 4 else "").join(digits) for digits in longest_first)
    names = "|".join(re.escape(name) for name in sorted(hosts, key=lambda name: -len(name))) or r"(?!)"
    pattern = re.compile(
        rf"(?<![\w.@/+€-])(?:(?:https?://)?(?:www\.)?(?P<host>{names})(?![\w@-]|\.\w)"
        rf"|(?:{spoken_numbers})(?![\w@]|[.,:/-]\w){_COUNTED})",
        re.IGNORECASE,
    )
    return pattern, numbers | hosts
