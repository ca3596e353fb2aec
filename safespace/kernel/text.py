"""The gate every text passes: NFC, without bidirectional and invisible controls, capped before anything parses it."""

import re
import unicodedata

from safespace.kernel.refusals import InvalidError

TITLE = 120
BODY = 4000
NOTE = 2000
_KEPT_CONTROLS = {"\n", "\t"}
_NON_JOINER, _JOINER, _EMOJI_STYLE = "\u200c", "\u200d", "\ufe0f"
_MARKS_PER_BASE = 3
_GAPS = re.compile(r"\n{3,}")
# A flag of a part of a country: a black flag, its code in tags, the cancel tag. Never more: tags can hide sentences.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")

# Letters and signs that draw nothing, though Unicode calls them letters, signs or marks (DerivedCoreProperties,
# Default_Ignorable_Code_Point): the fillers of Hangul and the Khmer inherent vowels; and what is blank by its own name.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # ignorable
    "\u2800\u303f\ufffc\U00013441\U00013442\U00016fe4\U0001d159"  # blank patterns, fillers and the empty notehead
)


def clean(text: str) -> str:
    """Give the text in NFC without bidirectional, invisible and private characters (security reference §3.1).

    Joiners stay inside an emoji and between letters of scripts that write with them, tags inside a flag; more than
    three marks on one letter are dropped; line ends become a newline. What is clean already stays as it is.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    while (passed := _pass(text)) != text:  # what was dropped may have stood between a letter and its mark
        text = passed
    return text


def _pass(text: str) -> str:
    flags = {at for flag in _FLAG.finditer(text) for at in range(flag.start() + 1, flag.end())}
    kept: list[str] = []
    marks = 0
    before = ""
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        if char == _EMOJI_STYLE:
            stays = _is_picture(before)
        elif char in {_JOINER, _NON_JOINER}:
            stays = _joins(before, char, text[at + 1 : at + 2])
        elif category.startswith("M"):
            marks += 1
            stays = marks <= _MARKS_PER_BASE
        elif category in {"Cf", "Cc", "Co", "Cs", "Cn"}:
            stays = at in flags or char in _KEPT_CONTROLS or _is_picture(char)
        else:
            stays, marks = True, 0
        if stays:
            kept.append(char)
            before = char
    return unicodedata.normalize("NFC", _GAPS.sub("\n\n", "".join(kept)).strip())


def _is_picture(char: str) -> bool:
    """Say whether this is an emoji or another sign, also one that is younger than this Python's tables."""
    return "\U0001f000" <= char <= "\U0001faff" or (bool(char) and unicodedata.category(char) == "So")


def _joins(before: str, joiner: str, after: str) -> bool:
    if joiner == _JOINER and (before == _EMOJI_STYLE or _is_picture(before)):
        return True
    return _is_joined_script(before) and _is_joined_script(after)


def _is_joined_script(char: str) -> bool:
    """Say whether this is a letter or mark of Arabic to Sinhala, the scripts in which a joiner changes the spelling."""
    return "\u0600" <= char <= "\u0dff" and unicodedata.category(char)[0] in "LM"


def _is_seen(char: str) -> bool:
    return char not in _BLANK and (unicodedata.category(char)[0] in "LNPS" or _is_picture(char))


def seen(text: str) -> str:
    """Give only what a reader sees of a text, with one space between words: to count, never to keep."""
    return " ".join("".join(char for char in text if _is_seen(char) or char.isspace()).split())


def accept(field: str, text: str, *, cap: int, required: bool = True) -> str:
    """Give the cleaned text, or raise InvalidError (`empty`, `too_long`) for this field. `cap` counts characters."""
    if len(text) > cap * 4:  # cap before parsing: nothing longer can become short enough honestly
        raise InvalidError(**{field: "too_long"})
    cleaned = clean(text)
    if len(cleaned) > cap:
        raise InvalidError(**{field: "too_long"})
    if required and not seen(cleaned):
        raise InvalidError(**{field: "empty"})
    return cleaned


def accept_line(field: str, text: str, *, cap: int, required: bool = True) -> str:
    """Like accept, for one line: line ends and tabs become a space."""
    return accept(field, " ".join(text[: cap * 4 + 1].split()), cap=cap, required=required)


def fold(text: str) -> str:
    """Fold for comparison: compatibility form, case and space ignored, marks off."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and not char.isspace())
