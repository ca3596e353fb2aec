"""Personal data in a text: mail and web addresses, accounts, streets, postcodes, birthdays, full names, schools.

Word lists come from the rule files; the shapes are here because they need characters, not words. Every search looks a
bounded number of characters around a rare sign, so its time grows with the length of the text alone.
"""

import re
from collections.abc import Callable, Iterator

from safespace.moderation.risk.handles import handles
from safespace.moderation.risk.numerals import NUMERALS
from safespace.moderation.risk.phones import phone_numbers
from safespace.moderation.risk.place import CAPITAL, Place, Span, full_names, known_names

_ENDINGS = "nl|com|be|net|org|eu|de|info|me|tv|gg|io|app|link|live|online|site|blog|cc|co|uk|ee|ly"
_DOMAIN = re.compile(
    rf"(?<![\w.@-])(?:[a-z0-9-]{{1,40}}\.){{1,3}}(?:{_ENDINGS})(?![\w-])(?![\w.+-]{{0,40}}@)(?:/[\w./?=&@-]{{0,60}})?"
)
_AFTER_AT = re.compile(r"[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}")
_BEFORE_AT = re.compile(r"[\w.+-]{1,40}$")
_SPACED_BEFORE_AT = re.compile(r"[\w.+-]{1,40}\s?$")
_SPACED_AFTER_AT = re.compile(
    r"\s?[\w-]{2,40}\s?\.\s?(?:nl|com|be|net|org|eu)\b|\s?(?:gmail|hotmail|outlook|icloud|live|yahoo|proton|ziggo)\b"
)
# Where everybody goes, and what there is a person's own page.
_PROFILE = re.compile(
    r"(?:tiktok\.com|youtube\.com)/@\w"
    r"|instagram\.com/(?!(?:p|reel|reels|explore|stories|tv|about|help|accounts)(?:/|$))[\w.]{3}"
)
_ENDING = re.compile(rf"\.(?:{_ENDINGS})")
_LINK = re.compile(r"https?:?/?/?|www\.")
_SPACED_LINK = re.compile(r"(?<=\w \w \w \w )\. (?:n l|c o m|b e)(?!\w| \w )")
_STREET_KINDS = r"str\.?|straat|laan|plein|gracht|kade|singel|dijk|steeg|hof|pad|dreef|plantsoen|weg|wal|markt"
# Looks for far less than the next one, and far faster.
_STREET_WORD = re.compile(rf"(?:{_STREET_KINDS})\s{{1,4}}(?:op\s{{1,4}})?(?:(?:nummer|nr)\s{{1,4}})?\d")
_STREET = re.compile(
    r"(?:(?<=\w{3})|(?<=oude )|(?<=nieuwe )|(?<=lange )|(?<=korte )|(?<=grote )|(?<=hoge )|(?<=lage ))"
    rf"(?:{_STREET_KINDS})\s{{1,4}}"
    r"(?:op\s{1,4})?(?:(?:nummer|nr)\s{1,4})?\d{1,4}\s?[a-z]?\b"
    r"(?!\s{0,4}(?:min|uur|km|kilometer|keer|jaar|dagen|euro|x\b|meter|weken|maanden|%|graden|procent))"
)
# A house number in words, where nothing is counted behind it.
_STREET_ENDINGS = ("straat", "laan", "plein", "gracht", "kade", "singel", "dijk", "steeg")
_STREET_IN_WORDS = re.compile(
    rf"(?:{'|'.join(_STREET_ENDINGS)})(?<=\w{{7}})\s{{1,4}}(?:(?:nummer|nr)\s{{1,4}})?"
    rf"(?:(?:twee|drie|vier)honderd)?(?:{'|'.join(sorted(NUMERALS, key=len, reverse=True))})\b"
    r"(?=\s*(?:$|[,.;!?\n]|(?:in|te|bij) )|(?P<town>\s\w{3,20}\s*(?:$|[,.;!?\n])))"
)
_BEGINS = frozenset({"", "\n", ".", "!", "?"})  # what a sentence stands behind
_FIGURE = re.compile(r"\d")
_LONGEST_STREET = 30
_STREET_EN = re.compile(r"\b\d{1,4}\s\w{3,20}\s(?:street|road|avenue|lane|drive)\b")
# Begins at its figures, which are found sooner than what may not stand before them.
_POSTCODE = re.compile(r"[1-9](?<![\w.,-].)\d{3} ?[a-z]{2}(?!\w)")
# With spaces between, in the words of an address.
_SPACED_POSTCODE = re.compile(r"[1-9](?<!\w[1-9])(?<!\d [1-9])(?: \d){3} [a-z] ?[a-z](?= .{0,12}(?:nr|nummer))")
# Two letters behind a year that are a word, not the end of a postcode.
_SMALL_WORDS = re.compile(
    "al|am|an|as|at|be|by|cm|db|de|do|en|er|ga|gb|go|gr|he|hp|if|ik|in|is|it|je|kb|kg|km|ma|mb|me|mg|ml|mm|"
    "ms|my|na|no|nu|of|om|op|or|pa|pc|pm|px|sa|sd|so|ss|te|to|tv|up|us|uu|we|ze|zo"
)
# What games count in; written large as often as a postcode.
_SCORES = frozenset({"hp", "xp"})
_DATE = re.compile(r"(?<!\d)\d{1,2}\s?[-/. ]\s?(?:\d{1,2}|[a-z]{3,9})\s?[-/. ]\s?(?:19|20)?\d{2}(?!\d)")
_DATE_GLUED = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d(?!\d)")
# Said of oneself, and no more than a date: ik ben van 3/2/07, but not until another day.
_BORN_OF = re.compile(rf"ben (?<!\wben )(?:er (?:een|eentje) )?van {_DATE.pattern}(?!-|\s?(?:tot|t/m|-)\s)")
# Begins at its figures, which are found sooner than letters.
_ACCOUNT_NUMBER = re.compile(r"\d{2}(?<=[a-z]{2}\d{2})(?<!\w[a-z]{2}\d{2}) ?[a-z]{4}(?: ?\d){10}(?!\w)")
_CITIZEN_WORDS = ("bsn", "nummer", "nr")
_CITIZEN_NUMBER = re.compile(
    r"\b(?:bsn|(?:burgerservice|sofi|student|studenten|leerling|client|clienten|patient|patienten|zorgpas|polis)[ -]?"
    r"(?:nummer|nr))\D{0,12}\d(?:[ .]?\d){4,9}(?!\d)"
    r"|\bpaspoort ?(?:nummer|nr)\W{0,3}(?:is )?[a-z]{2}[a-z\d]{6}\d\b"
)
# Six letters and figures in three groups, as on every Dutch plate since 1951; a date has its month among figures.
_GROUP = r"(?:[a-z]{1,3}|\d{1,3})"
_PLATE = re.compile(rf"(?<![\w-])(?=[a-z\d-]{{8}}(?![\w-])){_GROUP}-{_GROUP}-{_GROUP}")
# With spaces or nothing between, where it is called a plate: six signs in all.
_PLATE_NAMED = re.compile(
    r"\bkenteken[^\n]{1,30}?(?<!\w)"
    r"([a-z]{1,3}[ -]?\d{2,3}[ -]?[a-z]{1,3}|\d{1,3}[ -]?[a-z]{2,3}[ -]?\d{1,3})(?!\w)"
)
_PLATE_SIGNS = 6
_MONTH = re.compile("-(?:jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec|mar|may|oct)-")
# What begins the next sentence, where no full stop ends this one, is no name.
_OWN_NAME = (
    r"(?:(?:[Dd]e|[Hh]et) {1,2})?(?!Daar|Toen|Maar|Want|Vandaag|Morgen|Soms|Waar|Mijn|Ben|Mag|Wil)[A-Z][a-z]{3,20}"
)
_SCHOOL = re.compile(
    rf"(?:{CAPITAL} {{1,2}}){{1,3}}(?:[Cc]ollege|[Ll]yceum|[Gg]ymnasium|[Ss]cholengemeenschap|[Mm]avo|[Vv]mbo)\b"
    rf"|(?:[Cc]ollege|[Ll]yceum|[Gg]ymnasium) {{1,2}}{CAPITAL}"
    # In one word, where somebody is at it; a kind of school is none without its town: op de Vrijeschool.
    r"|\b(?:op|van|bij|naar) (?:het |t |de )?"
    rf"(?:(?!Hoor|Werk)[A-Z][a-z]{{3,20}}(?:college|lyceum|gymnasium)\b|[A-Z][a-z]{{3,20}}school (?:in|te) {CAPITAL})"
    # No study: mbo Verpleegkunde.
    rf"|\b(?:[Mm]bo|[Hh]bo|MBO|HBO) (?:(?:[Dd]e|[Hh]et) )?{CAPITAL} (?:in|te) {CAPITAL}"
)
_WARD = re.compile(rf"(?:\bROC|[Kk]liniek|[Jj]eugdhuis|[Aa]fdeling|[Ii]nstelling) {{1,2}}{_OWN_NAME}")
_WORKPLACE = re.compile(
    r"\b(?:[Ww]erk|[Ss]tage|[Bb]ijbaan|[Aa]chter de (?:kassa|balie))(?: {1,2}[\w']{1,20}){0,4} {1,2}bij"
    rf"(?: {{1,2}}[a-z]{{1,20}}){{0,2}}(?: {{1,2}}{CAPITAL}){{1,3}} {{1,2}}(?:in|te) {{1,2}}{CAPITAL}"
)
# Each with the words that it cannot do without.
_PLACES = (
    (_SCHOOL, re.compile("college|lyceum|gymnasium|scholengemeenschap|[a-z]{3}school |mavo|vmbo|mbo |hbo ")),
    (_WARD, re.compile("roc |kliniek |jeugdhuis |afdeling |instelling ")),
    (_WORKPLACE, re.compile("(?:werk|stage|bijbaan|achter de (?:kassa|balie)) .{0,80}bij ")),
)
# What follows where somebody goes to, or what a house is near: a name with a town or class; a building with a town.
_THEN = {
    "goes_somewhere": re.compile(
        rf" {{1,2}}(?:[Dd]e {{1,2}})?({CAPITAL})(?: {{1,2}}{CAPITAL})?"
        rf"(?: {{1,2}}in {{1,2}}{CAPITAL}|,?(?: {{1,2}}in)? {{1,2}}klas {{1,2}}\w{{1,4}}\b)"
    ),
    "lives_near": re.compile(rf"(?: {{1,2}}[\w']{{1,20}}){{1,3}} {{1,2}}(?:in|van) {{1,2}}({CAPITAL})"),
}
_LONGEST_PLACE = 100
# In small letters: a word that nobody knows before what it is.
_SMALL_SCHOOLS = (" college", " lyceum", " gymnasium", " scholengemeenschap")
_SCHOOL_SMALL = re.compile(
    r"\b(?:op|van) {1,2}(?:het|t) {1,2}(\w{4,20}) {1,2}(?:college|lyceum|gymnasium|scholengemeenschap)\b"
)


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
    text = place.folded.text
    # Most texts hold no ending of a site, which is found far sooner than what may stand before one.
    for found in _DOMAIN.finditer(text) if _ENDING.search(text) else ():
        bare = found.group().removeprefix("www.")
        if bare.partition("/")[0] not in place.domains or _PROFILE.match(bare):
            yield found.span()
    for found in _LINK.finditer(text) if "http" in text or "www." in text else ():
        rest = _DOMAIN.match(text, found.end())
        if rest is None and found.group() != "www.":
            yield found.span()
    for found in _SPACED_LINK.finditer(text) if " . " in text else ():
        yield found.start() - len("a b c d "), found.end()


def streets(place: Place) -> Iterator[Span]:
    """Yield a street with a house number."""
    text = place.folded.text
    for found in _STREET_IN_WORDS.finditer(text) if any(map(text.__contains__, _STREET_ENDINGS)) else ():
        start = found.start()
        while start > 0 and found.start() - start < _LONGEST_STREET and text[start - 1].isalnum():
            start -= 1
        # One word more is a town where the street begins the sentence, and something that is counted elsewhere.
        if found["town"] is None or text[max(0, start - 2) : start].rstrip(" ")[-1:] in _BEGINS:
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
    if _FIGURE.search(place.folded.text) is None:
        return
    for found in _POSTCODE.finditer(place.folded.text):
        letters = found.group()[-2:]
        if letters in _SCORES or (letters == "ad" and found.group().startswith(("19", "20"))):
            continue
        if _SMALL_WORDS.fullmatch(letters) is None or _written_large(place.folded.cased(), found.end()):
            yield found.span()
    numbered = "nummer" in place.folded.text or " nr" in place.folded.text
    for found in _SPACED_POSTCODE.finditer(place.folded.text) if numbered else ():
        yield found.span()


def _written_large(cased: str, end: int) -> bool:
    """Tell whether the two letters before `end` are capitals in a text that isn't all capitals."""
    return cased[end - 2 : end].isupper() and any(char.islower() for char in cased)


def birthdays(place: Place) -> Iterator[Span]:
    """Yield a full date in a sentence about being born."""
    stream = place.cues.stream
    for match in place.cues.of("born"):
        start = stream.starts[match.start]
        first, last = max(0, start - 24), stream.ends[match.end] + 40
        found = _DATE.search(place.folded.text, first, last) or _DATE_GLUED.search(place.folded.text, first, last)
        if found is not None:
            yield min(start, found.start()), max(found.end(), stream.ends[match.end])
    for found in _BORN_OF.finditer(place.folded.text):
        yield found.span()


def bank_accounts(place: Place) -> Iterator[Span]:
    """Yield account numbers of a bank."""
    for found in _ACCOUNT_NUMBER.finditer(place.folded.text) if _FIGURE.search(place.folded.text) else ():
        yield found.start() - len("nl"), found.end()


def citizen_numbers(place: Place) -> Iterator[Span]:
    """Yield the number by which the state or a school knows somebody, behind its name."""
    text = place.folded.text
    called = _FIGURE.search(text) is not None and any(map(text.__contains__, _CITIZEN_WORDS))
    for found in _CITIZEN_NUMBER.finditer(text) if called else ():
        yield found.span()


def plates(place: Place) -> Iterator[Span]:
    """Yield number plates of a car or scooter."""
    for found in _PLATE.finditer(place.folded.text) if place.folded.text.count("-") > 1 else ():
        letters = found.group().replace("-", "")
        if not letters.isalpha() and not letters.isdigit() and _MONTH.search(found.group()) is None:
            yield found.span()
    for found in _PLATE_NAMED.finditer(place.folded.text) if "kenteken" in place.folded.text else ():
        if len(found[1].replace("-", "").replace(" ", "")) == _PLATE_SIGNS:
            yield found.span()


def schools(place: Place) -> Iterator[Span]:
    """Yield a school, a clinic, a ward or a place of work by its own name, by its capitals."""
    for shape, word in _PLACES:
        if word.search(place.folded.text) is not None:
            for found in shape.finditer(place.folded.cased()):
                yield found.span()
    for slot, shape in _THEN.items():
        for match in place.cues.of(slot):
            end = place.cues.stream.ends[match.end]
            behind = shape.match(place.folded.cased(end, end + _LONGEST_PLACE))
            if behind is not None and (slot == "lives_near" or not place.knows(behind[1].lower())):
                yield place.cues.stream.starts[match.start], end + behind.end()
    small = any(map(place.folded.text.__contains__, _SMALL_SCHOOLS))
    for found in _SCHOOL_SMALL.finditer(place.folded.text) if small else ():
        if not place.knows(found[1]):
            yield found.span()


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

# What a detector looks for in words; where the rule files do not say it, every text would break it.
SLOTS: dict[str | None, tuple[str, ...]] = {
    "handles": ("platform", "platform_more"),
    "birthdays": ("born",),
    "full_names": ("introduces_name",),
    "schools": tuple(_THEN),
}
