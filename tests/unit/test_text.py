"""What somebody may write comes out as it was written; what deceives or hides does not come out at all."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safespace.kernel.refusals import InvalidError
from safespace.kernel.text import accept, clean, seen

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WRITTEN = {
    "a younger emoji": "hartje \U0001fa77 voor jou",
    "one younger still": "\U0001fae9",
    "a younger emoji with a joiner": "\U0001f9d1\u200d\U0001fa70",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a skin tone and a joiner": "\U0001f9d1\U0001f3fd\u200d\U0001f91d\u200d\U0001f9d1\U0001f3fb",
    "a rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "a flag of a part of a country": f"ik kom uit {SCOTLAND}!",
    "a red heart": "\u2764\ufe0f",
    "Persian": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Hindi": "\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937",
    "Bengali": "\u09b0\u200d\u09cd\u09af\u09be",
    "Dutch": "Één coördinator, zó’n “gesprek”\n\n– met een vriendïn",
}
DROPPED = {
    "a turned direction": ("a\u202eb\u2066c", "abc"),
    "a joiner between Latin letters": ("w\u200do\u200cord", "woord"),
    "a joiner with a letter on one side": ("\u0645\u200c \u200c\u0645", "\u0645 \u0645"),
    "a doubled joiner": ("\u0645\u200c\u200c\u0645", "\u0645\u200c\u0645"),
    "tags after nothing": ("a\U000e0067\U000e0062\U000e007f", "a"),
    "tags that never end": ("\U0001f3f4\U000e0067\U000e0062\U000e0065", "\U0001f3f4"),
    "a sentence in tags": ("\U0001f3f4" + "\U000e0067" * 40 + "\U000e007f", "\U0001f3f4"),
    "no characters": ("a\ufdd0\uffff\U0001ffff\U0010ffffb", "ab"),
    "unassigned ones elsewhere": ("a\u0378\U000e0080b", "ab"),
    "private ones": ("a\ue000b", "ab"),
    "a style without a picture": ("a\ufe0f\u2764\ufe0f\ufe0f", "a\u2764\ufe0f"),
    "a tower of marks with joiners in it": ("q" + "\u0321\u200d" * 9, "q" + "\u0321" * 3),
    "what stood between a letter and its mark": ("e\u200b\u0301", "\u00e9"),
}
SINGLES = "\u200b\u200c\u200d\ufeff\ufe0f\u0301\u0327\u1ec1\U0001f3f4\U000e0067\U000e007f\u094d\u0645\n\r"
PIECES = st.sampled_from([*WRITTEN.values(), *(before for before, _ in DROPPED.values()), *BIDI, *SINGLES])
TYPED = st.one_of(st.text(max_size=60), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30).map("".join))
CALM = settings(max_examples=400, deadline=None)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_people_write_comes_out_as_it_was(name: str) -> None:
    assert clean(WRITTEN[name]) == WRITTEN[name]


@pytest.mark.parametrize("name", DROPPED)
def test_what_hides_or_deceives_is_dropped(name: str) -> None:
    typed, left = DROPPED[name]
    assert clean(typed) == left


@pytest.mark.parametrize(
    "typed", ["", " \n\t", "\u200b\u200c\u200d\ufeff", "\u202e\ufe0f", "\U000e0067\U000e007f", "\u0301"]
)
def test_only_invisible_is_empty(typed: str) -> None:
    with pytest.raises(InvalidError) as refused:
        accept("body", typed, cap=100)
    assert refused.value.errors == {"body": "empty"}


@pytest.mark.parametrize("blank", list("\u3164\uffa0\u115f\u1160\u2800\U0001d159\U00013441\U00013442\u17b4\ufffc"))
@pytest.mark.parametrize("field", ["title", "body", "note"])
def test_a_letter_that_draws_nothing_is_empty_too(blank: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        accept(field, f"{blank} {blank * 30}", cap=100)
    assert refused.value.errors == {field: "empty"}
    assert accept(field, f"{blank}a", cap=100).endswith("a")
    assert seen(f"{blank * 3}Fijn  dat{blank} je schrijft") == "Fijn dat je schrijft"


def test_every_character_that_may_be_ignored_is_empty() -> None:
    for name in ("HANGUL CHOSEONG FILLER", "COMBINING GRAPHEME JOINER", "SOFT HYPHEN", "MONGOLIAN VOWEL SEPARATOR"):
        assert seen(unicodedata.lookup(name) * 5) == ""


def test_one_young_emoji_is_a_message() -> None:
    assert accept("body", "\U0001fa77", cap=100) == "\U0001fa77"


@CALM
@given(TYPED)
def test_what_is_clean_stays_so(typed: str) -> None:
    assert clean(clean(typed)) == clean(typed)


@CALM
@given(TYPED)
def test_no_direction_is_ever_turned(typed: str) -> None:
    assert not set(clean(typed)) & set(BIDI)


@CALM
@given(TYPED)
def test_cleaning_makes_nothing_longer(typed: str) -> None:
    assert len(clean(typed)) <= len(unicodedata.normalize("NFC", typed))
    assert unicodedata.is_normalized("NFC", clean(typed))
