"""Accounts on other platforms: a platform word and what it points to, tags of games and forums, named profiles."""

import re
from collections.abc import Iterator

from safespace.moderation.risk.matching import Match
from safespace.moderation.risk.place import Place, Span

_BARE_HANDLE = re.compile(r"(?<![\w.@])@(?=\w{0,28}(?:\d|[._]\w))[a-z0-9][\w.]{1,28}\w(?![\w@])")
# What has an at sign and is said to be somebody's name: volg @lotjevoorbeeld.
_NAMED_HANDLE = re.compile(
    r"\b(?:onder|heet|ben|naam|volg|add|zoek|called|follow|user)(?:\s{1,2}(?:op|me|is|naar|als))?\s{1,2}@[a-z0-9][\w.]{3,28}"
)
# Names with the tag of a game or forum behind or before them, and the codes of a console.
_TAG = re.compile(
    r"(?<![\w#])[a-z0-9][\w.]{2,24}#(?=[a-z]{0,4}\d)[a-z0-9]{3,5}(?!\w)"
    r"|(?<![\w/])u/[\w-]{3,20}"
    r"|(?<!\w)sw[- ]\d{4}[- ]\d{4}[- ]\d{4}(?!\d)"
    r"|(?<!\w)#(?=[a-z]{0,8}\d)[0289pylqgrjcuv]{7,9}(?!\w)"
    r"|\b(?:friend|vriend(?:en)?) ?code\D{0,8}\d[\d -]{6,16}"
)
_ACCOUNT_CALLED = re.compile(
    r"\b(?:(?:account|acc|profiel|profile|kanaal|channel|blog|tag|username|gebruikersnaam)(?:\s{1,2}(?:heet|is|called))?"
    r"|(?:mijn|mn|my)\s{1,2}(?:naam|name|user|nick)\s{1,2}is)\s{1,2}@?(?=[\w.]{0,28}[._\d]\w)([a-z_][\w.]{2,28}\w)"
)
# The drawing of an app for its name.
_DRAWN = re.compile(
    "[\U0001f47b\U0001f4f8\U0001f4f7]\\s{0,2}(?:[:=>]{1,2}\\s{0,2}@?[a-z_][\\w.]{3,29}"
    "|@?(?=[a-z_.]{0,28}[._\\d][\\w.])[a-z_][\\w.]{2,29})"
    "|(?<![\\w.])(?=[a-z]{1,28}[._\\d]\\w)[a-z][\\w.]{2,28}\\w\\s?[\U0001f47b\U0001f4f8\U0001f4f7]"
)
# A name said to be the one there: ik heet daar lotjevoorbeeld.
_CALLED_THERE = re.compile(
    r"\b(?:ik\s{1,2}heet|heet\s{1,2}ik|my\s{1,2}name\s{1,2}is)\s{1,2}(?:daar|daarop|there)\s{1,2}(?:gewoon\s{1,2})?"
    r"(@?[a-z0-9][\w.-]{3,29})"
)
# By the name alone only what has a figure or a sign in it: ben daar lotje08.
_BE_THERE = re.compile(
    r"\b(?:ben|sta|zit)\s{1,2}(?:ik\s{1,2})?(?:daar|daarop)\s{1,2}(?:gewoon\s{1,2})?(@?[a-z](?=[\w.-]{0,28}[\d._])[\w.-]{3,29})(?=\s*(?:$|[,;!?\n]|\.\s))"
)
# Each with what it cannot do without, and what is found far sooner.
_SHAPES = (
    (_BARE_HANDLE, ("@",)),
    (_NAMED_HANDLE, ("@",)),
    (_TAG, ("#", "u/", "sw-", "sw ", "ndcode", "nd code", "ndencode")),
    (_DRAWN, ("\U0001f47b", "\U0001f4f8", "\U0001f4f7")),
)
_SAID_TO_BE = (
    (_CALLED_THERE, ("heet", "name is")),
    (_BE_THERE, ("daar",)),
    (_ACCOUNT_CALLED, ("account", "acc ", "profiel", "profile", "kanaal", "channel", "blog", "tag ", "name", "naam")),
)
_HANDLE_BEFORE = re.compile(r"@?[a-z0-9][\w.#-]{2,30}(?=\s{1,2}(?:(?:toe\s{1,2})?(?:op|on|via)\s{1,2}|\()$)")
# Without a sign, where somebody is asked to look for it: voeg lotjevoorbeeld toe op snap.
_ASKED_BEFORE = re.compile(
    r"\b(?:adde?|volg|voeg|zoek|vind|find|follow)\s{1,2}(?:(?:me|maar|ff|even|naar|op|gewoon)\s{1,2}){0,2}"
    r"(@?[a-z][\w.-]{3,29})\s{1,2}(?:toe\s{1,2})?(?:op|on|via)\s{1,2}$"
)
_CALLED_BEFORE = re.compile(
    r"\b(?:heet|genaamd|called|bekend\s{1,2}als|vinden\s{1,2}als)\s{1,2}(?!niks|niets|niet\b|anders|hetzelfde)"
    r"@?[a-z0-9][\w.-]{2,29}\s{1,2}(?:op|on|via)\s{1,2}$"
)
_MINE_BEFORE = re.compile(
    r"(@?[a-z0-9_][\w.-]{2,29}\w)(?:\s?,?\s{1,2}(?:dat|dit|that|this))?\s{1,2}(?:is|=)\s{1,2}(?:ook\s)?(?:mijn|mn|my)\s{1,2}$"
)
_LEADS = (" mijn", " mn", " my", " op", " on", " via")
# An at sign a little further on, and words that make a name there a name: op snap te vinden als lotjevoorbeeld.
_AT_BEHIND = re.compile(r"\s(?:[^@\n]{0,16}\s)?@([a-z][\w.]{4,29})")
_FOUND_BEFORE = re.compile(r"\b(?:vind|vinden|vindbaar|bekend|zit|sta|heet|zoek|add|find)\b[^.!?\n]{0,24}$")
_NAMING = ("naam", "tag", " id", "user", "username", "code")
# Short words for a place, with one word behind them and nothing else: ig lotjevoorbeeld.
_BARE_AFTER = re.compile(r"\s?[:=]?\s?([a-z][\w.]{4,29})(?=\s*(?:$|[\n,;.!?]))")
_ABBREVIATED = frozenset({"ig", "sc", "tt", "dc", "tg"})
_BEGINS = frozenset({"", "\n", ".", "!", "?"})  # what a sentence stands behind
_MINE = re.compile(r"\b(?:mijn|mn|my)\s{1,2}$")
# What ends a name that has no sign in it: nothing more, or words that ask to be found there.
_SAID = re.compile(
    r"\s{0,3}(?:$|[^\w\s]|\n|(?:add|voeg|volg|zoek|stuur|kom|daar|hoor|lol|haha|trouwens|dus|als|if|follow)\b)"
)
# How something is, not what somebody is called.
_STATE = re.compile(
    r"(?:ge|ver|be|ont|her)\w{2,}(?:d|t|en)|\w+(?:lijk|lijke|ig|ige|loos|baar|isch|end|eerd|aal|eel|ief|ous|ing|ed|ste)"
)
_HANDLE = re.compile(r"@?[._]{0,2}[a-z0-9](?:[\w.#-]{1,30}[a-z0-9])")
_HANDLE_SIGN = re.compile(r"@\w|[a-z0-9][._#][a-z0-9]|[a-z]\d|\d[a-z]")
# Its signs in words: lotje punt danst punt 05.
_SPELLED = re.compile(r"[a-z]\w{1,20}(?:\s(?:punt|dot|underscore|streepje)\s\w{1,20}){1,4}")
_STILL = ("nog", "steeds", "still")
_FEWEST_SPELLED = 5  # words, unless a figure is among them
_CAMEL = re.compile(r"[a-z\d][A-Z]")
# Words with figures that are no name: amounts, levels, classes, versions.
_COUNTED = re.compile(
    r"\d[\d.,]*(?:[a-z]|uur|min|jaar|fa|de|ste|st|nd|rd|th|cm|kg|km|fps|hz|gb|mb|tb|mg|ml|hands|persoons|daags)?(?:\d\d?)?"
    r"|\d+v\d+|y2k|(?:havo|vwo|mbo|hbo|vmbo|groep|klas|covid|ps|gta|fifa|fc|mp|top|ios|android|windows|lvl|level|part|deel"
    r"|week|dag|bus|lijn|sprint|seizoen|aflevering|jaar|versie|v|s|f|g|u|a|b)\d{1,3}(?:\.\d+)*"
)
_BETWEEN = re.compile(
    '[\\s:=>,\\-\u2192\u27a1\U0001f449("]{0,4}'
    r"(?:(?:is|naam|naampje|tag|heet|ben|als|onder|under|username|user|account|acc|kanaal|channel|slash|id|me|op|ik|appje|gewoon|te|vinden"
    r"|nick|its|nog|steeds|still)\b[\s:=>\"]{0,3}){0,5}"
)


def handles(place: Place) -> Iterator[Span]:
    """Yield account names: close to a platform word something shaped like one, and shapes that are nothing else."""
    yield from _shaped(place.folded.text)
    for found in _named(place.folded.text):
        if _name_like(place, found.start(1), found.end(1)):
            yield found.span()
    for match in place.cues.of("platform"):
        span = _before(place, match) or _bare(place, match) or _behind(place, match)
        if span is not None:
            yield span
    for match in place.cues.of("platform_more"):  # spotify: rustige muziek
        span = _before(place, match, points=False) or _behind(place, match, points=False)
        if span is not None:
            yield span


def _before(place: Place, match: Match, *, points: bool = True) -> Span | None:
    """What stands before a platform word: lotje_04 op insta, l o t j e op insta, lotje4 is mijn insta.

    `points` says that what is called or looked for there is a person: no song, no film.
    """
    stream, text = place.cues.stream, place.folded.text
    start, end = stream.starts[match.start], stream.ends[match.end]
    ahead = text[max(0, start - 8) : start].rstrip(" ")
    if ahead.endswith((" op", " on", " via", "(")):
        signed = _HANDLE_BEFORE.search(text, max(0, start - 40), start)
        if signed is not None and _HANDLE_SIGN.search(signed.group()) and not _ordinary(signed.group(), place):
            return signed.start(), end
        called = _CALLED_BEFORE.search(text, max(0, start - 60), start) if points else None
        if called is not None:
            return called.start(), end
    shape = _MINE_BEFORE if ahead.endswith((" mijn", " mn", " my")) else _ASKED_BEFORE
    asked = ahead.endswith(_LEADS) and (points or shape is _MINE_BEFORE)
    named = shape.search(text, max(0, start - 60), start) if asked else None
    if named is not None and _name_like(place, named.start(1), named.end(1)):
        return named.start(), end
    if (
        match.start > 1
        and stream.views[match.start - 2] == "despaced"
        and stream.words[match.start - 1] in {"op", "on"}
    ):
        return stream.starts[match.start - 2], end
    return None


def _bare(place: Place, match: Match) -> Span | None:
    """A short word for a place that begins a sentence, with one word behind it."""
    stream, text = place.cues.stream, place.folded.text
    start, end = stream.starts[match.start], stream.ends[match.end]
    found = _BARE_AFTER.match(text, end) if text[start:end] in _ABBREVIATED else None
    if found is not None and text[max(0, start - 40) : start].rstrip(" ")[-1:] in _BEGINS:
        return start, found.end()
    return None


def _behind(place: Place, match: Match, *, points: bool = True) -> Span | None:
    """What stands behind a platform word: insta: lotje, mijn snap is lotjevoorbeeld, op discord heet ik lotje_04.

    `points` says that a colon there is enough.
    """
    stream, text = place.cues.stream, place.folded.text
    start, end = stream.starts[match.start], stream.ends[match.end]
    aside = _AT_BEHIND.match(text, end) if "@" in text else None
    if aside is not None and _name_like(place, aside.start(1), aside.end(1)):
        return start, aside.end()
    between = _BETWEEN.match(text, end)
    at = end if between is None else between.end()
    spelled = _SPELLED.match(text, at)
    if spelled is not None:
        words = spelled.group().split()
        if len(words) >= _FEWEST_SPELLED or (any(map(str.isdecimal, words)) and not place.knows(words[0])):
            return start, spelled.end()
    found = _HANDLE.match(text, at)
    if found is None:
        following = match.end + 1
        joined = following < len(stream.words) and stream.views[following] == "despaced"
        return (start, stream.ends[following]) if joined and stream.starts[following] - end <= 4 else None
    if _ordinary(found.group(), place) or text.startswith("@", found.end()):
        return None
    named = text[end:at].strip(' ("')
    pointed = ":" in named or "=" in named or (named in {"-", ">"} and text[end] != "-")  # minecraft-server
    last = _SAID.match(text, found.end()) is not None
    if (
        _signed(place, found.start(), found.end())
        or ("-" in found.group() and "na" in named)
        or (
            (points and pointed)
            and _STATE.fullmatch(found.group()) is None
            and (last or not place.knows(found.group()))
        )
        or (_told(text, (start, end), named, last=last, points=points) and _name_like(place, *found.span()))
    ):
        return start, found.end()
    return None


def _told(text: str, span: Span, named: str, *, last: bool, points: bool) -> bool:
    """Tell whether the words between a platform word and what follows say that this is somebody's name there."""
    start, end = span
    mine = _MINE.search(text, max(0, start - 8), start) is not None
    if "naam" in named or ("heet" in named and (points or mine)) or text[start:end].endswith(_NAMING):
        return True
    if not last or any(word in named for word in _STILL):  # mijn insta is nog stuk
        return False
    if (mine and "is" in named) or "kanaal" in named or "slash" in named:
        return True
    return "als" in named and _FOUND_BEFORE.search(text, max(0, start - 40), start) is not None


def _named(text: str) -> Iterator[re.Match[str]]:
    for shape, signs in _SAID_TO_BE:
        if any(map(text.__contains__, signs)):
            yield from shape.finditer(text)


def _shaped(text: str) -> Iterator[Span]:
    for shape, signs in _SHAPES:
        if any(map(text.__contains__, signs)):
            for found in shape.finditer(text):
                yield found.span()


def _signed(place: Place, start: int, end: int) -> bool:
    """Tell whether a figure, a sign or a capital inside says that this is an account's name."""
    word = place.folded.text[start:end]
    if _HANDLE_SIGN.search(word) is not None:
        return True
    return _CAMEL.search(place.folded.cased(start, end)) is not None and not place.knows(word)


def _name_like(place: Place, start: int, end: int) -> bool:
    """Tell whether a word that is called an account's name can be one: no word that anybody knows."""
    word = place.folded.text[start:end]
    if _ordinary(word, place):
        return False
    return _signed(place, start, end) or (len(word) > 4 and not place.knows(word) and _STATE.fullmatch(word) is None)


def _ordinary(candidate: str, place: Place) -> bool:
    return (
        candidate.removeprefix("www.") in place.domains
        or candidate.replace(".", "").replace("-", "").isdigit()
        or _COUNTED.fullmatch(candidate) is not None
    )
