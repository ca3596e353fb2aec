"""Accounts on other platforms: a platform word and what it points to, tags of games and forums, named profiles."""

import re
from collections.abc import Iterator

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
)
_ACCOUNT_CALLED = re.compile(
    r"\b(?:account|acc|profiel|profile|kanaal|channel|blog|tag|username|gebruikersnaam)\s{1,2}(?:heet|is|called)\s{1,2}"
    r"@?(?=[\w.]{0,28}[._\d]\w)[a-z_][\w.]{2,28}\w"
)
# Each with what it cannot do without, and what is found far sooner.
_SHAPES = (
    (_BARE_HANDLE, ("@",)),
    (_NAMED_HANDLE, ("@",)),
    (_TAG, ("#", "u/", "sw-", "sw ")),
    (_ACCOUNT_CALLED, ("account", "acc ", "profiel", "profile", "kanaal", "channel", "blog", "tag ", "name", "naam")),
)
_HANDLE_BEFORE = re.compile(r"@?[a-z0-9][\w.#-]{2,30}(?=\s{1,2}(?:op|on|via)\s{1,2}$)")
_CALLED_BEFORE = re.compile(
    r"\b(?:heet|genaamd|called|bekend\s{1,2}als|vinden\s{1,2}als)\s{1,2}@?[a-z0-9][\w.-]{2,29}\s{1,2}(?:op|on|via)\s{1,2}$"
)
# Short words for a place, with one word behind them and nothing else: ig lotjevoorbeeld.
_BARE_AFTER = re.compile(r"\s?[:=]?\s?([a-z][\w.]{4,29})(?=\s*(?:$|[\n,;.!?]))")
_ABBREVIATED = frozenset({"ig", "sc", "tt", "dc"})
_BEGINS = frozenset({"", "\n", ".", "!", "?"})  # what a sentence stands behind
_HANDLE = re.compile(r"@?[._]{0,2}[a-z0-9](?:[\w.#-]{1,30}[a-z0-9])")
_HANDLE_SIGN = re.compile(r"@\w|[a-z0-9][._#][a-z0-9]|[a-z]\d|\d[a-z]")
_BETWEEN = re.compile(
    r"[\s:=>\-\u2192(\"]{0,4}(?:(?:is|naam|tag|heet|ben|als|onder|username|user|account|id|me|op)\b[\s:=>\"]{0,3}){0,2}"
)


def handles(place: Place) -> Iterator[Span]:
    """Yield account names: close to a platform word something shaped like one, and shapes that are nothing else."""
    stream, text = place.cues.stream, place.folded.text
    yield from _shaped(text)
    for match in place.cues.of("platform"):
        start, end = stream.starts[match.start], stream.ends[match.end]
        ahead = _HANDLE_BEFORE.search(text, max(0, start - 40), start)
        if ahead is not None and _HANDLE_SIGN.search(ahead.group()) and not _ordinary(ahead.group(), place):
            yield ahead.start(), end
            continue
        before = _CALLED_BEFORE.search(text, max(0, start - 60), start)
        if before is not None:
            yield before.start(), end
            continue
        bare_name = _BARE_AFTER.match(text, end) if text[start:end] in _ABBREVIATED else None
        if bare_name is not None and text[max(0, start - 40) : start].rstrip(" ")[-1:] in _BEGINS:
            yield start, bare_name.end()
            continue
        between = _BETWEEN.match(text, end)
        at = end if between is None else between.end()
        found = _HANDLE.match(text, at)
        if found is None:
            following = match.end + 1
            joined = following < len(stream.words) and stream.views[following] == "despaced"
            if joined and stream.starts[following] - end <= 4:
                yield start, stream.ends[following]
            continue
        named = text[end:at].strip(' ("')
        shaped = _HANDLE_SIGN.search(found.group()) is not None
        pointed = ":" in named or "=" in named or named in {"-", ">"}
        called = "-" in found.group() and "na" in named
        if (shaped or pointed or called) and not _ordinary(found.group(), place):
            yield start, found.end()


def _shaped(text: str) -> Iterator[Span]:
    for shape, signs in _SHAPES:
        if any(map(text.__contains__, signs)):
            for found in shape.finditer(text):
                yield found.span()


def _ordinary(candidate: str, place: Place) -> bool:
    return candidate.removeprefix("www.") in place.domains or candidate.replace(".", "").replace("-", "").isdigit()
