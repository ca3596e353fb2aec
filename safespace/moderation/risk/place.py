"""What a detector of personal data may look at, and the names in it: those introduced and those the location listed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from safespace.moderation.risk.context import Cues
from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.vocabulary import LEET

Span = tuple[int, int]

_SHORTEST_NAME = 4
_SHORTEST_SURNAME = 5
_PART = re.compile(r"[^\s.,:;/_-]+")
_LEET_SIGNS = frozenset("@$!|")
# What begins the name of a house, a school or a team, of which the last word alone is nobody.
_NO_PERSON = re.compile(
    r"(?:\S{0,20}(?:kliniek|school|college|lyceum|afdeling|praktijk|centrum|groep|huis|zorg|team|stichting)"
    r"|ggz|roc|umc|mbo|de|het)\b"
)
_TITLED = re.compile(
    r"\b(?:drs?|dokter|mevrouw|mevr|mvr|mw|meneer|mr|mister|miss|juf|meester|dhr)\.? "
    r"(?:(?:van|de|der|den|ter|ten|te|het|el) ){0,2}$"
)

CAPITAL = r"[A-Z][a-z][\w-]{0,20}"
_NAME = re.compile(rf"{CAPITAL}(?: {{1,2}}(?:van|de|der|den|ter|ten|te|het|el|al|ben|in|t)){{0,3}} {{1,2}}{CAPITAL}")
_BEFORE_NAME = re.compile(
    r"[ ,:]{0,3}(?:(?:is|heet|genaamd|called) {1,2})?"
    r"(?:(?:[Dd]rs?|[Pp]rof|[Mm]r|[Mm]w|[Mm]evr|[Mm]evrouw|[Dd]hr|[Ii]r)\.? {1,2}){0,2}"
)
_LONGEST_NAME = 120
# Without capitals only what somebody says to be called, by a last word that nobody knows.
_CALLED = re.compile(r"\b(?:ik heet|heet ik|naam is)(?: \w{1,10})?$")
_SMALL_NAME = re.compile(
    r" {1,2}(?!gewoon|nu|hier|eigenlijk|trouwens|ook|dus)([a-z]{3,15}) {1,2}"
    r"((?:(?:van|de|der|den|ter|ten|el) {1,2}){0,2})"
    r"([a-z]{4,20})(?=\s*(?:$|[,.;!?\n]| (?:en|uit|van|maar|ik) ))"
)
_SURNAME_IS = re.compile(r" {1,2}(?!(?:ge|ver|uit|be|ont|aan|af)\w+(?:d|t|en)\b)([a-z]{4,20})(?=\s*(?:$|[,.;!?\n]))")
# A doctor by the surname alone, but none of whom everybody has heard.
_ADDRESSED = "dokter"
_ALONE = re.compile(r" {1,2}(?:(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en) {1,2}){0,2}([A-Z][a-z-]{5,20})\b")
_FAMOUS = frozenset(
    {"strange", "google", "pepper", "zhivago", "bernard", "bibber", "sigmund", "frankenstein", "cactus"}
)


def _knows_none(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """What a detector may look at: the folded text, one stream with its cues, and what is always allowed.

    `knows` tells whether a word is one of the rules' or of ordinary posts: one that nobody knows may be a name.
    """

    folded: Folded
    cues: Cues
    help_lines: frozenset[str]
    domains: frozenset[str]
    names: tuple[str, ...] = ()
    knows: Callable[[str], bool] = _knows_none


def full_names(place: Place) -> Iterator[Span]:
    """Yield a first and last name, by their capitals, right behind a word such as behandelaar or 'ik heet'."""
    for match in place.cues.of("introduces_name"):
        end = place.cues.stream.ends[match.end]
        cased = place.folded.cased(end, end + _LONGEST_NAME)
        gap = _BEFORE_NAME.match(cased)
        found = _NAME.match(cased, 0 if gap is None else gap.end())
        if found is not None:
            yield end + found.start(), end + found.end()
            continue
        stop = _uncased(place, place.folded.text[place.cues.stream.starts[match.start] : end], end, cased)
        if stop is not None:
            yield end, stop


def _uncased(place: Place, introduced: str, end: int, cased: str) -> int | None:
    """Where a name ends that lacks its capitals or its first name, by a word that nobody knows; None if it is none."""
    text = place.folded.text
    if introduced == _ADDRESSED:
        alone = _ALONE.match(cased)
        strange = alone is not None and alone[1].lower() not in _FAMOUS and not place.knows(alone[1].lower())
        return end + alone.end() if alone is not None and strange else None
    if introduced.endswith("achternaam is"):
        surname = _SURNAME_IS.match(text, end)
        return None if surname is None or place.knows(surname[1]) else surname.end()
    small = _SMALL_NAME.match(text, end)
    if small is None or _CALLED.search(text, max(0, end - 30), end) is None:
        return None
    return small.end() if not place.knows(small[1] if small[2] else small[3]) else None


def known_names(place: Place) -> Iterator[Span]:
    """Yield names that the location listed: staff, clinics, schools. However they are written, as whole words.

    Of somebody of the staff the surname alone is enough, if it is no word, or the first name with a letter behind it.
    """
    names = {_squeezed(name)[0]: len(name.split()) for name in place.names if len(name) >= _SHORTEST_NAME}
    if not names:
        return
    people = [name.split() for name in place.names if " " in name and _NO_PERSON.match(name) is None]
    text = place.folded.text
    letters, places = _squeezed(text)
    for name, words in names.items():
        for start, end in _whole(name, letters, places, text):
            if _parted_as(words, text[start:end]):
                yield start, end
    for first, *_, last in people:
        for start, end in _whole(_squeezed(first + last[0])[0], letters, places, text):
            if len(_PART.findall(text[start:end])) > 1 and text[end - 2] == " ":
                yield start, end
        for start, end in _whole(_squeezed(last)[0], letters, places, text) if len(last) >= _SHORTEST_SURNAME else ():
            if not place.knows(last) or _TITLED.search(text, max(0, start - 30), start):
                yield start, end


def _whole(name: str, letters: str, places: list[int], text: str) -> Iterator[Span]:
    """Every place where squeezed `name` stands in the squeezed text and no letter follows or goes before."""
    at = letters.find(name) if name else -1
    while at >= 0:
        start, end = places[at], places[at + len(name) - 1] + 1
        behind = end + text.startswith("s", end)  # an apostrophe folds away
        if not text[start - 1 : start].isalnum() and not text[behind : behind + 1].isalnum():
            yield start, end
        at = letters.find(name, at + 1)


def _parted_as(words: int, written: str) -> bool:
    """Tell whether a name of so many words is written with no other gaps than those between single letters."""
    parts = _PART.findall(written)
    return len(parts) - sum(len(part) == 1 for part in parts) <= words


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The letters and figures of a text without what stands between them, leet undone, and where each of them stood."""
    places = [at for at, char in enumerate(text) if char.isalnum() or char in _LEET_SIGNS]
    return "".join([text[at] for at in places]).translate(LEET[0]), places
