"""A text as bare words from which nobody can be found: no numbers, names, accounts or addresses, only a sign for each.

What learns from texts learns from this and nothing else. It masks more than the rules find, since a wrong mask costs a
word and a missing one a person; what still slips through is held back by how many authors must share a word.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from safespace.moderation.risk.context import Cues
from safespace.moderation.risk.folding import Folded
from safespace.moderation.risk.numerals import NUMERALS
from safespace.moderation.risk.personal import (
    bank_accounts,
    links,
    mails,
    postcodes,
    schools,
    streets,
)
from safespace.moderation.risk.place import Place, Span, known_names
from safespace.moderation.risk.stream import Stream

# Folded words are small letters, so a mask in capitals is never somebody's word.
PERSONAL, NAME, HANDLE, NUMBER = "PERSONAL", "NAME", "HANDLE", "NUMBER"
MASKS = frozenset({PERSONAL, NAME, HANDLE, NUMBER})

_BY_SHAPE: tuple[Callable[[Place], Iterator[Span]], ...] = (mails, links, streets, postcodes, bank_accounts, schools)
_APPS = "snapchat|snapje|snap|sc|insta|instagram|ig|tiktok|tt|discord|dc|telegram|tele|kik|steam|roblox|twitch|reddit"
_ACCOUNT = re.compile(
    rf"\b(?:{_APPS}|account|username|gebruikersnaam)\b"
    r"(?:\s{0,2}[:=>-]{1,2}\s{0,2}|\s{1,3}(?:is|heet|naam is|me op|onder|als)\s{1,3})([\w.#@-]{2,40})"
)
_INTRODUCED = re.compile(r"\b(?:heet|heette|naam is|noemen me|genaamd|name is|called)\s{1,3}([^\W\d_]{2,20})")
_PHONE = re.compile(r"(?<!\w)(?:\+|00)?\d(?:[\s().-]{0,2}[\doil]){7,14}(?!\w)")
_CAPITAL = re.compile(r"[A-Z][a-z]\w{0,30}")
_NO_NAME = frozenset({"ik", "im", "ill", "ive", "id", "je", "ze", "het", "en", "maar"})
_WORD = re.compile(
    r"(?P<mask>[A-Z]{4,8})|@[\w.]{1,40}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[\d_]\w*)?|_\w*|[\u2190-\u2bff\U0001f300-\U0001faff]"
)
_END = re.compile(r"[.!?\u2026](?=\s)|\n")
_STRETCHED = re.compile(r"(\w)\1{2,}")


def masked_sentences(folded: Folded, names: Sequence[str] = ()) -> list[list[str]]:
    """Promise the words of each sentence in small letters, with a mask in capitals for what could point at somebody.

    `names` are folded names that a location listed: staff, clinics, schools.
    """
    text = _covered(folded.text, _spans(folded, tuple(names)))
    called = _capitalised(folded)
    sentences = []
    for part in _END.split(text):
        words: list[str] = []
        for found in _WORD.finditer(part):
            word = found.group() if found["mask"] else _plain(found.group(), called)
            if word != NUMBER or words[-1:] != [NUMBER]:  # a number spoken in figures is one number
                words.append(word)
        if words:
            sentences.append(words)
    return sentences


def _plain(word: str, called: frozenset[str]) -> str:
    if word[0] == "@" or "_" in word:
        return HANDLE
    if word[0].isdecimal() or word in NUMERALS:
        return NUMBER
    if not word.isalpha() and any(char.isdecimal() for char in word):
        return HANDLE if len(word) > 3 else NUMBER
    return NAME if word in called else _STRETCHED.sub(r"\1\1", word)


def _spans(folded: Folded, names: tuple[str, ...]) -> list[tuple[Span, str]]:
    nothing = Cues(Stream(), lambda _: [])
    place = Place(folded, nothing, frozenset(), frozenset(), names)
    found = [(span, PERSONAL) for detector in _BY_SHAPE for span in detector(place)]
    found += [(span, NAME) for span in known_names(place)]
    found += [(match.span(1), HANDLE) for match in _ACCOUNT.finditer(folded.text)]
    found += [(match.span(1), NAME) for match in _INTRODUCED.finditer(folded.text)]
    found += [(match.span(), NUMBER) for match in _PHONE.finditer(folded.text)]
    return sorted(found)


def _covered(text: str, spans: list[tuple[Span, str]]) -> str:
    """Promise `text` with each span replaced by its mask; spans that touch become one."""
    parts = []
    reached = 0
    for (start, end), mask in spans:
        if start >= reached:
            parts.append(f"{text[reached:start]} {mask} ")
        reached = max(reached, end)
    parts.append(text[reached:])
    return "".join(parts)


def _capitalised(folded: Folded) -> frozenset[str]:
    """Promise the words that stand with a capital inside a sentence: in Dutch a name, wherever else they stand.

    None for a writer who gives every word a capital, since nothing tells a name apart there.
    """
    cased = folded.cased()
    found = list(_CAPITAL.finditer(cased))
    inside = [one.group() for one in found if _goes_on(cased, one.start())]
    if len(inside) * 3 > len(cased.split()):
        return frozenset()
    return frozenset(word.lower() for word in inside) - _NO_NAME


def _goes_on(text: str, at: int) -> bool:
    """Tell whether the word at `at` follows another one in the same sentence."""
    return at >= 2 and text[at - 1] == " " and (text[at - 2].isalnum() or text[at - 2] in ",;:")
