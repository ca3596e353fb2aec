"""Personal data in a text: mail and web addresses, accounts, streets, postcodes, birthdays, full names, schools.

Word lists come from the rule files; the shapes are here because they need characters, not words. Every search looks a
bounded number of characters around a rare sign, so its time grows with the length of the text alone.
"""

import re
from collections.abc import Callable, Iterator

from safespace.moderation.risk.handles import handles
from safespace.moderation.risk.numerals import NUMERALS
from safespace.moderation.risk.phones import phone_numbers
from safespace.moderation.risk.place import Place, Span
from safespace.moderation.risk.vocabulary import LEET

_ENDINGS = "nl|com|be|net|org|eu|de|info|me|tv|gg|io|app|link|live|online|site|blog|cc|co|uk|ee|ly"
_DOMAIN = re.compile(
    rf"(?<![\w.@-])(?:[a-z0-9-]{{1,40}}\.){{1,3}}(?:{_ENDINGS})(?![\w-])(?![\w.+-]{{0,40}}@)(?:/[\w./?=&-]{{0,60}})?"
)
_AFTER_AT = re.compile(r"[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}")
_BEFORE_AT = re.compile(r"[\w.+-]{1,40}$")
_SPACED_BEFORE_AT = re.compile(r"[\w.+-]{1,40}\s?$")
_SPACED_AFTER_AT = re.compile(r"\s?[\w-]{2,40}\s?\.\s?(?:nl|com|be|net|org|eu)\b")
# Where everybody goes, and what there is a person's own page.
_PROFILE = re.compile(
    r"(?:tiktok\.com|youtube\.com)/@\w"
    r"|instagram\.com/(?!(?:p|reel|reels|explore|stories|tv|about|help|accounts)(?:/|$))[\w.]{3}"
)
_LINK = re.compile(r"https?:?/?/?|www\.")
_STREET_KINDS = "straat|laan|plein|gracht|kade|singel|dijk|steeg|hof|pad|dreef|plantsoen|weg|wal|markt"
# Looks for far less than the next one, and far faster.
_STREET_WORD = re.compile(rf"(?:{_STREET_KINDS})\s{{1,4}}(?:op\s{{1,4}})?(?:(?:nummer|nr)\s{{1,4}})?\d")
_STREET = re.compile(
    r"(?:(?<=\w{3})|(?<=oude )|(?<=nieuwe )|(?<=lange )|(?<=korte )|(?<=grote )|(?<=hoge )|(?<=lage ))"
    rf"(?:{_STREET_KINDS})\s{{1,4}}"
    r"(?:op\s{1,4})?(?:(?:nummer|nr)\s{1,4})?\d{1,4}\s?[a-z]?\b"
    r"(?!\s{0,4}(?:min|uur|km|kilometer|keer|jaar|dagen|euro|x\b|meter|weken|maanden|%|graden|procent))"
)
# A house number in words, where nothing is counted behind it.
_STREET_IN_WORDS = re.compile(
    r"(?:straat|laan|plein|gracht|kade|singel|dijk|steeg)(?<=\w{7})\s{1,4}(?:(?:nummer|nr)\s{1,4})?"
    rf"(?:{'|'.join(sorted(NUMERALS, key=len, reverse=True))})\b(?=\s*(?:$|[,.;!?\n]|(?:in|te|bij) ))"
)
_FIGURE = re.compile(r"\d")
_LONGEST_STREET = 30
_STREET_EN = re.compile(r"\b\d{1,4}\s\w{3,20}\s(?:street|road|avenue|lane|drive)\b")
_POSTCODE = re.compile(r"(?<![\w.,-])[1-9]\d{3} ?[a-z]{2}(?!\w)")
# Two letters behind a year that are a word, not the end of a postcode.
_SMALL_WORDS = re.compile(
    "al|am|an|as|at|be|by|cm|db|de|do|en|er|ga|gb|go|gr|he|hp|if|ik|in|is|it|je|kb|kg|km|ma|mb|me|mg|ml|mm|"
    "ms|my|na|no|nu|of|om|op|or|pa|pc|pm|px|sa|sd|so|ss|te|to|tv|up|us|uu|we|ze|zo"
)
# What games count in; written large as often as a postcode.
_SCORES = frozenset({"hp", "xp"})
_DATE = re.compile(r"(?<!\d)\d{1,2}\s?[-/. ]\s?(?:\d{1,2}|[a-z]{3,9})\s?[-/. ]\s?(?:19|20)?\d{2}(?!\d)")
_ACCOUNT_NUMBER = re.compile(r"(?<!\w)[a-z]{2}\d{2} ?[a-z]{4}(?: ?\d){10}(?!\w)")
_CITIZEN_NUMBER = re.compile(
    r"\b(?:bsn|burgerservicenummer|sofinummer|studentnummer|studentennummer|leerlingnummer|clientnummer|patientnummer)"
    r"\D{0,12}\d(?:[ .]?\d){5,8}(?!\d)"
)
# Six letters and figures in three groups, as on every Dutch plate since 1951; a date has its month among figures.
_GROUP = r"(?:[a-z]{1,3}|\d{1,3})"
_PLATE = re.compile(rf"(?<![\w-])(?=[a-z\d-]{{8}}(?![\w-])){_GROUP}-{_GROUP}-{_GROUP}")
_MONTH = re.compile("-(?:jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec|mar|may|oct)-")
_CAPITAL = r"[A-Z][a-z][\w-]{0,20}"
_NAME = re.compile(rf"{_CAPITAL}(?: {{1,2}}(?:van|de|der|den|ter|ten|te|het|el|al|ben|in|t)){{0,3}} {{1,2}}{_CAPITAL}")
# What begins the next sentence, where no full stop ends this one, is no name.
_OWN_NAME = (
    r"(?:(?:[Dd]e|[Hh]et) {1,2})?(?!Daar|Toen|Maar|Want|Vandaag|Morgen|Soms|Waar|Mijn|Ben|Mag|Wil)[A-Z][a-z]{3,20}"
)
_SCHOOL = re.compile(
    rf"(?:{_CAPITAL} {{1,2}}){{1,3}}(?:[Cc]ollege|[Ll]yceum|[Gg]ymnasium|[Ss]cholengemeenschap|[Mm]avo|[Vv]mbo)\b"
    rf"|(?:[Cc]ollege|[Ll]yceum|[Gg]ymnasium) {{1,2}}{_CAPITAL}"
)
_WARD = re.compile(rf"(?:\bROC|[Kk]liniek|[Jj]eugdhuis|[Aa]fdeling|[Ii]nstelling) {{1,2}}{_OWN_NAME}")
_WORKPLACE = re.compile(
    r"\b(?:[Ww]erk|[Ss]tage|[Bb]ijbaan)(?: {1,2}[\w']{1,20}){0,4} {1,2}bij(?: {1,2}[a-z]{1,20}){0,2}"
    rf" {{1,2}}{_CAPITAL} {{1,2}}(?:in|te) {{1,2}}{_CAPITAL}"
)
# Each with the words that it cannot do without.
_PLACES = (
    (_SCHOOL, re.compile("college|lyceum|gymnasium|scholengemeenschap|mavo|vmbo")),
    (_WARD, re.compile("roc |kliniek |jeugdhuis |afdeling |instelling ")),
    (_WORKPLACE, re.compile("(?:werk|stage|bijbaan) .{0,80}bij ")),
)
_BEFORE_NAME = re.compile(
    r"[ ,:]{0,3}(?:(?:is|heet|genaamd|called) {1,2})?"
    r"(?:(?:[Dd]rs?|[Pp]rof|[Mm]r|[Mm]w|[Mm]evr|[Mm]evrouw|[Dd]hr|[Ii]r)\.? {1,2}){0,2}"
)
_LONGEST_NAME = 120
_SHORTEST_NAME = 4
_PART = re.compile(r"[^\s.,:;/_-]+")
_LEET_SIGNS = frozenset("@$!|")


def phones(place: Place) -> Iterator[Span]:
    """Yield telephone numbers; help lines are none."""
    return phone_numbers(place.cues.stream, place.folded.text, place.help_lines)


def mails(place: Place) -> Iterator[Span]:
    """Yield mail addresses with a sign; those spelled out are found by rule."""
    text = place.folded.text
    at = text.find("@")
    while at >= 0:
        # What follows the sign is tried first: it says sooner that this is none.
        after = _AFTER_AT.match(text, at + 1)
        before = None if after is None else _BEFORE_AT.search(text, max(0, at - 41), at)
        if before is None:
            after = _SPACED_AFTER_AT.match(text, at + 1)
            before = None if after is None else _SPACED_BEFORE_AT.search(text, max(0, at - 42), at)
        if (
            before is not None
            and after is not None
            and text[at + 1 : after.end()].replace(" ", "") not in place.domains
        ):
            yield before.start(), after.end()
        at = text.find("@", at + 1)


def links(place: Place) -> Iterator[Span]:
    """Yield web addresses, except help sites and a few general ones without a path."""
    for found in _DOMAIN.finditer(place.folded.text):
        bare = found.group().removeprefix("www.")
        if bare.partition("/")[0] not in place.domains or _PROFILE.match(bare):
            yield found.span()
    for found in _LINK.finditer(place.folded.text):
        rest = _DOMAIN.match(place.folded.text, found.end())
        if rest is None and found.group() != "www.":
            yield found.span()


def streets(place: Place) -> Iterator[Span]:
    """Yield a street with a house number."""
    text = place.folded.text
    for found in _STREET_IN_WORDS.finditer(text):
        start = found.start()
        while start > 0 and found.start() - start < _LONGEST_STREET and text[start - 1].isalnum():
            start -= 1
        yield start, found.end()
    if _FIGURE.search(text) is None:
        return
    for found in _STREET.finditer(text) if _STREET_WORD.search(text) else ():
        start = found.start()
        if start > 0 and text[start - 1] == " ":
            start = text.rfind(" ", 0, start - 1) + 1
        while start > 0 and found.start() - start < _LONGEST_STREET and text[start - 1].isalnum():
            start -= 1
        if not text.startswith(("snelweg", "onderweg", "halverwege"), start):
            yield start, found.start() + len(found.group().rstrip())
    for found in _STREET_EN.finditer(text):
        yield found.span()


def postcodes(place: Place) -> Iterator[Span]:
    """Yield Dutch postcodes; a year before a short word is none."""
    for found in _POSTCODE.finditer(place.folded.text):
        letters = found.group()[-2:]
        if letters in _SCORES:
            continue
        if _SMALL_WORDS.fullmatch(letters) is None or _written_large(place.folded.cased(), found.end()):
            yield found.span()


def _written_large(cased: str, end: int) -> bool:
    """Tell whether the two letters before `end` are capitals in a text that isn't all capitals."""
    return cased[end - 2 : end].isupper() and any(char.islower() for char in cased)


def birthdays(place: Place) -> Iterator[Span]:
    """Yield a full date in a sentence about being born."""
    stream = place.cues.stream
    for match in place.cues.of("born"):
        start = stream.starts[match.start]
        found = _DATE.search(place.folded.text, max(0, start - 24), stream.ends[match.end] + 40)
        if found is not None:
            yield min(start, found.start()), max(found.end(), stream.ends[match.end])


def bank_accounts(place: Place) -> Iterator[Span]:
    """Yield account numbers of a bank."""
    for found in _ACCOUNT_NUMBER.finditer(place.folded.text):
        yield found.span()


def citizen_numbers(place: Place) -> Iterator[Span]:
    """Yield the number by which the state or a school knows somebody, behind its name."""
    for found in _CITIZEN_NUMBER.finditer(place.folded.text):
        yield found.span()


def plates(place: Place) -> Iterator[Span]:
    """Yield number plates of a car or scooter."""
    for found in _PLATE.finditer(place.folded.text):
        letters = found.group().replace("-", "")
        if not letters.isalpha() and not letters.isdigit() and _MONTH.search(found.group()) is None:
            yield found.span()


def full_names(place: Place) -> Iterator[Span]:
    """Yield a first and last name, by their capitals, right behind a word such as behandelaar or 'ik heet'."""
    for match in place.cues.of("introduces_name"):
        end = place.cues.stream.ends[match.end]
        cased = place.folded.cased(end, end + _LONGEST_NAME)
        gap = _BEFORE_NAME.match(cased)
        found = _NAME.match(cased, 0 if gap is None else gap.end())
        if found is not None:
            yield end + found.start(), end + found.end()


def schools(place: Place) -> Iterator[Span]:
    """Yield a school, a clinic, a ward or a place of work by its own name, by its capitals."""
    for shape, word in _PLACES:
        if word.search(place.folded.text) is not None:
            for found in shape.finditer(place.folded.cased()):
                yield found.span()


def known_names(place: Place) -> Iterator[Span]:
    """Yield names that the location listed: staff, clinics, schools. However they are written, as whole words."""
    names = {_squeezed(name)[0]: len(name.split()) for name in place.names if len(name) >= _SHORTEST_NAME}
    if not names:
        return
    text = place.folded.text
    letters, places = _squeezed(text)
    for name, words in names.items():
        at = letters.find(name) if name else -1
        while at >= 0:
            start, end = places[at], places[at + len(name) - 1] + 1
            whole = not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum()
            if whole and _parted_as(words, text[start:end]):
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


# Only these look at words as they were read; the others see characters and need one look.
BY_WORD = frozenset({"handles"})

DETECTORS: dict[str, Callable[[Place], Iterator[Span]]] = {
    "phones": phones,
    "mails": mails,
    "links": links,
    "handles": handles,
    "streets": streets,
    "postcodes": postcodes,
    "birthdays": birthdays,
    "bank_accounts": bank_accounts,
    "citizen_numbers": citizen_numbers,
    "plates": plates,
    "full_names": full_names,
    "schools": schools,
    "known_names": known_names,
}
