"""The gate every text passes: NFC, without bidirectional and invisible controls, capped before anything parses it."""

import re
import unicodedata

from safespace.kernel.refusals import InvalidError

TITLE = 120
BODY = 4000
NOTE = 2000
_KEPT_CONTROLS = {"\n", "\t"}
_EMOJI_JOINERS = {"‍", "️"}
_MARKS_PER_BASE = 3
_GAPS = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Give the text in NFC without bidirectional, invisible and private characters (security reference §3.1).

    Joiners inside an emoji stay; more than three marks on one letter are dropped; line ends become a newline.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept: list[str] = []
    marks = 0
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        if category.startswith("M") and char not in _EMOJI_JOINERS:
            marks += 1
            if marks > _MARKS_PER_BASE:
                continue
        else:
            marks = 0
        if char in _EMOJI_JOINERS:
            if not (at and unicodedata.category(text[at - 1]) in {"So", "Sk", "Mn"}):
                continue
        elif category in {"Cf", "Cc", "Co", "Cs", "Cn"} and char not in _KEPT_CONTROLS:
            continue
        kept.append(char)
    return _GAPS.sub("\n\n", "".join(kept)).strip()


def accept(field: str, text: str, *, cap: int, required: bool = True) -> str:
    """Give the cleaned text, or raise InvalidError (`empty`, `too_long`) for this field. `cap` counts characters."""
    if len(text) > cap * 4:  # cap before parsing: nothing longer can become short enough honestly
        raise InvalidError(**{field: "too_long"})
    cleaned = clean(text)
    if len(cleaned) > cap:
        raise InvalidError(**{field: "too_long"})
    if required and not any(unicodedata.category(char)[0] in "LNPS" for char in cleaned):
        raise InvalidError(**{field: "empty"})
    return cleaned


def accept_line(field: str, text: str, *, cap: int, required: bool = True) -> str:
    """Like accept, for one line: line ends and tabs become a space."""
    return accept(field, " ".join(text[: cap * 4 + 1].split()), cap=cap, required=required)


def fold(text: str) -> str:
    """Fold for comparison: compatibility form, case and space ignored, marks off."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and not char.isspace())
